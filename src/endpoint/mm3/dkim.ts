/**
 * Signs what we send: DKIM, RFC 6376, with RSA or Ed25519 (RFC 8463); header section and body relaxed. Done here and not by the library that
 * sends, so that what is signed is the octets that the journal of a message shows.
 */
import { createHash, createPrivateKey, type KeyObject, sign } from 'node:crypto';
import type { DkimSettings } from './settings.js';

/** Fields that are signed where they occur. RFC 6376 5.4.1; each once more than it occurs, so that none can be added. */
const SIGNED: readonly string[] = [
  'From',
  'Reply-To',
  'Subject',
  'Date',
  'To',
  'Cc',
  'Message-ID',
  'MIME-Version',
  'Content-Type',
  'Content-Transfer-Encoding',
  'Resent-From',
  'Resent-Date',
  'Disposition-Notification-To',
  'Auto-Submitted',
];

const LF = 0x0a;
const CR = 0x0d;
const BLANK = 0x20;
const TAB = 0x09;

interface Field {
  readonly name: string;
  /** As it stands there, folds and all, without the last line break. */
  readonly text: string;
}

function fieldsIn(head: string): Field[] {
  const fields: Field[] = [];
  for (const line of head.split('\r\n')) {
    if (line === '') continue;
    const last = fields.at(-1);
    if ((line.startsWith(' ') || line.startsWith('\t')) && last !== undefined)
      fields[fields.length - 1] = { name: last.name, text: `${last.text}\r\n${line}` };
    else fields.push({ name: line.slice(0, line.indexOf(':')).toLowerCase().trim(), text: line });
  }
  return fields;
}

/** RFC 6376 3.4.2. */
function relaxedField(text: string): string {
  const colon = text.indexOf(':');
  const value = text
    .slice(colon + 1)
    .replaceAll('\r\n', '')
    .replace(/[ \t]+/g, ' ')
    .trim();
  return `${text.slice(0, colon).toLowerCase().trimEnd()}:${value}`;
}

/** Where the body begins: behind the first empty line. */
function bodyStart(octets: Uint8Array): number {
  for (let at = octets.indexOf(LF); at >= 0; at = octets.indexOf(LF, at + 1))
    if (octets[at + 1] === CR && octets[at + 2] === LF) return at + 3;
  return octets.length;
}

/**
 * The body in the relaxed form: runs of blanks are one, blanks at the ends of lines are none, empty lines at the end are none. RFC 6376 3.4.4. One
 * pass over octets.
 */
export function relaxedBody(body: Uint8Array): Uint8Array {
  const out = new Uint8Array(body.length + 2);
  let used = 0;
  let blank = false;
  let solid = 0;
  for (let i = 0; i < body.length; i++) {
    const octet = body[i]!;
    if (octet === BLANK || octet === TAB) blank = true;
    else if (octet === CR && body[i + 1] === LF) {
      const isEmpty = used === 0 || out[used - 1] === LF;
      blank = false;
      out[used++] = CR;
      out[used++] = LF;
      if (!isEmpty) solid = used;
      i++;
    } else {
      if (blank) out[used++] = BLANK;
      blank = false;
      out[used++] = octet;
      solid = used;
    }
  }
  if (solid > 0 && out[solid - 1] !== LF) {
    out[solid++] = CR;
    out[solid++] = LF;
  }
  return out.subarray(0, solid);
}

const FOLD_CHARACTERS = 64;
const folded = (text: string): string => (text.match(new RegExp(`.{1,${FOLD_CHARACTERS}}`, 'g')) ?? []).join('\r\n ');

/** Signs messages with one key. */
export class DkimSigner {
  private readonly key: KeyObject;
  private readonly algorithm: 'rsa-sha256' | 'ed25519-sha256';
  private readonly settings: DkimSettings;

  /** Throws what node:crypto says of a key that cannot be read, and RangeError for a key of another kind. */
  constructor(settings: DkimSettings) {
    this.settings = settings;
    this.key = createPrivateKey(settings.privateKey);
    const type = this.key.asymmetricKeyType;
    if (type !== 'rsa' && type !== 'ed25519') throw new RangeError(`a DKIM key is RSA or Ed25519, not ${type}`);
    this.algorithm = type === 'rsa' ? 'rsa-sha256' : 'ed25519-sha256';
  }

  /** The DKIM-Signature field for a message, with its line break: it goes in front. `now`: epoch milliseconds. */
  sign(octets: Uint8Array, now: number): string {
    const start = bodyStart(octets);
    const fields = fieldsIn(Buffer.from(octets.subarray(0, start)).toString('latin1'));
    const bodyHash = createHash('sha256')
      .update(relaxedBody(octets.subarray(start)))
      .digest('base64');
    const { names, text } = signedFields(fields);
    const { domain, selector } = this.settings;
    const head = `DKIM-Signature: v=1; a=${this.algorithm}; c=relaxed/relaxed; d=${domain}; s=${selector};\r\n t=${Math.floor(now / 1000)}; h=${names.join(':\r\n ')};\r\n bh=${bodyHash};\r\n b=`;
    const data = Buffer.from(text + relaxedField(head), 'latin1');
    // RFC 8463 3: what Ed25519 signs is the digest.
    const signature =
      this.algorithm === 'rsa-sha256'
        ? sign('sha256', data, this.key)
        : sign(null, createHash('sha256').update(data).digest(), this.key);
    return `${head}${folded(signature.toString('base64'))}\r\n`;
  }
}

/** The fields to be signed in the order of SIGNED, of several with one name the last one first. RFC 6376 5.4.2. */
function signedFields(fields: readonly Field[]): { readonly names: string[]; readonly text: string } {
  const names: string[] = [];
  let text = '';
  for (const name of SIGNED) {
    const found = fields.filter((field) => field.name === name.toLowerCase()).reverse();
    if (found.length === 0 && name !== 'From') continue;
    for (const field of found) text += `${relaxedField(field.text)}\r\n`;
    names.push(...Array<string>(found.length + 1).fill(name.toLowerCase()));
  }
  return { names, text };
}
