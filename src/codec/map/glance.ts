/**
 * What the decision about a short message needs of a TCAP message, found in its octets without building anything.
 *
 * A glance follows plain octets only: definite lengths, identifiers of one octet, strings in one piece, every element where it belongs and
 * nothing twice. That is how every stack known to us writes. For all else it gives up (undefined, or an `argument` that is `unusual`), and the
 * caller asks `decodeTcap` and `decodeInvoke`, which read all that the rules allow and say what is wrong. Where a glance does answer, they
 * answer the same; the tests hold that against every vector and its mutations.
 */
import { LIMITS } from '#base';
import type { MessageKind } from '#codec/tcap';

/** Places are indexes into the octets that were given; `from` is the first content octet, `to` one past the last. 0 and 0 when absent. */
export interface Glance {
  readonly kind: MessageKind;
  readonly otidFrom: number;
  readonly otidTo: number;
  readonly dtidFrom: number;
  readonly dtidTo: number;
  /** Identifier of the dialogue PDU: 0x60 AARQ (or AUDT), 0x61 AARE, 0x64 ABRT; 0 without a dialogue portion. Only an AARQ has been looked into. */
  readonly dialogue: number;
  /** Number of MAP's application context in an AARQ; 0 when there is none, or another application's. */
  readonly context: number;
  /** Version of that context; 1 for a Begin without dialogue portion; 0 when this message does not tell. */
  readonly version: number;
  /** Components of any kind. */
  readonly components: number;
  /** Of these the invokes. Only the first has been looked into: for more than one ask the decoder. */
  readonly invokes: number;
  /** Of the first invoke; 0 when there is none. -128..127. */
  readonly invokeId: number;
  /** Local operation code of the first invoke; -1 when there is none. */
  readonly operation: number;
  /**
   * `read`: the fields below are those of the first invoke, a forwardSM (operation 44 or 46) in plain octets. `unusual`: such an operation, but
   * its argument has to be decoded. `none`: no such operation.
   */
  readonly argument: 'read' | 'unusual' | 'none';
  /** SM-RP-DA: 0x80 IMSI, 0x81 LMSI, 0x83 roaming number, 0x84 service centre, 0x85 none. */
  readonly daTag: number;
  readonly daFrom: number;
  readonly daTo: number;
  /** SM-RP-OA: 0x82 MSISDN, 0x84 service centre, 0x85 none. */
  readonly oaTag: number;
  readonly oaFrom: number;
  readonly oaTo: number;
  /** SM-RP-UI: the TPDU. */
  readonly uiFrom: number;
  readonly uiTo: number;
  /** The IMSI of operation 46, version 3. */
  readonly imsiFrom: number;
  readonly imsiTo: number;
}

type Found = { -readonly [K in keyof Glance]: Glance[K] };

const MO_FORWARD_SM = 46;
const MT_FORWARD_SM = 44;

/** For everything that is not plain: no element has this identifier. */
const NONE = 0;

/** Element by element over octets. */
class Cursor {
  readonly bytes: Uint8Array;
  at: number;
  from = 0;
  to = 0;

  constructor(bytes: Uint8Array, at: number) {
    this.bytes = bytes;
    this.at = at;
  }

  /** Steps over the element at `at`, whose place is then in the fields, and gives its identifier. */
  step(end: number): number {
    const { bytes, at } = this;
    if (at + 2 > end) return NONE;
    const tag = bytes[at]!;
    let length = bytes[at + 1]!;
    let from = at + 2;
    if ((tag & 0x1f) === 0x1f) return NONE;
    if (length >= 0x80) {
      // One or two octets of length; the longest SCCP data need no more.
      if (length === 0x81 && from < end) length = bytes[from++]!;
      else if (length === 0x82 && from + 1 < end) {
        length = bytes[from]! * 0x100 + bytes[from + 1]!;
        from += 2;
      } else return NONE;
    }
    if (length > end - from) return NONE;
    this.from = from;
    this.to = from + length;
    this.at = this.to;
    return tag;
  }

  /** Steps into the element that was stepped over last; its content must be one element, which is stepped over now. */
  only(): number {
    const end = this.to;
    this.at = this.from;
    const tag = this.step(end);
    return this.at === end ? tag : NONE;
  }
}

const KINDS: Readonly<Record<number, MessageKind | undefined>> = {
  [0x61]: 'unidirectional',
  [0x62]: 'begin',
  [0x64]: 'end',
  [0x65]: 'continue',
  [0x67]: 'abort',
};

const nothing = (kind: MessageKind): Found => ({
  kind,
  otidFrom: 0,
  otidTo: 0,
  dtidFrom: 0,
  dtidTo: 0,
  dialogue: 0,
  context: 0,
  version: 0,
  components: 0,
  invokes: 0,
  invokeId: 0,
  operation: -1,
  argument: 'none',
  daTag: 0,
  daFrom: 0,
  daTo: 0,
  oaTag: 0,
  oaFrom: 0,
  oaTo: 0,
  uiFrom: 0,
  uiTo: 0,
  imsiFrom: 0,
  imsiTo: 0,
});

/** Looks at the TCAP message between `from` and `to`. Undefined when it is not plain. */
export function glance(bytes: Uint8Array, from = 0, to = bytes.length): Glance | undefined {
  const c = new Cursor(bytes, from);
  const kind = KINDS[c.step(to)];
  if (kind === undefined || c.at !== to) return undefined;
  const found = nothing(kind);
  const end = c.to;
  c.at = c.from;
  // The elements of Q.773 come in the order of their identifiers, except the cause of an abort, which excludes what comes behind it.
  let last = 0;
  while (c.at < end) {
    const tag = c.step(end);
    if (tag <= last || !portion(c, tag, found)) return undefined;
    last = tag;
  }
  return isWhole(found) ? found : undefined;
}

function portion(c: Cursor, tag: number, found: Found): boolean {
  const { from, to, at } = c;
  const kind = found.kind;
  switch (tag) {
    case 0x48:
      if (to === from || to - from > 4 || (kind !== 'begin' && kind !== 'continue')) return false;
      found.otidFrom = from;
      found.otidTo = to;
      return true;
    case 0x49:
      if (to === from || to - from > 4 || kind === 'begin' || kind === 'unidirectional') return false;
      found.dtidFrom = from;
      found.dtidTo = to;
      return true;
    case 0x4a:
      return kind === 'abort' && to - from === 1;
    case 0x6b:
      if (!dialogue(c, found)) return false;
      c.at = at;
      return true;
    case 0x6c:
      if (kind === 'abort' || !components(c, found)) return false;
      c.at = at;
      return true;
    default:
      return false;
  }
}

function isWhole(found: Found): boolean {
  const { kind } = found;
  if ((kind === 'begin' || kind === 'continue') && found.otidTo === 0) return false;
  if (kind !== 'begin' && kind !== 'unidirectional' && found.dtidTo === 0) return false;
  if (kind === 'begin' && found.dialogue === 0) found.version = 1;
  return kind !== 'unidirectional' || found.components > 0;
}

/** dialogue-as-id and uniDialogue-as-id differ in the last octet but one. */
const AS_ID = [0x00, 0x11, 0x86, 0x05, 0x01] as const;
/** 0.4.0.0.1.0 */
const MAP_PREFIX = [0x04, 0x00, 0x00, 0x01, 0x00] as const;

function startsWith(bytes: Uint8Array, from: number, octets: readonly number[]): boolean {
  for (let i = 0; i < octets.length; i++) if (bytes[from + i] !== octets[i]) return false;
  return true;
}

/** 6b { 28 { 06 abstract syntax, a0 { PDU } } }, and of the PDU the application context. */
function dialogue(c: Cursor, found: Found): boolean {
  const { bytes } = c;
  if (c.only() !== 0x28) return false;
  const end = c.to;
  c.at = c.from;
  if (c.step(end) !== 0x06 || c.to - c.from !== 7 || !startsWith(bytes, c.from, AS_ID)) return false;
  const uni = bytes[c.from + 5] === 2;
  if ((!uni && bytes[c.from + 5] !== 1) || bytes[c.from + 6] !== 1) return false;
  if (c.step(end) !== 0xa0 || c.at !== end) return false;
  const pdu = c.only();
  if (pdu !== 0x60 && (uni || (pdu !== 0x61 && pdu !== 0x64))) return false;
  found.dialogue = pdu;
  if (pdu !== 0x60) return true;
  const pduEnd = c.to;
  c.at = c.from;
  let tag = c.step(pduEnd);
  if (tag === 0x80) tag = c.step(pduEnd);
  if (tag !== 0xa1) return false;
  const behind = c.at;
  if (c.only() !== 0x06 || c.to === c.from || !endsAsOid(c)) return false;
  const context = bytes[c.from + 5]!;
  const version = bytes[c.from + 6]!;
  if (c.to - c.from === 7 && startsWith(bytes, c.from, MAP_PREFIX) && context < 0x80 && version < 0x80) {
    found.context = context;
    found.version = version;
  }
  c.at = behind;
  while (c.at < pduEnd) {
    const field = c.step(pduEnd);
    if (field === NONE || field === 0x80 || field === 0xa1) return false;
    const next = c.at;
    if (field === USER_INFORMATION && !userInformation(c)) return false;
    c.at = next;
  }
  return true;
}

const USER_INFORMATION = 0xbe;

/** be { 28 { 06 abstract syntax, an element } ... } */
function userInformation(c: Cursor): boolean {
  const end = c.to;
  c.at = c.from;
  while (c.at < end) {
    if (c.step(end) !== 0x28) return false;
    const externalEnd = c.to;
    c.at = c.from;
    let tag = c.step(externalEnd);
    if (tag === 0x06) {
      // What is no plain object identifier is for the decoder.
      if (c.from === c.to || !endsAsOid(c)) return false;
      tag = c.step(externalEnd);
    }
    if (tag === NONE || c.at !== externalEnd) return false;
  }
  return true;
}

/** Whether the octets are an object identifier: no arc begins with 0x80, the last one ends. */
function endsAsOid({ bytes, from, to }: Cursor): boolean {
  for (let at = from, begins = true; at < to; at++) {
    if (begins && bytes[at] === 0x80) return false;
    begins = bytes[at]! < 0x80;
  }
  return bytes[to - 1]! < 0x80;
}

function components(c: Cursor, found: Found): boolean {
  const end = c.to;
  c.at = c.from;
  while (c.at < end) {
    const tag = c.step(end);
    // Not looked into here, so that with more of them the decoder might say something else.
    if (++found.components > LIMITS.tcapUnreadableMax) return false;
    switch (tag) {
      case 0xa1: {
        const next = c.at;
        found.invokes++;
        if (found.invokes === 1 && !invoke(c, found)) return false;
        c.at = next;
        break;
      }
      case 0xa2:
      case 0xa3:
      case 0xa4:
      case 0xa7:
        break;
      default:
        return false;
    }
  }
  return true;
}

/** a1 { 02 invoke id, 80 linked id, 02 operation, argument } */
function invoke(c: Cursor, found: Found): boolean {
  const { bytes } = c;
  const end = c.to;
  c.at = c.from;
  if (c.step(end) !== 0x02 || c.to - c.from !== 1) return false;
  found.invokeId = (bytes[c.from]! << 24) >> 24;
  let tag = c.step(end);
  if (tag === 0x80 && c.to - c.from === 1) tag = c.step(end);
  if (tag !== 0x02 || c.to - c.from !== 1) return false;
  const code = bytes[c.from]!;
  if (code >= 0x80) return false;
  found.operation = code;
  const parameter = c.at;
  while (c.at < end) if (c.step(end) === NONE) return false;
  if (code !== MO_FORWARD_SM && code !== MT_FORWARD_SM) return true;
  c.at = parameter;
  found.argument = c.step(end) === 0x30 && c.at === end && forwardSm(c, found) ? 'read' : 'unusual';
  return true;
}

/** 30 { SM-RP-DA, SM-RP-OA, 04 SM-RP-UI, ... } */
function forwardSm(c: Cursor, found: Found): boolean {
  const end = c.to;
  c.at = c.from;
  found.daTag = c.step(end);
  if (!isPlainAddress(found.daTag, c.to - c.from, true)) return false;
  found.daFrom = c.from;
  found.daTo = c.to;
  found.oaTag = c.step(end);
  if (!isPlainAddress(found.oaTag, c.to - c.from, false)) return false;
  found.oaFrom = c.from;
  found.oaTo = c.to;
  if (c.step(end) !== 0x04) return false;
  found.uiFrom = c.from;
  found.uiTo = c.to;
  // Of what follows only the IMSI matters; of it and of what else is plain the order is that of the standard.
  let last = 0;
  while (c.at < end) {
    const tag = c.step(end);
    const place = LATER_FIELDS[tag];
    if (place === undefined || place <= last) return false;
    last = place;
    const length = c.to - c.from;
    if (tag === 0x05 && length !== 0) return false;
    if (tag === 0x04) {
      if (found.operation !== MO_FORWARD_SM || length < 3 || length > 8) return false;
      found.imsiFrom = c.from;
      found.imsiTo = c.to;
    }
  }
  return true;
}

/** moreMessagesToSend, extensionContainer, imsi. Messages with others (IMS) are rare enough for the decoder. */
const LATER_FIELDS: Readonly<Record<number, number>> = { [0x05]: 1, [0x30]: 2, [0x04]: 3 };

const ADDRESS_OCTETS_MAX = 20;
const LMSI_OCTETS = 4;

/** Whether an element of DA (or OA) is one of its alternatives, and of its size. */
function isPlainAddress(tag: number, length: number, da: boolean): boolean {
  switch (tag) {
    case 0x80:
      return da && length >= 3 && length <= 8;
    case 0x81:
      return da && length === LMSI_OCTETS;
    case 0x82:
      return !da && length >= 1 && length <= ADDRESS_OCTETS_MAX;
    case 0x83:
      return da && length >= 1 && length <= ADDRESS_OCTETS_MAX;
    case 0x84:
      return length >= 1 && length <= ADDRESS_OCTETS_MAX;
    case 0x85:
      return length === 0;
    default:
      return false;
  }
}
