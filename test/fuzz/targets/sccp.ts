/** SCCP messages: what is read, viewed, edited, returned and segmented agrees. */
import { LIMITS } from '#base';
import {
  type AddressVariant,
  addressText,
  decodeAddress,
  decodeManagement,
  decodeSccp,
  digitsOfAddress,
  type ExtendedUnitData,
  editSccp,
  encodeAddress,
  encodeManagement,
  encodeSccp,
  importanceOf,
  MESSAGES,
  nextHopCounter,
  optionalOf,
  Reassembly,
  type RelayEdit,
  returnMessage,
  type SccpMessage,
  type SccpView,
  segmentationOf,
  segmentXudt,
  toText,
  viewSccp,
} from '#codec/sccp';
import { difference, expect, hexOf, type Target } from '../target.js';
import { checkError, checkPrint, checkSame } from './checks.js';
import { sccpTree } from './sccp-tree.js';
import { hex, sccpMessages } from './ss7-corpus.js';

const VARIANTS: readonly AddressVariant[] = ['itu', 'ansi'];

/** An address is read, printed and written as itself. */
function checkAddress(octets: Uint8Array, variant: AddressVariant): void {
  const address = decodeAddress(octets, variant);
  if (!address.ok) {
    checkError('sccp', address.error, octets);
    return;
  }
  checkPrint('sccp', addressText(address.value));
  const digits = digitsOfAddress(address.value);
  const masked = addressText(address.value, true);
  expect(
    digits === undefined || digits.length < 8 || !masked.includes(digits),
    'sccp: a masked address hides its digits',
    () => masked,
  );
  const written = encodeAddress(address.value, variant);
  const again = decodeAddress(written, variant);
  expect(again.ok, 'sccp: a written address can be read', () => `${variant}: ${hexOf(octets)} as ${hexOf(written)}`);
  if (again.ok) checkSame(`sccp: an ${variant} address is read back as it was`, again.value, address.value, octets);
}

/** A decoded message is what its view says, and is written as itself where it fits. */
function checkDecoded(view: SccpView, variant: AddressVariant): void {
  const { octets } = view;
  const decoded = decodeSccp(octets, variant);
  const readable = decodeAddress(view.called, variant).ok && decodeAddress(view.calling, variant).ok && optionalOf(view).ok;
  expect(decoded.ok === readable, 'sccp: a message is read when its parts are', () => `${variant}: ${hexOf(octets)}`);
  if (!decoded.ok) {
    checkError('sccp', decoded.error, octets);
    return;
  }
  const message = decoded.value;
  checkSame('sccp: decoder and view find the same data', message.data, view.data, octets);
  for (const masked of [false, true]) checkPrint('sccp', toText(message, { masked }));
  const written = encodeSccp(message, variant);
  if (!written.ok) {
    // A message may say the same octets twice, or stand so that its parts need longer pointers when they stand one behind the other.
    expect(
      !isTidy(view),
      'sccp: a message whose parts stand apart can be written',
      () => `${written.error.text}: ${hexOf(octets)}`,
    );
    return;
  }
  const again = decodeSccp(written.value, variant);
  expect(again.ok, 'sccp: what was written can be read', () => `${hexOf(octets)} as ${hexOf(written.value)}`);
  if (!again.ok) return;
  checkSame(`sccp: ${message.kind} is read back as it was`, again.value, message, octets);
  const second = encodeSccp(again.value, variant);
  checkSame('sccp: the second writing equals the first', second.ok && second.value, written.value, octets);
}

/** Which part each octet of a message belongs to: pointers, called, calling, data, optional part. A tangled one has octets of two. */
function owners(view: SccpView): Uint8Array {
  const row = MESSAGES[view.kind];
  const { octets, calledAt, callingAt, dataAt, optionalAt } = view;
  const marks = new Uint8Array(octets.length);
  const mark = (from: number, to: number, bit: number): void => {
    for (let i = from; i < to; i++) marks[i] = marks[i]! | bit;
  };
  mark(0, row.pointersAt + (row.hasOptionalPart ? 4 : 3) * (row.wide ? 2 : 1), 1);
  mark(calledAt.from - 1, calledAt.to, 2);
  mark(callingAt.from - 1, callingAt.to, 4);
  mark(dataAt.from - (row.wide ? 2 : 1), dataAt.to, 8);
  if (optionalAt === undefined) return marks;
  let at = optionalAt;
  while (at + 1 < octets.length && octets[at] !== 0) at = Math.min(octets.length, at + 2 + octets[at + 1]!);
  mark(optionalAt, Math.min(octets.length, at + 1), 16);
  return marks;
}

/** No octet belongs to an address and to something else. */
function addressesStandApart(view: SccpView): boolean {
  const addresses = CALLED | CALLING;
  return owners(view).every((bits) => (bits & addresses) === 0 || (bits & (bits - 1)) === 0);
}
const CALLED = 2;
const CALLING = 4;

/** No two parts share an octet, and none stands before another one that comes later. */
function isTidy(view: SccpView): boolean {
  const { calledAt, callingAt, dataAt, optionalAt } = view;
  const inOrder =
    calledAt.from < callingAt.from && callingAt.from < dataAt.from && (optionalAt ?? view.octets.length) >= dataAt.to;
  return inOrder && owners(view).every((bits) => (bits & (bits - 1)) === 0);
}

/** Which octets a relay may change: the addresses it replaces with all that moves, the pointers, the hop counter. */
function checkEdit(view: SccpView, edit: RelayEdit): void {
  const { octets } = view;
  const edited = editSccp(view, edit);
  const said = (): string =>
    `${hexOf(edit.called ?? new Uint8Array(0))} ${hexOf(edit.calling ?? new Uint8Array(0))} in ${hexOf(octets)}`;
  if (!edited.ok) {
    expect(edit.called !== undefined || edit.calling !== undefined, 'sccp: a message fits when no address is replaced', said);
    return;
  }
  expect(edited.value.buffer !== octets.buffer, 'sccp: an edited message has octets of its own', said);
  const again = viewSccp(edited.value);
  expect(again.ok, 'sccp: an edited message can be read', said);
  if (!again.ok) return;
  const after = again.value;
  checkParts(view, after, edit, said);
  if (addressesStandApart(view)) checkUntouched(view, after, edit, said);
}

function checkParts(view: SccpView, after: SccpView, edit: RelayEdit, said: () => string): void {
  const hops = view.hopCounter === undefined ? undefined : edit.hopCounter === undefined ? view.hopCounter : edit.hopCounter & 15;
  const expected = {
    kind: view.kind,
    called: edit.called ?? view.called,
    calling: edit.calling ?? view.calling,
    data: view.data,
    protocolClass: view.protocolClass,
    returnOnError: view.returnOnError,
    returnCause: view.returnCause,
    hopCounter: hops,
    optional: partsOf(view),
  };
  const found = { ...expected, ...pick(after, expected), optional: partsOf(after) };
  const place = difference(found, expected);
  expect(place === undefined, `sccp: an edit leaves alone what it does not name, ${place}`, said);
}

const pick = (view: SccpView, keys: object): object =>
  Object.fromEntries(Object.entries(view).filter(([key]) => Object.hasOwn(keys, key)));

const partsOf = (view: SccpView): unknown => {
  const optional = optionalOf(view);
  return optional.ok ? optional.value : 'unreadable';
};

/** Octets outside what was changed are the same, in the same order: gaps, filler and what no pointer leads to included. */
function checkUntouched(view: SccpView, after: SccpView, edit: RelayEdit, said: () => string): void {
  const left = rest(view, edit);
  const right = rest(after, edit);
  checkSame('sccp: octets outside an edit stay as they came', right, left, view.octets);
  const same =
    (edit.called === undefined || edit.called.length === view.called.length) &&
    (edit.calling === undefined || edit.calling.length === view.calling.length);
  if (!same) return;
  const pointers = pointersOf(view);
  const place = difference(after.octets.slice(...pointers), view.octets.slice(...pointers));
  expect(place === undefined, 'sccp: pointers stay when nothing moves', said);
}

function pointersOf({ kind }: SccpView): [number, number] {
  const row = MESSAGES[kind];
  return [row.pointersAt, row.pointersAt + (row.hasOptionalPart ? 4 : 3) * (row.wide ? 2 : 1)];
}

/** The message without pointers, without the hop counter's four bits, and without the addresses that an edit replaces. */
function rest(view: SccpView, edit: RelayEdit): Uint8Array {
  const { octets, calledAt, callingAt } = view;
  const cut = [pointersOf(view)];
  if (edit.called !== undefined) cut.push([calledAt.from - 1, calledAt.to]);
  if (edit.calling !== undefined) cut.push([callingAt.from - 1, callingAt.to]);
  cut.sort(([a], [b]) => a - b);
  const kept = new Uint8Array(octets.length);
  let size = 0;
  let from = 0;
  for (const [to, next] of [...cut, [octets.length, octets.length]] as const) {
    if (to > from) {
      kept.set(octets.subarray(from, to), size);
      size += to - from;
    }
    from = Math.max(from, next);
  }
  if (view.hopCounter !== undefined) kept[2] = kept[2]! & 0xf0;
  return kept.subarray(0, size);
}

/** New addresses, shorter and longer than what is usual. */
const ADDRESSES = ['4208', '43020008', '1208001204934309000010', '', `0b120800${'12'.repeat(20)}`, `12${'34'.repeat(200)}`].map(
  hex,
);

/** Edits of one message: a few by its own octets, all of them would cost more than everything else together. */
function editsOf(view: SccpView): RelayEdit[] {
  const pick = ADDRESSES[view.octets.length % ADDRESSES.length]!;
  const other = ADDRESSES[view.data.length % ADDRESSES.length]!;
  const hopCounter = view.octets.length & 15;
  return [
    {},
    { called: view.called.slice(), calling: view.calling.slice() },
    { called: pick, hopCounter },
    { calling: other },
    { called: pick, calling: other },
  ];
}

/** A returned message carries what the message carried, the other way. */
function checkReturn(view: SccpView): void {
  const cause = view.octets.length & 15;
  const returned = returnMessage(view, cause);
  const said = (): string => hexOf(view.octets);
  if (!returned.ok) {
    const { kind } = returned.error;
    const asked = view.returnOnError && view.calling.length >= 2;
    expect(kind === 'does-not-fit' || !asked, 'sccp: a message that asks for it is returned', () => `${kind}: ${said()}`);
    expect(kind !== 'does-not-fit' || !isTidy(view), 'sccp: a message that fits comes back', said);
    return;
  }
  const back = viewSccp(returned.value);
  expect(back.ok, 'sccp: a returned message can be read', said);
  if (!back.ok) return;
  const { kind, called, calling, data, returnCause, hopCounter } = back.value;
  const row = MESSAGES[view.kind];
  const place = difference(
    { kind, called, calling, data, returnCause, hopCounter, optional: partsOf(back.value) },
    {
      kind: row.returnedAs,
      called: view.calling,
      calling: view.called,
      data: view.data,
      returnCause: cause,
      hopCounter: row.hasHopCounter ? 15 : undefined,
      optional: partsOf(view),
    },
  );
  expect(place === undefined, `sccp: a message comes back as it went, ${place}`, said);
  expect(!returnMessage(back.value, cause).ok, 'sccp: a returned message is not returned again', said);
}

/** Cut into segments and put together again it is the same. */
function checkSegments(message: ExtendedUnitData): void {
  if (message.optional.length >= LIMITS.sccpOptionalParametersMax || message.optional.some((it) => it.name === 0x10)) return;
  const octetsMax = 1 + (message.data.length >> 2) + (message.called.ssn ?? 0);
  const segments = segmentXudt(message, 0x123456, octetsMax);
  if (!segments.ok) return;
  const reassembly = new Reassembly<number>();
  let data: Uint8Array | undefined;
  for (const [i, segment] of segments.value.entries()) {
    const view = viewSccp(segment);
    const segmentation = view.ok ? segmentationOf(view.value) : view;
    expect(view.ok && segmentation.ok, 'sccp: a segment can be read', () => hexOf(segment));
    if (!view.ok || !segmentation.ok) return;
    expect(
      view.value.data.length <= octetsMax || segments.value.length === 1,
      'sccp: a segment is as short as was asked',
      () => `${octetsMax}`,
    );
    if (segmentation.value === undefined) data = view.value.data;
    else
      for (const output of reassembly.receive(view.value, segmentation.value, 1, i, 0))
        if (output.kind === 'complete') data = output.data;
  }
  checkSame('sccp: segments make the message that was cut', data, message.data, message.data);
}

function checkView(view: SccpView): void {
  const hops = nextHopCounter(view);
  expect(
    hops === undefined || hops === 'violation' || (hops >= 1 && hops <= 14),
    'sccp: a hop counter goes down',
    () => `${hops}`,
  );
  const segmentation = segmentationOf(view);
  if (!segmentation.ok) checkError('sccp', segmentation.error, view.octets);
  const optional = optionalOf(view);
  if (optional.ok) importanceOf(optional.value);
  for (const edit of editsOf(view)) checkEdit(view, edit);
  checkReturn(view);
  const management = decodeManagement(view.data);
  if (!management.ok) return;
  const again = decodeManagement(encodeManagement(management.value));
  checkSame('sccp: management is read back as it was', again.ok && again.value, management.value, view.data);
}

export const sccp: Target = {
  name: 'sccp',
  about: 'SCCP messages: read, edited, returned, segmented',
  seeds: () => {
    const messages = sccpMessages();
    return [...messages, ...asLong(messages)];
  },
  dictionary: [
    '09',
    '0a',
    '11',
    '12',
    '13',
    '14',
    '1004c0123456',
    '1001',
    '120105',
    '00',
    '42',
    '43',
    '12',
    '0b',
    '52',
    '4206',
    '80',
    'ff',
    '0f',
  ].map(hex),
  structure: sccpTree,
  run(octets) {
    const view = viewSccp(octets);
    if (!view.ok) {
      checkError('sccp', view.error, octets);
      expect(!decodeSccp(octets).ok, 'sccp: what has no view is no message', () => hexOf(octets));
      return;
    }
    for (const variant of VARIANTS) {
      checkAddress(view.value.called, variant);
      checkAddress(view.value.calling, variant);
      checkDecoded(view.value, variant);
    }
    checkView(view.value);
    const message = decodeSccp(octets);
    if (message.ok && message.value.kind === 'XUDT') checkSegments(message.value);
  },
};

/** XUDT and XUDTS as LUDT and LUDTS, of which the corpus has none. */
const asLong = (messages: readonly Uint8Array[]): Uint8Array[] =>
  messages.flatMap((octets) => {
    const message = decodeSccp(octets);
    if (!message.ok || (message.value.kind !== 'XUDT' && message.value.kind !== 'XUDTS')) return [];
    const long = encodeSccp({ ...message.value, kind: message.value.kind === 'XUDT' ? 'LUDT' : 'LUDTS' } as SccpMessage);
    return long.ok ? [long.value] : [];
  });
