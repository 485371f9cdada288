/**
 * Messages and entities to octets: fields byte for byte, bodies in pieces. Same input, same octets.
 *
 * Two things hold by construction. No field can bring another one in: `fieldLines` is the only way to the header section, and refuses every
 * control character. And no part can end another: a boundary is chosen that occurs in none of them.
 */
import { ByteWriter, Malformed, type Result } from '#base';
import { OverLimit } from '#codec/wsp';
import { boundaries } from './boundary.js';
import { chooseEncoding } from './choose-encoding.js';
import { doorOf } from './fault.js';
import { LINE_OCTETS_MAX } from './fields.js';
import { dispositionText, mediaTypeText } from './media-type.js';
import type {
  LeafSource,
  MessageSource,
  MimeError,
  MimeField,
  MimeSource,
  MultipartSource,
  TransferEncoding,
  Transport,
  Written,
  WrittenEntity,
} from './model.js';
import { base64Lines, quotedPrintableText } from './transfer.js';
import { encodeWords, withoutControls } from './words.js';

/** Longest line that is written where it can be folded. RFC 5322 2.1.1. */
const LINE_CHARACTERS = 78;
/** Bodies above this are pieces of their own; shorter ones are put together with the heads around them. */
const PIECE_OCTETS_MIN = 4096;
const CRLF = '\r\n';
const CRLF_OCTETS = CRLF.length;
const SOFT_BREAK = '=\r\n';

const isNameCode = (code: number): boolean => code > 0x20 && code < 0x7f && code !== 0x3a;
const isBlankCode = (code: number): boolean => code === 0x20 || code === 0x09;

/** Refuses what cannot stand in a header section. */
function checkField({ name, value }: MimeField): void {
  if (name === '') throw new Malformed(0, 'a header field without a name', 'RFC 5322 2.2');
  for (let i = 0; i < name.length; i++)
    if (!isNameCode(name.charCodeAt(i)))
      throw new Malformed(i, 'a character that cannot stand in the name of a field', 'RFC 5322 2.2');
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    if ((code < 0x20 && code !== 0x09) || code > 0x7e)
      throw new Malformed(i, `a character in ${name} that cannot stand in a header field`, 'RFC 5322 2.2');
  }
}

/** Where blanks begin that something follows: places where a line can be broken, and what is unfolded is what was written. */
function breaksOf(value: string): number[] {
  const breaks: number[] = [];
  let inBlanks = true;
  for (let i = 0; i < value.length; i++) {
    const blank = isBlankCode(value.charCodeAt(i));
    if (blank && !inBlanks) breaks.push(i);
    inBlanks = blank;
  }
  if (inBlanks) breaks.pop();
  return breaks;
}

/** One field with its line breaks, folded where it is long. */
function fieldLines(field: MimeField): string {
  checkField(field);
  const { name, value } = field;
  const whole = value === '' ? `${name}:` : `${name}: ${value}`;
  if (whole.length <= LINE_CHARACTERS) return whole + CRLF;
  let text = '';
  let lineStart = 0;
  let lastBreak = 0;
  const shift = name.length + 2;
  const cut = (at: number): void => {
    text += whole.slice(lineStart, at) + CRLF;
    lineStart = at;
  };
  for (const place of [...breaksOf(value).map((i) => i + shift), whole.length]) {
    if (place - lineStart > LINE_CHARACTERS && lastBreak > lineStart) cut(lastBreak);
    if (place - lineStart > LINE_OCTETS_MAX)
      throw new OverLimit(lineStart, `a line of ${name} cannot be folded below ${LINE_OCTETS_MAX} octets`);
    lastBreak = place;
  }
  return text + whole.slice(lineStart) + CRLF;
}

/** Collects text and octets; what is large stays a piece of its own. */
class Pieces {
  private readonly list: Uint8Array[] = [];
  private small = new ByteWriter();
  private total = 0;

  text(text: string): void {
    this.total += this.small.utf8(text);
  }

  octets(octets: Uint8Array): void {
    this.total += octets.length;
    if (octets.length < PIECE_OCTETS_MIN) this.small.octets(octets);
    else {
      this.flush();
      this.list.push(octets);
    }
  }

  private flush(): void {
    if (this.small.length === 0) return;
    this.list.push(this.small.finish());
    this.small = new ByteWriter();
  }

  finish(): Written {
    this.flush();
    return { pieces: this.list, octets: this.total };
  }
}

/** A body ready to be written: what stands in its head, and how its octets come. */
interface Prepared {
  readonly fields: readonly MimeField[];
  write(pieces: Pieces): void;
}

const contentIdValue = (id: string): string => `<${encodeWords(id.trim())}>`;

/** The fields that every kind of body may have, behind its type. */
function commonFields(source: MimeSource): MimeField[] {
  const { contentId, contentLocation, disposition, fields } = source;
  return [
    ...(contentId === undefined ? [] : [{ name: 'Content-ID', value: contentIdValue(contentId) }]),
    ...(contentLocation === undefined
      ? []
      : [{ name: 'Content-Location', value: encodeWords(withoutControls(contentLocation)) }]),
    ...(disposition === undefined ? [] : [{ name: 'Content-Disposition', value: dispositionText(disposition) }]),
    ...(fields ?? []),
  ];
}

const ENCODED: ReadonlySet<TransferEncoding> = new Set(['base64', 'quoted-printable']);

class BodyWriter {
  private readonly transport: Transport;
  private readonly nextBoundary: () => string;

  constructor(source: MimeSource, transport: Transport) {
    this.transport = transport;
    this.nextBoundary = boundaries(source, (leaf) => !ENCODED.has(chooseEncoding(leaf, transport, false)));
  }

  /** `alone`: nothing follows but the end of the message, where mail adds a line break if there is none. */
  prepare(source: MimeSource, alone: boolean): Prepared {
    return source.kind === 'leaf' ? this.leaf(source, alone) : this.multipart(source);
  }

  private leaf(source: LeafSource, alone: boolean): Prepared {
    const encoding = chooseEncoding(source, this.transport, alone && this.transport !== 'binary');
    const { data } = source;
    return {
      fields: [
        { name: 'Content-Type', value: mediaTypeText(source.type) },
        ...(encoding === '7bit' ? [] : [{ name: 'Content-Transfer-Encoding', value: encoding }]),
        ...commonFields(source),
      ],
      write(pieces) {
        if (encoding === 'base64') {
          const lines = base64Lines(data);
          pieces.octets(alone || lines.length === 0 ? lines : lines.subarray(0, lines.length - CRLF_OCTETS));
        } else if (encoding === 'quoted-printable') {
          pieces.octets(quotedPrintableText(data));
          if (alone) pieces.text(SOFT_BREAK);
        } else pieces.octets(data);
      },
    };
  }

  private multipart(source: MultipartSource): Prepared {
    const boundary = this.nextBoundary();
    const { boundary: _, ...parameters } = source.type.parameters;
    const type = { media: source.type.media, parameters: { ...parameters, boundary } };
    return {
      fields: [{ name: 'Content-Type', value: mediaTypeText(type) }, ...commonFields(source)],
      write: (pieces) => {
        for (const part of source.parts) {
          pieces.text(`--${boundary}${CRLF}`);
          const prepared = this.prepare(part, false);
          for (const field of prepared.fields) pieces.text(fieldLines(field));
          pieces.text(CRLF);
          prepared.write(pieces);
          pieces.text(CRLF);
        }
        pieces.text(`--${boundary}--${CRLF}`);
      },
    };
  }
}

const MIME_VERSION: MimeField = { name: 'MIME-Version', value: '1.0' };

/**
 * A whole message, lines ending in CR LF. Err on a field that cannot be written as it is: a name that is none, CR, LF, zero or any octet above
 * 0x7f in a value, a line that cannot be folded below 998 octets. Thus no field can bring another one in. `transport` absent: `7bit`.
 */
export const writeMessage = (message: MessageSource, transport: Transport = '7bit'): Result<Written, MimeError> =>
  doorOf(() => {
    const pieces = new Pieces();
    const body = message.body && new BodyWriter(message.body, transport).prepare(message.body, true);
    const versioned = body === undefined || message.fields.some(({ name }) => name.toLowerCase() === 'mime-version');
    for (const field of message.fields) pieces.text(fieldLines(field));
    if (!versioned) pieces.text(fieldLines(MIME_VERSION));
    for (const field of body?.fields ?? []) pieces.text(fieldLines(field));
    pieces.text(CRLF);
    body?.write(pieces);
    return pieces.finish();
  });

/** A body alone, with its fields apart and unfolded: for HTTP (`transport` then is `binary`). Err as `writeMessage`. */
export const writeEntity = (body: MimeSource, transport: Transport): Result<WrittenEntity, MimeError> =>
  doorOf(() => {
    const pieces = new Pieces();
    const prepared = new BodyWriter(body, transport).prepare(body, true);
    prepared.write(pieces);
    for (const field of prepared.fields) checkField(field);
    const fields = prepared.fields.filter(({ name, value }) => name !== 'Content-Transfer-Encoding' || value !== 'binary');
    return { fields, ...pieces.finish() };
  });
