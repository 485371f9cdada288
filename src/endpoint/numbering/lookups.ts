/**
 * What every lookup elsewhere has in common: answers are kept, one question about a number is asked once at a time, no more questions are under
 * way than are allowed, and none of them longer than its deadline.
 */
import type { Counter, Histogram, Log, Meter, Msisdn } from '#base';
import type { LookupAnswer, NumberSource } from '#messaging/routing';
import { AnswerCache } from './answer-cache.js';

export interface LookupConfig {
  /** As the settings of routing and traces name it. */
  readonly name: string;
  /** From the question to the answer, all attempts together. Unit: milliseconds. */
  readonly deadlineMs: number;
  /** Answers kept; 0: none. */
  readonly cacheEntriesMax: number;
  /** An answer is kept as long as it says, at least and at most so long. Unit: seconds. */
  readonly ttlSecondsMin: number;
  readonly ttlSecondsMax: number;
  /** The answer that nothing is known is kept at most so long. Unit: seconds. Source: RFC 2308 5 (one to three hours). */
  readonly negativeTtlSecondsMax: number;
  /** Questions under way at once; the next one fails at once as `busy`. */
  readonly inFlightMax: number;
}

export interface LookupPorts {
  readonly log: Log;
  readonly meter: Meter;
  /** Monotonic, milliseconds. */
  readonly monotonic: () => number;
}

/** An answer, and how long it says that it holds. Absent: it does not say. */
export interface Answered {
  readonly answer: LookupAnswer;
  readonly ttlSeconds?: number;
}

export interface LookupClient extends NumberSource {
  /** Ends what is under way, as failed. */
  close(): Promise<void>;
}

/** Buckets of a lookup's duration. Unit: seconds. */
const BUCKETS = [0.001, 0.005, 0.02, 0.1, 0.5, 2];

const MS_PER_SECOND = 1000;
/** Between two log lines of one trouble; the counter has them all. */
const SAY_AGAIN_MS = 60_000;

/** `ask` settles within the deadline that `signal` marks, and never rejects for what the far side does. */
export class Lookups {
  readonly #config: LookupConfig;
  readonly #ports: LookupPorts;
  readonly #ask: (number: Msisdn, signal: AbortSignal) => Promise<Answered>;
  readonly #cache: AnswerCache<LookupAnswer>;
  readonly #underWay = new Map<Msisdn, Promise<LookupAnswer>>();
  readonly #deadlines = new Set<AbortController>();
  #isClosed = false;
  readonly #counter: Counter;
  readonly #seconds: Histogram;
  readonly #saidAt = new Map<string, number>();

  constructor(config: LookupConfig, ports: LookupPorts, ask: (number: Msisdn, signal: AbortSignal) => Promise<Answered>) {
    this.#config = config;
    this.#ports = ports;
    this.#ask = ask;
    this.#cache = new AnswerCache(config.cacheEntriesMax, ports.monotonic);
    this.#counter = ports.meter.counter('angarium_number_lookups_total', 'Lookups of numbers for routing, by source and result', [
      'source',
      'result',
    ]);
    this.#seconds = ports.meter.histogram(
      'angarium_number_lookup_seconds',
      'How long a lookup of a number took that was not answered from memory',
      BUCKETS,
      ['source'],
    );
  }

  find(number: Msisdn): LookupAnswer | Promise<LookupAnswer> {
    const kept = this.#cache.find(number);
    if (kept) {
      this.#count('kept');
      return kept;
    }
    const same = this.#underWay.get(number);
    if (same) return same;
    if (this.#isClosed) return this.#failed('unreachable', 'closed');
    if (this.#underWay.size >= this.#config.inFlightMax) return this.#failed('busy', `${this.#config.inFlightMax} are under way`);
    const answer = this.#found(number).finally(() => this.#underWay.delete(number));
    this.#underWay.set(number, answer);
    return answer;
  }

  async #found(number: Msisdn): Promise<LookupAnswer> {
    const startedAt = this.#ports.monotonic();
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), this.#config.deadlineMs);
    this.#deadlines.add(deadline);
    try {
      const { answer, ttlSeconds } = await this.#ask(number, deadline.signal);
      this.#seconds.observe((this.#ports.monotonic() - startedAt) / MS_PER_SECOND, { source: this.#config.name });
      if (answer.kind === 'failed') return this.#failed(answer.cause, answer.detail);
      this.#count(answer.kind);
      this.#cache.keep(number, { ...answer, cached: true }, this.#keepSeconds(answer, ttlSeconds) * MS_PER_SECOND);
      return answer;
    } finally {
      clearTimeout(timer);
      this.#deadlines.delete(deadline);
    }
  }

  #keepSeconds({ kind }: LookupAnswer, ttlSeconds: number | undefined): number {
    const { ttlSecondsMin, ttlSecondsMax, negativeTtlSecondsMax } = this.#config;
    if (kind === 'nothing') return Math.min(ttlSeconds ?? 0, negativeTtlSecondsMax);
    return Math.min(Math.max(ttlSeconds ?? 0, ttlSecondsMin), ttlSecondsMax);
  }

  #failed(cause: Extract<LookupAnswer, { kind: 'failed' }>['cause'], detail: string): LookupAnswer {
    this.#count(cause);
    const now = this.#ports.monotonic();
    if (now - (this.#saidAt.get(cause) ?? Number.NEGATIVE_INFINITY) >= SAY_AGAIN_MS) {
      this.#saidAt.set(cause, now);
      this.#ports.log.warn({ source: this.#config.name, cause, detail }, 'a lookup of a number has failed');
    }
    return { kind: 'failed', cause, detail };
  }

  #count(result: string): void {
    this.#counter.add(1, { source: this.#config.name, result });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const deadline of this.#deadlines) deadline.abort();
    await Promise.allSettled([...this.#underWay.values()]);
    this.#cache.clear();
  }
}
