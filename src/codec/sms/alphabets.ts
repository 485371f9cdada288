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
const TURKISH = changed(DEFAULT_TABLE, { 4: '€', 7: 'ı', 11: 'Ğ', 12: 'ğ', 28: 'Ş', 29: 'ş', 64: 'İ', 96: 'ç' });
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
  10: '\f',
  20: '^',
  40: '{',
  41: '}',
  47: '\\',
  60: '[',
  61: '~',
  62: ']',
  64: '|',
  101: '€',
};
/** A.2.1 */
const TURKISH_EXTENSION: Extension = { ...DEFAULT_EXTENSION, 71: 'Ğ', 73: 'İ', 83: 'Ş', 99: 'ç', 103: 'ğ', 105: 'ı', 115: 'ş' };
/** A.2.2 */
const SPANISH_EXTENSION: Extension = {
  ...DEFAULT_EXTENSION,
  9: 'ç',
  65: 'Á',
  73: 'Í',
  79: 'Ó',
  85: 'Ú',
  97: 'á',
  105: 'í',
  111: 'ó',
  117: 'ú',
};
/** A.2.3 */
const PORTUGUESE_EXTENSION: Extension = {
  ...DEFAULT_EXTENSION,
  5: 'ê',
  9: 'ç',
  11: 'Ô',
  12: 'ô',
  14: 'Á',
  15: 'á',
  18: 'Φ',
  19: 'Γ',
  21: 'Ω',
  22: 'Π',
  23: 'Ψ',
  24: 'Σ',
  25: 'Θ',
  31: 'Ê',
  65: 'À',
  73: 'Í',
  79: 'Ó',
  85: 'Ú',
  91: 'Ã',
  92: 'Õ',
  97: 'Â',
  105: 'í',
  111: 'ó',
  117: 'ú',
  123: 'ã',
  124: 'õ',
  127: 'â',
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
