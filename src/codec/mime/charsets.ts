/** Charsets by the names that mail writes: those of the WSP room, their aliases, and what is written for want of a name. */
import { charsetMib } from '#codec/wsp';

/** Names of IANA's registry and of mail programs that are no first names of a row of the WSP room. */
const ALIASES: Readonly<Record<string, string>> = {
  ascii: 'us-ascii',
  'ansi_x3.4-1968': 'us-ascii',
  'iso646-us': 'us-ascii',
  '7bit': 'us-ascii',
  utf8: 'utf-8',
  'unicode-1-1-utf-8': 'utf-8',
  utf16: 'utf-16',
  'utf-16-be': 'utf-16be',
  'utf-16-le': 'utf-16le',
  unicode: 'utf-16',
  'ucs-2': 'iso-10646-ucs-2',
  latin1: 'iso-8859-1',
  'latin-1': 'iso-8859-1',
  l1: 'iso-8859-1',
  'iso8859-1': 'iso-8859-1',
  'iso8859-15': 'iso-8859-15',
  'iso_8859-1': 'iso-8859-1',
  'iso-8859-8-i': 'iso-8859-8',
  cp1250: 'windows-1250',
  cp1251: 'windows-1251',
  cp1252: 'windows-1252',
  'x-cp1252': 'windows-1252',
  cp1255: 'windows-1255',
  sjis: 'shift_jis',
  'shift-jis': 'shift_jis',
  'x-sjis': 'shift_jis',
  ms_kanji: 'shift_jis',
  'x-gbk': 'gbk',
  gb_2312: 'gb2312',
  'x-euc-jp': 'euc-jp',
  ks_c_5601: 'ks_c_5601-1987',
  'big5-hkscs': 'big5',
  koi8r: 'koi8-r',
};

/** The IANA name in lower case of a charset as mail writes it; the name itself, in lower case, where it is none that is known here. */
export function charsetOf(name: string): string {
  const lower = name.toLowerCase();
  return Object.hasOwn(ALIASES, lower) ? ALIASES[lower]! : lower;
}

/** Whether texts in this charset can be read here. */
export const isKnownCharset = (name: string): boolean => {
  const mib = charsetMib(charsetOf(name));
  return mib !== undefined && mib !== 0;
};
