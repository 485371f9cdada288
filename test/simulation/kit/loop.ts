/**
 * The event loop of the simulated world: one queue of events in the order of their instants, and nothing else that moves.
 *
 * After each event everything that its promises lead to runs to the end before the next event begins. What happens belongs to an owner: a
 * process that has crashed takes its events with it, and so none of its code ever runs again.
 */

/** Whose events they are. */
export interface Owner {
  readonly name: string;
  alive: boolean;
  /** Operations of disk and engine that have not come back, and immediates: while there are any, it is in the middle of something. */
  busy: number;
}

export const newOwner = (name: string): Owner => ({ name, alive: true, busy: 0 });

export interface LoopEvent {
  /** Milliseconds since the world began. */
  readonly at: number;
  readonly order: number;
  readonly owner: Owner;
  act: (() => void) | undefined;
}

/** After so many events the real loop turns once, so that unhandled rejections are noticed. */
const REAL_TURN_EVERY = 512;
/** More steps than any world of this size takes: something spins. */
const STEPS_MAX = 200_000;

const sooner = (a: LoopEvent, b: LoopEvent): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

export class Loop {
  /** Milliseconds since the world began; never goes back. */
  now = 0;
  /** What nobody can crash: phones, the network, time itself. */
  readonly world: Owner = newOwner('world');
  /** Events that have happened. */
  steps = 0;
  readonly #heap: LoopEvent[] = [];
  #order = 0;
  #failure: unknown;
  #failed = false;

  after(ms: number, owner: Owner, act: () => void): LoopEvent {
    const event: LoopEvent = { at: this.now + Math.max(0, ms), order: this.#order++, owner, act };
    this.#heap.push(event);
    this.#up(this.#heap.length - 1);
    return event;
  }

  cancel(event: LoopEvent): void {
    event.act = undefined;
  }

  sleep(ms: number, owner: Owner = this.world): Promise<void> {
    return new Promise((resolve) => this.after(ms, owner, resolve));
  }

  /** Ends the run: `run` rejects with this before the next event. The first failure counts. */
  fail(failure: unknown): void {
    if (!this.#failed) this.#failure = failure;
    this.#failed = true;
  }

  /** Lets the world go on until `done` says so between two events, or nothing is to come. Rejects with what `fail` was told. */
  run(done: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const step = (): void => {
        try {
          if (!this.#step(done)) {
            resolve();
            return;
          }
        } catch (e) {
          reject(e);
          return;
        }
        // A tick asked for by a microtask comes when no microtask is left.
        if (this.steps % REAL_TURN_EVERY === 0) realSetImmediate(step);
        else queueMicrotask(() => process.nextTick(step));
      };
      process.nextTick(step);
    });
  }

  /** One event; false when there is none or `done` says so. */
  #step(done: () => boolean): boolean {
    if (this.#failed) throw this.#failure;
    const event = done() ? undefined : this.#next();
    if (event === undefined) return false;
    if (++this.steps > STEPS_MAX) throw new Error(`the world does not come to rest in ${STEPS_MAX} steps`);
    this.now = event.at;
    const { act } = event;
    event.act = undefined;
    act!();
    return true;
  }

  #next(): LoopEvent | undefined {
    for (;;) {
      const first = this.#heap[0];
      if (first === undefined) return undefined;
      const last = this.#heap.pop()!;
      if (last !== first) {
        this.#heap[0] = last;
        this.#down(0);
      }
      if (first.act !== undefined && first.owner.alive) return first;
    }
  }

  #up(from: number): void {
    const heap = this.#heap;
    for (let at = from; at > 0; ) {
      const parent = (at - 1) >> 1;
      if (!sooner(heap[at]!, heap[parent]!)) return;
      [heap[at], heap[parent]] = [heap[parent]!, heap[at]!];
      at = parent;
    }
  }

  #down(from: number): void {
    const heap = this.#heap;
    for (let at = from; ; ) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2]) if (child < heap.length && sooner(heap[child]!, heap[least]!)) least = child;
      if (least === at) return;
      [heap[at], heap[least]] = [heap[least]!, heap[at]!];
      at = least;
    }
  }
}

const realSetImmediate = setImmediate;
