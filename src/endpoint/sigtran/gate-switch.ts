/**
 * The gate without sockets: a message from the network in, messages for the network out. It stands where a signal transfer point stands: what is
 * for other point codes is handed on by MTP, what is for ours is translated, and on the way short messages are judged. No timer, no promise:
 * the caller's clock comes with every call.
 *
 * What leaves the gate changed, and what not: docs/gate-screening.md.
 */
import type { ProtocolData } from '#codec/m3ua';
import {
  DROP_CAUSE,
  type Dropped,
  type HeldSegment,
  isCrowdedOut,
  RETURN_CAUSE,
  Reassembly,
  type ReassemblyOutput,
  type ReassemblySettings,
  type SccpView,
  segmentationOf,
  viewSccp,
} from '#codec/sccp';
import type { Screening, Selection } from '#portability';
import type { DialogueSettings } from '#protocol/dialogue';
import type { Label } from '#protocol/routing';
import { AllowList, isAllowed, type Permission } from './allow-list.js';
import type { Content } from './content.js';
import { type GateCounts, noCounts } from './counts.js';
import type { GateOutput, GatePorts, GateSettings, Wire } from './gate.js';
import { Judge, JudgeState } from './judge.js';
import { Outlet } from './outlet.js';
import { type LoadLevel, Overload, type TrafficClass } from './overload.js';
import { Passage, type SegmentLabel } from './passage.js';
import { Titles } from './titles.js';

/** Bounds of what the gate remembers of messages; rows of LIMITS where absent. */
export interface GateBounds {
  readonly reassembly?: ReassemblySettings;
  readonly dialogues?: DialogueSettings;
}

const SI_SCCP = 3;
/** Network management, and its tests. Q.704 14.2.1. */
const SI_TEST_MAX = 2;
const NOTHING: readonly GateOutput[] = [];
/** Begin and Unidirectional: what opens something. Q.773 table 7. */
const opens = (tag: number | undefined): boolean => tag === 0x62 || tag === 0x61;

export class GateSwitch {
  readonly counts: GateCounts = noCounts();
  private readonly state: JudgeState;
  private readonly reassembly: Reassembly<SegmentLabel>;
  private settings!: GateSettings;
  private ports!: GatePorts;
  private screening!: Screening<Wire>;
  private titles!: Titles;
  private allowList: AllowList | undefined;
  private overload!: Overload;
  private outlet!: Outlet;
  private judge!: Judge;

  constructor(settings: GateSettings, ports: GatePorts, bounds: GateBounds = {}) {
    this.state = new JudgeState(bounds.dialogues);
    this.reassembly = new Reassembly<SegmentLabel>(bounds.reassembly, ({ link }) => link);
    this.adopt(settings, ports);
  }

  /** Goes on by another configuration. Dialogues and segments under way are kept. */
  adopt(settings: GateSettings, ports: GatePorts): void {
    const level = this.overload?.level ?? 0;
    this.settings = settings;
    this.ports = ports;
    this.screening = ports.screening;
    this.titles = new Titles(settings.variant);
    this.allowList = settings.allowList === undefined ? undefined : new AllowList(settings.allowList);
    this.overload = new Overload(settings.shedFrom);
    this.overload.level = level;
    this.outlet = new Outlet(ports, this.counts, settings.variant);
    this.judge = new Judge(settings, ports, this.counts, this.outlet, this.state);
  }

  /** How loaded the program is, as its driver measures it. */
  get load(): LoadLevel {
    return this.overload.level;
  }

  set load(level: LoadLevel) {
    this.overload.level = level;
  }

  /** What is under way. */
  get held(): {
    readonly dialogues: number;
    readonly reassemblies: number;
    readonly segmentOctets: number;
    readonly passes: number;
  } {
    const { messages, octets } = this.reassembly.held;
    const { dialogues, passes } = this.state;
    return { dialogues: dialogues.size, reassemblies: messages, segmentOctets: octets, passes: passes.size };
  }

  /** When `expire` has something to do next; undefined when nothing is under way. Milliseconds since the epoch. */
  get expiresAt(): number | undefined {
    const times = [this.reassembly.expiresAt, this.state.dialogues.expiresAt].filter((at) => at !== undefined);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** Gives up what has been under way for too long. Late calls do no harm. `now`: milliseconds since the epoch. */
  expire(now: number): readonly GateOutput[] {
    const out: GateOutput[] = [];
    for (const dropped of this.reassembly.expire(now)) this.failed(dropped, now, out);
    this.state.dialogues.expire(now);
    this.countForgotten();
    return out;
  }

  /**
   * Takes one message from the network. `link`: the name of the link set, as routing knows it. Octets of the outputs may be those of `data`: send or
   * copy them before they change. Whatever the octets, it does not throw.
   */
  receive(link: string, data: ProtocolData, now: number): readonly GateOutput[] {
    this.counts.received++;
    const { ni, dpc, si } = data;
    const isOurs = this.ports.routing.routes.isOwn(ni, dpc);
    this.ports.journal?.({ step: 'mtp', label: labelOf(link, data), si, way: isOurs ? 'here' : 'transfer' });
    if (!isOurs) return this.transfer(link, data, now);
    if (si === SI_SCCP) return this.ofSccp(link, data, now);
    if (si <= SI_TEST_MAX) {
      this.counts.aside++;
      return [{ kind: 'aside', link, data }];
    }
    this.counts['no-user']++;
    return [{ kind: 'no-user', link, ni, pointCode: dpc, si }];
  }

  /** MTP's part: the message as it came. */
  private transfer(link: string, data: ProtocolData, now: number): readonly GateOutput[] {
    if (this.overload.level > 0 && this.overload.sheds('transit')) {
      this.counts['shed-transit']++;
      return this.congestion(link, data, now);
    }
    const outcome = this.ports.routing.transfer(labelOf(link, data), data.userData);
    if (outcome.kind !== 'transfer') {
      this.counts[outcome.kind === 'drop' && outcome.fault === 'goes-back' ? 'loops-stopped' : 'transfer-undeliverable']++;
      return NOTHING;
    }
    this.counts.transferred++;
    return [{ kind: 'send', link: outcome.link, data }];
  }

  private ofSccp(link: string, data: ProtocolData, now: number): readonly GateOutput[] {
    const found = viewSccp(data.userData);
    if (!found.ok) {
      this.counts[found.error.kind === 'unsupported-type' ? 'sccp-connection' : 'sccp-unreadable']++;
      return NOTHING;
    }
    const view = found.value;
    const called = this.titles.read(view.called);
    const calling = this.titles.read(view.calling);
    const passage = new Passage(link, data, view, called, calling, now);
    const out: GateOutput[] = [];
    if (this.ports.journal !== undefined) this.journalSccp(passage);
    const permission = this.permission(passage);
    if (permission === 'none') this.refuse(passage, out);
    else this.plain(passage, this.select(passage), permission, out);
    return out;
  }

  /** Service messages carry something back; what is routed on a subsystem is for a node, not for a title. */
  private select({ view, called }: Passage): Selection | undefined {
    if (view.returnCause !== undefined || called === undefined || called.key.routeOn === 'ssn') return undefined;
    const selection = this.screening.select(called.key);
    this.ports.journal?.({ step: 'selector', ...(selection === undefined ? {} : { selector: selection.name }) });
    if (selection !== undefined) this.counts.selected++;
    return selection;
  }

  private plain(passage: Passage, selection: Selection | undefined, permission: Permission, out: GateOutput[]): void {
    if (this.overload.level > 0 && this.isShed(passage, selection, out)) return;
    const matters = selection !== undefined || typeof permission === 'object' || this.judge.follows(passage);
    const { returnCause, optionalAt } = passage.view;
    if (returnCause !== undefined) this.outlet.relay(passage, out);
    else if (optionalAt !== undefined && this.isSegment(passage, matters, selection, permission, out)) return;
    else if (matters) this.whole(passage, selection, permission, out);
    else this.outlet.relay(passage, out);
  }

  /** A message that is whole, or has become so. */
  private whole(passage: Passage, selection: Selection | undefined, permission: Permission, out: GateOutput[]): void {
    const content = this.judge.read(passage, selection);
    if (typeof permission === 'object' && !this.mayInvoke(permission, content)) this.refuse(passage, out);
    else if (content === 'beyond-limits') this.refuseLong(passage, out);
    else if (content === 'unreadable') this.outlet.relay(passage, out);
    else {
      this.judge.judge(passage, selection, content, out);
      this.countForgotten();
    }
  }

  /**
   * Whether the message is a segment of a longer one, and has been dealt with. Of a message that does not matter the first segment goes on at once;
   * the later ones are asked for all the same, since what they belong to is told by the first alone.
   */
  private isSegment(
    passage: Passage,
    matters: boolean,
    selection: Selection | undefined,
    permission: Permission,
    out: GateOutput[],
  ): boolean {
    const segmentation = segmentationOf(passage.view);
    if (!segmentation.ok || segmentation.value === undefined) return false;
    const { first, remaining } = segmentation.value;
    if (first && (remaining === 0 || !matters)) return false;
    // What is held must not keep the buffer that it came in: the segment itself is copied.
    const label = { link: passage.link, data: { ...passage.data, userData: NO_OCTETS } };
    for (const result of this.reassembly.receive(passage.view, segmentation.value, passage.data.opc, label, passage.at)) {
      if (!matters && result.kind === 'dropped' && result.reason === 'no-first-segment') this.outlet.relay(passage, out);
      else this.reassembled(passage, result, selection, permission, out);
    }
    return true;
  }

  private reassembled(
    passage: Passage,
    result: ReassemblyOutput<SegmentLabel>,
    selection: Selection | undefined,
    permission: Permission,
    out: GateOutput[],
  ): void {
    this.ports.journal?.({
      step: 'reassembly',
      result: result.kind === 'dropped' ? 'failed' : result.kind,
      segments: result.kind === 'held' ? 1 : result.segments.length,
      ...(result.kind === 'dropped' ? { reason: result.reason } : {}),
    });
    if (result.kind === 'held') this.counts['segments-held']++;
    else if (result.kind === 'dropped') this.failed(result, passage.at, out);
    else {
      this.counts.reassembled++;
      const [first, ...later] = result.segments.map(restored);
      const whole = Passage.ofSegments(passage, [first!, ...later], result.data, this.titles.read(first!.view.called));
      // By the first, as whoever puts it together will see it.
      this.whole(whole, whole.called === passage.called ? selection : this.select(whole), permission, out);
    }
  }

  /** Segments that will never be a message. */
  private failed(dropped: Dropped<SegmentLabel>, now: number, out: GateOutput[]): void {
    this.counts['reassembly-failed']++;
    const segments = dropped.segments.map(restored);
    const [first] = segments;
    if (first === undefined) return;
    const { view, label } = first;
    const passage = new Passage(label.link, label.data, view, this.titles.read(view.called), this.titles.read(view.calling), now);
    const isCrowded = isCrowdedOut(dropped.reason);
    if (isCrowded) this.counts['reassembly-crowded-out']++;
    const kind = isCrowded ? 'reassembly-crowded-out' : 'reassembly-failed';
    this.outlet.tell(kind, passage, `${segments.length} segments: ${dropped.reason}`);
    // Passing what was crowded out would let whoever fills the places send what he likes, unjudged.
    if (isCrowded || this.settings.whenReassemblyFails === 'discard') {
      this.outlet.giveBack(passage, DROP_CAUSE[dropped.reason], out);
      return;
    }
    passage.segments = segments;
    this.outlet.relay(passage, out);
  }

  private permission(passage: Passage): Permission {
    if (this.allowList === undefined) return 'all';
    const permission = passage.calling === undefined ? 'none' : this.allowList.permission(passage.data.opc, passage.calling);
    this.ports.journal?.({
      step: 'allow-list',
      permission: typeof permission === 'object' ? [...permission] : permission,
      refused: permission === 'none',
    });
    return permission;
  }

  /** What cannot be read cannot be allowed. */
  private mayInvoke(permission: Permission, content: Content | string): boolean {
    const allowed = typeof content === 'object' && isAllowed(permission, content.operations);
    if (!allowed) this.ports.journal?.({ step: 'allow-list', permission: 'none', refused: true });
    return allowed;
  }

  private refuse(passage: Passage, out: GateOutput[]): void {
    const refused = this.allowList!.refused;
    this.counts['not-allowed']++;
    this.outlet.tell('not-allowed', passage, 'no row of the allow list speaks for the sender and what it asks for');
    if (refused.kind === 'return') this.outlet.giveBack(passage, refused.cause, out);
    else this.counts.dropped++;
  }

  /** No network sends it, and to pass it would pass whatever is hidden in it. */
  private refuseLong(passage: Passage, out: GateOutput[]): void {
    this.counts['beyond-limits']++;
    this.outlet.tell('beyond-limits', passage, 'user data with more components, or deeper nested, than any network sends');
    this.outlet.giveBack(passage, RETURN_CAUSE.errorInLocalProcessing, out);
  }

  private isShed(passage: Passage, selection: Selection | undefined, out: GateOutput[]): boolean {
    const traffic = classOf(passage, selection);
    const shed = this.overload.sheds(traffic);
    this.ports.journal?.({ step: 'overload', level: this.overload.level, shed });
    if (!shed) return false;
    this.counts[`shed-${traffic}`]++;
    this.outlet.giveBack(passage, RETURN_CAUSE.networkCongestion, out);
    out.push(...this.congestion(passage.link, passage.data, passage.at));
    return true;
  }

  private congestion(link: string, { ni, dpc }: ProtocolData, now: number): readonly GateOutput[] {
    if (!this.overload.isToTell(link, now)) return NOTHING;
    return [{ kind: 'congestion', link, ni, pointCode: dpc, level: this.overload.level }];
  }

  private countForgotten(): void {
    const { evicted, expired } = this.state.dialogues;
    this.counts['dialogues-evicted'] = evicted;
    this.counts['dialogues-expired'] = expired;
  }

  private journalSccp({ view, called, calling }: Passage): void {
    const { journal } = this.ports;
    journal?.({ step: 'sccp', kind: view.kind, ...(view.hopCounter === undefined ? {} : { hopCounter: view.hopCounter }) });
    journal?.({ step: 'addresses', ...(called === undefined ? {} : { called }), ...(calling === undefined ? {} : { calling }) });
  }
}

const NO_OCTETS = new Uint8Array(0);

/** A segment whose label has its octets again. */
const restored = ({ view, label }: HeldSegment<SegmentLabel>): HeldSegment<SegmentLabel> => ({
  view,
  label: { link: label.link, data: { ...label.data, userData: view.octets } },
});

const labelOf = (link: string, { ni, opc, dpc, sls }: ProtocolData): Label => ({ ni, opc, dpc, sls, link });

function classOf({ view, bytes, from }: Passage, selection: Selection | undefined): TrafficClass {
  if (view.returnCause !== undefined || !opens(bytes[from]) || isLaterSegment(view)) return 'ongoing';
  return selection === undefined ? 'pass-through' : 'screened';
}

/** Of a message that has begun: what its data begin with says nothing. */
function isLaterSegment(view: SccpView): boolean {
  const segmentation = segmentationOf(view);
  return segmentation.ok && segmentation.value?.first === false;
}
