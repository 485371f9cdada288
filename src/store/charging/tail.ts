/** What of an open file can be relied on after a crash: its lines from the beginning, as long as they are whole and their numbers follow each other. */
import { CSV_HEAD, type LineFormat, readLine } from '#charging';
import type { RecordFile } from './files.js';

export interface Reliable {
  /** Behind the last line that counts. Octets. */
  readonly octets: number;
  /** The last record; absent: there is none. */
  readonly last?: { readonly id: string; readonly sequence: number };
}

/** Octets read at once. */
const CHUNK_OCTETS = 1_048_576;
/** Octets of one line. Source: a record with 100 recipients of 320 characters takes a fifth of it. */
const LINE_OCTETS_MAX = 262_144;
const LINE_FEED = 0x0a;

/** A page that a power loss has left empty ends it as a cut line does, even with whole lines behind: those are made again. */
export async function reliablePart(file: RecordFile, format: LineFormat): Promise<Reliable> {
  let found: Reliable = { octets: 0 };
  let rest = Buffer.alloc(0);
  for (let position = 0; ; ) {
    const chunk = Buffer.allocUnsafe(CHUNK_OCTETS);
    const count = await file.read(chunk, position);
    if (count === 0) return found;
    position += count;
    rest = Buffer.concat([rest, chunk.subarray(0, count)]);
    let from = 0;
    for (let end = rest.indexOf(LINE_FEED, from); end >= 0; end = rest.indexOf(LINE_FEED, from)) {
      const next = behindLine(found, rest.toString('utf8', from, end + 1), end + 1 - from, format);
      if (!next) return found;
      found = next;
      from = end + 1;
    }
    rest = rest.subarray(from);
    if (rest.length > LINE_OCTETS_MAX) return found;
  }
}

function behindLine(before: Reliable, line: string, octets: number, format: LineFormat): Reliable | undefined {
  if (format === 'csv' && before.octets === 0) return line === CSV_HEAD ? { octets } : undefined;
  const last = readLine(line.replace(/\r?\n$/, ''), format);
  if (!last || (before.last && last.sequence !== before.last.sequence + 1)) return undefined;
  return { octets: before.octets + octets, last };
}
