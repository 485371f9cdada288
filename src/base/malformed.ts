/**
 * The one exception of the codecs: input that breaks its grammar.
 * Coders throw it, the door of each codec catches it and returns a value; nobody else sees it.
 */
export class Malformed extends Error {
  /** Octet in the whole input where reading failed, counted from 0. */
  readonly offset: number;
  /** What stood there and what was expected, without the octet number. */
  readonly detail: string;
  /** The clause that was broken, for instance `MMS_ENC 7.3.54`; absent when no single clause says it. */
  readonly clause: string | undefined;

  constructor(offset: number, detail: string, clause?: string) {
    super(`octet ${offset}: ${detail}${clause ? ` (${clause})` : ''}`);
    this.name = 'Malformed';
    this.offset = offset;
    this.detail = detail;
    this.clause = clause;
  }
}
