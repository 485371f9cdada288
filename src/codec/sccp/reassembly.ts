/**
 * Puts segmented XUDTs (and LUDTs) together again. No timer of its own: the caller's clock comes with every call. ITU-T Q.714 4.1.1.2.
 *
 * A message is known by calling party address, originating point code and segmentation local reference. Its segments come in order
 * (class 1), each saying one fewer remaining than the one before; whatever breaks that ends it. Held segments are copied, since the
 * caller's buffers live shorter than a message.
 *
 * Where there is no more room, the oldest message of the greediest gives way: of the link that holds most, the party (originating point code and calling
 * party address) that holds most. Whoever fills the places loses his own.
 */
import { hexOctets, LIMITS } from '#base';
import { RETURN_CAUSE } from './names.js';
import type { Segmentation } from './optional-part.js';
import { type Holder, Shares } from './shares.js';
import { type SccpView, viewSccp } from './view.js';

export interface ReassemblySettings {
  /** Messages under way at once. Default `LIMITS.sccpReassembliesMax`. */
  readonly messagesMax?: number;
  /** Octets of all held segments together. Default `LIMITS.sccpReassemblyOctetsMax`. */
  readonly octetsMax?: number;
  /** T(reass): from the first segment to the last. Default `LIMITS.sccpReassemblyMs`. */
  readonly timeMs?: number;
}

/** A segment as it came: a copy, to be relayed or returned. `label`: whatever the caller gave with it. */
export interface HeldSegment<L> {
  readonly view: SccpView;
  readonly label: L;
}

/** Octets that weigh as much as the place of a message. Unit: octets. Source: a segment that fills a UDT. */
const PLACE_OCTETS = 256;

/** What a segment weighs in the share of whoever holds it; the first of a message takes the place too. */
const weightOf = (octets: number): number => Math.ceil(octets / PLACE_OCTETS);

/** Why segments will never be a message. `too-many-...`: of all under way these were the oldest of the greediest. */
export type DropReason =
  | 'out-of-sequence'
  | 'no-first-segment'
  | 'superseded'
  | 'timeout'
  | 'too-many-messages'
  | 'too-many-octets';

/** Return causes by which the first segment goes back when the sender asks for it. ITU-T Q.714 4.1.1.2.4 and Q.713 3.12. */
export const DROP_CAUSE: Readonly<Record<DropReason, number>> = {
  'out-of-sequence': RETURN_CAUSE.segmentationFailure,
  'no-first-segment': RETURN_CAUSE.segmentationFailure,
  superseded: RETURN_CAUSE.segmentationFailure,
  timeout: RETURN_CAUSE.segmentationFailure,
  'too-many-messages': RETURN_CAUSE.cannotReassemble,
  'too-many-octets': RETURN_CAUSE.cannotReassemble,
};

/** Segments that will never be a message, the one that broke it included. */
export interface Dropped<L> {
  readonly kind: 'dropped';
  readonly reason: DropReason;
  readonly segments: readonly HeldSegment<L>[];
}

export type ReassemblyOutput<L> =
  | { readonly kind: 'held' }
  /** `data`: of all segments, in order. `requestedClass`: what the sender had asked for. */
  | {
      readonly kind: 'complete';
      readonly data: Uint8Array;
      readonly requestedClass: number;
      readonly segments: readonly HeldSegment<L>[];
    }
  | Dropped<L>;

/** Reasons that have nothing to do with the segments, but with how many others there are: they are no fault that a setting may pass over. */
export const isCrowdedOut = (reason: DropReason): boolean => reason === 'too-many-messages' || reason === 'too-many-octets';

interface Assembly<L> extends Holder {
  readonly key: string;
  readonly requestedClass: number;
  readonly expiresAt: number;
  readonly segments: HeldSegment<L>[];
  remaining: number;
  octets: number;
  weight: number;
}

export class Reassembly<L = undefined> {
  private readonly messagesMax: number;
  private readonly octetsMax: number;
  private readonly timeMs: number;
  /** In the order of their first segments, which is that of their ends. */
  private readonly assemblies = new Map<string, Assembly<L>>();
  private readonly shares = new Shares<Assembly<L>>();
  private readonly linkOf: (label: L) => string;
  private octets = 0;

  /** `linkOf`: by what a segment came, as its label says; absent: all by the same. */
  constructor(settings: ReassemblySettings = {}, linkOf: (label: L) => string = () => '') {
    this.linkOf = linkOf;
    this.messagesMax = settings.messagesMax ?? LIMITS.sccpReassembliesMax;
    this.octetsMax = settings.octetsMax ?? LIMITS.sccpReassemblyOctetsMax;
    this.timeMs = settings.timeMs ?? LIMITS.sccpReassemblyMs;
  }

  /** Messages under way, and what they hold. */
  get held(): { readonly messages: number; readonly octets: number } {
    return { messages: this.assemblies.size, octets: this.octets };
  }

  /** When the next `expire` has something to do; undefined when nothing is held. Milliseconds of the caller's clock. */
  get expiresAt(): number | undefined {
    return this.assemblies.values().next().value?.expiresAt;
  }

  /** Takes a message whose segmentation says that it has others; one that came alone (`first` and none remaining) is complete at once. */
  receive(view: SccpView, segmentation: Segmentation, opc: number, label: L, now: number): ReassemblyOutput<L>[] {
    const outputs: ReassemblyOutput<L>[] = this.expire(now);
    const party = `${opc}/${hexOctets(view.calling)}`;
    const key = `${segmentation.localReference}/${party}`;
    const known = this.assemblies.get(key);
    if (segmentation.first) {
      if (known !== undefined) outputs.push(this.drop(known, 'superseded'));
      this.begin({ key, party, link: this.linkOf(label) }, view, segmentation, label, now, outputs);
    } else if (known === undefined) outputs.push({ kind: 'dropped', reason: 'no-first-segment', segments: [{ view, label }] });
    else this.goOn(known, view, segmentation, label, outputs);
    return outputs;
  }

  /** Gives up what has been under way for too long. */
  expire(now: number): Dropped<L>[] {
    const dropped: Dropped<L>[] = [];
    for (const assembly of this.assemblies.values()) {
      if (assembly.expiresAt > now) break;
      dropped.push(this.drop(assembly, 'timeout'));
    }
    return dropped;
  }

  private begin(
    who: Holder & { readonly key: string },
    view: SccpView,
    { remaining, requestedClass }: Segmentation,
    label: L,
    now: number,
    outputs: ReassemblyOutput<L>[],
  ): void {
    if (remaining === 0) {
      outputs.push(complete(requestedClass, [{ view, label }]));
      return;
    }
    const expiresAt = now + this.timeMs;
    const assembly: Assembly<L> = { ...who, requestedClass, expiresAt, segments: [], remaining, octets: 0, weight: 0 };
    this.assemblies.set(who.key, assembly);
    this.hold(assembly, view, label, outputs);
  }

  private goOn(
    assembly: Assembly<L>,
    view: SccpView,
    { remaining }: Segmentation,
    label: L,
    outputs: ReassemblyOutput<L>[],
  ): void {
    if (remaining !== assembly.remaining - 1) {
      outputs.push(this.drop(assembly, 'out-of-sequence', { view, label }));
    } else if (remaining === 0) {
      this.forget(assembly);
      outputs.push(complete(assembly.requestedClass, [...assembly.segments, { view, label }]));
    } else {
      assembly.remaining = remaining;
      this.hold(assembly, view, label, outputs);
    }
  }

  /** Keeps a copy of the segment; what then is too much gives way, which may be this one. */
  private hold(assembly: Assembly<L>, view: SccpView, label: L, outputs: ReassemblyOutput<L>[]): void {
    const copy = viewSccp(new Uint8Array(view.octets));
    if (!copy.ok) throw new Error('a view whose octets have been changed');
    const weight = weightOf(view.octets.length) + (assembly.segments.length === 0 ? 1 : 0);
    assembly.segments.push({ view: copy.value, label });
    assembly.octets += view.octets.length;
    assembly.weight += weight;
    this.octets += view.octets.length;
    this.shares.take(assembly, assembly, weight);
    for (;;) {
      const reason = this.assemblies.size > this.messagesMax ? 'too-many-messages' : 'too-many-octets';
      if (reason === 'too-many-octets' && this.octets <= this.octetsMax) break;
      outputs.push(this.drop(this.shares.oldestOfGreediest!, reason));
    }
    if (this.assemblies.get(assembly.key) === assembly) outputs.push({ kind: 'held' });
  }

  private forget(assembly: Assembly<L>): void {
    this.assemblies.delete(assembly.key);
    this.octets -= assembly.octets;
    this.shares.release(assembly, assembly, assembly.weight);
  }

  private drop(assembly: Assembly<L>, reason: DropReason, last?: HeldSegment<L>): Dropped<L> {
    this.forget(assembly);
    return { kind: 'dropped', reason, segments: last === undefined ? assembly.segments : [...assembly.segments, last] };
  }
}

function complete<L>(requestedClass: number, segments: readonly HeldSegment<L>[]): ReassemblyOutput<L> {
  const length = segments.reduce((sum, { view }) => sum + view.data.length, 0);
  const data = new Uint8Array(length);
  let at = 0;
  for (const { view } of segments) {
    data.set(view.data, at);
    at += view.data.length;
  }
  return { kind: 'complete', data, requestedClass, segments };
}
