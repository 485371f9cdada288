/**
 * Takes the place of the process's clocks, timers and chance while a world runs (docs/decisions/0010): whatever code of ours says setTimeout
 * gets the world's. The process must run nothing else meanwhile.
 */
import type { Loop, LoopEvent, Owner } from './loop.js';

/** What a world says for the process's globals. */
export interface Surroundings {
  readonly loop: Loop;
  /** Whose timers are set now. */
  readonly owner: () => Owner;
  /** Epoch milliseconds. */
  readonly wall: () => number;
  readonly unit: () => number;
}

/** Node's shortest timer. Milliseconds. */
const SHORTEST_MS = 1;

class Timer {
  readonly #loop: Loop;
  event: LoopEvent;

  constructor(loop: Loop, event: LoopEvent) {
    this.#loop = loop;
    this.event = event;
  }

  cancel(): void {
    this.#loop.cancel(this.event);
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
  hasRef(): boolean {
    return true;
  }
}

class Immediate extends Timer {
  override cancel(): void {
    if (this.event.act !== undefined) this.event.owner.busy--;
    super.cancel();
  }
}

type Callback = (...values: unknown[]) => void;

/** Runs `body` with the world's globals and puts the real ones back, whatever happens. One at a time. */
export async function withSimulatedGlobals<T>({ loop, owner, wall, unit }: Surroundings, body: () => Promise<T>): Promise<T> {
  const wait = (ms: number | undefined): number => (ms !== undefined && ms > SHORTEST_MS ? ms : SHORTEST_MS);
  const cancel = (timer: unknown): void => {
    if (timer instanceof Timer) timer.cancel();
  };
  const simulated = {
    setTimeout: (act: Callback, ms?: number, ...values: unknown[]) =>
      new Timer(
        loop,
        loop.after(wait(ms), owner(), () => act(...values)),
      ),
    setImmediate: (act: Callback, ...values: unknown[]) => {
      const whose = owner();
      whose.busy++;
      return new Immediate(
        loop,
        loop.after(0, whose, () => {
          whose.busy--;
          act(...values);
        }),
      );
    },
    setInterval: (act: Callback, ms?: number, ...values: unknown[]) => {
      const whose = owner();
      const next = (): LoopEvent =>
        loop.after(wait(ms), whose, () => {
          timer.event = next();
          act(...values);
        });
      const timer = new Timer(loop, next());
      return timer;
    },
    clearTimeout: cancel,
    clearInterval: cancel,
    clearImmediate: cancel,
  };
  const names = Object.keys(simulated) as (keyof typeof simulated)[];
  const real = Object.fromEntries(names.map((name) => [name, globalThis[name]]));
  const { now } = Date;
  const { random } = Math;
  Object.assign(globalThis, simulated);
  Date.now = wall;
  Math.random = unit;
  performance.now = () => loop.now;
  try {
    return await body();
  } finally {
    Object.assign(globalThis, real);
    Date.now = now;
    Math.random = random;
    // The method of the prototype shows again.
    delete (performance as { now?: unknown }).now;
  }
}
