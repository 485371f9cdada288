/**
 * Changes one field of a submission and leaves the rest as it came: From becomes the number that the network knows, whatever the handset
 * wrote. Only the head is encoded anew; Content-Type and body go out as the octets that came in, not copied and not looked at, and so do
 * the fields that this codec does not know.
 *
 *   node examples/codec/set-sender.mjs [FILE [NUMBER [OUTPUT]]]
 */
import { open, readFile } from 'node:fs/promises';
import { decodePdu, encodeHead, plmn } from 'angarium/codec/mms';

const SAMPLE = new URL('../../test/corpus/mms-pdus/gen-e2e-mmsd-tng-send-req-utf8-subject.mms', import.meta.url);

const [file = SAMPLE, number = '12025550199', output] = process.argv.slice(2);
const octets = await readFile(file);
const pdu = decodePdu(octets);
if (!pdu.ok) throw new Error(pdu.error.text);
if (pdu.value.kind !== 'm-send-req') throw new Error(`${pdu.value.kind} is no submission`);

const { from, content } = pdu.value;
const head = encodeHead({ ...pdu.value, from: { kind: 'address', address: plmn(number) } });
console.log(`From: ${from.kind === 'address' ? from.address : '(insert address)'} -> ${plmn(number)}`);
console.log(`head: ${octets.length - content.octets.length} -> ${head.length} octets`);
console.log(
  `content: ${content.octets.length} octets, ${content.octets.buffer === octets.buffer ? 'the very ones that came' : 'copied'}`,
);
if (output !== undefined) {
  const copy = await open(output, 'w');
  await copy.writev([head, content.octets]);
  await copy.close();
}
