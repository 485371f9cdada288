/**
 * M-Mbox-Descr inside the content of M-Mbox-View.conf and M-Mbox-Upload.req.
 *
 * A listing is a multipart whose parts are PDUs of their own. Whether the one descriptor of an upload is wrapped in a multipart the standard
 * leaves open, and some clients upload the parts of the message itself: all three are read.
 */
import { err, ok, type Result } from '#base';
import { MMS_MESSAGE, type Part } from '#codec/wsp';
import { decodeParts, makeContent } from './content.js';
import { decodePdu } from './decode.js';
import type { DecodeError } from './decode-error.js';
import { encodePdu } from './encode.js';
import type { Content, MboxDescr } from './pdus.js';

/** One message of a view or an upload: its descriptor, or what stood in the place of one. */
export type ListedMessage =
  | { readonly kind: 'descriptor'; readonly descriptor: MboxDescr }
  /** An MMS PDU by its type, but no M-Mbox-Descr that can be read. Offsets of the error count from the part's first octet. */
  | { readonly kind: 'unreadable'; readonly error: DecodeError; readonly part: Part }
  /** A part of another type: the content of an upload is the message itself then. */
  | { readonly kind: 'part'; readonly part: Part };

const MULTIPART_MIXED = 'application/vnd.wap.multipart.mixed';

function open(part: Part): ListedMessage {
  if (part.contentType.media.toLowerCase() !== MMS_MESSAGE.media) return { kind: 'part', part };
  const pdu = decodePdu(part.data);
  if (!pdu.ok) return { kind: 'unreadable', error: pdu.error, part };
  if (pdu.value.kind === 'm-mbox-descr') return { kind: 'descriptor', descriptor: pdu.value };
  const detail = `a ${pdu.value.kind} inside a mailbox PDU, expected m-mbox-descr`;
  const error: DecodeError = {
    kind: 'unsupported-pdu',
    offset: 1,
    detail,
    clause: 'MMS_ENC 6.12',
    text: `mms: octet 1: ${detail}`,
    salvaged: {},
  };
  return { kind: 'unreadable', error, part };
}

/**
 * The parts of a listing or an upload, in their order; each that is an MMS PDU is opened. Content without octets has none. The error is of
 * the multipart itself: one damaged descriptor leaves the others readable.
 */
export function decodeDescriptors(content: Content): Result<readonly ListedMessage[], DecodeError> {
  if (content.body.length === 0) return ok([]);
  const parts = decodeParts(content);
  return parts.ok ? ok(parts.value.map(open)) : err(parts.error);
}

/** A listing of these descriptors: multipart/mixed, each a part of the type of an MMS PDU. Also without any. */
export const makeDescriptors = (descriptors: readonly MboxDescr[]): Content =>
  makeContent(
    descriptors.map((descriptor) => ({ contentType: MMS_MESSAGE, data: encodePdu(descriptor) })),
    { media: MULTIPART_MIXED, parameters: {} },
  );
