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
  0: 'short message',
  32: 'implicit device',
  33: 'telex',
  34: 'group 3 fax',
  35: 'group 4 fax',
  36: 'voice telephone',
  37: 'ERMES',
  38: 'national paging system',
  39: 'videotex',
  40: 'teletex, carrier unspecified',
  41: 'teletex, PSPDN',
  42: 'teletex, CSPDN',
  43: 'teletex, analog PSTN',
  44: 'teletex, digital ISDN',
  45: 'UCI',
  48: 'message handling facility',
  49: 'X.400',
  50: 'Internet mail',
  63: 'GSM or UMTS mobile station',
  64: 'short message type 0',
  72: 'device triggering',
  94: 'enhanced message service',
  95: 'return call',
  124: 'ANSI-136 R-DATA',
  125: 'ME data download',
  126: 'ME de-personalization',
  127: '(U)SIM data download',
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
