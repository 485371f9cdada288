/** AUTH PLAIN and AUTH LOGIN. RFC 4954, RFC 4616; LOGIN as clients speak it. */
import type { SmtpReply } from '../reply.js';

/** What the client is told, or what it has said. */
export type AuthenticationStep =
  | { readonly kind: 'challenge'; readonly text: string }
  | { readonly kind: 'refused'; readonly reply: SmtpReply }
  | { readonly kind: 'said'; readonly user: string; readonly password: string };

const refused = (code: number, enhanced: string, text: string): AuthenticationStep => ({
  kind: 'refused',
  reply: { code, enhanced, text },
});
const challenge = (text: string): AuthenticationStep => ({ kind: 'challenge', text: Buffer.from(text).toString('base64') });

const MALFORMED = refused(501, '5.5.2', 'cannot be decoded');

/** Undefined: no base64. */
function decode(base64: string): string | undefined {
  return /^(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{2}==|[A-Za-z\d+/]{3}=)?$/.test(base64)
    ? Buffer.from(base64, 'base64').toString('utf8')
    : undefined;
}

/** authzid NUL authcid NUL passwd; an authzid of another than the user is nobody's right here. */
function readPlain(base64: string): AuthenticationStep {
  const [other, user, password, ...more] = decode(base64)?.split('\0') ?? [];
  if (!user || password === undefined || more.length > 0 || (other !== '' && other !== user)) return MALFORMED;
  return { kind: 'said', user, password };
}

/** One exchange, from AUTH to what the client has said of itself. */
export class Authentication {
  private mechanism = '';
  private user: string | undefined;

  /** What stands behind AUTH: the mechanism and, perhaps, the first answer. */
  begin(argument: string): AuthenticationStep {
    const [mechanism = '', first, ...more] = argument.split(' ');
    this.mechanism = mechanism.toUpperCase();
    if (more.length > 0) return MALFORMED;
    if (this.mechanism !== 'PLAIN' && this.mechanism !== 'LOGIN') return refused(504, '5.5.4', 'mechanism not known');
    if (first !== undefined) return this.goOn(first === '=' ? '' : first);
    return this.mechanism === 'PLAIN' ? challenge('') : challenge('Username:');
  }

  /** A line of the client's. */
  goOn(line: string): AuthenticationStep {
    if (line === '*') return refused(501, '5.7.0', 'cancelled');
    if (this.mechanism === 'PLAIN') return readPlain(line);
    const said = decode(line);
    if (said === undefined || said.includes('\0')) return MALFORMED;
    if (this.user === undefined) {
      this.user = said;
      return challenge('Password:');
    }
    return this.user === '' ? MALFORMED : { kind: 'said', user: this.user, password: said };
  }
}
