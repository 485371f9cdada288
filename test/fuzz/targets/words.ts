/** The words of the WSP family: octets that mean something somewhere, wherever a mutation may put them. */
import { MESSAGE_TYPES } from '#codec/mms';
import { octetsOf } from '../target.js';

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));

/** Uintvars at the edges of their lengths, too long ones, and one with leading zeros. WAP-230 8.1.2. */
const UINTVARS = [
  '7f',
  '8100',
  'ff7f',
  '818000',
  'ffff7f',
  '81808000',
  '8fffffff7f',
  '9080808000',
  'ffffffffff',
  '8080808001',
  '1f807f',
  '1f8fffffff7f',
];

/** Long-integers: nothing, zero, padded with zeros, the edges of 32 and 53 bits, too large, and a length that is none. */
const INTEGERS = [
  '00',
  '0100',
  '02007f',
  '04ffffffff',
  '07 1f ff ff ff ff ff ff',
  '07 20 00 00 00 00 00 00',
  '08 ff ff ff ff ff ff ff ff',
  '06 07 db a8 21 40 00',
  '06 07 db a8 21 40 01',
  '1e',
  '1f',
];

/** MIBenums as Short-integers and Long-integers, and those that appear as bare octets. */
const CHARSET_NUMBERS = [
  '80',
  '83',
  '84',
  '91',
  '92',
  'a4',
  'a5',
  'a7',
  'ea',
  '6a',
  '04',
  '02 03e8',
  '02 03e9',
  '02 03f4',
  '02 03f5',
  '02 03f6',
  '02 03f7',
  '02 07e9',
  '02 07ea',
  '02 08cb',
  '02 ffff',
  '03 010000',
];

/** Marks, quotes and beginnings of texts that are read in a way of their own. */
const TEXTS = [
  '7f',
  '7f80',
  '22',
  '2222',
  'efbbbf',
  'feff',
  'fffe',
  '0000feff',
  'c3',
  'e282ac',
  'f09f9880',
  'eda080',
  'f4908080',
  '00',
  '0000',
];

const NAMES = [
  '__proto__\0',
  'constructor\0',
  'toString\0',
  'charset\0',
  'name\0',
  'X-Own\0',
  'Content-ID\0',
  'Content-Location\0',
  '0x8f\0',
  '/TYPE=PLMN',
  'application/vnd.wap.multipart.related\0',
  'application/vnd.wap.multipart.alternative\0',
  'multipart/mixed\0',
  'utf-16\0',
  '<a@b>',
  '1.2\0',
];

export const WORDS: readonly Uint8Array[] = [
  ...[...UINTVARS, ...INTEGERS, ...CHARSET_NUMBERS, ...TEXTS].map(hex),
  ...NAMES.map(octetsOf),
  ...Object.keys(MESSAGE_TYPES).map((type) => Uint8Array.of(Number(type))),
];
