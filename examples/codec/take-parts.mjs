/**
 * Takes the parts out of a message, sent or retrieved, and saves them when a folder is named. The names in a message are its sender's:
 * of each only letters, digits and dots inside are used, behind the part's number.
 *
 *   node examples/codec/take-parts.mjs [FILE [FOLDER]]
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeParts, decodePdu } from 'angarium/codec/mms';
import { contentTypeText } from 'angarium/codec/wsp';

const SAMPLE = new URL('../../test/corpus/mms-pdus/jolla-m-retrieve-6-conf.mms', import.meta.url);
const NAME_MAX = 60;

const [file = SAMPLE, folder] = process.argv.slice(2);
const pdu = decodePdu(await readFile(file));
if (!pdu.ok) throw new Error(pdu.error.text);
if (!('content' in pdu.value) || pdu.value.content === undefined) throw new Error(`${pdu.value.kind} has no content`);
const parts = decodeParts(pdu.value.content);
if (!parts.ok) throw new Error(parts.error.text);

if (folder !== undefined) await mkdir(folder, { recursive: true });
for (const [index, part] of parts.value.entries()) {
  const given = part.contentLocation ?? part.contentId ?? 'part';
  const name = `${index + 1}-${given.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}.]+/gu, '').slice(-NAME_MAX)}`;
  console.log(`${name}: ${contentTypeText(part.contentType)}, ${part.data.length} octets`);
  if (folder !== undefined) await writeFile(join(folder, name), part.data);
}
