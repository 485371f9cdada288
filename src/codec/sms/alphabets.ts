/**
 * The GSM 7-bit alphabet with the tables that are put in its place or behind its escape. TS 23.038 clause 6.2.1 and annex A.
 *
 * The tables of Turkish, Spanish and Portuguese are here; a language without a table is read by the default one, as 6.2.1.2.5 has it for
 * receivers that do not know the language.
 */

/** Behind it stands a sign of the extension table. */
export const ESCAPE = 0x1b;
/** What the escape itself stands for where it means nothing: 6.2.1, note 1. */
const NO_SIGN = ' ';

/** Sixteen signs a row; the escape's place holds none (U+0000). */
const DEFAULT_TABLE =
  '@£$¥èéùìòÇ\nØø\rÅå' +
  'Δ_ΦΓΛΩΠΨΣΘΞ\u0000ÆæßÉ' +
  ' !"#¤%&\'()*+,-./' +
  '0123456789:;<=>?' +
  '¡ABCDEFGHIJKLMNO' +
  'PQRSTUVWXYZÄÖÑÜ§' +
  '¿abcdefghijklmno' +
  'pqrstuvwxyzäöñüà';

/** `table` with other signs at some places. */
function changed(table: string, changes: Readonly<Record<number, string>>): string {
  const signs = [...table];
  for (const [place, sign] of Object.entries(changes)) signs[Number(place)] = sign;
  return signs.join('');
}

/** A.3.1 */
const TURKISH = changed(DEFAULT_TABLE, {
  [0x04]: '€',
  [0x07]: 'ı',
  [0x0b]: 'Ğ',
  [0x0c]: 'ğ',
  [0x1c]: 'Ş',
  [0x1d]: 'ş',
  [0x40]: 'İ',
  [0x60]: 'ç',
});
/** A.3.3 */
const PORTUGUESE =
  '@£$¥êéúíóç\nÔô\rÁá' +
  'Δ_ªÇÀ∞^\\€Ó|\u0000ÂâÊÉ' +
  ' !"#º%&\'()*+,-./' +
  '0123456789:;<=>?' +
  'ÍABCDEFGHIJKLMNO' +
  'PQRSTUVWXYZÃÕÚÜ§' +
  '~abcdefghijklmno' +
  'pqrstuvwxyzãõ`üà';

type Extension = Readonly<Record<number, string>>;

/** 6.2.1.1; the annex's tables have these as well. */
const DEFAULT_EXTENSION: Extension = {
  [0x0a]: '\f',
  [0x14]: '^',
  [0x28]: '{',
  [0x29]: '}',
  [0x2f]: '\\',
  [0x3c]: '[',
  [0x3d]: '~',
  [0x3e]: ']',
  [0x40]: '|',
  [0x65]: '€',
};
/** A.2.1 */
const TURKISH_EXTENSION: Extension = {
  ...DEFAULT_EXTENSION,
  [0x47]: 'Ğ',
  [0x49]: 'İ',
  [0x53]: 'Ş',
  [0x63]: 'ç',
  [0x67]: 'ğ',
  [0x69]: 'ı',
  [0x73]: 'ş',
};
/** A.2.2 */
const SPANISH_EXTENSION: Extension = {
  ...DEFAULT_EXTENSION,
  [0x09]: 'ç',
  [0x41]: 'Á',
  [0x49]: 'Í',
  [0x4f]: 'Ó',
  [0x55]: 'Ú',
  [0x61]: 'á',
  [0x69]: 'í',
  [0x6f]: 'ó',
  [0x75]: 'ú',
};
/** A.2.3 */
const PORTUGUESE_EXTENSION: Extension = {
  ...DEFAULT_EXTENSION,
  [0x05]: 'ê',
  [0x09]: 'ç',
  [0x0b]: 'Ô',
  [0x0c]: 'ô',
  [0x0e]: 'Á',
  [0x0f]: 'á',
  [0x12]: 'Φ',
  [0x13]: 'Γ',
  [0x15]: 'Ω',
  [0x16]: 'Π',
  [0x17]: 'Ψ',
  [0x18]: 'Σ',
  [0x19]: 'Θ',
  [0x1f]: 'Ê',
  [0x41]: 'À',
  [0x49]: 'Í',
  [0x4f]: 'Ó',
  [0x55]: 'Ú',
  [0x5b]: 'Ã',
  [0x5c]: 'Õ',
  [0x61]: 'Â',
  [0x69]: 'í',
  [0x6f]: 'ó',
  [0x75]: 'ú',
  [0x7b]: 'ã',
  [0x7c]: 'õ',
  [0x7f]: 'â',
};

/** National language identifiers that have a table: `locking` in place of the default table, `single` behind the escape. 6.2.1.2.4. */
export const LANGUAGES: Readonly<
  Record<number, { readonly name: string; readonly locking?: string; readonly single?: Extension }>
> = {
  0: { name: 'default', locking: DEFAULT_TABLE, single: DEFAULT_EXTENSION },
  1: { name: 'Turkish', locking: TURKISH, single: TURKISH_EXTENSION },
  2: { name: 'Spanish', single: SPANISH_EXTENSION },
  3: { name: 'Portuguese', locking: PORTUGUESE, single: PORTUGUESE_EXTENSION },
};

/** Which tables a text is written in; absent means the default one. */
export interface Shifts {
  readonly locking?: number;
  readonly single?: number;
}

const lockingTable = (language: number | undefined): string => LANGUAGES[language ?? 0]?.locking ?? DEFAULT_TABLE;
const extensionTable = (language: number | undefined): Extension => LANGUAGES[language ?? 0]?.single ?? DEFAULT_EXTENSION;

/** The text of septets. Behind an escape that leads nowhere stands the sign of the main table (6.2.1.1, note 1). */
export function textOfSeptets(septets: Uint8Array, shifts: Shifts = {}): string {
  const table = lockingTable(shifts.locking);
  const extension = extensionTable(shifts.single);
  let text = '';
  for (let i = 0; i < septets.length; i++) {
    const septet = septets[i]!;
    if (septet !== ESCAPE) text += table[septet]!;
    else if (i + 1 === septets.length || septets[i + 1] === ESCAPE) {
      text += NO_SIGN;
      i++;
    } else {
      i++;
      text += extension[septets[i]!] ?? table[septets[i]!]!;
    }
  }
  return text;
}

/** The septets of a text, escapes included; undefined when a character is in neither table. */
export function septetsOfText(text: string, shifts: Shifts = {}): Uint8Array | undefined {
  const table = lockingTable(shifts.locking);
  const extension = new Map(Object.entries(extensionTable(shifts.single)).map(([septet, sign]) => [sign, Number(septet)]));
  const septets: number[] = [];
  for (const sign of text) {
    const septet = table.indexOf(sign);
    if (septet >= 0 && septet !== ESCAPE) septets.push(septet);
    else {
      const escaped = extension.get(sign);
      if (escaped === undefined) return undefined;
      septets.push(ESCAPE, escaped);
    }
  }
  return Uint8Array.from(septets);
}

/** `count` septets packed from bit `bit` on, the lowest bits first. 6.1.2.1. The caller has checked that they are there. */
export function unpackSeptets(octets: Uint8Array, count: number, bit = 0): Uint8Array {
  const septets = new Uint8Array(count);
  for (let i = 0, at = bit; i < count; i++, at += 7) {
    const place = at >> 3;
    septets[i] = (((octets[place]! | ((octets[place + 1] ?? 0) << 8)) >> (at & 7)) & 0x7f) as number;
  }
  return septets;
}

/** Septets packed behind `bit` empty bits; as many octets as they need. */
export function packSeptets(septets: Uint8Array, bit = 0): Uint8Array {
  const octets = new Uint8Array((bit + septets.length * 7 + 7) >> 3);
  for (let i = 0, at = bit; i < septets.length; i++, at += 7) {
    const place = at >> 3;
    const shifted = septets[i]! << (at & 7);
    octets[place] = octets[place]! | (shifted & 0xff);
    if (shifted > 0xff) octets[place + 1] = octets[place + 1]! | (shifted >> 8);
  }
  return octets;
}
