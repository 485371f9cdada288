/**
 * What the inputs have reached, by V8's own block coverage. It must be started before the code under test is compiled: blocks of functions
 * that were compiled earlier are not counted. It is looked at once a batch, for a look costs a millisecond or two.
 */
import { type Profiler, Session } from 'node:inspector';

/** Scripts whose blocks count: the program's own rooms. */
const WATCHED = /\/dist\/(?:base|codec|endpoint|app)\//;

/** What is known of a character of source. `FRESH`: reached since the last `settle`, by an input yet to be found. */
const FRESH = 1;
const REACHED = 2;

export class Coverage {
  private readonly session = new Session();
  /** One octet for each character of a script. */
  private readonly known = new Map<string, Uint8Array>();
  /** Characters of source that have been reached. */
  total = 0;

  start(): void {
    this.session.connect();
    this.session.post('Profiler.enable');
    this.session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  /** How many characters were reached since the last look that nothing had reached before. They are fresh until `settle`. */
  look(): number {
    const fresh = this.turn(0, FRESH);
    this.total += fresh;
    return fresh;
  }

  /** Whether anything fresh was reached since the last look; it stays fresh. */
  reachesFresh(): boolean {
    return this.turn(FRESH, FRESH) > 0;
  }

  /** The same, and what was reached is fresh no longer: its input has been found. */
  claim(): boolean {
    return this.turn(FRESH, REACHED) > 0;
  }

  /** Nothing is fresh any longer. */
  settle(): void {
    for (const known of this.known.values()) for (let i = 0; i < known.length; i++) if (known[i] === FRESH) known[i] = REACHED;
  }

  /** From here on inputs go at full speed. */
  stop(): void {
    this.session.post('Profiler.stopPreciseCoverage');
    this.session.post('Profiler.disable');
    this.session.disconnect();
  }

  /** Takes what was reached since the last time. Of it, what is known as `from` becomes `to`; how many characters are that. */
  private turn(from: number, to: number): number {
    let turned = 0;
    this.session.post('Profiler.takePreciseCoverage', (error, answer) => {
      if (error) throw error;
      for (const script of answer.result) if (WATCHED.test(script.url)) turned += this.turnScript(script, from, to);
    });
    return turned;
  }

  /** Functions, and the ranges of each, come outer ones first; what an inner one says holds for its part. */
  private turnScript(script: Profiler.ScriptCoverage, from: number, to: number): number {
    const known = this.knownOf(script);
    const now = new Uint8Array(known.length);
    for (const { ranges } of script.functions)
      for (const range of ranges) now.fill(range.count > 0 ? 1 : 0, range.startOffset, range.endOffset);
    let turned = 0;
    for (let i = 0; i < now.length; i++) {
      if (now[i] !== 1 || known[i] !== from) continue;
      known[i] = to;
      turned++;
    }
    return turned;
  }

  private knownOf(script: Profiler.ScriptCoverage): Uint8Array {
    const length = script.functions.reduce((most, { ranges }) => Math.max(most, ranges[0]!.endOffset), 0);
    const known = this.known.get(script.url);
    if (known !== undefined && known.length >= length) return known;
    const grown = new Uint8Array(length);
    if (known !== undefined) grown.set(known);
    this.known.set(script.url, grown);
    return grown;
  }
}
