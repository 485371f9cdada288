/**
 * The road of a change: it waits, is planned with others as a group, the group is written and flushed at once, and then it is carried out and
 * acknowledged. Readers see only what survives a crash.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { err, LIMITS, type Log, ok, type Result } from '#base';
import { type ChangeRefusal, type NumberBook, type NumberChange, type NumbersVersion, type Step, TABLE_FULL } from '#portability';
import { encodeFrame } from './log.js';
import type { LogWriter } from './log-writer.js';

/** A group is closed when it has so many changes. Source: at 100,000 a second it lets a flush take 160 ms, which a disk that others use too may need. */
const GROUP_CHANGES = 16_384;
/** Changes planned, or steps carried out, before the loop turns. Source: a quarter of a millisecond of the thread that serves. */
const STEPS_AT_ONCE = 500;

const NOT_FLUSHED = 'the log could not be flushed: no more changes are taken until the program starts anew';

type Outcome = Result<NumbersVersion, ChangeRefusal>;

interface Waiting {
  readonly changes: readonly NumberChange[];
  readonly settle: (outcome: Outcome) => void;
}

interface Planned {
  readonly waiting: Waiting;
  readonly steps: readonly Step[];
  readonly change: number;
  readonly at: number;
}

/** What changes are made to: one load, as long as it counts. */
export interface Target {
  readonly book: NumberBook;
  readonly load: string;
  log: LogWriter;
  change: number;
  changedAt: number;
}

export interface ChangeRoadPorts {
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** What is changed now. Undefined: nothing can be, and `unavailable` says why. */
  readonly target: () => Target | undefined;
  readonly unavailable: () => string;
  /** The same, also of a store that is being closed. */
  readonly sealed: () => Target | undefined;
  /** The table is filling up: begin with a larger one, once. Resolves when there is room again, false when there will be none. */
  readonly makeRoom: () => Promise<boolean>;
  /** Changes have been carried out. */
  readonly changed: (target: Target) => void;
}

export class ChangeRoad {
  readonly #ports: ChangeRoadPorts;
  #queue: Waiting[] = [];
  #next = 0;
  #waitingChanges = 0;
  #turn: Promise<unknown> = Promise.resolve();
  #moving = false;
  /** After a failed flush nothing is known of what the disk has: no more changes until the program starts anew. */
  #broken: string | undefined;

  constructor(ports: ChangeRoadPorts) {
    this.#ports = ports;
  }

  /** No more changes until the program starts anew. `text` says why. */
  stop(text: string): void {
    this.#broken ??= text;
  }

  /** Changes that wait for the disk. */
  get waiting(): number {
    return this.#waitingChanges;
  }

  apply(changes: readonly NumberChange[]): Promise<Outcome> {
    if (changes.length > LIMITS.numberBatchMax)
      return Promise.resolve(
        err({ kind: 'full', index: LIMITS.numberBatchMax, what: `${LIMITS.numberBatchMax} changes of one batch` }),
      );
    if (this.#waitingChanges + changes.length > LIMITS.numberChangesWaitingMax) return Promise.resolve(err({ kind: 'busy' }));
    this.#waitingChanges += changes.length;
    return new Promise((settle) => {
      this.#queue.push({ changes, settle });
      if (!this.#moving) void this.#move();
    });
  }

  /**
   * Makes changes that follow from what is stored, before all that wait: `make` sees everything that has been planned carried out, and nothing
   * comes between. None made: nothing happens.
   */
  applyFirst(make: () => readonly NumberChange[]): Promise<void> {
    return this.alone(async () => {
      const changes = make();
      if (changes.length === 0) return;
      this.#waitingChanges += changes.length;
      this.#queue.splice(this.#next, 0, { changes, settle: () => {} });
      // Without room it is for another time: what waits behind it asks for room.
      if ((await this.#group()) === 'wanted') this.#refuseFirst({ kind: 'busy' });
    });
  }

  /** Sees to it that the log ends in a seal that survives a power loss: when nothing has been changed for a while. */
  seal(): Promise<void> {
    return this.alone(async () => {
      const target = this.#ports.sealed();
      if (target === undefined || this.#broken !== undefined) return;
      await target.log.seal(target.change, target.changedAt);
      await target.log.flushSeal().catch((error: NodeJS.ErrnoException) => {
        this.#ports.log.error({ code: error.code }, `numbers: ${NOT_FLUSHED}`);
        this.stop(NOT_FLUSHED);
      });
    });
  }

  /** Does something while no group is under way. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => {});
    return turn;
  }

  async #move(): Promise<void> {
    this.#moving = true;
    // What is asked for in the same turn of the loop makes one group.
    await nextTurn();
    while (this.#next < this.#queue.length) {
      const room = await this.alone(() => this.#group());
      if (room === 'wanted' && !(await this.#ports.makeRoom()))
        this.#refuseFirst({ kind: 'full', index: 0, what: 'the memory of this machine' });
    }
    this.#moving = false;
  }

  #take(): Waiting {
    const waiting = this.#queue[this.#next++]!;
    this.#waitingChanges -= waiting.changes.length;
    if (this.#next === this.#queue.length || this.#next > 65_536) {
      this.#queue = this.#queue.slice(this.#next);
      this.#next = 0;
    }
    return waiting;
  }

  #refuseFirst(refusal: ChangeRefusal): void {
    this.#take().settle(err(refusal));
  }

  /** One group, from plan to acknowledgement. `wanted`: the first that waits finds no room in the table. */
  async #group(): Promise<'done' | 'wanted'> {
    const target = this.#ports.target();
    if (target === undefined || this.#broken !== undefined) {
      const text = this.#broken ?? this.#ports.unavailable();
      while (this.#next < this.#queue.length) this.#refuseFirst({ kind: 'unavailable', text });
      return 'done';
    }
    const planned: Planned[] = [];
    const frames: Buffer[] = [];
    const full = await this.#plan(target, planned, frames);
    if (planned.length > 0 && (await this.#flush(target, planned, Buffer.concat(frames)))) {
      // Before anything is acknowledged: from here on damage to these frames is told from a torn end, and followers may read them.
      const { change, at } = planned.at(-1)!;
      await target.log.seal(change, at);
      await this.#carryOut(target, planned);
    }
    if (target.book.crowded) void this.#ports.makeRoom();
    return full && planned.length === 0 ? 'wanted' : 'done';
  }

  /** True: it ended at a batch that has no room. */
  async #plan(target: Target, planned: Planned[], frames: Buffer[]): Promise<boolean> {
    let { change } = target;
    let turned = change;
    const at = Math.max(this.#ports.now(), target.changedAt);
    while (this.#next < this.#queue.length && change - target.change < GROUP_CHANGES) {
      const { changes, settle } = this.#queue[this.#next]!;
      if (changes.length === 0) {
        this.#take();
        settle(ok({ load: target.load, change: target.change, changedAt: target.changedAt }));
        continue;
      }
      if (change - turned >= STEPS_AT_ONCE) {
        turned = change;
        await nextTurn();
      }
      const steps = target.book.plan(changes);
      if (!steps.ok) {
        if (steps.error.kind === 'full' && steps.error.what === TABLE_FULL) return true;
        this.#take().settle(steps);
        continue;
      }
      const first = change + 1;
      change += changes.length;
      frames.push(encodeFrame({ steps: steps.value, changes: changes.length, first, at, flushedTo: target.log.octets }));
      planned.push({ waiting: this.#take(), steps: steps.value, change, at });
    }
    return false;
  }

  async #flush(target: Target, planned: readonly Planned[], frames: Buffer): Promise<boolean> {
    try {
      await target.log.append(frames);
      return true;
    } catch (error) {
      const { code, message, flush } = error as NodeJS.ErrnoException & { flush?: true };
      target.book.forget(planned.map(({ steps }) => steps));
      let text = code === 'ENOSPC' ? 'the disk is full' : `the log cannot be written: ${message}`;
      const back =
        flush === true
          ? false
          : await target.log.takeBack().then(
              () => true,
              () => false,
            );
      if (!back) {
        text = NOT_FLUSHED;
        this.stop(text);
      }
      this.#ports.log.error({ code }, `numbers: ${text}`);
      for (const { waiting } of planned) waiting.settle(err({ kind: 'unavailable', text }));
      return false;
    }
  }

  async #carryOut(target: Target, planned: readonly Planned[]): Promise<void> {
    let steps = 0;
    for (const batch of planned) {
      for (const step of batch.steps) {
        target.book.run(step);
        if (++steps % STEPS_AT_ONCE === 0) await nextTurn();
      }
      target.book.carriedOut();
      target.change = batch.change;
      target.changedAt = batch.at;
      batch.waiting.settle(ok({ load: target.load, change: batch.change, changedAt: batch.at }));
    }
    this.#ports.changed(target);
  }
}
