/**
 * Character sets by their MIBenum, and texts in them. The numbers are IANA's; the decoding is the host's TextDecoder.
 *
 * A charset that is unknown, or that the host cannot decode, is read octet by octet as ISO 8859-1: nothing is lost and ASCII stays
 * readable. Sequences that are none of their charset become replacement characters.
 */

interface Row {
  readonly mib: number;
  /** IANA name in lower case. */
  readonly name: string;
  /** What TextDecoder calls it; `octets` and `ucs-4` are decoded here, and `windows-1252`. */
  readonly label: string;
  /** Octets below 0x80 always stand for ASCII. */
  readonly ascii: boolean;
}

const row = (mib: number, name: string, label = name, ascii = true): Row => ({ mib, name, label, ascii });

const OCTETS = 'octets';
const UCS_4 = 'ucs-4';
const WINDOWS_1252 = 'windows-1252';

/** Those of the reference's list; the first row of a name is the one written. `us-ascii` with high octets is in practice UTF-8. */
const CHARSETS: readonly Row[] = [
  row(3, 'us-ascii', 'utf-8'),
  row(4, 'iso-8859-1'),
  row(5, 'iso-8859-2'),
  row(6, 'iso-8859-3'),
  row(7, 'iso-8859-4'),
  row(8, 'iso-8859-5'),
  row(9, 'iso-8859-6'),
  row(10, 'iso-8859-7'),
  row(11, 'iso-8859-8'),
  row(12, 'iso-8859-9'),
  row(13, 'iso-8859-10'),
  row(17, 'shift_jis', 'shift_jis', false),
  row(18, 'euc-jp'),
  row(36, 'ks_c_5601-1987', 'euc-kr'),
  row(37, 'iso-2022-kr', OCTETS, false),
  row(38, 'euc-kr'),
  row(39, 'iso-2022-jp', 'iso-2022-jp', false),
  row(106, 'utf-8'),
  row(109, 'iso-8859-13'),
  row(110, 'iso-8859-14'),
  row(111, 'iso-8859-15'),
  row(112, 'iso-8859-16'),
  row(113, 'gbk'),
  row(114, 'gb18030'),
  row(1000, 'iso-10646-ucs-2', 'utf-16be', false),
  row(1001, 'iso-10646-ucs-4', UCS_4, false),
  row(1012, 'utf-7', OCTETS, false),
  row(1013, 'utf-16be', 'utf-16be', false),
  row(1014, 'utf-16le', 'utf-16le', false),
  row(1015, 'utf-16', 'utf-16be', false),
  row(2025, 'gb2312', 'gbk'),
  row(2026, 'big5'),
  row(2084, 'koi8-r'),
  row(2250, 'windows-1250'),
  row(2251, 'windows-1251'),
  row(2252, WINDOWS_1252),
  row(2253, 'windows-1253'),
  row(2254, 'windows-1254'),
  row(2255, 'windows-1255'),
  row(2256, 'windows-1256'),
  row(2257, 'windows-1257'),
  row(2258, 'windows-1258'),
  row(2259, 'tis-620', 'windows-874'),
];

const BY_MIB = new Map(CHARSETS.map((charset) => [charset.mib, charset]));
const BY_NAME = new Map(CHARSETS.map((charset) => [charset.name, charset]));

/** MIBenum of US-ASCII in IANA's registry of character sets. */
export const MIB_US_ASCII = 3;
/** MIBenum of UTF-8 in the same registry. */
export const MIB_UTF_8 = 106;

/** IANA name in lower case, `*` for any (0), or `mib-1234` for a number that has no row. */
export const charsetName = (mib: number): string => (mib === 0 ? '*' : (BY_MIB.get(mib)?.name ?? `mib-${mib}`));

/** MIBenum of a charset name in any case; undefined when it has no number here. */
export function charsetMib(name: string): number | undefined {
  const lower = name.toLowerCase();
  if (lower === '*') return 0;
  const numbered = /^mib-([0-9]{1,9})$/.exec(lower);
  return numbered ? Number(numbered[1]) : BY_NAME.get(lower)?.mib;
}

/** Whether two or more octets make every character, so that a zero octet is no end. */
export const isWide = (mib: number): boolean => mib === 1000 || mib === 1001 || (mib >= 1013 && mib <= 1015);

/** Whether octets below 0x80 mean ASCII; also for no charset (0) and for unknown ones, which are read octet by octet. */
export const isAsciiSuperset = (mib: number): boolean => BY_MIB.get(mib)?.ascii ?? true;

/** Decoders of the host, made when first needed. `null`: this host has none. */
const decoders = new Map<string, TextDecoder | null>();

function decoderOf(label: string): TextDecoder | null {
  let decoder = decoders.get(label);
  if (decoder === undefined) {
    try {
      decoder = new TextDecoder(label);
    } catch (e) {
      if (!(e instanceof RangeError)) throw e;
      decoder = null;
    }
    decoders.set(label, decoder);
  }
  return decoder;
}

function octetText(octets: Uint8Array): string {
  let text = '';
  for (const octet of octets) text += String.fromCharCode(octet);
  return text;
}

/** What 0x80 to 0x9f are in Windows-1252; five of them are nothing, and stay themselves. */
const WINDOWS_HIGH =
  '\u20ac\x81\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\x8d\u017d\x8f\x90\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\x9d\u017e\u0178';

/** Node 20 reads this charset as ISO 8859-1: its decoder has a short way for Latin letters that leaves these 32 out. */
const windowsText = (octets: Uint8Array): string =>
  octetText(octets).replaceAll(/[\x80-\x9f]/g, (c) => WINDOWS_HIGH[c.charCodeAt(0) - 0x80]!);

function ucs4Text(octets: Uint8Array): string {
  const little = octets[0] === 0xff && octets[1] === 0xfe;
  let text = '';
  for (let i = 0; i + 3 < octets.length; i += 4) {
    const [a, b, c, d] = [octets[i]!, octets[i + 1]!, octets[i + 2]!, octets[i + 3]!];
    const point = little ? ((d << 24) | (c << 16) | (b << 8) | a) >>> 0 : ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
    if (i === 0 && point === 0xfeff) continue;
    text += point > 0x10ffff || (point >= 0xd800 && point < 0xe000) ? '\ufffd' : String.fromCodePoint(point);
  }
  return text;
}

/**
 * The text of `octets`. `charset`: MIBenum or name; 0, `*` and us-ascii are read as UTF-8. Big-endian UTF-16 unless a byte order mark says
 * otherwise; marks are dropped. Never fails: what cannot be decoded is replaced, what is unknown is taken for ISO 8859-1.
 */
export function decodeText(octets: Uint8Array, charset: number | string): string {
  const mib = typeof charset === 'number' ? charset : charsetMib(charset);
  if (mib === 0) return decoderOf('utf-8')!.decode(octets);
  const known = mib === undefined ? undefined : BY_MIB.get(mib);
  if (known === undefined || known.label === OCTETS) return octetText(octets);
  if (known.label === UCS_4) return ucs4Text(octets);
  if (known.label === WINDOWS_1252) return windowsText(octets);
  const marked = known.label === 'utf-16be' && known.mib !== 1013 && octets[0] === 0xff && octets[1] === 0xfe;
  return decoderOf(marked ? 'utf-16le' : known.label)?.decode(octets) ?? octetText(octets);
}

const encoder = new TextEncoder();

function utf16(text: string, little: boolean, mark: boolean): Uint8Array {
  const units = mark ? `\ufeff${text}` : text;
  const octets = new Uint8Array(units.length * 2);
  for (let i = 0; i < units.length; i++) {
    const unit = units.charCodeAt(i);
    octets[2 * i + (little ? 1 : 0)] = unit >>> 8;
    octets[2 * i + (little ? 0 : 1)] = unit & 0xff;
  }
  return octets;
}

/**
 * `text` in `charset` (name or MIBenum). Written are UTF-8, the UTF-16 family (UTF-16 with a big-endian mark), US-ASCII and ISO 8859-1;
 * undefined for any other charset and for characters that the charset does not have.
 */
export function encodeText(text: string, charset: number | string): Uint8Array | undefined {
  const mib = typeof charset === 'number' ? charset : charsetMib(charset);
  switch (mib) {
    case 0:
    case MIB_UTF_8:
      return encoder.encode(text);
    case MIB_US_ASCII:
    case 4: {
      const highest = mib === 4 ? 0xff : 0x7f;
      const octets = new Uint8Array(text.length);
      for (let i = 0; i < text.length; i++) {
        const unit = text.charCodeAt(i);
        if (unit > highest) return undefined;
        octets[i] = unit;
      }
      return octets;
    }
    case 1000:
      // Two octets that would be taken for the mark of the other order.
      return utf16(text, false, text.startsWith('\ufffe'));
    case 1013:
      return utf16(text, false, false);
    case 1014:
      return utf16(text, true, false);
    case 1015:
      return utf16(text, false, true);
    default:
      return undefined;
  }
}
