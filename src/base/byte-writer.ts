/** A growing buffer of octets. It writes what it is given; what is legal is the coder's business. */
const INITIAL_OCTETS = 256;
const utf8 = new TextEncoder();
const NOTHING = new Uint8Array(0);

/** Collects octets in a buffer that grows. */
export class ByteWriter {
  private buffer: Uint8Array;
  private used = 0;

  constructor(capacity = INITIAL_OCTETS) {
    this.buffer = new Uint8Array(capacity);
  }

  /** Octets written so far. */
  get length(): number {
    return this.used;
  }

  private reserve(octets: number): void {
    const needed = this.used + octets;
    if (needed <= this.buffer.length) return;
    const grown = new Uint8Array(Math.max(needed, this.buffer.length * 2));
    grown.set(this.buffer.subarray(0, this.used));
    this.buffer = grown;
  }

  /** One octet: the lowest eight bits of `value`. */
  u8(value: number): void {
    if (this.used === this.buffer.length) this.reserve(1);
    this.buffer[this.used++] = value;
  }

  /** Two octets, most significant first: the lowest sixteen bits of `value`. */
  u16(value: number): void {
    this.u8(value >>> 8);
    this.u8(value);
  }

  /** Four octets, most significant first. */
  u32(value: number): void {
    this.u16(value >>> 16);
    this.u16(value);
  }

  /** Octets as they are; they are copied. */
  octets(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.buffer.set(bytes, this.used);
    this.used += bytes.length;
  }

  /** Writes `text` if all of it is ASCII without zeros, and says whether it did; otherwise nothing is written. */
  ascii(text: string): boolean {
    const { length } = text;
    this.reserve(length);
    const { buffer, used } = this;
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i);
      if (unit > 0x7f || unit === 0) return false;
      buffer[used + i] = unit;
    }
    this.used = used + length;
    return true;
  }

  /** The UTF-8 octets of `text`, without length or end mark. Returns how many were written. */
  utf8(text: string): number {
    this.reserve(text.length * 3);
    const start = this.used;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit > 0x7f) {
        this.used += utf8.encodeInto(i === 0 ? text : text.slice(i), this.buffer.subarray(this.used)).written;
        break;
      }
      this.buffer[this.used++] = unit;
    }
    return this.used - start;
  }

  /** What has been written, as a view that is valid until the next write. */
  view(): Uint8Array {
    return this.buffer.subarray(0, this.used);
  }

  /** What has been written. The octets are the caller's: the writer forgets them and begins anew. */
  finish(): Uint8Array<ArrayBuffer> {
    const octets = this.buffer.subarray(0, this.used) as Uint8Array<ArrayBuffer>;
    this.buffer = NOTHING;
    this.used = 0;
    return octets;
  }
}
