/** The data coding scheme and the protocol identifier. TS 23.038 clause 4, TS 23.040 9.2.3.9. */
import { hexNumber } from '#base';

export type Alphabet = 'gsm7' | '8bit' | 'ucs2';

export interface DataCoding {
  readonly alphabet: Alphabet;
  readonly compressed: boolean;
  /** 0..3; absent when the scheme has none. */
  readonly messageClass?: number;
  /** The message is to be deleted once it has been read. */
  readonly automaticDeletion?: true;
  /** A message waiting indication: whether the message itself may be thrown away, and what waits (0 voice, 1 fax, 2 mail, 3 other). */
  readonly waiting?: { readonly discard: boolean; readonly active: boolean; readonly type: number };
  /** The scheme is reserved and read as the default alphabet, as the specification has it. */
  readonly reserved?: true;
}

const ALPHABETS: readonly (Alphabet | undefined)[] = ['gsm7', '8bit', 'ucs2', undefined];

/** Groups by bits 8..5 of the octet. TS 23.038 clause 4. */
export function readDataCoding(octet: number): DataCoding {
  const group = octet >> 4;
  if (group < 0x8) {
    const alphabet = ALPHABETS[(octet >> 2) & 3];
    return {
      alphabet: alphabet ?? 'gsm7',
      compressed: (octet & 0x20) !== 0,
      ...(octet & 0x10 ? { messageClass: octet & 3 } : {}),
      ...(group >= 0x4 ? { automaticDeletion: true } : {}),
      ...(alphabet === undefined ? { reserved: true } : {}),
    };
  }
  if (group < 0xc) return { alphabet: 'gsm7', compressed: false, reserved: true };
  if (group < 0xf) {
    const waiting = { discard: group === 0xc, active: (octet & 8) !== 0, type: octet & 3 };
    return { alphabet: group === 0xe ? 'ucs2' : 'gsm7', compressed: false, waiting };
  }
  return { alphabet: octet & 4 ? '8bit' : 'gsm7', compressed: false, messageClass: octet & 3 };
}

/** `0x08 (ucs2, class 1)`. */
export function dataCodingText(octet: number): string {
  const coding = readDataCoding(octet);
  const words: string[] = [coding.alphabet];
  if (coding.compressed) words.push('compressed');
  if (coding.messageClass !== undefined) words.push(`class ${coding.messageClass}`);
  if (coding.automaticDeletion) words.push('deleted after reading');
  if (coding.waiting) words.push(`message waiting ${coding.waiting.active ? 'on' : 'off'}, type ${coding.waiting.type}`);
  if (coding.reserved) words.push('reserved');
  return `${hexNumber(octet)} (${words.join(', ')})`;
}

/** Protocol identifiers with a name of their own; ranges are in `protocolText`. */
const PROTOCOLS: Readonly<Record<number, string>> = {
  [0x00]: 'short message',
  [0x20]: 'implicit device',
  [0x21]: 'telex',
  [0x22]: 'group 3 fax',
  [0x23]: 'group 4 fax',
  [0x24]: 'voice telephone',
  [0x25]: 'ERMES',
  [0x26]: 'national paging system',
  [0x27]: 'videotex',
  [0x28]: 'teletex, carrier unspecified',
  [0x29]: 'teletex, PSPDN',
  [0x2a]: 'teletex, CSPDN',
  [0x2b]: 'teletex, analog PSTN',
  [0x2c]: 'teletex, digital ISDN',
  [0x2d]: 'UCI',
  [0x30]: 'message handling facility',
  [0x31]: 'X.400',
  [0x32]: 'Internet mail',
  [0x3f]: 'GSM or UMTS mobile station',
  [0x40]: 'short message type 0',
  [0x48]: 'device triggering',
  [0x5e]: 'enhanced message service',
  [0x5f]: 'return call',
  [0x7c]: 'ANSI-136 R-DATA',
  [0x7d]: 'ME data download',
  [0x7e]: 'ME de-personalization',
  [0x7f]: '(U)SIM data download',
};

/** `0x41 (replace short message type 1)`. */
export function protocolText(octet: number): string {
  let name = PROTOCOLS[octet];
  if (octet >= 0x41 && octet <= 0x47) name = `replace short message type ${octet - 0x40}`;
  else if (octet > 0x00 && octet < 0x20) name = 'SME to SME protocol';
  else if (octet >= 0x38 && octet <= 0x3e) name = 'service centre specific';
  else if (octet >= 0xc0) name = 'service centre specific use';
  return `${hexNumber(octet)} (${name ?? 'reserved'})`;
}
