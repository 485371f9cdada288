/**
 * How a room says what it does: a log and a meter, handed in by the program. Pure rooms use neither; they return events.
 *
 * Log fields that hold a number or an address are named `msisdn`, `sender`, `recipient` or `claimed`, and never stand inside the
 * message text: the program masks them by name. Message content and subjects are never logged.
 */
export interface Log {
  debug(fields: LogFields, text: string): void;
  info(fields: LogFields, text: string): void;
  warn(fields: LogFields, text: string): void;
  error(fields: LogFields, text: string): void;
}

export type LogFields = Readonly<Record<string, unknown>>;

/** Labels of a metric: few values each, never numbers, ids or addresses. */
export type Labels = Readonly<Record<string, string>>;

export interface Counter {
  add(by?: number, labels?: Labels): void;
}

export interface Gauge {
  set(value: number, labels?: Labels): void;
}

export interface Histogram {
  /** Seconds. */
  observe(value: number, labels?: Labels): void;
}

/** Names are Prometheus names with the prefix `angarium_` already in place, units last (`_seconds`, `_bytes`, `_total`). */
export interface Meter {
  counter(name: string, help: string, labels?: readonly string[]): Counter;
  gauge(name: string, help: string, labels?: readonly string[]): Gauge;
  /** A gauge read when it is asked for. */
  watch(name: string, help: string, read: () => number): void;
  histogram(name: string, help: string, buckets: readonly number[], labels?: readonly string[]): Histogram;
}

const nothing = (): void => {};

/** For tests and tools: says nothing. */
export const silentLog: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };

/** For tests and tools: counts nothing. */
export const silentMeter: Meter = {
  counter: () => ({ add: nothing }),
  gauge: () => ({ set: nothing }),
  watch: nothing,
  histogram: () => ({ observe: nothing }),
};
