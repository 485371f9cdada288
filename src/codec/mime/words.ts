/** Encoded words: text that is not ASCII in a header. RFC 2047. */
import type { MimeField } from './model.js';

const unbuilt = (): never => {
  throw new Error('not built yet');
};

/**
 * The text of a header value with its encoded words decoded; those of one charset that follow each other are joined before, as some writers
 * split characters. A word that cannot be decoded stays as it is.
 */
export const decodeWords = (_value: string): string => unbuilt();

/** `text` as it may stand in a header: itself when it is printable ASCII, else encoded words of UTF-8. Control characters become blanks. */
export const encodeWords = (_text: string): string => unbuilt();

/** A field of free text, `Subject` for instance: any text in, a safe value out. */
export const textField = (name: string, text: string): MimeField => ({ name, value: encodeWords(text) });
