/** From the header of a mail to a message of MM4. */
import { err, LIMITS, Malformed, ok, type Result } from '#base';
import type { MimeField } from '#codec/mime';
import { HEADERS, type HeaderKey, type HeaderRow, KEY_OF, MESSAGE_TYPE } from './headers.js';
import { PDUS, SLOTS } from './pdu-rows.js';
import type { Mm4Kind, Mm4Pdu } from './pdus.js';
import type { KnownRequestStatus } from './statuses.js';
import type { Mm4ToleranceName, Note, Tolerated } from './tolerances.js';

/** Why a mail is no message of MM4 that can be worked with. */
export interface Mm4Fault {
  /** `not-mm4`: no X-Mms-Message-Type: plain mail. `unknown-type`, `missing-field`, `malformed`, `ambiguous` (one id, two values), `limit`. */
  readonly kind: 'not-mm4' | 'unknown-type' | 'missing-field' | 'malformed' | 'ambiguous' | 'limit';
  /** The header it is about. */
  readonly header: string;
  readonly detail: string;
  /** One line for people. */
  readonly text: string;
  /** How a response says it. */
  readonly status: KnownRequestStatus;
  /** What could be read all the same; a response is built of it. */
  readonly salvaged: Mm4Salvaged;
}

/** Of a refused message, what is needed to answer it. */
export interface Mm4Salvaged {
  readonly kind?: Mm4Kind;
  /** The type as it stood there, when it is not one of MM4. */
  readonly type?: string;
  readonly transactionId?: string;
  readonly messageId?: string;
  readonly version?: string;
  readonly ackRequest?: boolean;
  readonly originatorSystem?: NonNullable<Extract<Mm4Pdu, { kind: 'MM4_forward.REQ' }>['originatorSystem']>;
  readonly sender?: NonNullable<Mm4Pdu['sender']>;
}

export interface Mm4Decoded {
  readonly pdu: Mm4Pdu;
  /** Each tolerance once for each header that needs it, at most LIMITS.mm4TolerancesMax. */
  readonly tolerated: readonly Tolerated[];
}

/** Thrown inside the decoder, with what the fault needs besides. */
class Refused extends Malformed {
  readonly kind: Mm4Fault['kind'];
  readonly header: string;

  constructor(kind: Mm4Fault['kind'], header: string, detail: string) {
    super(0, detail, 'TS 23.140 8.4');
    this.kind = kind;
    this.header = header;
  }
}

/** The lines of one header, in their order. */
type Lines = readonly [MimeField, ...MimeField[]];
type Found = Map<HeaderKey, [MimeField, ...MimeField[]]>;

/** Which status answers a fault. */
const STATUS_OF: Readonly<Record<Mm4Fault['kind'], KnownRequestStatus>> = {
  'not-mm4': 'Error-unsupported-message',
  'unknown-type': 'Error-unsupported-message',
  'missing-field': 'Error-message-format-corrupt',
  malformed: 'Error-message-format-corrupt',
  ambiguous: 'Error-message-format-corrupt',
  limit: 'Error-message-format-corrupt',
};

/** What nobody hears: of an attempt to salvage. */
const deaf: Note = () => undefined;

class Decoding {
  readonly tolerated: Tolerated[] = [];
  readonly #found: Found = new Map();
  readonly #types: MimeField[] = [];

  /** Sorts the lines by what they are. */
  sort(lines: readonly MimeField[]): void {
    if (lines.length > LIMITS.mm4FieldsMax) throw new Refused('limit', MESSAGE_TYPE.name, `${lines.length} headers`);
    for (const line of lines) {
      const name = line.name.toLowerCase();
      const key = KEY_OF.get(name);
      if (key !== undefined) {
        const before = this.#found.get(key);
        if (before === undefined) this.#found.set(key, [line]);
        else before.push(line);
      } else if (name === 'x-mms-message-type') this.#types.push(line);
      else if (name.startsWith('x-mms-')) this.note(line.name)('private-field', 'not of MM4');
    }
  }

  note(header: string): Note {
    return (name: Mm4ToleranceName, detail: string) => {
      const isKnown = this.tolerated.some((it) => it.name === name && it.header === header);
      if (!isKnown && this.tolerated.length < LIMITS.mm4TolerancesMax) this.tolerated.push({ name, header, detail });
    };
  }

  /** The type; throws Refused when there is none that we know. */
  kind(): Mm4Kind {
    const [line] = this.#types;
    if (line === undefined) throw new Refused('not-mm4', MESSAGE_TYPE.name, 'no message type');
    try {
      return this.#single(MESSAGE_TYPE, this.#types as [MimeField, ...MimeField[]]);
    } catch (e) {
      if (!(e instanceof Malformed) || e instanceof Refused) throw e;
      throw new Refused('unknown-type', line.name, `${shown(line.value)} is no message of MM4`);
    }
  }

  pdu(kind: Mm4Kind): Mm4Pdu {
    const pdu: Record<string, unknown> = { kind };
    for (const [key, presence] of SLOTS[kind]) {
      const lines = this.#found.get(key);
      if (lines === undefined) this.#missing(key, presence);
      else {
        if (presence === 'foreign') this.note(lines[0].name)('foreign-field', `not of ${kind}`);
        const value = presence === 'mandatory' || isIdentifying(key) ? this.#strictly(key, lines) : this.#ifReadable(key, lines);
        if (value !== undefined) pdu[key] = value;
      }
    }
    this.#foreign(kind);
    return pdu as unknown as Mm4Pdu;
  }

  /** Headers that another message has: nobody acts on them. */
  #foreign(kind: Mm4Kind): void {
    for (const [key, [line]] of this.#found)
      if (!(key in PDUS[kind]) && line.name.toLowerCase().startsWith('x-mms-'))
        this.note(line.name)('foreign-field', `not of ${kind}`);
  }

  #missing(key: HeaderKey, presence: string): void {
    const { name } = HEADERS[key];
    if (presence === 'mandatory') throw new Refused('missing-field', name, 'a mandatory header is not there');
    if (presence === 'expected') this.note(name)('missing-field', 'not there');
  }

  #strictly(key: HeaderKey, lines: Lines): unknown {
    try {
      return this.read(key, lines);
    } catch (e) {
      if (!(e instanceof Malformed) || e instanceof Refused) throw e;
      throw new Refused('malformed', lines[0].name, `${shown(lines[0].value)}: ${e.detail}`);
    }
  }

  #ifReadable(key: HeaderKey, lines: Lines): unknown {
    try {
      return this.read(key, lines);
    } catch (e) {
      if (!(e instanceof Malformed) || e instanceof Refused) throw e;
      this.note(lines[0].name)('damaged-field', e.detail);
      return undefined;
    }
  }

  /** The value of one header, or of all lines of it where it may be repeated. */
  read(key: HeaderKey, lines: Lines): unknown {
    const row = HEADERS[key] as HeaderRow<unknown>;
    if (row.repeated === true) {
      if (lines.length > LIMITS.mm4RepeatedFieldsMax) throw new Refused('limit', row.name, `${lines.length} of them`);
      return lines.map((line) => row.coder.read(line.value, this.note(line.name)));
    }
    if (row.joined === true && lines.length > 1) {
      const joined = lines.map((line) => line.value).join(',');
      return row.coder.read(joined, this.note(row.name));
    }
    return this.#single(row, lines);
  }

  #single<T>(row: HeaderRow<T>, lines: Lines): T {
    const [line, ...others] = lines;
    if (line.name.toLowerCase() !== row.name.toLowerCase()) this.note(line.name)('header-alias', `for ${row.name}`);
    for (const other of others) {
      if (row.identifying === true && other.value.trim() !== line.value.trim())
        throw new Refused('ambiguous', other.name, 'there twice, with different values');
      this.note(other.name)('repeated-field', 'there more than once');
    }
    return row.coder.read(line.value, this.note(line.name));
  }

  /** What of a message that was refused can be read. */
  salvage(kind: Mm4Kind | undefined): Mm4Salvaged {
    const salvaged: Record<string, unknown> = {};
    if (kind !== undefined) salvaged.kind = kind;
    else if (this.#types[0] !== undefined) salvaged.type = shown(this.#types[0].value);
    for (const key of ['transactionId', 'messageId', 'version', 'ackRequest', 'originatorSystem', 'sender'] as const) {
      const line = this.#found.get(key)?.[0];
      const value = line === undefined ? undefined : readable(() => HEADERS[key].coder.read(line.value, deaf));
      if (value !== undefined) salvaged[key] = value;
    }
    return salvaged;
  }
}

const isIdentifying = (key: HeaderKey): boolean => (HEADERS[key] as HeaderRow<unknown>).identifying === true;

function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (e) {
    if (e instanceof Malformed) return undefined;
    throw e;
  }
}

/** The beginning of a value, for people: one line, without what a terminal could take for an order. */
function shown(value: string): string {
  const short = value.length > SHOWN_MAX ? `${value.slice(0, SHOWN_MAX)}...` : value;
  return JSON.stringify(short).replace(/[\u007f-\uffff]/g, '?');
}
/** Unit: characters. */
const SHOWN_MAX = 64;

/**
 * The message in the header of a mail. `lines`: all lines of the header, in their order. Headers that are not MM4's are passed over; of those
 * that are, what departs from the standard and is read all the same is told in `tolerated`.
 */
export function decodeMm4(lines: readonly MimeField[]): Result<Mm4Decoded, Mm4Fault> {
  const decoding = new Decoding();
  let kind: Mm4Kind | undefined;
  try {
    decoding.sort(lines);
    kind = decoding.kind();
    const pdu = decoding.pdu(kind);
    return ok({ pdu, tolerated: decoding.tolerated });
  } catch (e) {
    if (!(e instanceof Malformed)) throw e;
    const refused = e instanceof Refused ? e : new Refused('malformed', MESSAGE_TYPE.name, e.detail);
    return err({
      kind: refused.kind,
      header: refused.header,
      detail: refused.detail,
      text: `mm4: ${refused.header}: ${refused.detail}`,
      status: STATUS_OF[refused.kind],
      salvaged: decoding.salvage(kind),
    });
  }
}
