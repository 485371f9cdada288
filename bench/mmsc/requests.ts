/** The octets a load generator sends: made once, then only the digits of a counter change, so that no two messages are the same. */
import { encodePdu, makeContent, plmn, type TimeValue } from '#codec/mms';

const COUNTER = '00000000';
/** Fresh memory for every large request would cost the generator more than sending it. */
const RING = 512;

export interface Template {
  /**
   * A whole HTTP request with `n` (0..99,999,999) in its transaction id and its text. Its octets are used again after RING further requests:
   * many times as many as are ever under way.
   */
  request(n: number): Buffer;
  /** Octets of the PDU alone. */
  readonly pduOctets: number;
}

/** An m-send.req of about `octets` octets from `sender` to `recipient`, as a POST to the laboratory's MM1. */
export function sendTemplate(options: {
  readonly octets: number;
  readonly sender: string;
  readonly recipient: string;
  readonly deliveryTime?: TimeValue;
}): Template {
  const text = Buffer.from(`message ${COUNTER} `);
  const pdu = (filler: number): Uint8Array =>
    encodePdu({
      kind: 'm-send-req',
      transactionId: `T${COUNTER}`,
      version: '1.2',
      from: { kind: 'insert-address' },
      to: [plmn(options.recipient)],
      cc: [],
      bcc: [],
      subject: 'a picture',
      ...(options.deliveryTime === undefined ? {} : { deliveryTime: options.deliveryTime }),
      content: makeContent(
        [
          { contentType: { media: 'text/plain', parameters: { charset: 'utf-8' } }, headers: [], data: text },
          { contentType: { media: 'image/jpeg', parameters: {} }, headers: [], data: new Uint8Array(filler).fill(0x5a) },
        ],
        { media: 'application/vnd.wap.multipart.mixed', parameters: {} },
      ),
    });
  const bare = pdu(0).length;
  const body = pdu(Math.max(0, options.octets - bare));
  const head = `POST /mms HTTP/1.1\r\nHost: mmsc\r\nContent-Type: application/vnd.wap.mms-message\r\nx-msisdn: ${options.sender}\r\nUser-Agent: bench\r\nContent-Length: ${body.length}\r\n\r\n`;
  const whole = Buffer.concat([Buffer.from(head), body]);
  const places: number[] = [];
  for (let at = whole.indexOf(COUNTER); at >= 0; at = whole.indexOf(COUNTER, at + 1)) places.push(at);
  if (places.length !== 2) throw new Error(`the counter stands at ${places.length} places, not 2`);
  const ring: Buffer[] = [];
  return {
    pduOctets: body.length,
    request(n) {
      const copy = (ring[n % RING] ??= Buffer.from(whole));
      const digits = String(n).padStart(COUNTER.length, '0');
      for (const at of places) copy.write(digits, at, COUNTER.length, 'latin1');
      return copy;
    },
  };
}

export const postRequest = (path: string, sender: string, body: Uint8Array): Buffer =>
  Buffer.concat([
    Buffer.from(
      `POST ${path} HTTP/1.1\r\nHost: mmsc\r\nContent-Type: application/vnd.wap.mms-message\r\nx-msisdn: ${sender}\r\nContent-Length: ${body.length}\r\n\r\n`,
    ),
    body,
  ]);

export const getRequest = (path: string, subscriber: string): Buffer =>
  Buffer.from(`GET ${path} HTTP/1.1\r\nHost: mmsc\r\nx-msisdn: ${subscriber}\r\n\r\n`);

/** X-Mms-Response-Status: Ok, as it stands in an m-send.conf. */
const STATUS_OK = Buffer.from([0x92, 0x80]);

/** Whether an answer is an m-send.conf with Ok. Cheaper than decoding it, and enough for answers of our own making. */
export const isAccepted = (status: number, body: Buffer): boolean =>
  status === 200 && body.length > 4 && body[0] === 0x8c && body[1] === 0x81 && body.includes(STATUS_OK);
