/** Log lines of trouble that outsiders can repeat at will: the first at once, then at most one a minute of each kind, with how often it happened meanwhile. */
import type { Log, LogFields } from '#base';

/** Unit: milliseconds. */
const REPEAT_MS = 60_000;

export class RareLog {
  private readonly log: Log;
  private readonly now: () => number;
  /** By text, of which there are few: they are written in this room. */
  private readonly said = new Map<string, { at: number; times: number }>();

  constructor(log: Log, now: () => number) {
    this.log = log;
    this.now = now;
  }

  warn(fields: LogFields, text: string): void {
    const now = this.now();
    const before = this.said.get(text);
    if (before !== undefined && now - before.at < REPEAT_MS) {
      before.times++;
      return;
    }
    this.said.set(text, { at: now, times: 0 });
    this.log.warn(before === undefined || before.times === 0 ? fields : { ...fields, timesBefore: before.times }, text);
  }
}
