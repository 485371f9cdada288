/** Media types and dispositions with their parameters, as text. RFC 2045 5.1, RFC 2183, RFC 2231. */
import type { Witness } from '#base';
import type { ContentType } from '#codec/wsp';
import type { Disposition } from './model.js';

const unbuilt = (): never => {
  throw new Error('not built yet');
};

/** A Content-Type value. Never fails: see `broken-media-type`. `offset`: where the field begins, for the witness. */
export const parseMediaType = (_value: string, _witness?: Witness, _offset = 0): ContentType => unbuilt();

/** A Content-Disposition value. Absent when it has no word to begin with. */
export const parseDisposition = (_value: string, _witness?: Witness, _offset = 0): Disposition | undefined => unbuilt();

/** `multipart/related; start="<smil>"; type="application/smil"`: values quoted where they must be, in RFC 2231 form where they are not ASCII. */
export const mediaTypeText = (_type: ContentType): string => unbuilt();
