/** What the commands share: how they speak, and how they fail. */
import { InvalidArgumentError } from 'commander';
import { durationMs, type ListenAddress, listenAddress } from '../written-values.js';

/** Expected trouble of a command: one line (or some) on standard error, no stack, exit code 1. */
export class Failure extends Error {
  override readonly name = 'Failure';
}

/** Options that do not go together, or are missing: exit code 2. */
export class WrongUse extends Error {
  override readonly name = 'WrongUse';
}

/** Text on standard output, as it is. */
export const write = (text: string): void => {
  process.stdout.write(text);
};

/** One line on standard output. */
export const say = (text: string): void => write(`${text}\n`);

/** One JSON value on standard output, on one line. */
export const sayJson = (value: unknown): void => say(JSON.stringify(value));

/** Text of others for a terminal: control characters, which could move the cursor or rename the window, are shown as a dot. */
export const plain = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '.');

/** Rows with their columns under each other. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, cell.length);
  return rows
    .map((row) => row.map((cell, index) => (index === row.length - 1 ? cell : cell.padEnd(widths[index]!))).join('  '))
    .join('\n');
}

/** `12345 octets` as people read it: KB is 1024 octets. */
export function octetsText(octets: number): string {
  const KB = 1024;
  if (octets < KB) return `${octets} octets`;
  return octets < KB * KB ? `${(octets / KB).toFixed(1)} KB` : `${(octets / KB / KB).toFixed(1)} MB`;
}

/** Readers of options: they throw what commander reports as wrong use. */
export function numberOption(text: string): string {
  const digits = text.replace(/^\+/, '');
  if (!/^[1-9][0-9]{4,14}$/.test(digits))
    throw new InvalidArgumentError('expected a number in international form, for instance 46700000001');
  return digits;
}

export function durationOption(text: string): number {
  const value = durationMs(text);
  if (value === undefined) throw new InvalidArgumentError('expected a duration, for instance "30s", "10m", "72h" or "7d"');
  return value;
}

export function httpOption(text: string): string {
  const protocol = URL.canParse(text) ? new URL(text).protocol : '';
  if (protocol !== 'http:' && protocol !== 'https:') throw new InvalidArgumentError('expected an http or https address');
  return text;
}

/** The name of an HTTP header. RFC 9110 5.6.2. */
export function headerOption(text: string): string {
  if (!/^[-!#$%&'*+.^_`|~0-9A-Za-z]+$/.test(text)) throw new InvalidArgumentError('expected the name of an HTTP header');
  return text;
}

export function addressOption(text: string): ListenAddress {
  const value = listenAddress(text);
  if (!value) throw new InvalidArgumentError('expected an address and a port, for instance 127.0.0.1:8515');
  return value;
}

export function countOption(text: string): number {
  if (!/^[1-9][0-9]{0,8}$/.test(text)) throw new InvalidArgumentError('expected a whole number above 0');
  return Number(text);
}
