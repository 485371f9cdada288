/** The wireless session protocol's encodings that MMS is built from. */
/** What the signatures below speak of: users of the package have no other door to these. */
export { ByteReader, ByteWriter, type Err, Malformed, type Ok, type Result, type Witness } from '#base';
export { charsetMib, charsetName, decodeText, encodeText, isAsciiSuperset, isWide, MIB_US_ASCII, MIB_UTF_8 } from './charset.js';
export { type Coder, OverLimit, type WspDecodeError } from './coder.js';
export {
  type ContentType,
  contentTypeText,
  contentTypeValue,
  isMultipart,
  readContentType,
  writeContentType,
} from './content-type.js';
export {
  integerValue,
  integerValueLength,
  longInteger,
  longIntegerLength,
  readIntegerValue,
  readLongInteger,
  readSizeOrDate,
  readUintvar,
  readValueLength,
  skipValue,
  uintvarLength,
  writeIntegerValue,
  writeLongInteger,
  writeUintvar,
  writeValueLength,
} from './integers.js';
export {
  decodeMultipart,
  encodeMultipart,
  multipartPieces,
  type PartInPieces,
  type PartSource,
  readMultipart,
} from './multipart.js';
export type { Part } from './part.js';
export type { Header } from './part-headers.js';
export { decodePush, encodePush, MMS_APPLICATION_ID, MMS_MESSAGE, type Push } from './push.js';
export {
  asciiText,
  isAscii,
  isTokenOctet,
  readQuotedString,
  readText,
  readToken,
  textLength,
  textString,
  utf8Length,
  utf8Text,
  witnessText,
  writeQuotedString,
  writeText,
} from './text.js';
export { endOfValue, type Tolerance, tolerate, WSP_TOLERANCES, type WspToleranceName } from './tolerances.js';
