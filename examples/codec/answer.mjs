/**
 * Answers a submission: M-Send.conf for an M-Send.req, in the handset's own version; also for one that cannot be read, as far as its
 * transaction id can still be found. Without it the handset could not tell which of its messages was refused.
 *
 *   node examples/codec/answer.mjs [FILE]
 */
import { readFile } from 'node:fs/promises';
import { decodeParts, decodePdu, encodePdu, fitToVersion, toText, VERSION_MAX } from 'angarium/codec/mms';

const SAMPLE = new URL('../../test/corpus/mms-pdus/gen-aosp-send-req-2.mms', import.meta.url);
/** X-Mms-Response-Status, MMS_ENC 1.3 §7.3. `fitToVersion` says each in words that the handset's version has. */
const OK = 0x80;
const UNSUPPORTED_MESSAGE = 0x88;
const FORMAT_CORRUPT = 0xe2;

function answerTo(octets) {
  const pdu = decodePdu(octets);
  if (!pdu.ok) {
    const { transactionId = '', version = VERSION_MAX } = pdu.error.salvaged;
    return refusal(transactionId, version, FORMAT_CORRUPT, pdu.error.text);
  }
  const { value } = pdu;
  if (value.kind !== 'm-send-req')
    return refusal(value.transactionId ?? '', value.version, UNSUPPORTED_MESSAGE, `${value.kind} is no submission`);
  // Whoever stores a body that cannot be taken apart has to refuse it to the recipient later, when the sender no longer hears of it.
  const parts = decodeParts(value.content);
  if (!parts.ok) return refusal(value.transactionId, value.version, FORMAT_CORRUPT, parts.error.text);
  // A real MMSC answers Ok only when the message is on its disk.
  return {
    kind: 'm-send-conf',
    transactionId: value.transactionId,
    version: value.version,
    responseStatus: OK,
    messageId: 'example-1',
  };
}

const refusal = (transactionId, version, responseStatus, responseText) => ({
  kind: 'm-send-conf',
  transactionId,
  version,
  responseStatus,
  responseText,
});

const answer = answerTo(await readFile(process.argv[2] ?? SAMPLE));
const fitted = fitToVersion(answer, answer.version);
console.log(toText(fitted));
console.log(`${encodePdu(fitted).length} octets`);
