/**
 * MIME and Internet message format: reader, writer, header fields, addresses, dates, and what a stored message (WSP multipart) is in MIME.
 * RFC 2045 to 2047, 2183, 2231, 2387, 5322.
 */
export { addressField, addressText, mailboxText, parseAddresses, parseMailbox } from './addresses.js';
export { type ContentFromMime, type ContentInPieces, mimeToContent, mimeToPieces } from './content.js';
export { type ContentToMimeOptions, contentToMime } from './content-to-mime.js';
export { dateField, dateText, httpDateText, parseDate } from './dates.js';
export { fieldOf, fieldsOf } from './fields.js';
export { Gathering, joined } from './gathering.js';
export { EntityInPieces } from './in-pieces.js';
export { mediaTypeText, parseDisposition, parseMediaType } from './media-type.js';
export type {
  Address,
  Disposition,
  Group,
  LeafSource,
  Mailbox,
  MessageSource,
  MimeEntity,
  MimeError,
  MimeField,
  MimeSource,
  MultipartSource,
  TransferEncoding,
  Transport,
  Written,
  WrittenEntity,
} from './model.js';
export { decodeBody, leafParts, type PlacedPart, readEntity, readFields, readMessage } from './reader.js';
export { MIME_TOLERANCES, type MimeTolerance, type MimeToleranceName, ToleranceList, type Tolerated } from './tolerances.js';
export { decodeWords, encodeWords, textField } from './words.js';
export { writeEntity, writeMessage } from './writer.js';
