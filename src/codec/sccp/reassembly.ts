/**
 * Puts segmented XUDTs (and LUDTs) together again. No timer of its own: the caller's clock comes with every call. ITU-T Q.714 4.1.1.2.
 *
 * A message is known by calling party address, originating point code and segmentation local reference. Its segments come in order
 * (class 1), each saying one fewer remaining than the one before; whatever breaks that ends it. Held segments are copied, since the
 * caller's buffers live shorter than a message.
 */
import { hexOctets, LIMITS } from '#base';
import { RETURN_CAUSE } from './names.js';
import type { Segmentation } from './optional-part.js';
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

interface Assembly<L> {
  readonly key: string;
  readonly requestedClass: number;
  readonly expiresAt: number;
  readonly segments: HeldSegment<L>[];
  remaining: number;
  octets: number;
}

export class Reassembly<L = undefined> {
  private readonly messagesMax: number;
  private readonly octetsMax: number;
  private readonly timeMs: number;
  /** In the order of their first segments, which is that of their ends. */
  private readonly assemblies = new Map<string, Assembly<L>>();
  private octets = 0;

  constructor(settings: ReassemblySettings = {}) {
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
    const key = `${opc}/${segmentation.localReference}/${hexOctets(view.calling)}`;
    const known = this.assemblies.get(key);
    if (segmentation.first) {
      if (known !== undefined) outputs.push(this.drop(known, 'superseded'));
      outputs.push(this.begin(key, view, segmentation, label, now));
    } else if (known === undefined) outputs.push(this.refuse('no-first-segment', view, label));
    else outputs.push(this.goOn(known, view, segmentation, label));
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

  private begin(key: string, view: SccpView, segmentation: Segmentation, label: L, now: number): ReassemblyOutput<L> {
    const { remaining, requestedClass } = segmentation;
    if (remaining === 0) return complete(requestedClass, [{ view, label }]);
    if (this.assemblies.size >= this.messagesMax) return this.refuse('too-many-messages', view, label);
    if (this.octets + view.octets.length > this.octetsMax) return this.refuse('too-many-octets', view, label);
    const assembly: Assembly<L> = { key, requestedClass, expiresAt: now + this.timeMs, segments: [], remaining, octets: 0 };
    this.assemblies.set(key, assembly);
    this.hold(assembly, view, label);
    return { kind: 'held' };
  }

  private goOn(assembly: Assembly<L>, view: SccpView, segmentation: Segmentation, label: L): ReassemblyOutput<L> {
    if (segmentation.remaining !== assembly.remaining - 1) return this.drop(assembly, 'out-of-sequence', { view, label });
    if (segmentation.remaining === 0) {
      this.forget(assembly);
      return complete(assembly.requestedClass, [...assembly.segments, { view, label }]);
    }
    if (this.octets + view.octets.length > this.octetsMax) return this.drop(assembly, 'too-many-octets', { view, label });
    assembly.remaining = segmentation.remaining;
    this.hold(assembly, view, label);
    return { kind: 'held' };
  }

  private hold(assembly: Assembly<L>, view: SccpView, label: L): void {
    const copy = viewSccp(new Uint8Array(view.octets));
    if (!copy.ok) throw new Error('a view whose octets have been changed');
    assembly.segments.push({ view: copy.value, label });
    assembly.octets += view.octets.length;
    this.octets += view.octets.length;
  }

  private forget(assembly: Assembly<L>): void {
    this.assemblies.delete(assembly.key);
    this.octets -= assembly.octets;
  }

  private drop(assembly: Assembly<L>, reason: DropReason, last?: HeldSegment<L>): Dropped<L> {
    this.forget(assembly);
    return { kind: 'dropped', reason, segments: last === undefined ? assembly.segments : [...assembly.segments, last] };
  }

  private refuse(reason: DropReason, view: SccpView, label: L): Dropped<L> {
    return { kind: 'dropped', reason, segments: [{ view, label }] };
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
