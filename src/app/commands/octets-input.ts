/** The octets that a command is given: a file or standard input, as they are or written in hexadecimal. */
import { readFile } from 'node:fs/promises';
import { Failure } from './terminal.js';

/** Longest input. Unit: octets. Source: twice the largest message that can be configured. */
const INPUT_MAX = 200 * 1024 * 1024;

/** How a message about the input names it. */
export const inputName = (file: string): string => (file === '-' ? 'standard input' : file);

/** All octets of the file, or of standard input when it is named `-`. Throws a Failure. */
export async function inputOctets(file: string): Promise<Uint8Array> {
  if (file !== '-') {
    return readFile(file).catch((e: NodeJS.ErrnoException) => {
      throw new Failure(`${file}: cannot be read (${e.code ?? e.message})`);
    });
  }
  const chunks: Buffer[] = [];
  let octets = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    octets += chunk.length;
    if (octets > INPUT_MAX) throw new Failure(`standard input has more than ${INPUT_MAX} octets`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, octets);
}

/** What people put between the digits of hexadecimal text. */
const BETWEEN = /[\s:,-]|0x/gi;

/** The octets of hexadecimal text, with or without blanks, colons, commas and `0x` between them; undefined when it is none. */
export function hexText(text: string): Uint8Array | undefined {
  const digits = text.replace(BETWEEN, '');
  return digits.length > 0 && digits.length % 2 === 0 && /^[0-9a-f]+$/i.test(digits) ? Buffer.from(digits, 'hex') : undefined;
}

/** The octets that a file means: hexadecimal text is read as such, all else is taken as it is. No signalling message consists of hexadecimal digits. */
export function meantOctets(octets: Uint8Array): Uint8Array {
  for (const octet of octets)
    if (octet > 0x7e || (octet < 0x20 && octet !== 0x0a && octet !== 0x0d && octet !== 0x09)) return octets;
  return hexText(Buffer.from(octets).toString('latin1')) ?? octets;
}
