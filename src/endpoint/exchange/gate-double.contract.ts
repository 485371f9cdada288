/**
 * A small gate for the tests of the traffic tool: it relays by the first digits of the called party and refuses, in either flow, by a few plain
 * questions. It decodes everything, keeps the numbers in a map and is told which fault to have.
 */
import type { ProtocolData } from '#codec/m3ua';
import { decodeInvoke, encodeError, smDeliveryFailure } from '#codec/map';
import {
  decodeAddress,
  digitsOfAddress,
  editSccp,
  encodeSccp,
  nextHopCounter,
  Reassembly,
  returnMessage,
  type SccpAddress,
  type SccpMessage,
  type SccpView,
  segmentationOf,
  viewSccp,
} from '#codec/sccp';
import { type Begin, type Continue, decodeTcap, encodeTcap, endOf, type Invoke, userAbort } from '#codec/tcap';
import { NETWORK, NODES, PLACES, type Place, TITLE_PREFIXES, UNSELECTED_TYPE } from './laboratory.js';
import { plannedRecords } from './numbers.js';
import type { GateSettings } from './oracle.js';

export type PlantedFault =
  | 'none'
  | 'refuses-nobody'
  | 'refuses-everybody'
  | 'alters'
  | 'doubles'
  | 'answers-another-invoke'
  | 'tells-nobody-of-aborts'
  | 'loses-answers'
  | 'wrong-place';

interface Sent {
  readonly place: Place;
  readonly data: ProtocolData;
}

interface Stored {
  readonly type: number;
  readonly entity: string;
}

const RETURN_NO_TRANSLATION = 1;
const RETURN_HOPS = 12;
const BEGIN = 'begin';
const HOME: readonly string[] = NODES.homeCentres.map(({ digits }) => digits);
const PLATFORMS: readonly string[] = NODES.platforms.map(({ digits }) => digits);

export class GateDouble {
  /** What it sends, until somebody takes it. */
  readonly out: Sent[] = [];
  private readonly settings: GateSettings;
  private readonly fault: PlantedFault;
  private readonly singles = new Map<string, Stored>();
  private readonly ranges: (Stored & { readonly first: string; readonly last: string })[] = [];
  private readonly reassembly = new Reassembly<ProtocolData>();
  /** Versions of dialogues that were opened without an operation, by the sender's id. */
  private readonly opened = new Map<string, number>();

  constructor(settings: GateSettings, subscribers: number, fault: PlantedFault = 'none') {
    this.settings = settings;
    this.fault = fault;
    for (const { first, last, portabilityType: type, entity } of plannedRecords(subscribers))
      if (first === last) this.singles.set(first, { type, entity });
      else this.ranges.push({ first, last, type, entity });
  }

  receive(from: Place, data: ProtocolData, now: number): void {
    const viewed = viewSccp(data.userData);
    if (!viewed.ok || viewed.value.called.length === 0) return;
    const view = viewed.value;
    const segmentation = view.optionalAt === undefined ? undefined : segmentationOf(view);
    if (segmentation?.ok !== true || segmentation.value === undefined) {
      this.decide(from, view, view.data, [data]);
      return;
    }
    for (const output of this.reassembly.receive(
      view,
      segmentation.value,
      data.opc,
      { ...data, userData: data.userData.slice() },
      now,
    ))
      if (output.kind === 'complete')
        this.decide(
          from,
          view,
          output.data,
          output.segments.map(({ label }) => label),
        );
  }

  private decide(from: Place, view: SccpView, tcap: Uint8Array, messages: readonly ProtocolData[]): void {
    const called = decodeAddress(view.called);
    const calling = decodeAddress(view.calling);
    if (!called.ok || !calling.ok) return;
    const found = view.returnCause === undefined && this.isSelected(called.value) ? this.operation(tcap) : undefined;
    const verdict = found === undefined ? 'pass' : this.verdictOf(from, found.sender, called.value, calling.value);
    if (verdict === 'reject' && found !== undefined) this.reject(from, view, called.value, calling.value, found);
    else if (verdict === 'platform') this.forward('platform', view, messages);
    else this.relay(called.value, view, messages);
  }

  private isSelected({ ssn, globalTitle }: SccpAddress): boolean {
    return (
      ssn === 8 &&
      globalTitle?.indicator === 4 &&
      'translationType' in globalTitle &&
      globalTitle.translationType !== UNSELECTED_TYPE
    );
  }

  /** The mobile-originated forwardSM in a message, with the sender in international form where there is one. */
  private operation(tcap: Uint8Array) {
    const decoded = decodeTcap(tcap);
    if (!decoded.ok || (decoded.value.kind !== BEGIN && decoded.value.kind !== 'continue')) return undefined;
    const message = decoded.value;
    const invoke = message.components?.find((it): it is Invoke => it.kind === 'invoke');
    const version = this.versionOf(message, invoke === undefined);
    if (invoke === undefined) return undefined;
    const map = decodeInvoke(invoke);
    if (!map.ok || map.value.operation !== 'mo-ForwardSM') return undefined;
    const { smRpOa, smRpDa } = map.value.argument;
    if (smRpOa.kind !== 'msisdn' || smRpDa.kind !== 'serviceCentreAddressDA') return undefined;
    const { nature, digits } = smRpOa.value;
    const prefix = nature === 1 ? '' : nature === 4 ? '4670' : '46';
    return { message, invoke, version, sender: /^\d+$/.test(digits) ? prefix + digits : '' };
  }

  private versionOf(message: Begin | Continue, isOpening: boolean): number {
    const key = Buffer.from(message.otid).toString('hex');
    if (message.kind === 'continue') return this.opened.get(key) ?? 1;
    const version = message.dialogue?.kind === 'AARQ' ? Number(message.dialogue.applicationContext.at(-1)) : 1;
    if (isOpening) this.opened.set(key, version);
    return version;
  }

  private stored(number: string): Stored | undefined {
    return (
      this.singles.get(number) ??
      this.ranges.find(({ first, last }) => number.length === first.length && number >= first && number <= last)
    );
  }

  private verdictOf(from: Place, sender: string, called: SccpAddress, calling: SccpAddress): 'pass' | 'reject' | 'platform' {
    const { flow, mode, prepaid, portability, screened, platforms } = this.settings;
    if (this.fault === 'refuses-everybody') return 'reject';
    const found = this.stored(sender);
    const isFromPlatform = from === 'platform' || PLATFORMS.includes(digitsOfAddress(calling) ?? '');
    if (mode !== 'enforce' || found === undefined || (isFromPlatform && (prepaid || flow === 'ported-out'))) return 'pass';
    const isScreened = screened.some(({ type, entity = found.entity }) => type === found.type && entity === found.entity);
    if (portability && isScreened && HOME.includes(digitsOfAddress(called) ?? ''))
      return this.fault === 'refuses-nobody' ? 'pass' : 'reject';
    const isPrepaid = [3, 4].includes(found.type) || (found.type > 5 && found.type < 36);
    if (!prepaid || !isPrepaid) return 'pass';
    return platforms === 'up' ? 'platform' : platforms === 'down-refuse' ? 'reject' : 'pass';
  }

  private reject(
    from: Place,
    view: SccpView,
    called: SccpAddress,
    calling: SccpAddress,
    { message, invoke, version }: NonNullable<ReturnType<GateDouble['operation']>>,
  ): void {
    const invokeId = this.fault === 'answers-another-invoke' ? invoke.invokeId + 1 : invoke.invokeId;
    const error = encodeError(invokeId, smDeliveryFailure(version, 'subscriberNotSC-Subscriber'));
    this.say(from, view, { called: calling, calling: called }, encodeTcap(endOf(message, [error])));
    if (message.kind === 'continue' && this.fault !== 'tells-nobody-of-aborts')
      this.say(this.placeOf(called)!, view, { called, calling }, encodeTcap(userAbort(message.dtid)));
  }

  private say(place: Place, view: SccpView, addresses: Pick<SccpMessage, 'called' | 'calling'>, data: Uint8Array): void {
    const unit = { ...addresses, data, protocolClass: view.protocolClass ?? 0, returnOnError: false };
    const message: SccpMessage =
      view.kind === 'UDT' ? { kind: 'UDT', ...unit } : { kind: 'XUDT', ...unit, hopCounter: 15, optional: [] };
    const encoded = encodeSccp(message);
    if (encoded.ok) this.send(place, encoded.value, 0);
  }

  private placeOf(called: SccpAddress): Place | undefined {
    const digits = digitsOfAddress(called) ?? '';
    return PLACES.find((place) => TITLE_PREFIXES[place].some((prefix) => digits.startsWith(prefix)));
  }

  private relay(called: SccpAddress, view: SccpView, messages: readonly ProtocolData[]): void {
    const place = this.placeOf(called);
    if (place !== undefined) this.forward(place, view, messages);
    else this.giveBack(view, RETURN_NO_TRANSLATION);
  }

  private giveBack(view: SccpView, cause: number): void {
    const back = returnMessage(view, cause);
    const calling = decodeAddress(view.calling);
    if (back.ok && calling.ok) this.send(this.placeOf(calling.value) ?? 'access', back.value, 0);
  }

  private forward(place: Place, whole: SccpView, messages: readonly ProtocolData[]): void {
    const isEnd = whole.data[0] === 0x64;
    if (isEnd && this.fault === 'loses-answers') return;
    for (const { userData, sls } of messages) {
      const view = viewSccp(userData);
      if (!view.ok) continue;
      const hopCounter = nextHopCounter(view.value);
      if (hopCounter === 'violation') {
        this.giveBack(view.value, RETURN_HOPS);
        return;
      }
      const edited = editSccp(view.value, hopCounter === undefined ? {} : { hopCounter });
      if (!edited.ok) continue;
      if (this.fault === 'alters' && place === 'centre') edited.value[view.value.dataAt.to - 1]! ^= 1;
      const to = this.fault === 'wrong-place' && place === 'centre' ? 'access' : place;
      this.send(to, edited.value, sls);
      if (this.fault === 'doubles' && place === 'centre') this.send(to, edited.value, sls);
    }
  }

  private send(place: Place, userData: Uint8Array, sls: number): void {
    const data = { opc: NETWORK.gatePointCode, dpc: NETWORK.pointCodes[place], si: 3, ni: 2, mp: 0, sls, userData };
    this.out.push({ place, data });
  }
}
