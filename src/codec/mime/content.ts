/** Content as it is stored (the form of MM1: Content-Type value and body of WSP) and content as MIME. TS 26.140, RFC 2387. */
import type { Result, Witness } from '#base';
import type { ContentType, PartSource } from '#codec/wsp';
import type { MimeEntity, MimeError, MimeSource, Transport } from './model.js';

const unbuilt = (): never => {
  throw new Error('not built yet');
};

/** Content made of a MIME entity. */
export interface ContentFromMime {
  /** Content-Type value and body, as they are stored and handed to handsets. The caller's own. */
  readonly octets: Uint8Array<ArrayBuffer>;
  /** Always a WSP multipart: related where there is a presentation, else mixed. */
  readonly type: ContentType;
  /** In order, transfer encodings undone. */
  readonly parts: readonly PartSource[];
}

/**
 * The content of a message that came as MIME. Data of parts are the octets that the sender meant, unchanged. A message without any body has
 * no parts. Err on too many parts.
 */
export const mimeToContent = (_entity: MimeEntity, _witness?: Witness): Result<ContentFromMime, MimeError> => unbuilt();

/** How content is to become MIME. */
export interface ContentToMimeOptions {
  /** Absent: `7bit`. On a binary transport texts in UTF-16 stay as they are; elsewhere mail has no lines of them, and they become UTF-8. */
  readonly transport?: Transport;
}

/**
 * Stored content as a body for `writeMessage` or `writeEntity`: multipart/related or multipart/mixed as it is stored, one part alone as it is. Data are
 * views into `octets`. Err on content that cannot be taken apart.
 */
export const contentToMime = (_octets: Uint8Array, _options?: ContentToMimeOptions): Result<MimeSource, MimeError> => unbuilt();
