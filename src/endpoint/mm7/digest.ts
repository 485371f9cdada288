/**
 * HTTP Digest authentication, both sides. RFC 7616 with qop=auth, SHA-256 and MD5 (RFC 2617's peers know no other); no -sess algorithms, no
 * auth-int, no username hashes.
 *
 * A nonce says by itself when it was issued and that it was issued here: nothing is kept for it before somebody has answered it rightly, so that
 * strangers, however many challenges they ask for, take nothing from anybody. From then on the account's counts are kept with it, so that a request
 * that was overheard cannot be repeated. Who comes with one that is too old, or older than what is kept of the account, is told `stale` and comes again.
 */
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { LIMITS } from '#base';
import { quoted, readAuthField } from './auth-fields.js';

const ALGORITHMS = { 'SHA-256': 'sha256', MD5: 'md5' } as const;
type Algorithm = keyof typeof ALGORITHMS;

const hashOf = (algorithm: Algorithm, text: string): string => createHash(ALGORITHMS[algorithm]).update(text).digest('hex');

/** What one answer is made of. */
interface Answer {
  readonly algorithm: Algorithm;
  readonly user: string;
  readonly realm: string;
  readonly password: string;
  readonly method: string;
  readonly uri: string;
  readonly nonce: string;
  /** Eight hexadecimal digits. */
  readonly nc: string;
  readonly cnonce: string;
}

/** RFC 7616 3.4.1, with qop=auth. */
export function digestResponse(a: Answer): string {
  const secret = hashOf(a.algorithm, `${a.user}:${a.realm}:${a.password}`);
  return hashOf(a.algorithm, `${secret}:${a.nonce}:${a.nc}:${a.cnonce}:auth:${hashOf(a.algorithm, `${a.method}:${a.uri}`)}`);
}

/** Equal for equal texts, in a time that does not tell how much of them is. */
export function sameSecret(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => createHash('sha256').update(text).digest());
  return timingSafeEqual(a!, b!);
}

/** Counts that may come behind a higher one: several connections share a nonce. Unit: counts, and bits of the mask. */
const COUNT_WINDOW = 31;

/** Counts that have been used with a nonce. */
interface Counts {
  readonly issuedAt: number;
  highest: number;
  /** Bit i: `highest - i` has been used. */
  used: number;
}

/** What is kept of an account. */
interface Used {
  /** By nonce, in the order of first use. */
  readonly counts: Map<string, Counts>;
  /** Of nonces issued at this instant or before, those that are not in `counts` are stale: they may have been used. */
  floor: number;
}

/** What became of an answer to a challenge. */
export type DigestVerdict = 'right' | 'wrong' | 'stale';

/** Octets of a nonce: its instant, chance, and the code over both. RFC 7616 3.3 leaves the form to the server. */
const INSTANT_OCTETS = 6;
const CHANCE_OCTETS = 6;
const CODE_OCTETS = 16;
const STATEMENT_OCTETS = INSTANT_OCTETS + CHANCE_OCTETS;

/** Challenges and answers to them. `now`: monotonic milliseconds. */
export class DigestNonces {
  private readonly accounts = new Map<string, Used>();
  private readonly key = randomBytes(32);
  private readonly now: () => number;
  private sweptAt = 0;

  constructor(now: () => number) {
    this.now = now;
  }

  /** How many are kept, of all accounts. */
  get size(): number {
    let size = 0;
    for (const { counts } of this.accounts.values()) size += counts.size;
    return size;
  }

  /** A new nonce. */
  issue(): string {
    const statement = Buffer.allocUnsafe(STATEMENT_OCTETS);
    statement.writeUIntBE(Math.floor(this.now()), 0, INSTANT_OCTETS);
    randomBytes(CHANCE_OCTETS).copy(statement, INSTANT_OCTETS);
    return Buffer.concat([statement, this.codeOf(statement)]).toString('base64url');
  }

  private codeOf(statement: Uint8Array): Buffer {
    return createHmac('sha256', this.key).update(statement).digest().subarray(0, CODE_OCTETS);
  }

  /** When a nonce was issued; undefined where it was not issued here, or too long ago. */
  private issuedAt(nonce: string): number | undefined {
    const octets = Buffer.from(nonce, 'base64url');
    // One way of writing only: another one would be another nonce with counts of its own.
    if (octets.length !== STATEMENT_OCTETS + CODE_OCTETS || octets.toString('base64url') !== nonce) return undefined;
    const statement = octets.subarray(0, STATEMENT_OCTETS);
    if (!timingSafeEqual(this.codeOf(statement), octets.subarray(STATEMENT_OCTETS))) return undefined;
    const at = statement.readUIntBE(0, INSTANT_OCTETS);
    return this.now() - at < LIMITS.mm7NonceMs ? at : undefined;
  }

  /** Whether an account may use a count with a nonce, and that it has. */
  private use(user: string, nonce: string, count: number): boolean {
    const issuedAt = this.issuedAt(nonce);
    if (issuedAt === undefined) return false;
    this.sweep();
    const account = this.accounts.get(user) ?? { counts: new Map<string, Counts>(), floor: -1 };
    const counts = account.counts.get(nonce);
    if (counts !== undefined) return useCount(counts, count);
    if (issuedAt <= account.floor) return false;
    account.counts.set(nonce, { issuedAt, highest: count, used: 1 });
    this.accounts.set(user, account);
    if (account.counts.size > LIMITS.mm7NoncesPerAccountMax) forgetOldest(account);
    return true;
  }

  /** Forgets what has become too old, now and then. */
  private sweep(): void {
    const now = this.now();
    if (now - this.sweptAt < LIMITS.mm7NonceMs) return;
    this.sweptAt = now;
    for (const [user, { counts }] of this.accounts) {
      for (const [nonce, { issuedAt }] of counts) if (now - issuedAt >= LIMITS.mm7NonceMs) counts.delete(nonce);
      if (counts.size === 0) this.accounts.delete(user);
    }
  }

  /** Whether an answer is right. `passwords`: any of which is. Only a right answer uses up its count. */
  verify(
    parameters: Readonly<Record<string, string>>,
    request: { readonly method: string; readonly uri: string; readonly realm: string },
    passwords: readonly string[],
  ): DigestVerdict {
    const { username = '', realm, nonce = '', uri, nc = '', cnonce = '', qop, response = '' } = parameters;
    const algorithm = parameters['algorithm'] === undefined ? 'MD5' : parameters['algorithm'].toUpperCase();
    if (!Object.hasOwn(ALGORITHMS, algorithm) || qop !== 'auth' || realm !== request.realm || uri !== request.uri) return 'wrong';
    if (!/^[0-9a-fA-F]{8}$/.test(nc) || cnonce === '') return 'wrong';
    const answer = { algorithm: algorithm as Algorithm, user: username, realm, method: request.method, uri, nonce, nc, cnonce };
    const right = passwords.filter((password) => sameSecret(digestResponse({ ...answer, password }), response.toLowerCase()));
    if (right.length === 0) return 'wrong';
    return this.use(username, nonce, Number.parseInt(nc, 16)) ? 'right' : 'stale';
  }
}

/** Whether a count may be used, and that it has been. */
function useCount(counts: Counts, count: number): boolean {
  const behind = counts.highest - count;
  if (behind >= COUNT_WINDOW) return false;
  if (behind >= 0) {
    if ((counts.used & (1 << behind)) !== 0) return false;
    counts.used |= 1 << behind;
    return true;
  }
  counts.used = -behind >= COUNT_WINDOW ? 1 : ((counts.used << -behind) | 1) & ~(1 << COUNT_WINDOW);
  counts.highest = count;
  return true;
}

function forgetOldest(account: Used): void {
  let oldest: readonly [string, Counts] | undefined;
  for (const entry of account.counts) if (oldest === undefined || entry[1].issuedAt < oldest[1].issuedAt) oldest = entry;
  if (oldest === undefined) return;
  account.counts.delete(oldest[0]);
  account.floor = Math.max(account.floor, oldest[1].issuedAt);
}

/** WWW-Authenticate of one challenge for each algorithm, the better one first. */
export const digestChallenges = (realm: string, nonce: string, stale: boolean): readonly string[] =>
  Object.keys(ALGORITHMS).map(
    (algorithm) =>
      `Digest realm=${quoted(realm)}, qop="auth", algorithm=${algorithm}, nonce=${quoted(nonce)}${stale ? ', stale=true' : ''}`,
  );

/** A challenge that a server has sent. */
interface Challenge {
  readonly realm: string;
  readonly nonce: string;
  readonly algorithm: Algorithm;
  readonly opaque: string | undefined;
  count: number;
}

/** Splits a field that may hold several challenges, as fields joined by commas do. */
const challengesIn = (values: readonly string[]): readonly string[] =>
  values.flatMap((value) => value.split(/,(?=\s*(?:Digest|Basic|Bearer|Negotiate)\s)/i)).map((value) => value.trim());

/** The client's side towards one server: answers its latest challenge, with a count of its own. */
export class DigestClient {
  private challenge: Challenge | undefined;
  private readonly user: string;
  private readonly password: string;

  constructor(user: string, password: string) {
    this.user = user;
    this.password = password;
  }

  /** Takes the challenges of a 401. False when there is none that can be answered. */
  hear(values: readonly string[]): boolean {
    const digests = challengesIn(values).flatMap((value) => {
      const field = readAuthField(value);
      if (field?.scheme !== 'digest') return [];
      const { realm, nonce, algorithm = 'MD5', qop = '', opaque } = field.parameters;
      const known = Object.hasOwn(ALGORITHMS, algorithm.toUpperCase());
      const authOnly = qop.split(',').some((word) => word.trim() === 'auth');
      if (realm === undefined || nonce === undefined || !known || !authOnly) return [];
      return [{ realm, nonce, algorithm: algorithm.toUpperCase() as Algorithm, opaque, count: 0 }];
    });
    const best = digests.find(({ algorithm }) => algorithm === 'SHA-256') ?? digests[0];
    if (best !== undefined) this.challenge = best;
    return best !== undefined;
  }

  /** Authorization of the next request; undefined before the first challenge. */
  answer(method: string, uri: string): string | undefined {
    const { challenge, user, password } = this;
    if (challenge === undefined) return undefined;
    const { realm, nonce, algorithm, opaque } = challenge;
    const nc = (++challenge.count).toString(16).padStart(8, '0');
    const cnonce = randomBytes(12).toString('base64url');
    const response = digestResponse({ algorithm, user, realm, password, method, uri, nonce, nc, cnonce });
    return (
      `Digest username=${quoted(user)}, realm=${quoted(realm)}, nonce=${quoted(nonce)}, uri=${quoted(uri)}, algorithm=${algorithm}, ` +
      `qop=auth, nc=${nc}, cnonce=${quoted(cnonce)}, response="${response}"${opaque === undefined ? '' : `, opaque=${quoted(opaque)}`}`
    );
  }
}
