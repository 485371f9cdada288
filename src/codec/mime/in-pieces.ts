/**
 * An entity read as it comes, for bodies that are too large to be held twice: what `readEntity` makes of a whole body, this makes of its pieces,
 * and every part can be looked at as soon as it is complete. Transfer encodings are undone on the way; of base64 only the octets are ever held.
 *
 * Boundaries are looked for as in `multipart.ts`: one of an outer multipart ends the inner ones. Held back between two pieces is what may yet turn
 * out to be a boundary, and a header section that has not ended.
 */
import { LIMITS, type Result } from '#base';
import { type ContentType, OverLimit } from '#codec/wsp';
import { doorOf } from './fault.js';
import { fieldStart, readSection } from './fields.js';
import { Gathering, joined } from './gathering.js';
import type { MimeEntity, MimeError, MimeField } from './model.js';
import { EntityReader, RFC822, TEXT_PLAIN } from './reader.js';
import { Base64Decoder, quotedPrintableOctets } from './transfer.js';

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const BLANK = 0x20;
const DASH = 0x2d;
const NO_OCTETS = new Uint8Array(0);

/** Pieces wait for each other until this much is there, so that a body in drops costs no more than one in floods. Unit: octets. */
const WINDOW_OCTETS_MIN = 4096;
/** Blanks behind a boundary that are passed over. Unit: octets. Source: the longest line of mail. */
const PADDING_MAX = 998;

/** A body without parts, on its way. */
class Leaf {
  private readonly gathering = new Gathering();
  private readonly base64: Base64Decoder | undefined;
  private readonly quoted: boolean;

  constructor({ encoding }: MimeEntity) {
    this.base64 = encoding === 'base64' ? new Base64Decoder() : undefined;
    this.quoted = encoding === 'quoted-printable';
  }

  /** Octets held. */
  get octets(): number {
    return this.gathering.octets;
  }

  add(octets: Uint8Array): void {
    if (octets.length > 0) this.gathering.add(this.base64?.decode(octets) ?? octets);
  }

  end(): readonly Uint8Array[] {
    if (this.base64) this.gathering.add(this.base64.end());
    const pieces = this.gathering.end();
    return this.quoted ? [quotedPrintableOctets(joined(pieces))] : pieces;
  }
}

/** A multipart whose end has not come. */
interface Level {
  readonly head: MimeEntity;
  readonly boundary: Uint8Array;
  readonly fallback: ContentType;
  readonly parts: MimeEntity[];
  /** What stands in front of the first part; kept until that is complete, as a multipart without any part is all body. */
  preamble: Leaf | undefined;
  /** `closed`: behind its final boundary. */
  state: 'preamble' | 'child' | 'closed';
  /** Where the part begins that is being read. Octet of the input. */
  childStart: number;
}

/** What is being read of the innermost multipart: a header section, a body, a part that has ended, or what stands between parts. */
type Reading =
  | { readonly kind: 'head' }
  | { readonly kind: 'leaf'; readonly head: MimeEntity; readonly leaf: Leaf }
  | { readonly kind: 'complete'; readonly entity: MimeEntity }
  | { readonly kind: 'between' };

/** A boundary line: of which multipart, and where the next line begins in the window. */
interface Found {
  readonly level: number;
  readonly next: number;
  readonly final: boolean;
}

class PieceReader {
  private readonly entities = new EntityReader(NO_OCTETS, undefined);
  private readonly levels: Level[] = [];
  private reading: Reading = { kind: 'between' };
  /** What has come and was not looked at. */
  private waiting: Uint8Array[] = [];
  private waitingOctets = 0;
  /** What is being looked at; between two looks what is held back. */
  private window: Uint8Array = NO_OCTETS;
  private at = 0;
  /** Octet of the input at which the window begins. */
  private base = 0;
  /** Whether a line begins at `at`, of a body. */
  private lineStart = true;
  /** Octets of the line break in front of a body that has just begun. */
  private breakBefore = 0;
  /** Of a header section that is held back: how much has been looked at. */
  private scanned = 0;
  private ended = false;

  constructor(fields: readonly MimeField[]) {
    this.enter(this.entities.entity(fields, { start: 0, end: 0 }, 0, 0));
  }

  get parts(): readonly MimeEntity[] {
    return this.levels[0]?.parts ?? [];
  }

  get growing(): { readonly head: MimeEntity; readonly octets: number } | undefined {
    const { reading } = this;
    return this.levels.length <= 1 && reading.kind === 'leaf' ? { head: reading.head, octets: reading.leaf.octets } : undefined;
  }

  write(piece: Uint8Array): void {
    if (piece.length === 0) return;
    this.waiting.push(piece);
    this.waitingOctets += piece.length;
    if (this.waitingOctets >= WINDOW_OCTETS_MIN) this.look();
  }

  end(): MimeEntity {
    this.ended = true;
    this.look();
    for (let { length } = this.levels; length > 0; length--) this.leave(this.base, NO_OCTETS);
    const { reading } = this;
    if (reading.kind === 'complete') return reading.entity;
    if (reading.kind !== 'leaf') throw new Error('an entity has ended in the middle of something');
    return { ...reading.head, pieces: reading.leaf.end() };
  }

  private look(): void {
    this.window = joined(this.window.length === 0 ? this.waiting : [this.window, ...this.waiting]);
    this.waiting = [];
    this.waitingOctets = 0;
    this.at = 0;
    while (this.at < this.window.length && (this.reading.kind === 'head' ? this.head() : this.body()));
    if (this.ended && this.reading.kind === 'head' && this.levels.length > 0) {
      this.leave(this.base + this.window.length, this.window.subarray(this.at));
      this.at = this.window.length;
    }
    this.base += this.at;
    // A copy of the little that is left, as a view would keep the window.
    this.window = this.at === this.window.length ? NO_OCTETS : new Uint8Array(this.window.subarray(this.at));
  }

  /** Reads on in a header section, which begins at `at` and stays in the window until it has ended. False: more is needed. */
  private head(): boolean {
    const { window, at: start } = this;
    for (let line = start + this.scanned; line < window.length; ) {
      if (line - start > LIMITS.mimeHeadOctetsMax) throw this.headTooLong();
      const found = this.boundaryAt(line);
      if (typeof found === 'object') {
        const before = this.beforeBreak(line, start);
        this.scanned = 0;
        this.cross(found, line, this.base + before, window.subarray(start, before));
        return true;
      }
      const end = window.indexOf(LF, line);
      if (found === 'more' || (end < 0 && !this.ended)) {
        this.scanned = line - start;
        if (window.length - start > LIMITS.mimeHeadOctetsMax) throw this.headTooLong();
        return false;
      }
      const next = end < 0 ? window.length : end + 1;
      const isEmpty = end === line || (end === line + 1 && window[line] === CR);
      if (isEmpty || this.isUnannounced(line, next)) {
        this.scanned = 0;
        this.at = isEmpty ? next : line;
        this.breakBefore = this.at - line;
        this.lineStart = true;
        this.enter(this.entityOf(window.subarray(start, this.at), this.base + start));
        return true;
      }
      line = next;
    }
    this.scanned = window.length - start;
    return false;
  }

  private headTooLong(): OverLimit {
    return new OverLimit(this.base + this.at, `header section of more than ${LIMITS.mimeHeadOctetsMax} octets`);
  }

  /** Whether a line of dashes where a field should stand begins the body: somebody forgot the empty line. */
  private isUnannounced(line: number, next: number): boolean {
    const { window } = this;
    if (window[line] !== DASH || window[line + 1] !== DASH) return false;
    return fieldStart(window, line, next) === undefined;
  }

  private entityOf(head: Uint8Array, offset: number): MimeEntity {
    const { fields } = readSection(head, 0, head.length, undefined);
    return this.entities.entity(fields, { start: 0, end: 0 }, offset, this.levels.length, this.levels.at(-1)!.fallback);
  }

  /** Begins the body of an entity: parts, or octets. */
  private enter(head: MimeEntity): void {
    const boundary = head.type.media.startsWith('multipart/') ? head.type.parameters['boundary'] : undefined;
    const leaf = new Leaf(head);
    if (boundary === undefined || boundary === '') {
      this.reading = { kind: 'leaf', head, leaf };
      return;
    }
    this.reading = { kind: 'between' };
    this.levels.push({
      head,
      boundary: new TextEncoder().encode(boundary),
      fallback: head.type.media === 'multipart/digest' ? RFC822 : TEXT_PLAIN,
      parts: [],
      preamble: leaf,
      state: 'preamble',
      childStart: 0,
    });
  }

  /** Reads on in a body, or between parts. False: more is needed. */
  private body(): boolean {
    const { window, at: start } = this;
    for (let dash = window.indexOf(DASH, start); dash >= 0; ) {
      if (dash === start ? this.lineStart : window[dash - 1] === LF) {
        const found = this.boundaryAt(dash);
        if (found === 'more') {
          this.take(this.beforeBreak(dash, start));
          return false;
        }
        if (typeof found === 'object') {
          this.take(this.beforeBreak(dash, start));
          this.cross(found, dash, this.base + this.at - (dash === start && this.lineStart ? this.breakBefore : 0), NO_OCTETS);
          return true;
        }
      }
      // A run of dashes is one place, not many.
      let next = dash + 1;
      while (window[next] === DASH) next++;
      dash = window.indexOf(DASH, next);
    }
    this.take(this.ended ? window.length : this.beforeBreak(window.length, start));
    return false;
  }

  /** What is being read goes on until `end`. */
  private take(end: number): void {
    if (end === this.at) return;
    const octets = this.window.subarray(this.at, end);
    if (this.reading.kind === 'leaf') this.reading.leaf.add(octets);
    else this.levels.at(-1)!.preamble?.add(octets);
    this.at = end;
    this.lineStart = false;
  }

  /** Where the line break in front of `at` begins, not before `start`; a lone CR may be the first half of one. */
  private beforeBreak(at: number, start: number): number {
    const { window } = this;
    if (at > start && window[at - 1] === LF) at--;
    else return at === window.length && at > start && window[at - 1] === CR ? at - 1 : at;
    return at > start && window[at - 1] === CR ? at - 1 : at;
  }

  /** Whether the line at `at` is a boundary, the outermost first. */
  private boundaryAt(at: number): Found | 'none' | 'more' {
    const { window } = this;
    if (window[at] !== DASH) return 'none';
    if (at + 1 === window.length) return this.ended ? 'none' : 'more';
    if (window[at + 1] !== DASH) return 'none';
    for (let level = 0; level < this.levels.length; level++) {
      if (this.levels[level]!.state === 'closed') continue;
      const found = this.compare(at + 2, level);
      if (found !== 'none') return found;
    }
    return 'none';
  }

  private compare(at: number, level: number): Found | 'none' | 'more' {
    const { window, ended } = this;
    const { boundary } = this.levels[level]!;
    const { length } = window;
    for (let k = 0; k < boundary.length; k++) {
      if (at + k === length) return ended ? 'none' : 'more';
      if (window[at + k] !== boundary[k]) return 'none';
    }
    let i = at + boundary.length;
    if (!ended && i + 1 >= length && (i === length || window[i] === DASH)) return 'more';
    const final = i + 1 < length && window[i] === DASH && window[i + 1] === DASH;
    if (final) i += 2;
    const blanks = i;
    while (i < length && (window[i] === BLANK || window[i] === TAB)) i++;
    if (i - blanks > PADDING_MAX) return 'none';
    if (i < length && window[i] === CR) i++;
    if (i === length && !ended) return 'more';
    // Another boundary may begin with this one.
    return i < length && window[i] !== LF ? 'none' : { level, next: Math.min(i + 1, length), final };
  }

  /**
   * Goes on behind a boundary line at `line`. `before`: where the line break in front of it begins, octet of the input. `head`: the header section
   * that it cuts short.
   */
  private cross({ level, next, final }: Found, line: number, before: number, head: Uint8Array): void {
    while (this.levels.length - 1 > level) this.leave(before, head);
    const multipart = this.levels[level]!;
    this.endChild(multipart, before, head, true);
    multipart.preamble?.add(this.window.subarray(line, next));
    if (!final && multipart.parts.length === LIMITS.multipartPartsMax)
      throw new OverLimit(this.base + next, `more than ${LIMITS.multipartPartsMax} parts in a multipart`);
    multipart.state = final ? 'closed' : 'child';
    multipart.childStart = this.base + next;
    this.reading = { kind: final ? 'between' : 'head' };
    this.at = next;
    this.lineStart = true;
    this.breakBefore = 0;
  }

  /** Ends the innermost multipart, whose final boundary may never have come, with the part in it that is being read. */
  private leave(before: number, head: Uint8Array): void {
    const multipart = this.levels.at(-1)!;
    this.endChild(multipart, before, head, false);
    this.levels.pop();
    const { parts, preamble } = multipart;
    const entity = parts.length > 0 ? { ...multipart.head, parts } : { ...multipart.head, pieces: preamble?.end() ?? [] };
    this.reading = { kind: 'complete', entity };
  }

  /** Ends the part that is being read. Where no boundary of its own ends it, it counts only if there is something of it. */
  private endChild(multipart: Level, before: number, head: Uint8Array, own: boolean): void {
    const { reading } = this;
    if (multipart.state !== 'child') return;
    multipart.state = 'closed';
    if (reading.kind === 'complete') multipart.parts.push(reading.entity);
    else if (!own && before <= multipart.childStart) return;
    else if (reading.kind === 'head') multipart.parts.push({ ...this.entityOf(head, multipart.childStart), pieces: [] });
    else if (reading.kind === 'leaf') multipart.parts.push({ ...reading.head, pieces: reading.leaf.end() });
    multipart.preamble = undefined;
  }
}

/** An entity whose header fields came by another way, and whose body is still coming. */
export class EntityInPieces {
  private readonly reader: Result<PieceReader, MimeError>;
  private error: MimeError | undefined;

  /** `fields`: as of `readEntity`. */
  constructor(fields: readonly MimeField[]) {
    this.reader = doorOf(() => new PieceReader(fields));
    if (!this.reader.ok) this.error = this.reader.error;
  }

  /** The parts of the outermost multipart that are complete, in order. */
  get parts(): readonly MimeEntity[] {
    return this.reader.ok ? this.reader.value.parts : [];
  }

  /**
   * What is being read, where that has no parts of its own: the head of a part of the outermost multipart (or of the whole, if that is none), and
   * how many octets of it are held.
   */
  get growing(): { readonly head: MimeEntity; readonly octets: number } | undefined {
    return this.reader.ok ? this.reader.value.growing : undefined;
  }

  /** Takes the next octets, which nobody may change from now on. Beyond a limit nothing more is kept; `end` says which. */
  write(piece: Uint8Array): void {
    const { reader } = this;
    if (!reader.ok || this.error !== undefined) return;
    const written = doorOf(() => reader.value.write(piece));
    if (!written.ok) this.error = written.error;
  }

  /** The whole, to be called once. Bodies of leaves are `pieces`. Err beyond LIMITS only. */
  end(): Result<MimeEntity, MimeError> {
    const { reader, error } = this;
    if (!reader.ok) return reader;
    return error === undefined ? doorOf(() => reader.value.end()) : { ok: false, error };
  }

  /** Beyond a limit: nothing more will come of it. */
  get failed(): boolean {
    return this.error !== undefined;
  }
}
