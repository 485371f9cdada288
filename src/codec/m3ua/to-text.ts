/** A message as a capture tool prints it: one parameter a line. For logs, the console and test failures. */
import { type M3uaMessage, MESSAGES } from './messages.js';
import { slotLines } from './parameters.js';

/** Control characters, and those that change the direction of a line, would let a message rewrite the reader's terminal. */
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
const printable = (text: string): string => text.replace(UNPRINTABLE, (c) => `\\u{${c.codePointAt(0)!.toString(16)}}`);

/** The message in lines: its name with class and type, then each parameter. User data shows its size only: it is for the next layer's printer. */
export function toText(message: M3uaMessage): string {
  const row = MESSAGES[message.kind];
  const lines = slotLines(row.slots, message as unknown as Readonly<Record<string, unknown>>);
  return [`${message.kind} (class ${row.class}, type ${row.type})`, ...lines.map((line) => `  ${printable(line)}`)].join('\n');
}
