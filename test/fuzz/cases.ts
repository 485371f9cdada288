/**
 * Findings as files: the octets in hexadecimal, sixteen a line, below what is known of them in lines `# key: value`. A case without `open`
 * must pass; one with it is a fault that is known and not yet mended, and must still show itself.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from './supervise.js';

export interface Case {
  /** Name of the file. */
  readonly file: string;
  readonly target: string;
  readonly octets: Uint8Array;
  /** What it showed when it was found. */
  readonly signature: string;
  /** Why it is not mended yet; absent for the others. */
  readonly open?: string;
}

const ENDING = '.hex';
const LINE_OCTETS = 16;
/** Digits of the digest that tell two findings of one kind apart. */
const DIGEST_DIGITS = 8;
const WORDS_MAX = 60;

export function readCase(file: string, text: string): Case {
  const lines = text.split('\n');
  const about = new Map<string, string>();
  for (const line of lines) {
    const [, key, value] = /^# ([a-z]+): (.*)$/.exec(line) ?? [];
    if (key !== undefined && value !== undefined) about.set(key, value);
  }
  const digits = lines
    .filter((line) => !line.startsWith('#'))
    .join('')
    .replace(/\s/g, '');
  const target = about.get('target');
  if (target === undefined || digits.length % 2 !== 0 || !/^[0-9a-f]*$/.test(digits))
    throw new Error(`${file} is no case of the fuzzer`);
  const open = about.get('open');
  return {
    file,
    target,
    octets: new Uint8Array(Buffer.from(digits, 'hex')),
    signature: about.get('signature') ?? '',
    ...(open === undefined ? {} : { open }),
  };
}

/** All cases of a folder; none when it does not exist. */
export const readCases = (folder: string): readonly Case[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((file) => file.endsWith(ENDING))
        .sort()
        .map((file) => readCase(file, readFileSync(join(folder, file), 'utf8')))
    : [];

export function caseText({ target, octets, outcome }: Finding): string {
  const about = [
    `target: ${target}`,
    `signature: ${outcome.signature}`,
    ...outcome.detail.split('\n').map((line) => `detail: ${line.trim()}`),
  ];
  const lines = Array.from({ length: Math.ceil(octets.length / LINE_OCTETS) }, (_, i) =>
    Buffer.from(octets.subarray(i * LINE_OCTETS, (i + 1) * LINE_OCTETS))
      .toString('hex')
      .replace(/(..)(?!$)/g, '$1 '),
  );
  return `${[...about.map((line) => `# ${line}`), ...lines].join('\n')}\n`;
}

/** Writes a finding into the folder, made if need be. Returns the name of the file; equal findings have equal names. */
export function writeCase(folder: string, finding: Finding): string {
  const digest = createHash('sha256').update(finding.octets).digest('hex').slice(0, DIGEST_DIGITS);
  const words = finding.outcome.signature
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, WORDS_MAX);
  const file = `${finding.target}-${words}-${digest}${ENDING}`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, file), caseText(finding));
  return file;
}
