/**
 * The share of rejects above which the data are taken to be wrong, not the senders. Once it is exceeded rejects are monitored only, until an
 * operator resumes: a gate that came back by itself would reject in bursts. One for the life of a program, whatever editions of the settings it sees.
 */
import type { CeilingSettings } from './settings.js';

/** Parts of the window; as one ends, the oldest is forgotten. */
const PARTS = 10;
const MS = 1000;

export interface CeilingState {
  readonly isExceeded: boolean;
  /** Epoch milliseconds; undefined while it is not exceeded. */
  readonly since: number | undefined;
  /** In the window. */
  readonly messages: number;
  readonly rejects: number;
}

export class RejectCeiling {
  readonly #messages = new Array<number>(PARTS).fill(0);
  readonly #rejects = new Array<number>(PARTS).fill(0);
  #messagesInAll = 0;
  #rejectsInAll = 0;
  #part = 0;
  #partEndsAt = 0;
  #since: number | undefined;

  get isExceeded(): boolean {
    return this.#since !== undefined;
  }

  get state(): CeilingState {
    return {
      isExceeded: this.isExceeded,
      since: this.#since,
      messages: this.#messagesInAll,
      rejects: this.#rejectsInAll,
    };
  }

  /** Counts a message that the mode acts on. True: with this one the ceiling is exceeded, for the first time since it was resumed. */
  note(settings: CeilingSettings, isReject: boolean, now: number): boolean {
    const partMs = (settings.windowSeconds * MS) / PARTS;
    if (now >= this.#partEndsAt) this.#turn(partMs, now);
    // The clock was set back, or the window made shorter: the part that is open ends when one that begins now would.
    else if (this.#partEndsAt - now > partMs) this.#partEndsAt = now + partMs;
    this.#messages[this.#part]!++;
    this.#messagesInAll++;
    if (!isReject) return false;
    this.#rejects[this.#part]!++;
    this.#rejectsInAll++;
    const isAbove =
      this.#messagesInAll >= settings.messagesMin && this.#rejectsInAll * 100 > settings.percent * this.#messagesInAll;
    if (!isAbove || this.#since !== undefined) return false;
    this.#since = now;
    return true;
  }

  /** The operator says that the data are right (again). What was counted so far is forgotten. */
  resume(): void {
    this.#since = undefined;
    this.#forget();
  }

  #turn(partMs: number, now: number): void {
    if (now - this.#partEndsAt >= partMs * (PARTS - 1)) this.#forget();
    while (now >= this.#partEndsAt) {
      // After a long silence there is nothing to turn through.
      this.#partEndsAt = this.#messagesInAll === 0 ? now + partMs : this.#partEndsAt + partMs;
      this.#part = (this.#part + 1) % PARTS;
      this.#messagesInAll -= this.#messages[this.#part]!;
      this.#rejectsInAll -= this.#rejects[this.#part]!;
      this.#messages[this.#part] = 0;
      this.#rejects[this.#part] = 0;
    }
  }

  #forget(): void {
    this.#messages.fill(0);
    this.#rejects.fill(0);
    this.#messagesInAll = 0;
    this.#rejectsInAll = 0;
  }
}
