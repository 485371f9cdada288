/** MM4: the header of a mail to one of six messages, or a fault that says how it is answered. */
import { readdirSync, readFileSync } from 'node:fs';
import { readFields } from '#codec/mime';
import {
  DEFAULT_DIALECT,
  decodeMm4,
  encodeMm4,
  HEADERS,
  isSameAddress,
  MM_STATUS,
  MM4_TOLERANCES,
  type Mm4Decoded,
  mm4ToText,
  REQUEST_STATUS,
} from '#codec/mm4';
import { expect, hexOf, octetsOf, type Target } from '../target.js';
import { group, leaf, type Node } from '../tree.js';
import { checkPrint, checkSame, writtenOr } from './checks.js';

const FOLDER = new URL('../../../../test/corpus/mm4/', import.meta.url);
const CRLF = '\r\n';

/** Headers only: bodies are MIME's affair. */
function headOf(octets: Uint8Array): Uint8Array {
  const text = Buffer.from(octets).toString('latin1').replaceAll(/\r?\n/g, CRLF);
  return Buffer.from(text.slice(0, text.indexOf(CRLF + CRLF) + 4), 'latin1');
}

/** Lines, each with its name and value. */
function tree(octets: Uint8Array): Node {
  const nodes: Node[] = [];
  let at = 0;
  while (at < octets.length) {
    const found = octets.indexOf(0x0a, at);
    const to = found < 0 ? octets.length : found + 1;
    const colon = octets.indexOf(0x3a, at);
    const cut = colon < 0 || colon >= to ? at : colon + 1;
    nodes.push(group('line', [leaf('name', octets.subarray(at, cut)), leaf('value', octets.subarray(cut, to))]));
    at = to;
  }
  return group('head', nodes);
}

/** What was read is written, and read again as the same; in the form of addresses that leaves nothing out. */
function checkWritten({ pdu }: Mm4Decoded, octets: Uint8Array): void {
  const dialect = { ...DEFAULT_DIALECT, headerAddress: 'plmn-with-domain' } as const;
  const missing = { to: [], sender: { kind: 'name', name: 'x' }, date: 0, mailId: 'x', messageId: 'x', from: undefined };
  const whole = { ...missing, forwardToOriginator: true, ...pdu } as unknown as typeof pdu;
  const lines = writtenOr(() => encodeMm4(whole, { dialect, now: 0 }), /without From|a control character in a header/);
  if (lines === undefined) return;
  for (const { value } of lines)
    expect(!/[\r\n\0]/.test(value), 'mm4: a written header has no line break', () => JSON.stringify(value));
  const again = decodeMm4(lines);
  expect(again.ok, 'mm4: a written message can be read', () => hexOf(octets));
  if (!again.ok) return;
  const other = again.value.pdu;
  for (const key of ['kind', 'transactionId', 'messageId'] as const)
    if (pdu[key] !== undefined) checkSame(`mm4: ${key} is read back as it was`, other[key], pdu[key], octets);
  if (pdu.kind === 'MM4_forward.REQ' && other.kind === pdu.kind)
    expect(isSameAddress(pdu.from, other.from), 'mm4: the sender is read back as he was', () => hexOf(octets));
}

export const mm4: Target = {
  name: 'mm4',
  about: 'headers of MM4 mails',
  seeds: () =>
    readdirSync(FOLDER)
      .filter((file) => file.endsWith('.eml'))
      .map((file) => headOf(readFileSync(new URL(file, FOLDER)))),
  dictionary: [
    ...Object.values(HEADERS).map(({ name }) => `${name}: `),
    ...Object.keys(REQUEST_STATUS),
    ...Object.keys(MM_STATUS),
    ...Object.keys(MM4_TOLERANCES),
    '/TYPE=PLMN',
    '/TYPE=IPv4',
    '/TYPE=IPv6',
    '"',
    '\\"',
    '0, ',
    'Yes',
    'No',
    '=?utf-8?Q?=0D=0A?=',
    'Thu Jan 13 02:25:45 2022',
  ].map(octetsOf),
  structure: tree,
  run(octets) {
    const fields = readFields(octets);
    if (!fields.ok) return;
    const decoded = decodeMm4(fields.value);
    if (!decoded.ok) {
      const { text, status } = decoded.error;
      expect(!/[\u0000-\u001f]/.test(text), 'mm4: a fault is one line', () => JSON.stringify(text));
      expect(status in REQUEST_STATUS, 'mm4: a fault names a status', () => status);
      return;
    }
    checkPrint('mm4', mm4ToText(decoded.value));
    for (const { name } of decoded.value.tolerated) expect(name in MM4_TOLERANCES, 'mm4: a tolerance has a row', () => name);
    checkWritten(decoded.value, octets);
  },
};
