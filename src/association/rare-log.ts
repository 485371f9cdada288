/** Log lines of trouble that repeats: the first at once, then at most one a minute of each kind, with how often it happened meanwhile. */
import type { Log, LogFields } from '#base';
import { REPEAT_LOG_MS } from './bounds.js';

export class RareLog {
  private readonly log: Log;
  /** By text, of which there are few: they are written in this room. */
  private readonly said = new Map<string, { at: number; times: number }>();

  constructor(log: Log) {
    this.log = log;
  }

  warn(fields: LogFields, text: string): void {
    const now = performance.now();
    const before = this.said.get(text);
    if (before !== undefined && now - before.at < REPEAT_LOG_MS) {
      before.times++;
      return;
    }
    this.said.set(text, { at: now, times: 0 });
    this.log.warn(before === undefined || before.times === 0 ? fields : { ...fields, timesBefore: before.times }, text);
  }
}
