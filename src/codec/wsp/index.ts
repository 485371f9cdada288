/** The wireless session protocol's encodings that MMS is built from. */
export type { ContentType } from './content-type.js';
export type { Part } from './part.js';
