/**
 * Content: the last field of a PDU with a body, and the body. What a relay stores and hands on is one view over both; parts are looked for
 * only when somebody asks.
 */
import { ByteReader, err, Malformed, ok, type Result } from '#base';
import {
  type Coder,
  type ContentType,
  contentTypeText,
  encodeMultipart,
  isMultipart,
  type Part,
  type PartSource,
  readContentType,
  readMultipart,
} from '#codec/wsp';
import { asDecodeError, type DecodeError } from './decode-error.js';
import type { Content } from './pdus.js';

/** Content-Type value and everything behind it. MMS_ENC 7: Content-Type is the last field, the body follows it. */
export const contentValue: Coder<Content> = {
  decode(r) {
    const start = r.offset;
    const type = readContentType(r);
    const body = r.rest();
    return { type, octets: r.bytes.subarray(start, r.end), body };
  },
  encode: (w, value) => w.octets(value.octets),
  toText: (value) => contentTypeText(value.type),
};

function door<T>(read: () => T): Result<T, DecodeError> {
  try {
    return ok(read());
  } catch (e) {
    if (e instanceof Malformed) return err(asDecodeError(e, {}));
    throw e;
  }
}

/** Content as stored (Content-Type value and body), opened again. Views into `octets`. */
export const readContent = (octets: Uint8Array): Result<Content, DecodeError> =>
  door(() => contentValue.decode(new ByteReader(octets)));

/**
 * The parts of a message. A body that is no multipart is one part; a multipart inside is a part like any other (see `decodeMultipart`).
 * Data are views. Offsets of an error count from the first octet of `content.octets`.
 */
export function decodeParts(content: Content): Result<readonly Part[], DecodeError> {
  if (!isMultipart(content.type)) return ok([{ contentType: content.type, headers: [], data: content.body }]);
  // Not even a count: what is left of a message whose writer had nothing to say.
  if (content.body.length === 0) return ok([]);
  return door(() => readMultipart(new ByteReader(content.octets, content.octets.length - content.body.length)));
}

/** Content-Type value and multipart body of these parts, in this order. `type`: a multipart type with its parameters. */
export const encodeContent = (parts: readonly PartSource[], type: ContentType): Uint8Array<ArrayBuffer> =>
  encodeMultipart(parts, type);

/** The same as a value that a PDU can hold. */
export function makeContent(parts: readonly PartSource[], type: ContentType): Content {
  const content = readContent(encodeContent(parts, type));
  if (!content.ok) throw new Error(`own content is not readable: ${content.error.text}`);
  return content.value;
}
