/**
 * What the pure rooms may know of their surroundings: the two text codecs that every JavaScript host has.
 * `tsconfig.pure.json` gives them no other library, so a pure room that reaches for a timer, a clock of Node or the DOM does not compile.
 */
declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
  decode(input?: Uint8Array): string;
}

declare class TextEncoder {
  encode(input?: string): Uint8Array<ArrayBuffer>;
  encodeInto(source: string, destination: Uint8Array): { read: number; written: number };
}
