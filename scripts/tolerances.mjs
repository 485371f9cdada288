/**
 * Writes docs/tolerances.md from the tables of the codec: what the decoder accepts against the standard, what it refuses, and the further
 * rules of strict mode.
 *
 *   node scripts/tolerances.mjs [--check]
 *
 * `--check` writes nothing and fails when the committed file is not what the tables say.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './sources.mjs';

const { REFUSALS, RULES, TOLERANCES } = await import(pathToFileURL(join(root, 'dist/codec/mms/index.js')).href);

const { MIME_TOLERANCES } = await import(pathToFileURL(join(root, 'dist/codec/mime/index.js')).href);

const { MM7_REFUSALS, MM7_TOLERANCES } = await import(pathToFileURL(join(root, 'dist/codec/mm7/index.js')).href);

const { MM4_TOLERANCES } = await import(pathToFileURL(join(root, 'dist/codec/mm4/index.js')).href);

const FILE = 'docs/tolerances.md';

/** A table with the names of the rows in the first column. */
function table(rows, columns) {
  const line = (cells) => `| ${cells.join(' | ')} |\n`;
  const heads = Object.keys(columns);
  const body = Object.entries(rows).map(([name, row]) => line([`\`${name}\``, ...heads.map((head) => row[columns[head]])]));
  return `${line(['name', ...heads])}${line(['name', ...heads].map(() => '---'))}${body.join('')}`;
}

const page = `# Tolerances

<!-- Written by \`npm run tolerances\` from src/codec/mms/tolerances.ts, src/codec/wsp/tolerances.ts, src/codec/mms/rules.ts, src/codec/mime/tolerances.ts, src/codec/mm4/tolerances.ts and src/codec/mm7/tolerances.ts. -->

Real phones and servers do not always write what the standard says. The decoder reads what can be read without harm, and each such
tolerance has a name. \`angarium decode mms FILE --strict\` lists every one that a PDU needs, with its octet and clause; \`--octets\` shows
them beside the octets; in the library they are told by \`inspectPdu\` and \`departures\`. \`decodePdu\` itself does not tell them.

"No capture known" means that nobody has been seen to send it: it is accepted because reading on harms nobody, and a refusal would lose a
message. Clauses: MMS_ENC is OMA-TS-MMS_ENC 1.3, WAP-230 is WAP-230-WSP; where a clause of the former could not be checked against its text,
the chapter stands instead.

## Accepted

${table(TOLERANCES, { 'what is accepted': 'accepts', 'departs from': 'clause', seen: 'seen' })}
## Refused

Where a tolerance was considered, and why there is none. Strict mode lists these as refused, with all that it finds besides: it goes on
behind a refusal as long as the octets say where things end. The limits of the decoder (\`LIMITS\` in \`src/base/limits.ts\`) are refused as well;
they are ours, and no clause's.

${table(REFUSALS, { 'what is refused': 'refuses', why: 'why', clause: 'clause' })}
## Rules of strict mode

What is read as it stands, and departs all the same.

${table(RULES, { 'what is asked': 'asks', clause: 'clause' })}
## Accepted in mail

What the readers of MIME (MM4, MM3, MM7) accept. Each use is told to the witness of the reading (\`ToleranceList\`).

${table(MIME_TOLERANCES, { 'what is accepted': 'accepts', 'departs from': 'clause', seen: 'seen' })}
## Accepted in MM4

What the reader of headers accepts from other carriers against TS 23.140 8.4; no option of a peer's object is needed for it. Each use is told with its header
(\`Mm4Decoded.tolerated\`) and counted (\`angarium_mm4_tolerated_total\`). What is written is another matter: the \`dialect\` of the peer's object.

${table(MM4_TOLERANCES, { 'what is accepted': 'accepts', 'seen from': 'seen' })}
## Accepted in MM7

What the reader of SOAP accepts from providers and relays. Each use is told with the path of its element (\`Mm7Reading.tolerated\`).

${table(MM7_TOLERANCES, { 'what is accepted': 'accepts', 'departs from': 'clause', seen: 'seen' })}
## Refused in MM7

${table(MM7_REFUSALS, { 'what is refused': 'refuses', why: 'why', clause: 'clause' })}
## Not held against a PDU

- Length-quote (\`1F\`) in front of a length below 31, a Long-integer where an Integer-value may stand, a uintvar with leading groups of zero:
  longer than needed, but no clause forbids them.
- A multipart/related without a start parameter whose first part is its root: that is what RFC 2387 says of a missing start.
- Application headers, and any text in them.
- A byte order mark in front of a text.
`;

if (!process.argv.includes('--check')) writeFileSync(join(root, FILE), page);
else if (!existsSync(join(root, FILE)) || readFileSync(join(root, FILE), 'utf8') !== page) {
  console.error(`${FILE} is not what the tables say; run \`npm run tolerances\``);
  process.exitCode = 1;
}
