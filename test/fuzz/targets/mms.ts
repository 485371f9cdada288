/** MMS PDUs: read, printed, written, read again, and fitted to every version. */
import type { ByteReader } from '#base';
import {
  decodeDescriptors,
  decodeParts,
  decodePdu,
  deletionFields,
  deletionResults,
  encodeContent,
  encodePdu,
  FIELDS,
  fitToVersion,
  type MmsPdu,
  readContent,
  readDeviceAddress,
  toText,
} from '#codec/mms';
import { readText, skipValue } from '#codec/wsp';
import { difference, expect, hexOf, type Target } from '../target.js';
import { firm, group, leaf, type Node } from '../tree.js';
import { recorded } from './corpus.js';
import { madePdus, VALUES } from './mms-values.js';
import { WORDS } from './words.js';
import { contentTree, pieces, valueTree } from './wsp-tree.js';

const CONTENT_TYPE = 0x80 | FIELDS.content.code;
const MESSAGE_TYPE = 0x80 | FIELDS.messageType.code;
const VERSIONS = ['1.0', '1.1', '1.2', '1.3'];

/** One field, name and value; Content-Type takes the rest of the PDU with it. */
function fieldTree(r: ByteReader): Node {
  const start = r.offset;
  const octet = r.u8();
  if (octet < 0x80) {
    r.offset = start;
    readText(r);
    readText(r);
    return leaf('application-header', r.bytes.subarray(start, r.offset));
  }
  const name = leaf('field-name', r.bytes.subarray(start, r.offset));
  if (octet === CONTENT_TYPE) return group('field', [name, ...contentTree(r)]);
  const value = r.offset;
  skipValue(r);
  const kind = octet === MESSAGE_TYPE ? 'message-type' : `value-${octet & 0x7f}`;
  const field = group('field', [name, valueTree(kind, r.bytes.subarray(value, r.offset))]);
  return octet === MESSAGE_TYPE ? firm(field) : field;
}

const fieldsOf = (octets: Uint8Array): Node[] => pieces(octets, 'rest', (r, into) => into.push(fieldTree(r)));

export const pduTree = (octets: Uint8Array): Node => group('pdu', fieldsOf(octets));

/** A check of what has been decoded; `octets` are those it came from. Throws Departure. */
type Check = (pdu: MmsPdu, octets: Uint8Array) => void;

const printsWithoutControls: Check = (pdu) => {
  for (const text of [toText(pdu), toText(pdu, { masked: true })])
    expect(!/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/.test(text), 'mms: a print holds no control characters', () =>
      JSON.stringify(text),
    );
};

/** What was read can be written, and what was written is the same PDU. */
const comesBack: Check = (pdu) => {
  const octets = encodePdu(pdu);
  const again = decodePdu(octets);
  if (!again.ok) {
    // Octets that are no UTF-8 become three each, so that a text may grow beyond what is read.
    expect(again.error.kind === 'limit', 'mms: what was written can be read', () => `${again.error.text} in ${hexOf(octets)}`);
    return;
  }
  const place = difference(pdu, again.value);
  // A byte order mark that leads is dropped; of two, one is left, and dropped in its turn.
  if (place !== undefined && JSON.stringify(pdu).includes('\ufeff')) return;
  expect(place === undefined, `mms: ${pdu.kind} ${place} is read back as it was`, () => hexOf(octets));
  expect(difference(encodePdu(again.value), octets) === undefined, 'mms: the second writing equals the first', () =>
    hexOf(octets),
  );
};

/** One version an input, by its length: all of them would cost as much as everything else together. */
const fitsVersion: Check = (pdu, input) => {
  const version = VERSIONS[input.length % VERSIONS.length]!;
  const fitted = fitToVersion(pdu, version);
  const place = difference(fitToVersion(fitted, version), fitted);
  expect(place === undefined, 'mms: what fits a version is not fitted again', () => `${version}: ${place}`);
  const again = decodePdu(encodePdu(fitted));
  expect(again.ok || again.error.kind === 'limit', 'mms: what was fitted can be read', () =>
    again.ok ? '' : `${version}: ${again.error.text}`,
  );
};

const contentComesApart: Check = (pdu) => {
  if (!('content' in pdu) || pdu.content === undefined) return;
  const { content } = pdu;
  const opened = readContent(content.octets);
  expect(opened.ok && difference(opened.value, content) === undefined, 'mms: stored content is read as it was', () =>
    hexOf(content.octets),
  );
  const parts = decodeParts(content);
  if (!parts.ok) {
    const { offset, text } = parts.error;
    expect(offset >= 0 && offset <= content.octets.length, 'mms: an error of the body names an octet of it', () => text);
    return;
  }
  for (const part of parts.value)
    expect(part.data.buffer === content.octets.buffer, 'mms: data of parts are views', () => `${part.data.length} octets`);
  encodeContent(parts.value, content.type);
};

const addressesAreRead: Check = (pdu) => {
  const {
    to = [],
    cc = [],
    bcc = [],
  } = pdu as { readonly to?: readonly string[]; readonly cc?: readonly string[]; readonly bcc?: readonly string[] };
  for (const list of [to, cc, bcc]) for (const address of list) readDeviceAddress(address);
};

/** What the answers of a mailbox list: descriptors, and deletions put together by their numbers. */
const listsAreRead: Check = (pdu) => {
  if (pdu.kind === 'm-mbox-view-conf' && pdu.content !== undefined) decodeDescriptors(pdu.content);
  if (pdu.kind !== 'm-mbox-delete-conf' && pdu.kind !== 'm-delete-conf') return;
  // What came without a number is given one.
  const results = deletionResults({ ...pdu, ...deletionFields(deletionResults(pdu)) });
  const place = difference(deletionResults({ ...pdu, ...deletionFields(results) }), results);
  expect(place === undefined, 'mms: results of a deletion are read back as they were', () => String(place));
};

/** Every check there is; a further one is a further row. */
const CHECKS: readonly Check[] = [
  printsWithoutControls,
  comesBack,
  fitsVersion,
  contentComesApart,
  addressesAreRead,
  listsAreRead,
];

export const mms: Target = {
  name: 'mms',
  about: 'MMS PDUs',
  seeds: () => [...recorded('.mms'), ...madePdus()],
  dictionary: [...WORDS, ...[...VALUES.keys()].map((code) => Uint8Array.of(0x80 | code))],
  structure: pduTree,
  fragments: () =>
    [...VALUES].flatMap(([code, values]) => values.flatMap((value) => fieldsOf(Uint8Array.from([0x80 | code, ...value])))),
  run(octets) {
    const decoded = decodePdu(octets);
    if (decoded.ok) for (const check of CHECKS) check(decoded.value, octets);
    else {
      const { offset, text } = decoded.error;
      expect(offset >= 0 && offset <= octets.length, 'mms: an error names an octet of the input', () => text);
      expect(!text.includes('\n'), 'mms: an error is one line', () => JSON.stringify(text));
    }
  },
};
