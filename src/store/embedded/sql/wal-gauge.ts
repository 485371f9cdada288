/**
 * How much of the write-ahead log is in use, read from the log itself.
 *
 * The file does not shrink when SQLite begins the log anew, so its size says little. Each frame repeats the salt of the log's header, and
 * frames of an earlier round carry another: the first foreign frame marks the end. Format: https://www.sqlite.org/fileformat2.html#walformat
 */
import fs from 'node:fs';

const LOG_HEADER = 32;
const FRAME_HEADER = 24;
const SALT_IN_LOG = 16;
const SALT_IN_FRAME = 8;
const SALT_OCTETS = 8;
const SIZE_IN_FRAME = 4;
const SIZE_OCTETS = 4;

export class WalGauge {
  readonly #file: string;
  readonly #frameOctets: number;
  readonly #header = Buffer.alloc(LOG_HEADER);
  readonly #salt = Buffer.alloc(SALT_OCTETS);
  readonly #size = Buffer.alloc(SIZE_OCTETS);
  #fd: number | undefined;
  #known = 0;
  #knownSalt = Buffer.alloc(SALT_OCTETS);

  constructor(databaseFile: string, pageOctets: number) {
    this.#file = `${databaseFile}-wal`;
    this.#frameOctets = FRAME_HEADER + pageOctets;
  }

  /** Octets in use; 0 when there is no log. */
  octets(): number {
    if (this.#fd === undefined) {
      try {
        this.#fd = fs.openSync(this.#file, 'r');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
        throw error;
      }
    }
    if (fs.readSync(this.#fd, this.#header, 0, LOG_HEADER, 0) < LOG_HEADER) return 0;
    const salt = this.#header.subarray(SALT_IN_LOG, SALT_IN_LOG + SALT_OCTETS);
    if (!salt.equals(this.#knownSalt)) {
      this.#known = 0;
      salt.copy(this.#knownSalt);
    }
    // Gallop from what was known to a foreign frame, then halve the distance.
    let own = this.#known;
    let step = 1;
    while (this.#isOwn(own + step)) {
      own += step;
      step *= 2;
    }
    let foreign = own + step;
    while (foreign - own > 1) {
      const middle = (own + foreign) >> 1;
      if (this.#isOwn(middle)) own = middle;
      else foreign = middle;
    }
    // Frames of a transaction that was given up carry the same salt; the next commit writes over the first of them only.
    while (own > 0 && !this.#isCommit(own)) own--;
    this.#known = own;
    return own === 0 ? 0 : LOG_HEADER + own * this.#frameOctets;
  }

  /** Octets that were in use at the last look; 0 when the log has been begun anew since, for then all of it stands in the database. */
  lastGoodOctets(): number {
    if (this.#fd === undefined || fs.readSync(this.#fd, this.#header, 0, LOG_HEADER, 0) < LOG_HEADER) return 0;
    const sameRound = this.#header.subarray(SALT_IN_LOG, SALT_IN_LOG + SALT_OCTETS).equals(this.#knownSalt);
    return sameRound && this.#known > 0 ? LOG_HEADER + this.#known * this.#frameOctets : 0;
  }

  close(): void {
    if (this.#fd !== undefined) fs.closeSync(this.#fd);
    this.#fd = undefined;
  }

  /** Whether frame `number` is the last of a transaction: then it says how large the database is after it. */
  #isCommit(number: number): boolean {
    const at = LOG_HEADER + (number - 1) * this.#frameOctets + SIZE_IN_FRAME;
    return fs.readSync(this.#fd!, this.#size, 0, SIZE_OCTETS, at) === SIZE_OCTETS && this.#size.readUInt32BE() !== 0;
  }

  /** Whether frame `number`, counted from 1, belongs to the current round. */
  #isOwn(number: number): boolean {
    const at = LOG_HEADER + (number - 1) * this.#frameOctets + SALT_IN_FRAME;
    return fs.readSync(this.#fd!, this.#salt, 0, SALT_OCTETS, at) === SALT_OCTETS && this.#salt.equals(this.#knownSalt);
  }
}
