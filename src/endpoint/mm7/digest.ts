/**
 * HTTP Digest authentication, both sides. RFC 7616 with qop=auth, SHA-256 and MD5 (RFC 2617's peers know no other); no -sess algorithms, no
 * auth-int, no username hashes.
 *
 * A nonce is kept here with the counts that have been used with it, so that a request that was overheard cannot be repeated. Nonces are
 * few and short-lived; whoever comes with one that is not known any more is told `stale` and comes again.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
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

interface Nonce {
  readonly until: number;
  highest: number;
  /** Bit i: `highest - i` has been used. */
  used: number;
}

/** What became of an answer to a challenge. */
export type DigestVerdict = 'right' | 'wrong' | 'stale';

/** Challenges and answers to them. `now`: monotonic milliseconds. */
export class DigestNonces {
  private readonly nonces = new Map<string, Nonce>();
  private readonly now: () => number;

  constructor(now: () => number) {
    this.now = now;
  }

  /** How many are known. */
  get size(): number {
    return this.nonces.size;
  }

  /** A new nonce. At the limit the oldest is forgotten. */
  issue(): string {
    const at = this.now();
    for (const [nonce, { until }] of this.nonces) {
      if (until > at && this.nonces.size < LIMITS.mm7NoncesMax) break;
      this.nonces.delete(nonce);
    }
    const nonce = randomBytes(18).toString('base64url');
    this.nonces.set(nonce, { until: at + LIMITS.mm7NonceMs, highest: 0, used: 0 });
    return nonce;
  }

  /** Whether a count may be used with a nonce, and that it has been. */
  private use(name: string, count: number): boolean {
    const nonce = this.nonces.get(name);
    if (nonce === undefined || nonce.until <= this.now()) return false;
    const behind = nonce.highest - count;
    if (behind >= COUNT_WINDOW) return false;
    if (behind >= 0) {
      if ((nonce.used & (1 << behind)) !== 0) return false;
      nonce.used |= 1 << behind;
      return true;
    }
    nonce.used = -behind >= COUNT_WINDOW ? 1 : ((nonce.used << -behind) | 1) & ~(1 << COUNT_WINDOW);
    nonce.highest = count;
    return true;
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
    return this.use(nonce, Number.parseInt(nc, 16)) ? 'right' : 'stale';
  }
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
