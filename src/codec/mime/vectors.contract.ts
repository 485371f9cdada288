/** Short ways for the tests of this room: messages from lines, and what was tolerated. */
import assert from 'node:assert/strict';
import type { MimeEntity, MimeSource } from './model.js';
import { readMessage } from './reader.js';
import { ToleranceList } from './tolerances.js';
import { writeMessage } from './writer.js';

/** The octets of lines, each with CR LF. */
export const lines = (...text: readonly string[]): Uint8Array => new TextEncoder().encode(`${text.join('\r\n')}\r\n`);

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
export const textOf = (octets: Uint8Array): string => new TextDecoder('latin1').decode(octets);

/** Octets of a message, read. */
export function read(octets: Uint8Array): MimeEntity {
  const message = readMessage(octets);
  assert.ok(message.ok, message.ok ? '' : message.error.text);
  return message.value;
}

/** The names of the tolerances that reading made use of, in order. */
export function toleratedIn(octets: Uint8Array): string[] {
  const list = new ToleranceList();
  const message = readMessage(octets, list);
  assert.ok(message.ok, message.ok ? '' : message.error.text);
  return list.used.map(({ name }) => name);
}

/** A body as a message of its own, written. */
export function written(body: MimeSource, transport: '7bit' | '8bit' | 'binary' = '7bit'): Uint8Array {
  const message = writeMessage({ fields: [], body }, transport);
  assert.ok(message.ok, message.ok ? '' : message.error.text);
  return Buffer.concat(message.value.pieces);
}
