/**
 * Messages with something wrong in them, or merely rare. What a gate cannot read it passes on, octet for octet; what is legal, however odd, it
 * must read: an encoding that few use is no way around the check.
 */
import { encodeInvoke, SHORT_MSG_MO_RELAY } from '#codec/map';
import { encodeSccp } from '#codec/sccp';
import { type Component, local } from '#codec/tcap';
import { addressOf, NODES } from './laboratory.js';
import { numberOf, SENDERS } from './numbers.js';
import type { Facts, Verdict } from './oracle.js';
import { type Carrier, contextFor, type Envelope, type Part, partOf, placesIn, type Template, tcapOf } from './template.js';
import { SUBMISSIONS } from './texts.js';

const INVOKE_ID = 2;
const MO_FORWARD_SM = 46;
const context = contextFor(SHORT_MSG_MO_RELAY, 3)!;
const centre = NODES.homeCentres[0];
const exchange = NODES.exchanges[0];
const ported = numberOf('ported-out', 7);
const PORTED: Facts = {
  selected: true,
  moForwardSm: true,
  fromPlatform: false,
  senderType: SENDERS['ported-out'].portabilityType,
  senderEntity: SENDERS['ported-out'].entity,
  homeCentre: true,
};
/** Nobody can be looked up. */
const NOBODY: Facts = { ...PORTED, senderType: undefined };
const UNREADABLE: Facts = { ...PORTED, moForwardSm: false, senderType: undefined };

const E164 = 1;
const envelope: Envelope = { called: addressOf(centre), calling: addressOf(exchange), carrier: 'UDT' };
const moInvoke = (digits: string, nature = 1): Component =>
  encodeInvoke(INVOKE_ID, {
    operation: 'mo-ForwardSM',
    argument: {
      smRpDa: { kind: 'serviceCentreAddressDA', value: { nature: 1, plan: E164, digits: centre.digits } },
      smRpOa: { kind: 'msisdn', value: { nature, plan: E164, digits } },
      smRpUi: SUBMISSIONS[0]!.octets,
    },
  });
const begin = (components: readonly Component[]): Uint8Array => tcapOf.begin(context, components);
const raw = (parameter: readonly number[]): Component => ({
  kind: 'invoke',
  invokeId: INVOKE_ID,
  operation: local(MO_FORWARD_SM),
  parameter: Uint8Array.from([0x30, parameter.length, ...parameter]),
});

const bcd = (digits: string): number[] =>
  Array.from({ length: Math.ceil(digits.length / 2) }, (_, i) => {
    const [low, high] = [digits[2 * i]!, digits[2 * i + 1] ?? 'f'];
    return Number.parseInt(high + low, 16);
  });
const DA = [0x84, 7, 0x91, ...bcd(centre.digits)];
const OA = [0x82, 7, 0x91, ...bcd(ported)];
const UI = [0x04, SUBMISSIONS[0]!.octets.length, ...SUBMISSIONS[0]!.octets];

/** The message with an outer element of another length form: `head` is put between identifier and content, `tail` behind it. */
function reshaped(tcap: Uint8Array, head: readonly number[], tail: readonly number[] = []): Uint8Array {
  const content = tcap.subarray(tcap[1]! > 0x80 ? 2 + (tcap[1]! & 0x7f) : 2);
  return Uint8Array.of(tcap[0]!, ...head, ...content, ...tail);
}

function longForm(tcap: Uint8Array): Uint8Array {
  const length = tcap.length - (tcap[1]! > 0x80 ? 2 + (tcap[1]! & 0x7f) : 2);
  return reshaped(tcap, [0x84, 0, 0, length >> 8, length & 0xff]);
}

const cut = (tcap: Uint8Array, octets: number): Uint8Array => tcap.slice(0, tcap.length - octets);

/** What cannot be answered by the other side's codec either is answered with an abort. */
const ABORT = Uint8Array.of(0x67, 0x09, 0x49, 0x04, 0, 0, 0, 0, 0x4a, 0x01, 0x02);
const RESULT = tcapOf.end(context, [{ kind: 'returnResultLast', invokeId: INVOKE_ID }]);

interface Damage {
  readonly facts: Facts;
  readonly tcap: () => Uint8Array;
  /** The receiver understands it. */
  readonly readable?: true;
  readonly verdicts?: readonly [Verdict, ...Verdict[]];
}

/** Inside TCAP. */
const INNER: Readonly<Record<string, Damage>> = {
  'no short message in the argument': { facts: UNREADABLE, tcap: () => begin([raw([...DA, ...OA])]) },
  'no sender in the argument': { facts: UNREADABLE, tcap: () => begin([raw([...DA, ...UI])]) },
  'empty argument': { facts: UNREADABLE, tcap: () => begin([raw([])]) },
  'sender is noSM-RP-OA': { facts: NOBODY, tcap: () => begin([raw([...DA, 0x85, 0, ...UI])]), readable: true },
  'sender without digits': { facts: NOBODY, tcap: () => begin([raw([...DA, 0x82, 1, 0x91, ...UI])]), readable: true },
  'sender with signs that are no digits': {
    facts: NOBODY,
    tcap: () => begin([raw([...DA, 0x82, 4, 0x91, 0xa6, 0xba, 0x21, ...UI])]),
    readable: true,
  },
  'sender longer than any number': {
    facts: NOBODY,
    tcap: () => begin([raw([...DA, 0x82, 9, 0x91, ...bcd('4670050000712345'), ...UI])]),
    readable: true,
  },
  'addresses of a message to a phone': {
    facts: { ...UNREADABLE },
    tcap: () => begin([raw([0x80, 8, ...bcd('240071234567890'), 0x84, 7, 0x91, ...bcd(centre.digits), ...UI])]),
    readable: true,
  },
  'ported sender, rubbish for a short message': {
    facts: PORTED,
    tcap: () => begin([raw([...DA, ...OA, 0x04, 5, 0xff, 0xff, 0xff, 0xff, 0xff])]),
    readable: true,
  },
  'ported sender, empty short message': { facts: PORTED, tcap: () => begin([raw([...DA, ...OA, 0x04, 0])]), readable: true },
  'ported sender, indefinite length': {
    facts: PORTED,
    tcap: () => reshaped(begin([moInvoke(ported)]), [0x80], [0, 0]),
    readable: true,
  },
  'ported sender, length in four octets': { facts: PORTED, tcap: () => longForm(begin([moInvoke(ported)])), readable: true },
  'ported sender, unknown extension behind': {
    facts: PORTED,
    tcap: () => begin([raw([...DA, ...OA, ...UI, 0x30, 4, 0x80, 2, 1, 2, 0x9f, 0x55, 1, 0])]),
    readable: true,
  },
  'argument that ends in an element': { facts: UNREADABLE, tcap: () => begin([raw([...DA, ...OA, 0x04, 90, 1])]) },
  'operation with an identifier of eight octets': {
    facts: UNREADABLE,
    tcap: () => begin([{ kind: 'invoke', invokeId: INVOKE_ID, operation: { kind: 'global', value: '0.4.0.0.1.46' } }]),
  },
  'component that is none': {
    facts: UNREADABLE,
    tcap: () => begin([{ kind: 'unreadable', octets: Uint8Array.of(0xbd, 2, 5, 0), problem: 0, detail: '' }]),
  },
  'message cut in its components': { facts: UNREADABLE, tcap: () => cut(begin([moInvoke(ported)]), 20) },
  'message with octets behind it': {
    facts: UNREADABLE,
    tcap: () => Uint8Array.of(...begin([moInvoke(ported)]), 1, 2, 3),
    verdicts: ['relayed', 'rejected'],
  },
  'unknown message type': { facts: UNREADABLE, tcap: () => Uint8Array.of(0x6f, ...begin([moInvoke(ported)]).subarray(1)) },
};

function inner(name: string, damage: Damage, carrier: Carrier): Template {
  const { facts, tcap, readable, verdicts } = damage;
  return {
    name: `${name}, ${carrier}`,
    from: 'access',
    to: 'centre',
    carrier,
    facts,
    version: 0,
    applicationContext: context,
    invokeId: INVOKE_ID,
    first: partOf(tcap(), { ...envelope, carrier }),
    answers: { result: readable ? RESULT : ABORT, error: ABORT },
    ...(verdicts === undefined ? {} : { verdicts }),
  };
}

/** Changes octets of an SCCP message whose TCAP message stays where it is. */
type Change = (octets: Uint8Array, part: Part) => Uint8Array;

interface Outer {
  readonly envelope?: Partial<Envelope>;
  readonly change?: Change;
  readonly verdicts: readonly [Verdict, ...Verdict[]];
}

const put = (octets: Uint8Array, at: number, value: number): Uint8Array => {
  const changed = octets.slice();
  changed[at] = value;
  return changed;
};

const NOWHERE = addressOf({ digits: '999999999', ssn: 8 });

/** In SCCP. A message that cannot be told where to go is dropped, or comes back where it asks for that. */
const OUTER: Readonly<Record<string, Outer>> = {
  'pointer beyond the end': { change: (octets) => put(octets, 2, 0xfa), verdicts: ['silent'] },
  'data longer than the message': { change: (octets, { tcapFrom }) => put(octets, tcapFrom - 1, 0xff), verdicts: ['silent'] },
  'called party without octets': { change: (octets) => put(octets, 5, 0), verdicts: ['returned', 'silent'] },
  'message type of connections': { change: (octets) => put(octets, 0, 0x01), verdicts: ['silent'] },
  'message type that is none': { change: (octets) => put(octets, 0, 0x7e), verdicts: ['silent'] },
  'nobody has the called number': { envelope: { called: NOWHERE }, verdicts: ['returned'] },
  'nobody has the called number, not to be returned': {
    envelope: { called: NOWHERE, returnOnError: false },
    verdicts: ['silent'],
  },
};

function outer(name: string, { envelope: other = {}, change = (octets) => octets, verdicts }: Outer): Template {
  const part = partOf(begin([moInvoke(numberOf('unknown', 3))]), { ...envelope, ...other });
  return {
    name,
    from: 'access',
    to: 'centre',
    carrier: 'UDT',
    facts: NOBODY,
    version: 0,
    invokeId: INVOKE_ID,
    first: { ...part, octets: change(part.octets, part) },
    answers: { result: RESULT, error: ABORT },
    verdicts,
  };
}

/** A message that comes back from elsewhere, with a screened operation of a ported sender in it: nobody screens what returns. */
function returning(): Template {
  const encoded = encodeSccp({
    kind: 'UDTS',
    called: addressOf(centre),
    calling: addressOf(exchange),
    data: begin([moInvoke(ported)]),
    returnCause: 1,
  });
  if (!encoded.ok) throw new RangeError(encoded.error.text);
  const octets = encoded.value;
  const plain = partOf(begin([moInvoke(ported)]), envelope);
  return {
    name: 'service message that passes through',
    from: 'access',
    to: 'centre',
    carrier: 'UDT',
    facts: { ...PORTED, moForwardSm: false },
    version: 0,
    invokeId: INVOKE_ID,
    first: { ...plain, ...placesIn(octets, plain.tcapFrom, octets.length) },
  };
}

/** Damaged and odd messages that a receiver can still be asked for. */
export const oddTemplates = (): readonly Template[] => [
  ...Object.entries(INNER).flatMap(([name, damage]) => [inner(name, damage, 'UDT'), inner(name, damage, 'XUDT')]),
  returning(),
];

/** Messages that SCCP itself cannot carry. */
export const undeliverableTemplates = (): readonly Template[] =>
  Object.entries(OUTER).map(([name, damage]) => outer(name, damage));

const FIRST_HOPS = 3;

/** Messages whose hop counter is used up here, and of which it is nearly used up. */
export const hopTemplates = (): readonly Template[] =>
  Array.from({ length: FIRST_HOPS }, (_, i) => {
    const part = partOf(begin([moInvoke(numberOf('unknown', i))]), { ...envelope, carrier: 'XUDT', hopCounter: i + 1 });
    return {
      name: `hop counter ${i + 1}`,
      from: 'access',
      to: 'centre',
      carrier: 'XUDT',
      facts: NOBODY,
      version: 0,
      invokeId: INVOKE_ID,
      first: part,
      answers: { result: RESULT, error: ABORT },
      ...(i === 0 ? { verdicts: ['returned'] as const } : {}),
    };
  });
