/** A message as a capture tool prints it: one part a line. For logs, the console and test failures. */
import { hexNumber, hexOctets } from '#base';
import { addressText } from './address.js';
import { MESSAGES, OPTIONAL_NAME, type OptionalParameter, type SccpMessage } from './messages.js';
import { RETURN_CAUSE_NAMES } from './names.js';

export interface ToTextOptions {
  /** Digits of addresses are masked but for the last four. */
  readonly masked?: boolean;
}

const OPTIONAL_NAMES: Readonly<Record<number, string>> = {
  [OPTIONAL_NAME.segmentation]: 'Segmentation',
  [OPTIONAL_NAME.hopCounter]: 'Hop counter',
  [OPTIONAL_NAME.importance]: 'Importance',
};

function optionalLine({ name, octets }: OptionalParameter): string {
  return `  ${OPTIONAL_NAMES[name] ?? `Parameter ${hexNumber(name)} (not understood)`}: ${hexOctets(octets)}`;
}

/** The message in lines: its kind and type, class or cause, addresses, size of the data, optional parameters in wire order. */
export function toText(message: SccpMessage, options: ToTextOptions = {}): string {
  const masked = options.masked === true;
  const lines = [`${message.kind} (${hexNumber(MESSAGES[message.kind].type)})`];
  if ('returnCause' in message)
    lines.push(`  Return cause: ${message.returnCause} (${RETURN_CAUSE_NAMES[message.returnCause] ?? 'not assigned'})`);
  else lines.push(`  Protocol class: ${message.protocolClass}${message.returnOnError ? ', return message on error' : ''}`);
  if ('hopCounter' in message) lines.push(`  Hop counter: ${message.hopCounter}`);
  lines.push(`  Called party address: ${addressText(message.called, masked)}`);
  lines.push(`  Calling party address: ${addressText(message.calling, masked)}`);
  lines.push(`  Data: ${message.data.length} octets`);
  if ('optional' in message) lines.push(...message.optional.map(optionalLine));
  return lines.join('\n');
}
