/** Content-Type value as WSP has it. WAP-230 8.4.2.24. */

/** A media type with its parameters. Decoded from, and encoded to, the shortest legal form. */
export interface ContentType {
  /** Media type in lower case, for instance `application/vnd.wap.multipart.related`. */
  readonly media: string;
  /** Parameters by their text name in lower case (`charset` as an IANA name, `type`, `start`, `name`, `filename`, ...), in wire order. */
  readonly parameters: Readonly<Record<string, string>>;
}
