/** MM7: SubmitReq in, durable, SubmitRsp out; and the codec by itself. */
import { fileURLToPath } from 'node:url';
import { contentToMime } from '#codec/mime';
import { decodePacket, dialectOf, encodeEnvelope, encodePacket, type SubmitReq } from '#codec/mm7';
import { buildMessage } from '#endpoint/handset';
import { SAMPLES } from '../test/kit/mm7-samples.js';
import {
  type Bench,
  httpLoad,
  type Row,
  readUsage,
  runAlone,
  startProcess,
  timePerOperation,
  WARM_UP_MESSAGES,
} from './harness/index.js';

const REL6 = dialectOf('REL-6-MM7-1-4');
const CONTENT_OCTETS = 50 * 1024;
const CONNECTIONS = 16;
/** How long the load of warming up goes on before it looks whether the program is warm. Unit: ms. */
const WARM_UP_STEP_MS = 200;
/** Stands in every request in the place of its number. */
const MARK = 'transaction-00000000';

const submitReq: SubmitReq = {
  kind: 'SubmitReq',
  version: REL6.version,
  senderIdentification: { vaspId: 'acme', vasId: 'news', senderAddress: { kind: 'ShortCode', value: '12345' } },
  recipients: { to: [{ kind: 'Number', value: '+46700000001' }] },
  serviceCode: 'news-01',
  // Later than the benchmark ends: accepting alone is measured.
  earliestDeliveryTime: { afterMs: 86_400_000 },
  deliveryReport: true,
  priority: 'Normal',
  subject: 'The news of today',
};

/** A SubmitReq as an HTTP request, head and body; only its TransactionID varies. */
function requests(): (n: number) => Uint8Array {
  const picture = Uint8Array.from({ length: CONTENT_OCTETS }, (_, i) => (i * 31 + (i >> 7)) & 0xff);
  const mime = contentToMime(buildMessage({ text: 'hello', files: [{ name: 'p.jpg', data: picture }] }).octets, {
    transport: 'binary',
  });
  if (!mime.ok) throw new Error(mime.error.text);
  const packet = encodePacket({ transactionId: MARK, message: submitReq }, REL6, mime.value);
  const login = Buffer.from('acme:password').toString('base64');
  const head = `POST /mm7 HTTP/1.1\r\nHost: mmsc\r\nAuthorization: Basic ${login}\r\nSOAPAction: ""\r\nContent-Type: ${packet.contentType}\r\nContent-Length: ${packet.octets}\r\n\r\n`;
  const whole = Buffer.concat([Buffer.from(head, 'latin1'), ...packet.pieces]);
  const at = whole.indexOf(MARK) + MARK.length;
  return (n) => {
    const request = Buffer.from(whole);
    const digits = String(n);
    request.write(digits, at - digits.length, 'latin1');
    return request;
  };
}

const isAccepted = (status: number, body: Buffer): boolean => status === 200 && body.includes('<StatusCode>1000<');

async function measured(
  script: string,
  seconds: number,
  accept?: (status: number, body: Buffer) => boolean,
): Promise<Row['figures']> {
  const program = await startProcess(process.execPath, [script], /listening (\d+)/);
  try {
    const request = requests();
    let next = 0;
    const options = {
      port: Number(program.ready[1]),
      connections: CONNECTIONS,
      request: () => request(next++),
      ...(accept !== undefined && { accept }),
    };
    const isSmoke = seconds < 1;
    for (let warmed = 0; warmed < (isSmoke ? 1 : WARM_UP_MESSAGES); ) {
      const { answers } = await httpLoad({ ...options, durationMs: WARM_UP_STEP_MS });
      if (answers === 0) throw new Error('every request was refused');
      warmed += answers;
    }
    const before = readUsage(program.pid);
    const result = await httpLoad({ ...options, durationMs: seconds * 1000 });
    const after = readUsage(program.pid);
    return {
      'rate/s': result.perSecond,
      'p50 ms': result.latency.percentile(50) / 1000,
      'p99 ms': result.latency.percentile(99) / 1000,
      'CPU µs/msg': ((after.cpuMs - before.cpuMs) * 1000) / Math.max(1, result.answers),
      'RSS MB': after.rssBytes / 1e6,
      failures: result.failures,
    };
  } finally {
    await program.stop();
  }
}

const scriptOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export const bench: Bench = {
  name: 'MM7',
  async run({ smoke }) {
    const seconds = smoke ? 0.5 : 8;
    const bare = await measured(scriptOf('./harness/bare-http-server.js'), seconds);
    const submit = await measured(scriptOf('./mm7/relay.js'), seconds, isAccepted);
    const head = requests()(0);
    const body = Buffer.from(head).subarray(Buffer.from(head).indexOf('\r\n\r\n') + 4);
    const contentType = /Content-Type: (.*)\r\n/.exec(Buffer.from(head).toString('latin1'))![1]!;
    const full = { transactionId: 't', message: SAMPLES.SubmitReq };
    const document = encodeEnvelope(full, REL6);
    const each = (operation: () => unknown) => ({ 'µs/op': timePerOperation(operation, smoke ? 0.2 : 3) });
    return [
      { benchmark: 'bare node:http, the same octets read and answered', figures: bare },
      {
        benchmark: 'SubmitReq 50 KB, durable, 16 connections',
        figures: submit,
        reach: '2,000/s',
        baseline: 'the bare node:http above',
      },
      { benchmark: 'decodePacket, 50 KB', figures: each(() => decodePacket(contentType, body)) },
      { benchmark: 'decodePacket, SOAP alone with every element', figures: each(() => decodePacket('text/xml', document)) },
      { benchmark: 'encodeEnvelope, with every element', figures: each(() => encodeEnvelope(full, REL6)) },
    ];
  },
};

await runAlone(bench, import.meta.url);
