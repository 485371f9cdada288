/** MIME as values: what the reader gives and the writer takes. RFC 2045, 2046, 2183, 2231, 5322. */
import type { ContentType } from '#codec/wsp';

/** One header field. Of names only the case varies: compare with `fieldOf`, `fieldsOf`. */
export interface MimeField {
  /** As written, for instance `X-Mms-Message-ID`. */
  readonly name: string;
  /**
   * Read: unfolded (line breaks gone, the blanks behind them kept), without blanks at either end; octets above 0x7f as UTF-8, or as ISO 8859-1
   * where they are none. Encoded words are still encoded: see `decodeWords`. Written: what stands behind the colon; see `writeMessage`.
   */
  readonly value: string;
  /** Octet of the input at which it begins. Of fields that were read only. */
  readonly offset?: number;
}

/** Content-Disposition. RFC 2183. */
export interface Disposition {
  /** In lower case: `inline`, `attachment`, `form-data`, ... */
  readonly kind: string;
  /** By name in lower case, RFC 2231 continuations and charsets undone; `filename` before all. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** How the octets of a body are written. RFC 2045 6. */
export type TransferEncoding = '7bit' | '8bit' | 'binary' | 'quoted-printable' | 'base64';

/** One MIME entity, read: a whole message or a part of one. Octets are views into the input. */
export interface MimeEntity {
  /** All fields of its header section, in order. */
  readonly fields: readonly MimeField[];
  /**
   * Media type in lower case; parameters by lower-case name with RFC 2231 undone (`start` as written, brackets included). `text/plain` with no
   * parameters where there is none (RFC 2045 5.2), `message/rfc822` in a digest.
   */
  readonly type: ContentType;
  /** Absent when there is none. */
  readonly disposition?: Disposition;
  /** Without angle brackets and blanks. Absent when there is none, or it is empty. */
  readonly contentId?: string;
  /** Without blanks inside; encoded words undone. Absent when there is none, or it is empty. */
  readonly contentLocation?: string;
  /** As the field says, in lower case; `7bit` where there is none; what is unknown is kept and its body taken for `binary`. */
  readonly encoding: TransferEncoding | (string & {});
  /** The body as it stands there, still encoded: see `decodeBody`. The line break before a boundary is not part of it. A view. */
  readonly body: Uint8Array;
  /**
   * The body with its transfer encoding undone, in pieces: of a leaf that was read as it came (`EntityInPieces`), whose `body` is empty then. Absent
   * otherwise.
   */
  readonly pieces?: readonly Uint8Array[];
  /** Octet of the input at which the entity's header section begins. */
  readonly offset: number;
  /** The parts of a multipart, in order; empty for anything else, and for a multipart without boundary. */
  readonly parts: readonly MimeEntity[];
}

/** Why octets are no MIME entity, or cannot be made one. */
export interface MimeError {
  /** `malformed`: against the grammar beyond what is tolerated. `limit`: within it, but beyond a row of LIMITS. */
  readonly kind: 'malformed' | 'limit';
  /** Octet where reading failed, counted from 0; in a text (an address, a date) the character. */
  readonly offset: number;
  readonly detail: string;
  readonly clause?: string;
  /** One line for people. It may quote input: no place for a log. */
  readonly text: string;
}

/** A body to be written: one part, or parts inside a multipart. */
export type MimeSource = LeafSource | MultipartSource;

/** What every body to be written may have. */
interface SourceCommon {
  /**
   * Media type with its parameters in this order, values as they are to be understood: quoting and RFC 2231 are the writer's business. A
   * multipart's `boundary` is chosen by the writer and must not be given.
   */
  readonly type: ContentType;
  /** Without angle brackets. */
  readonly contentId?: string;
  readonly contentLocation?: string;
  readonly disposition?: Disposition;
  /** Further fields of the part, behind those above. */
  readonly fields?: readonly MimeField[];
}

/** One part to be written. */
export interface LeafSource extends SourceCommon {
  readonly kind: 'leaf';
  /** What the far end shall have, octet for octet. */
  readonly data: Uint8Array;
  /**
   * Absent: the writer takes what keeps every octet: `7bit` for plain ASCII text with CR LF lines, `quoted-printable` for text that is mostly
   * ASCII, else `base64`; on a transport of binary octets always `binary`. A choice that would change octets is not obeyed.
   */
  readonly encoding?: TransferEncoding;
}

/** Parts inside a multipart. */
export interface MultipartSource extends SourceCommon {
  readonly kind: 'multipart';
  /** In order; at least one. */
  readonly parts: readonly MimeSource[];
}

/** A message or an entity to be written. */
export interface MessageSource {
  /**
   * Header fields in the order in which they are written, byte for byte but for folding; those of the body (`MIME-Version`, `Content-*`) follow them.
   * Values are ASCII without control characters: make them with `textField`, `addressField`, `dateField`, or by hand where they are tokens.
   */
  readonly fields: readonly MimeField[];
  /** Absent: a header section alone, as MM4 responses are. */
  readonly body?: MimeSource;
}

/** What the road to the reader carries. RFC 2045 2.7 to 2.9. */
export type Transport = '7bit' | '8bit' | 'binary';

/** A written message, in pieces that follow each other: large bodies of a binary transport are the caller's own octets, not copies. */
export interface Written {
  readonly pieces: readonly Uint8Array[];
  /** All pieces together. */
  readonly octets: number;
}

/** A header section and a body apart, for HTTP: the fields of the body are header fields of the request. */
export interface WrittenEntity extends Written {
  /** `Content-Type` and its companions; without `MIME-Version`, and without `Content-Transfer-Encoding` where it would say `binary`. */
  readonly fields: readonly MimeField[];
}

/** A mailbox. RFC 5322 3.4. */
export interface Mailbox {
  readonly kind: 'mailbox';
  /** Quotes, comments and encoded words undone. Absent when there is none. */
  readonly displayName?: string;
  /** Quotes undone: `+15551230001/TYPE=PLMN`, `john smith`. */
  readonly localPart: string;
  /** In lower case, as written otherwise; a literal with its brackets. Absent in the short forms of MM4 (`+15551230001/TYPE=PLMN`). */
  readonly domain?: string;
}

/** A named list of mailboxes; `undisclosed-recipients:;` has none. RFC 5322 3.4. */
export interface Group {
  readonly kind: 'group';
  readonly name: string;
  readonly mailboxes: readonly Mailbox[];
}

export type Address = Mailbox | Group;
