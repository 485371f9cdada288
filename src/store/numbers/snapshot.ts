/**
 * The snapshot: everything at a moment, in one file that never changes.
 *
 * ```
 * file   = sections | description (JSON) | footer
 * footer = magic (4) | format (4) | octets of the description (4) | CRC-32 of the description (4)
 * ```
 * The description names the sections with their place, length and CRC-32. The buckets stand in the file as they stand in memory, or, when that is
 * shorter, as a list of numbers with their records. Lists are doubles. Little-endian, as every machine this runs on is.
 *
 * A snapshot may be taken while changes are made (`still` tables only): then it holds each number that was changed meanwhile in some state between,
 * perhaps twice, and is made right by running the log again from the change after which it was begun. What stands beside the table is looked at when
 * the table has been copied: entries with a validity that a step of the log adds to are then there, or are added to the record that the copy has.
 */
import fs from 'node:fs';
import zlib from 'node:zlib';
import { ABSENT, type Entry, NO_ROOM, type NumberRecord, type NumbersImage, NumberTable, type StoredRange } from '#portability';
import { Damage } from './damage.js';
import { goOnNew, openNew, removeNew } from './folder.js';
import { adviseHugePages } from './huge-pages.js';

const MAGIC = 0x534e4741;
const FORMAT = 1;
const FOOTER_OCTETS = 16;
const DESCRIPTION_OCTETS_MAX = 64 * 1024;
const CHUNK_OCTETS = 16 * 1024 * 1024;
/** A number in the list: two doubles. */
const LISTED_OCTETS = 16;

type SectionName = 'records' | 'ranges' | 'timed' | 'spill' | 'buckets' | 'numbers';

export interface Section {
  readonly name: SectionName;
  readonly at: number;
  readonly octets: number;
  readonly crc: number;
}

/** Where a load comes from and how large it is. Instants are milliseconds since the epoch. */
export interface SnapshotFacts {
  readonly load: string;
  /** The last change that it is sure to hold, and when that was made. */
  readonly change: number;
  readonly changedAt: number;
  /** When the full load was made, and of what: a file's name, or a sentence. */
  readonly loadedAt: number;
  readonly source: string;
  readonly numbers: number;
  readonly ranges: number;
}

interface Description extends SnapshotFacts {
  /** Octets of the table. */
  readonly tableOctets: number;
  readonly sections: readonly Section[];
}

/** What stands beside the table, as the file has it. */
export interface BesideTable {
  readonly records: readonly NumberRecord[];
  readonly ranges: readonly StoredRange[];
  /** Rows of number, count of entries, and the values of each entry. */
  readonly timed: Float64Array;
  /** Pairs of number and record. */
  readonly spill: Float64Array;
}

/** A number with its entries as values of the list `timed`. */
export const timedValues = (number: number, entries: readonly Entry[]): readonly number[] => [
  number,
  entries.length,
  ...entries.flatMap(entryValues),
];

export const besideOf = ({ records, ranges, timed, spill }: NumbersImage): BesideTable => ({
  records,
  ranges,
  timed: Float64Array.from(timed.flatMap(([number, entries]) => timedValues(number, entries))),
  spill: Float64Array.from(spill.flat()),
});

/** The table as a file has it, before what stands beside it has been added. */
export interface CopiedTable {
  readonly section: Section;
  /** Octets of the table in memory. */
  readonly tableOctets: number;
}

/** Writes a snapshot and gives it its name. */
export function writeSnapshot(file: string, buffer: SharedArrayBuffer, beside: BesideTable, facts: SnapshotFacts): void {
  finishSnapshot(file, copyTable(file, buffer, facts.numbers), beside, facts);
}

/** Begins a snapshot with the table. `numbers`: about how many it has. The file has no name yet; when it cannot be written, nothing is left. */
export function copyTable(file: string, buffer: SharedArrayBuffer, numbers: number): CopiedTable {
  const fd = openNew(file);
  try {
    const isListed = numbers * LISTED_OCTETS < buffer.byteLength;
    const section = writeSection(fd, 0, isListed ? 'numbers' : 'buckets', isListed ? listed(buffer) : copied(buffer));
    return { section, tableOctets: buffer.byteLength };
  } catch (error) {
    removeNew(file);
    throw error;
  } finally {
    fs.closeSync(fd);
  }
}

/**
 * Adds to a copied table what stands beside it, and gives the file its name. What changes while the table is copied must be looked at after that:
 * a number that the copy says to have entries with a validity must have all of them here.
 */
export function finishSnapshot(
  file: string,
  { section, tableOctets }: CopiedTable,
  beside: BesideTable,
  facts: SnapshotFacts,
): void {
  goOnNew(file, (fd) => {
    const sections = [section];
    let at = section.octets;
    const add = (name: SectionName, chunks: Iterable<Uint8Array>): void => {
      const one = writeSection(fd, at, name, chunks);
      sections.push(one);
      at += one.octets;
    };
    add('records', [Buffer.from(JSON.stringify(beside.records))]);
    add('ranges', doubles(rangeValues(beside.ranges)));
    add('timed', [bytesOf(beside.timed)]);
    add('spill', [bytesOf(beside.spill)]);
    const description = Buffer.from(JSON.stringify({ ...facts, tableOctets, sections } satisfies Description));
    const footer = Buffer.alloc(FOOTER_OCTETS);
    footer.writeUInt32LE(MAGIC, 0);
    footer.writeUInt32LE(FORMAT, 4);
    footer.writeUInt32LE(description.length, 8);
    footer.writeUInt32LE(zlib.crc32(description), 12);
    writeWhole(fd, at, Buffer.concat([description, footer]));
  });
}

function writeSection(fd: number, begin: number, name: SectionName, chunks: Iterable<Uint8Array>): Section {
  let [at, crc] = [begin, 0];
  for (const chunk of chunks) {
    if (chunk.length === 0) continue;
    crc = zlib.crc32(chunk, crc);
    writeWhole(fd, at, chunk);
    at += chunk.length;
  }
  return { name, at: begin, octets: at - begin, crc };
}

function writeWhole(fd: number, at: number, octets: Uint8Array): void {
  for (let done = 0; done < octets.length; ) done += fs.writeSync(fd, octets, done, octets.length - done, at + done);
}

function* rangeValues(ranges: readonly StoredRange[]): Iterable<readonly number[]> {
  for (const { first, last, entries } of ranges) yield [first, last, entries.length, ...entries.flatMap(entryValues)];
}

const entryValues = ({ from, until, record }: Entry): readonly number[] => [from, until, record];

/** Rows of doubles as octets, a chunk at a time. */
function* doubles(rows: Iterable<readonly number[]>): Iterable<Uint8Array> {
  let values: number[] = [];
  for (const row of rows) {
    for (const value of row) values.push(value);
    if (values.length < CHUNK_OCTETS / 64) continue;
    yield octetsOf(values);
    values = [];
  }
  yield octetsOf(values);
}

const bytesOf = (values: Float64Array): Uint8Array => new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
const octetsOf = (values: readonly number[]): Uint8Array => bytesOf(Float64Array.from(values));

function* listed(buffer: SharedArrayBuffer): Iterable<Uint8Array> {
  const BUCKETS_AT_ONCE = 16_384;
  const table = new NumberTable(buffer);
  for (let from = 0; from < table.buckets; from += BUCKETS_AT_ONCE) {
    const values: number[] = [];
    table.each(from, Math.min(table.buckets, from + BUCKETS_AT_ONCE), (number, record) => values.push(number, record));
    yield octetsOf(values);
  }
}

/** The buckets through a buffer of our own: what is written and what is summed must be the same octets while others change them. */
function* copied(buffer: SharedArrayBuffer): Iterable<Uint8Array> {
  const chunk = new Uint8Array(CHUNK_OCTETS);
  for (let at = 0; at < buffer.byteLength; at += CHUNK_OCTETS) {
    const part = new Uint8Array(buffer, at, Math.min(CHUNK_OCTETS, buffer.byteLength - at));
    chunk.set(part);
    yield chunk.subarray(0, part.length);
  }
}

/** The facts of a snapshot, without reading the rest. Throws Damage, or an error with a code when it cannot be opened. */
export function snapshotFacts(file: string): SnapshotFacts {
  const fd = fs.openSync(file, 'r');
  try {
    return describe(file, fd);
  } finally {
    fs.closeSync(fd);
  }
}

/** What is read at once to be summed, so that nobody waits for it. Unit: octets. Source: a millisecond of checksum. */
const CHECKED_OCTETS = 1024 * 1024;

/** Checks all of a snapshot against its checksums, a piece at a time, and keeps nothing. Rejects with Damage, or an error with a code. */
export async function checkSnapshot(file: string): Promise<void> {
  const handle = await fs.promises.open(file, 'r');
  try {
    const piece = Buffer.allocUnsafe(CHECKED_OCTETS);
    for (const { name, at, octets, crc } of describe(file, handle.fd).sections) {
      let sum = 0;
      for (let got = 0; got < octets; ) {
        const { bytesRead } = await handle.read(piece, 0, Math.min(CHECKED_OCTETS, octets - got), at + got);
        if (bytesRead === 0) throw new Damage(`${file}: it ends inside its ${name}`);
        sum = zlib.crc32(piece.subarray(0, bytesRead), sum);
        got += bytesRead;
      }
      if (sum !== crc) throw new Damage(`${file}: its ${name} do not match their checksum`);
    }
  } finally {
    await handle.close();
  }
}

/** Reads a snapshot and checks all of it. Throws Damage; RangeError when there is no memory for it. */
export function readSnapshot(file: string): { readonly facts: SnapshotFacts; readonly image: NumbersImage } {
  const fd = fs.openSync(file, 'r');
  try {
    const facts = describe(file, fd);
    const section = (name: SectionName) => facts.sections.find((one) => one.name === name);
    const octets = (name: SectionName): Uint8Array<ArrayBuffer> => {
      const one = section(name);
      if (one === undefined) throw new Damage(`${file}: its ${name} are missing`);
      const into = new Uint8Array(one.octets);
      readSection(file, fd, one, into);
      return into;
    };
    const values = (name: SectionName): Float64Array => new Float64Array(octets(name).buffer);
    const records = JSON.parse(Buffer.from(octets('records')).toString()) as readonly NumberRecord[];
    const beside = { records, ranges: rangesOf(values('ranges')), timed: timedOf(values('timed')) };
    const table = new NumberTable(new SharedArrayBuffer(facts.tableOctets));
    adviseHugePages(table.buffer);
    const buckets = section('buckets');
    if (buckets !== undefined) {
      if (buckets.octets !== facts.tableOctets) throw new Damage(`${file}: its buckets are cut`);
      readSection(file, fd, buckets, new Uint8Array(table.buffer));
      table.afterCopy();
    } else putAll(table, values('numbers'));
    // Not as they are: a bucket may have been copied before it was marked, or have found room since.
    putAll(table, values('spill'));
    return { facts, image: { ...beside, buffer: table.buffer, spill: [...table.spill] } };
  } finally {
    fs.closeSync(fd);
  }
}

function putAll(table: NumberTable, pairs: Float64Array): void {
  for (let at = 0; at < pairs.length; at += 2)
    if (table.get(pairs[at]!) === ABSENT && table.set(pairs[at]!, pairs[at + 1]!) === NO_ROOM)
      throw new RangeError('the table has no room');
}

function rangesOf(values: Float64Array): readonly StoredRange[] {
  const ranges: StoredRange[] = [];
  for (let at = 0; at < values.length; ) {
    const entries = entriesOf(values, at + 3, values[at + 2]!);
    ranges.push({ first: values[at]!, last: values[at + 1]!, entries });
    at += 3 + entries.length * 3;
  }
  return ranges;
}

function timedOf(values: Float64Array): NumbersImage['timed'] {
  const timed: [number, readonly Entry[]][] = [];
  for (let at = 0; at < values.length; ) {
    const entries = entriesOf(values, at + 2, values[at + 1]!);
    timed.push([values[at]!, entries]);
    at += 2 + entries.length * 3;
  }
  return timed;
}

const entriesOf = (values: Float64Array, at: number, count: number): readonly Entry[] =>
  Array.from({ length: count }, (_, i) => ({
    from: values[at + i * 3]!,
    until: values[at + i * 3 + 1]!,
    record: values[at + i * 3 + 2]!,
  }));

function readSection(file: string, fd: number, { name, at, octets, crc }: Section, into: Uint8Array): void {
  let sum = 0;
  for (let got = 0; got < octets; ) {
    const count = fs.readSync(fd, into, got, Math.min(CHUNK_OCTETS, octets - got), at + got);
    if (count === 0) throw new Damage(`${file}: it ends inside its ${name}`);
    sum = zlib.crc32(into.subarray(got, got + count), sum);
    got += count;
  }
  if (sum !== crc) throw new Damage(`${file}: its ${name} do not match their checksum`);
}

function describe(file: string, fd: number): Description {
  const { size } = fs.fstatSync(fd);
  const footer = Buffer.alloc(FOOTER_OCTETS);
  if (size < FOOTER_OCTETS || fs.readSync(fd, footer, 0, FOOTER_OCTETS, size - FOOTER_OCTETS) < FOOTER_OCTETS)
    throw new Damage(`${file}: it is cut`);
  if (footer.readUInt32LE(0) !== MAGIC) throw new Damage(`${file}: it is no snapshot, or its end is missing`);
  if (footer.readUInt32LE(4) !== FORMAT) throw new Damage(`${file}: its format ${footer.readUInt32LE(4)} is not known here`);
  const octets = footer.readUInt32LE(8);
  const description = Buffer.alloc(Math.min(octets, DESCRIPTION_OCTETS_MAX));
  fs.readSync(fd, description, 0, description.length, Math.max(0, size - FOOTER_OCTETS - octets));
  if (zlib.crc32(description) !== footer.readUInt32LE(12)) throw new Damage(`${file}: its description is damaged`);
  const facts = JSON.parse(description.toString()) as Description;
  if (!NumberTable.fits(facts.tableOctets)) throw new Damage(`${file}: ${facts.tableOctets} octets are no table`);
  return facts;
}
