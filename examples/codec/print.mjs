/**
 * Prints what a handset sent, as a capture tool shows it; with `--masked`, without what people wrote and with their numbers masked, as it
 * may stand in a report.
 *
 *   node examples/codec/print.mjs [FILE] [--masked]
 */
import { readFile } from 'node:fs/promises';
import { decodePdu, toText } from 'angarium/codec/mms';

const SAMPLE = new URL('../../test/corpus/mms-pdus/gen-aosp-send-req-2.mms', import.meta.url);

const words = process.argv.slice(2);
const masked = words.includes('--masked');
const file = words.find((word) => word !== '--masked') ?? SAMPLE;

const pdu = decodePdu(await readFile(file));
if (pdu.ok) console.log(toText(pdu.value, { masked }));
else {
  console.error(pdu.error.text);
  process.exitCode = 1;
}
