/**
 * Addresses as MM4 writes them: `+15551230001/TYPE=PLMN@mms.example`, with and without domain and type; mailboxes; IP handsets; bare names of
 * systems. They look like those of RFC 5322 and are not: a number without domain is no mailbox, yet it is the normal form in From and To.
 * TS 23.140 8.4.4; the forms are those of real peers.
 */
import { LIMITS, Malformed } from '#base';
import type { Note } from './tolerances.js';

export type Mm4Address =
  /** A number or short code. `digits`: as written, without plus. `international`: there was a plus. `typed`: there was /TYPE=PLMN. */
  | {
      readonly kind: 'number';
      readonly digits: string;
      readonly international: boolean;
      readonly typed: boolean;
      readonly domain?: string;
    }
  /** A handset by its IP address. */
  | { readonly kind: 'ip'; readonly version: 4 | 6; readonly text: string; readonly domain?: string }
  | { readonly kind: 'mailbox'; readonly local: string; readonly domain: string }
  /** One word without domain: a mailbox of the sending system (`PostMaster`), or a host. */
  | { readonly kind: 'name'; readonly name: string };

/** How numbers are written. `typed`: with /TYPE=PLMN. `domain`: with their domain, where they have one. `plus`: with the plus of international ones. */
export interface AddressForm {
  readonly typed: boolean;
  readonly domain: boolean;
  readonly plus: boolean;
}

/** What an address that has a type ends in, and what stands before it. */
const TYPED = /^(.*)\/TYPE=([A-Za-z0-9]+)$/is;
const DIGITS = /^\+?[0-9]+$/;
/** Letters, digits, hyphens and dots, or an address in brackets. */
const DOMAIN =
  /^(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?(?:\.[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?)*|\[[0-9A-Za-z.:]+\])$/;
/** RFC 5322 3.2.3: a dot-atom, without octets above ASCII. */
const LOCAL = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
const IPV4 = /^(?:(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])(?:\.(?!$)|$)){4}$/;
/** Eight groups, or fewer around one `::`. */
const IPV6 =
  /^(?=[0-9A-Fa-f:.]{2,45}$)(?:[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4}){7}|(?:[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4}){0,6})?::(?:[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4}){0,6})?)$/;

/** Who calls an address "system" in the form `system=HOST;party=NUMBER`, which one server invented. */
const INVENTED = /^system=([^;]*)(?:;|$)/i;

/** Text of `"a \"b\""` without quotes and backslashes; undefined when it is no quoted string. */
function unquoted(text: string): string | undefined {
  if (!/^"(?:[^"\\]|\\.)*"$/s.test(text)) return undefined;
  return text.slice(1, -1).replace(/\\(.)/gs, '$1');
}

/** What stands in angle brackets at the end, or the whole. */
function bare(text: string): string {
  const trimmed = text.trim();
  if (!trimmed.endsWith('>')) return trimmed;
  const open = trimmed.lastIndexOf('<');
  return open === -1 ? trimmed : trimmed.slice(open + 1, -1).trim();
}

/** Local part and domain, parted at the last `@`. */
function divided(text: string): { local: string; domain?: string } {
  const at = text.lastIndexOf('@');
  const local = at === -1 ? text : text.slice(0, at);
  const plain = local.startsWith('"') ? unquoted(local) : local;
  if (plain === undefined) throw new Malformed(0, 'a quoted local part that does not end', CLAUSE);
  if (at === -1) return { local: plain };
  const domain = text.slice(at + 1);
  if (domain.length > DOMAIN_OCTETS_MAX || !DOMAIN.test(domain)) throw new Malformed(at + 1, 'no domain behind @', CLAUSE);
  return { local: plain, domain };
}

const CLAUSE = 'TS 23.140 8.4';
/** RFC 1035 2.3.4. Unit: characters. */
const DOMAIN_OCTETS_MAX = 255;

function numberOf(text: string, typed: boolean, domain: { domain?: string }): Mm4Address {
  const international = text.startsWith('+');
  const digits = international ? text.slice(1) : text;
  if (digits.length > LIMITS.mm4NumberDigitsMax) throw new Malformed(0, `a number of ${digits.length} digits`, CLAUSE);
  return { kind: 'number', digits, international, typed, ...domain };
}

/** An address whose type says what it is; undefined for a type that is not known. */
function typedAddress(value: string, type: string, domain: { domain?: string }): Mm4Address | undefined {
  switch (type.toUpperCase()) {
    case 'PLMN':
      if (!DIGITS.test(value)) throw new Malformed(0, 'no digits before /TYPE=PLMN', CLAUSE);
      return numberOf(value, true, domain);
    case 'IPV4':
      if (!IPV4.test(value)) throw new Malformed(0, 'no IPv4 address before /TYPE=IPv4', CLAUSE);
      return { kind: 'ip', version: 4, text: value, ...domain };
    case 'IPV6':
      if (!IPV6.test(value)) throw new Malformed(0, 'no IPv6 address before /TYPE=IPv6', CLAUSE);
      return { kind: 'ip', version: 6, text: value, ...domain };
    default:
      return undefined;
  }
}

function noteForms(address: Mm4Address, note: Note): void {
  if (address.kind === 'name') note('unqualified-system', address.name);
  if (address.kind !== 'number') return;
  if (!address.typed) note('untyped-number', 'no /TYPE=PLMN');
  if (!address.international && address.digits.length >= LIMITS.bareNumberDigitsMin)
    note('number-without-plus', `${address.digits.length} digits without plus`);
}

/**
 * One address, with or without angle brackets and the name before them. Throws Malformed on what is none: octets outside ASCII, blanks and
 * control characters among them. `note` is told what real peers write and the standard does not.
 */
export function readAddress(text: string, note: Note): Mm4Address {
  const plain = bare(text);
  if (plain.length === 0) throw new Malformed(0, 'no address', CLAUSE);
  if (plain.length > LIMITS.mm4AddressOctetsMax) throw new Malformed(0, `an address of ${plain.length} octets`, CLAUSE);
  const address = addressOf(plain);
  noteForms(address, note);
  return address;
}

function addressOf(plain: string): Mm4Address {
  const { local, domain: host } = divided(plain);
  const domain = host === undefined ? {} : { domain: host };
  const typed = TYPED.exec(local);
  const known = typed === null ? undefined : typedAddress(typed[1]!, typed[2]!, domain);
  if (known !== undefined) return known;
  if (DIGITS.test(local)) return numberOf(local, false, domain);
  const invented = host === undefined ? INVENTED.exec(local) : null;
  const word = invented === null ? local : invented[1]!;
  if (!LOCAL.test(word)) throw new Malformed(0, 'no address', CLAUSE);
  return host === undefined ? { kind: 'name', name: word } : { kind: 'mailbox', local: word, domain: host };
}

/** Pieces of a list, cut at commas and semicolons outside quotes and angle brackets. */
function* pieces(text: string, note: Note): Generator<string> {
  let from = 0;
  let inQuotes = false;
  let inAngles = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (inQuotes && c === '\\') i++;
    else if (c === '"') inQuotes = !inQuotes;
    else if (inQuotes) continue;
    else if (c === '<') inAngles = true;
    else if (c === '>') inAngles = false;
    else if (!inAngles && (c === ',' || c === ';')) {
      if (c === ';') note('dotted-list', 'a semicolon between addresses');
      yield text.slice(from, i);
      from = i + 1;
    }
  }
  yield text.slice(from);
}

/** A gateway puts dots where commas belong: `+1555.+1556`. */
function undotted(piece: string, note: Note): readonly string[] {
  if (!/[0-9N]\.\s*\+[0-9]/i.test(piece) || piece.includes('@') || piece.includes('"')) return [piece];
  note('dotted-list', 'dots between addresses');
  return piece.split(/\.(?=\s*\+[0-9])/);
}

/** A list of addresses. What cannot be read of it is left out and told; Malformed only when there are too many. */
export function readAddresses(text: string, note: Note): readonly Mm4Address[] {
  const found: Mm4Address[] = [];
  // The inventor of `system=HOST;party=NUMBER` puts a semicolon into an address; it stands in no list.
  for (const list of pieces(text, note))
    for (const piece of undotted(list, note)) {
      if (found.length >= LIMITS.mm4AddressesMax) throw new Malformed(0, `more than ${LIMITS.mm4AddressesMax} addresses`);
      if (piece.trim() === '') note('empty-address', 'nothing between two commas');
      else pushAddress(found, piece, note);
    }
  return found;
}

function pushAddress(found: Mm4Address[], piece: string, note: Note): void {
  try {
    found.push(readAddress(piece, note));
  } catch (e) {
    if (!(e instanceof Malformed)) throw e;
    note('damaged-address', e.detail);
  }
}

/** A local part that may stand as it is, or in quotes. */
const localText = (local: string): string => (LOCAL.test(local) ? local : `"${local.replace(/["\\]/g, '\\$&')}"`);

/** The address as it is written. `form`: see there; absent, the address is written as it came. */
export function mm4AddressText(address: Mm4Address, form?: AddressForm): string {
  if (address.kind === 'name') return address.name;
  if (address.kind === 'mailbox') return `${localText(address.local)}@${address.domain}`;
  const at = address.domain === undefined || form?.domain === false ? '' : `@${address.domain}`;
  if (address.kind === 'ip') return `${localText(`${address.text}/TYPE=IPv${address.version}`)}${at}`;
  const type = (form?.typed ?? address.typed) ? '/TYPE=PLMN' : '';
  return `${address.international && form?.plus !== false ? '+' : ''}${address.digits}${type}${at}`;
}

/** Whether two addresses name the same, whatever their form: type and domain of numbers do not count, nor does a missing plus. */
export function isSameAddress(a: Mm4Address, b: Mm4Address): boolean {
  if (a.kind === 'number' && b.kind === 'number') return a.digits === b.digits;
  if (a.kind === 'ip' && b.kind === 'ip') return a.text.toLowerCase() === b.text.toLowerCase();
  return mm4AddressText(a).toLowerCase() === mm4AddressText(b).toLowerCase();
}
