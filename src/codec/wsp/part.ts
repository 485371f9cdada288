/** One entry of a WSP multipart. WAP-230 8.5.3. Octets are views into the input. */
import type { ContentType } from './content-type.js';
import type { Header } from './part-headers.js';

/** One entry of a multipart, read. */
export interface Part {
  readonly contentType: ContentType;
  /** With its angle brackets as written; the quote mark of the wire form is gone. */
  readonly contentId?: string;
  readonly contentLocation?: string;
  /** Every other header of the part, in order, names as text in the usual spelling. Unknown ones as `0x4b` with their octets in hexadecimal. */
  readonly headers: readonly Header[];
  readonly data: Uint8Array;
}
