/**
 * The Push PDU of connectionless WSP, in which notifications and reports reach a handset. WAP-230 8.2.4.1.
 *
 * Read are both forms of Content-Type (number and text), both of X-Wap-Application-Id, and any further header (carriers add Push-Flag and
 * Content-Length). A push without application id is read all the same: whether it is acceptable is the receiver's decision.
 */
import { ByteReader, ByteWriter, hexNumber, Malformed, type Result } from '#base';
import { HEADER_APPLICATION_ID, MEDIA_CODE_MMS_MESSAGE } from './assigned-numbers.js';
import { doorOf, type WspDecodeError } from './coder.js';
import { type ContentType, readContentType, writeContentType } from './content-type.js';
import { readUintvar, writeUintvar } from './integers.js';
import { type Header, readHeaders, writeApplicationId, writeHeader } from './part-headers.js';

const PDU_TYPE_PUSH = 0x06;

/** Content type of every MMS PDU. */
export const MMS_MESSAGE: ContentType = Object.freeze({
  media: 'application/vnd.wap.mms-message',
  parameters: Object.freeze({}),
});

/** X-Wap-Application-Id of the MMS client; 4 on the wire. */
export const MMS_APPLICATION_ID = 'x-wap-application:mms.ua';

/** One Push PDU: what it carries and for which application. */
export interface Push {
  /** 0..255; correlates nothing on connectionless transport. */
  readonly transactionId: number;
  readonly contentType: ContentType;
  /** As a URI; `0x08`-style for a number other than that of MMS; absent when the sender gave none. */
  readonly applicationId?: string;
  /** The other headers, in order. */
  readonly headers?: readonly Header[];
  readonly body: Uint8Array;
}

/** Writes the shortest form: `06`, length, `BE AF 84` for an MMS PDU. */
export function encodePush(push: Push): Uint8Array<ArrayBuffer> {
  const head = new ByteWriter();
  writeContentType(head, push.contentType, MEDIA_CODE_MMS_MESSAGE);
  if (push.applicationId !== undefined) {
    head.u8(0x80 | HEADER_APPLICATION_ID);
    writeApplicationId(head, push.applicationId);
  }
  for (const header of push.headers ?? []) writeHeader(head, header);
  const w = new ByteWriter(8 + head.length + push.body.length);
  w.u8(push.transactionId & 0xff);
  w.u8(PDU_TYPE_PUSH);
  writeUintvar(w, head.length);
  w.octets(head.view());
  w.octets(push.body);
  return w.finish();
}

/** Reads a Push PDU (the octets after the user data header of a short message). The body is a view. */
export const decodePush = (bytes: Uint8Array): Result<Push, WspDecodeError> =>
  doorOf(() => {
    const r = new ByteReader(bytes);
    const transactionId = r.u8();
    const type = r.u8();
    if (type !== PDU_TYPE_PUSH) throw new Malformed(1, `PDU type ${hexNumber(type)}, expected Push (0x06)`, 'WAP-230 8.2.1');
    const head = r.window(readUintvar(r));
    const contentType = readContentType(head);
    const all = readHeaders(head);
    const applicationId = all.find((header) => header.name.toLowerCase() === 'x-wap-application-id')?.value;
    const headers = all.filter((header) => header.name.toLowerCase() !== 'x-wap-application-id');
    return { transactionId, contentType, ...(applicationId === undefined ? {} : { applicationId }), headers, body: r.rest() };
  });
