/**
 * Dialogues of a capture, to be begun again: every TCAP Begin in it becomes a template. What else is in the capture belonged to dialogues with
 * somebody who is not here, and is counted. What the oracle knows of a message it reads out of the message, by codecs and a list of numbers.
 */
import { hexOctets, type Result } from '#base';
import { createIpaFramer, decodeIpa } from '#codec/ipa';
import { createM3uaFramer, decodeM3ua } from '#codec/m3ua';
import { decodeInvoke, type MapInvoke } from '#codec/map';
import { CaptureReader, decodeM2pa, decodeMtp3, type Signalling, SignallingReader } from '#codec/mtp';
import {
  decodeSccp,
  digitsOfAddress,
  type ExtendedUnitData,
  encodeAddress,
  encodeSccp,
  OPTIONAL_NAME,
  Reassembly,
  type SccpAddress,
  type SccpMessage,
  type SccpView,
  segmentationOf,
  viewSccp,
} from '#codec/sccp';
import { type Begin, decodeTcap, encodeTcap, type Invoke } from '#codec/tcap';
import { NODES, PLACES, type Place, SELECTED_TYPE, TITLE_PREFIXES } from './laboratory.js';
import type { NumberBook } from './number-facts.js';
import { idAt, transactionIds } from './octets.js';
import type { Facts } from './oracle.js';
import { type Answers, type Part, placesIn, type Template, tcapOf } from './template.js';

/** Messages of one replay. Unit: messages. Source: a template and its octets take a kilobyte. */
export const REPLAY_MESSAGES_MAX = 1_000_000;

export interface ReplaySettings {
  /** Transaction ids stay as they are; messages whose id has not four octets are left out. */
  readonly keepIds: boolean;
  readonly numbers: NumberBook;
  /** Digits of home service centres. Absent: the laboratory's. */
  readonly homeCentres?: readonly string[];
  /** Before national numbers, and between it and subscriber numbers. Absent: the laboratory's, 46 and 70. */
  readonly countryCode?: string;
  readonly areaCode?: string;
}

export interface Replay {
  readonly templates: readonly Template[];
  /** What of the capture is not replayed, by why. */
  readonly leftOut: Readonly<Record<string, number>>;
}

/** Begins that are remembered, and the time in which a second one with the same id is the same. Unit: messages; milliseconds. */
const SEEN_MAX = 100_000;
const COPY_MS = 5_000;
const SCCP = 3;
const E164 = 1;
const INTERNATIONAL = 4;
const SSN_MSC = 8;
/** TCP ports that are looked into. */
const SERVICES = [
  { kind: 'm3ua', port: 2905, createFramer: createM3uaFramer },
  { kind: 'ipa', port: 5000, createFramer: createIpaFramer },
] as const;

class Collector {
  readonly templates: Template[] = [];
  readonly leftOut = new Map<string, number>();
  private readonly settings: ReplaySettings;
  private readonly reassembly = new Reassembly();
  /** When a Begin was seen, by its id and calling party, the oldest first. */
  private readonly seen = new Map<string, number>();

  constructor(settings: ReplaySettings) {
    this.settings = settings;
  }

  leave(why: string): void {
    this.leftOut.set(why, (this.leftOut.get(why) ?? 0) + 1);
  }

  take(message: Signalling): void {
    const found = sccpIn(message);
    if (found === undefined) this.leave(`no SCCP in ${message.kind}`);
    else if (this.templates.length >= REPLAY_MESSAGES_MAX) this.leave('more than a replay holds');
    else this.sccp(found.octets.slice(), found.opc, message.at);
  }

  private sccp(octets: Uint8Array, opc: number, at: number): void {
    const viewed = viewSccp(octets);
    if (!viewed.ok) {
      this.leave('SCCP that cannot be read');
      return;
    }
    const view = viewed.value;
    if (view.returnCause !== undefined) {
      this.leave('service message');
      return;
    }
    const segmentation = segmentationOf(view);
    if (!segmentation.ok || segmentation.value === undefined) {
      this.unit(view, view.data, false, at);
      return;
    }
    for (const output of this.reassembly.receive(view, segmentation.value, opc, undefined, at))
      if (output.kind === 'complete') this.unit(output.segments[0]!.view, output.data, true, at);
      else if (output.kind === 'dropped') this.leave('segments without the others');
  }

  private unit(view: SccpView, tcap: Uint8Array, isSegmented: boolean, at: number): void {
    const decoded = decodeSccp(view.octets);
    const transaction = decodeTcap(tcap);
    if (!decoded.ok || !transaction.ok) this.leave('TCAP that cannot be read');
    else if (transaction.value.kind !== 'begin') this.leave(`TCAP ${transaction.value.kind}`);
    else if (this.isCopy(view, transaction.value, at)) this.leave('second sight of the same Begin');
    else this.begin(decoded.value, view, tcap, transaction.value, isSegmented);
  }

  /** A capture at a relay shows each message twice: on its way in, and on its way out. */
  private isCopy(view: SccpView, { otid }: Begin, at: number): boolean {
    const key = `${hexOctets(otid)} ${hexOctets(view.calling)}`;
    const before = this.seen.get(key);
    this.seen.delete(key);
    this.seen.set(key, at);
    if (this.seen.size > SEEN_MAX) this.seen.delete(this.seen.keys().next().value!);
    return before !== undefined && at - before < COPY_MS;
  }

  private begin(message: SccpMessage, view: SccpView, tcap: Uint8Array, begin: Begin, isSegmented: boolean): void {
    const { keepIds } = this.settings;
    const { otidFrom, otidTo } = transactionIds(tcap);
    const keptId = idAt(tcap, otidFrom, otidTo);
    if (keepIds && keptId === undefined) {
      this.leave('transaction id of another size than four octets');
      return;
    }
    const own = keptId === undefined ? encodeTcap({ ...begin, otid: new Uint8Array(4) }) : tcap;
    const part = isSegmented ? segmentedPart(message, own) : wholePart(message, view, own, own === tcap);
    if (part === undefined) {
      this.leave('message that does not fit with a longer transaction id');
      return;
    }
    this.templates.push(this.template(message, begin, part, isSegmented, keepIds ? keptId : undefined));
  }

  private template(message: SccpMessage, begin: Begin, first: Part, isSegmented: boolean, keptId?: number): Template {
    const invoke = begin.components?.find((it): it is Invoke => it.kind === 'invoke');
    const map = invoke && decodeInvoke(invoke);
    const context = begin.dialogue?.kind === 'AARQ' ? begin.dialogue.applicationContext : undefined;
    const from = placeOf(message.calling) ?? 'access';
    return {
      name: `replayed ${map?.ok ? map.value.operation : 'other'} ${message.kind}`,
      from,
      to: placeOf(message.called) ?? (from === 'centre' ? 'access' : 'centre'),
      carrier: isSegmented ? 'segmented' : 'UDT',
      facts: this.facts(message, map?.ok ? map.value : undefined),
      version: 0,
      ...(context === undefined ? {} : { applicationContext: context }),
      invokeId: invoke?.invokeId ?? 0,
      first,
      ...(invoke === undefined ? {} : { answers: answersTo(context, invoke) }),
      ...(keptId === undefined ? {} : { keptId }),
    };
  }

  private facts({ called, calling }: SccpMessage, invoke: MapInvoke | undefined): Facts {
    const home = this.settings.homeCentres ?? NODES.homeCentres.map(({ digits }) => digits);
    const sender = moSender(invoke);
    const stored = sender && this.settings.numbers.find(this.international(sender.nature, sender.digits));
    return {
      selected: isSelected(called),
      moForwardSm: sender !== undefined,
      fromPlatform: NODES.platforms.some(({ digits }) => digits === digitsOfAddress(calling)),
      senderType: stored?.portabilityType,
      ...(stored === undefined ? {} : { senderEntity: stored.entity }),
      homeCentre: home.includes(digitsOfAddress(called) ?? ''),
    };
  }

  /** Nature 1 is international, 4 subscriber, every other is taken for national. */
  private international(nature: number, digits: string): string {
    const { countryCode = '46', areaCode = '70' } = this.settings;
    if (nature === 1) return digits;
    return nature === 4 ? countryCode + areaCode + digits : countryCode + digits;
  }
}

function sccpIn({ kind, octets }: Signalling): { octets: Uint8Array; opc: number } | undefined {
  switch (kind) {
    case 'sccp':
      return { octets, opc: 0 };
    case 'm3ua': {
      const decoded = decodeM3ua(octets);
      if (!decoded.ok || decoded.value.kind !== 'DATA') return undefined;
      const { si, opc, userData } = decoded.value.protocolData;
      return si === SCCP ? { octets: userData, opc } : undefined;
    }
    case 'ipa': {
      const decoded = decodeIpa(octets);
      return decoded.ok && decoded.value.kind === 'sccp' ? { octets: decoded.value.message, opc: 0 } : undefined;
    }
    case 'm2pa': {
      const decoded = decodeM2pa(octets);
      return decoded.ok && decoded.value.kind === 'User Data' ? mtp3(decoded.value.mtp3) : undefined;
    }
    case 'mtp3':
      return mtp3(octets);
  }
}

function mtp3(octets: Uint8Array): { octets: Uint8Array; opc: number } | undefined {
  const decoded = decodeMtp3(octets);
  return decoded.ok && decoded.value.si === SCCP ? { octets: decoded.value.userData, opc: decoded.value.opc } : undefined;
}

const addressesOf = ({ called, calling }: SccpMessage) => ({ called: encodeAddress(called), calling: encodeAddress(calling) });

/** Octet for octet where the id has its place already, written anew where it has to grow. */
function wholePart(message: SccpMessage, view: SccpView, tcap: Uint8Array, isSame: boolean): Part | undefined {
  if (isSame) return { ...placesIn(view.octets, view.dataAt.from, view.dataAt.to), ...addressesOf(message) };
  const encoded = encodeSccp({ ...message, data: tcap });
  const anew = encoded.ok ? viewSccp(encoded.value) : encoded;
  if (!encoded.ok || !anew.ok) return undefined;
  return { ...placesIn(encoded.value, anew.value.dataAt.from, anew.value.dataAt.to), ...addressesOf(message) };
}

function segmentedPart(message: SccpMessage, tcap: Uint8Array): Part | undefined {
  if (message.kind !== 'XUDT') return undefined;
  const optional = message.optional.filter(({ name }) => name !== OPTIONAL_NAME.segmentation);
  const envelope: ExtendedUnitData = { ...message, optional };
  return { ...placesIn(tcap, 0, tcap.length), ...addressesOf(message), envelope };
}

function answersTo(context: string | undefined, { invokeId }: Invoke): Answers {
  const result = tcapOf.end(context, [{ kind: 'returnResultLast', invokeId }]);
  return { result, error: result };
}

function placeOf(address: SccpAddress): Place | undefined {
  const digits = digitsOfAddress(address) ?? '';
  return PLACES.find((place) => TITLE_PREFIXES[place].some((prefix) => digits.startsWith(prefix)));
}

function isSelected({ routeOn, ssn, globalTitle }: SccpAddress): boolean {
  return (
    routeOn === 'gt' &&
    ssn === SSN_MSC &&
    globalTitle?.indicator === 4 &&
    'numberingPlan' in globalTitle &&
    globalTitle.translationType === SELECTED_TYPE &&
    globalTitle.numberingPlan === E164 &&
    'natureOfAddress' in globalTitle &&
    globalTitle.natureOfAddress === INTERNATIONAL
  );
}

/** The sender of a mobile-originated forwardSM; undefined for everything else. */
function moSender(invoke: MapInvoke | undefined): { readonly nature: number; readonly digits: string } | undefined {
  if (invoke?.operation !== 'mo-ForwardSM') return undefined;
  const { smRpDa, smRpOa } = invoke.argument;
  const isMo = smRpDa.kind === 'serviceCentreAddressDA' || smRpDa.kind === 'noSM-RP-DA';
  if (!isMo || smRpOa.kind === 'serviceCentreAddressOA') return undefined;
  return smRpOa.kind === 'msisdn' ? smRpOa.value : { nature: 1, digits: '' };
}

/** Reads a capture (pcap, pcapng) given in pieces. An error where it is none; what comes before a broken record is kept. */
export function readReplay(pieces: Iterable<Uint8Array>, settings: ReplaySettings): Result<Replay, { readonly text: string }> {
  const captures = new CaptureReader();
  const signalling = new SignallingReader(SERVICES);
  const collector = new Collector(settings);
  for (const piece of pieces) {
    const packets = captures.push(piece);
    for (const packet of packets.ok ? packets.value : packets.error.packets)
      for (const message of signalling.push(packet)) collector.take(message);
    if (packets.ok) continue;
    if (collector.templates.length === 0) return packets;
    collector.leave(packets.error.text);
    break;
  }
  for (const [why, count] of signalling.passedOver) collector.leftOut.set(why, count);
  return { ok: true, value: { templates: collector.templates, leftOut: Object.fromEntries(collector.leftOut) } };
}
