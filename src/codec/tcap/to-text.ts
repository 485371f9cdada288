/** A message as a capture tool prints it. Parameters belong to the application, which prints them by the hook. */
import { hexOctets } from '#base';
import { printedLines, type TextOptions } from '#codec/ber';
import {
  ASSOCIATE_RESULTS,
  type Code,
  type Component,
  DIAGNOSTICS,
  type DialoguePortion,
  type External,
  type Kept,
  PROBLEMS,
  type TcapMessage,
} from './messages.js';

/** What the application says of its own parts, as lines; undefined where it has nothing to say. */
export interface TcapTextOptions extends TextOptions {
  readonly applicationContext?: (name: string) => string | undefined;
  /** All lines of a component below its name. */
  readonly component?: (component: Component, message: TcapMessage) => readonly string[] | undefined;
}

const named = (names: Readonly<Record<number, string>>, value: number): string => `${names[value] ?? 'unknown'} (${value})`;
const codeText = (code: Code): string => (code.kind === 'local' ? `local ${code.value}` : `global ${code.value}`);
/** Nobody here knows whether octets hold a number. */
const octetsText = (octets: Uint8Array, { masked, withoutContent }: TextOptions): string =>
  masked || withoutContent ? `${octets.length} octets` : hexOctets(octets);
const unknownLines = (value: Kept, options: TextOptions): string[] =>
  (value.unknown ?? []).map((octets) => `(not understood): ${octetsText(octets, options)}`);

/** The lines of a component, without the application's knowledge. */
export function componentLines(component: Component, options: TextOptions = {}): string[] {
  switch (component.kind) {
    case 'invoke': {
      const linked = component.linkedId === undefined ? [] : [`linked id: ${component.linkedId}`];
      return [`operation: ${codeText(component.operation)}`, ...linked, ...parameterLines(component, options)];
    }
    case 'returnResultLast':
    case 'returnResultNotLast':
      if (component.result === undefined) return unknownLines(component, options);
      return [
        `operation: ${codeText(component.result.operation)}`,
        ...parameterLines(component.result, options),
        ...unknownLines(component, options),
      ];
    case 'returnError':
      return [`error: ${codeText(component.error)}`, ...parameterLines(component, options)];
    case 'reject':
      return [
        `${component.problem.type} problem: ${named(PROBLEMS[component.problem.type], component.problem.code)}`,
        ...unknownLines(component, options),
      ];
    case 'unreadable':
      return [component.detail, octetsText(component.octets, options)];
  }
}

function parameterLines(value: { readonly parameter?: Uint8Array } & Kept, options: TextOptions): string[] {
  const parameter = value.parameter === undefined ? [] : [`parameter: ${octetsText(value.parameter, options)}`];
  return [...parameter, ...unknownLines(value, options)];
}

function dialogueLines(dialogue: DialoguePortion, options: TcapTextOptions): string[] {
  if (dialogue.kind === 'unreadable') return [dialogue.detail, octetsText(dialogue.octets, options)];
  const lines: string[] = [];
  if (dialogue.kind === 'ABRT') lines.push(`source: ${named({ 0: 'user', 1: 'provider' }, dialogue.source)}`);
  else {
    const { applicationContext } = dialogue;
    const meaning = options.applicationContext?.(applicationContext);
    lines.push(`application context: ${applicationContext}${meaning === undefined ? '' : ` (${meaning})`}`);
  }
  if (dialogue.kind === 'AARE') {
    const { result, diagnostic } = dialogue;
    lines.push(
      `result: ${named(ASSOCIATE_RESULTS, result)}`,
      `diagnostic: ${diagnostic.source} ${named(DIAGNOSTICS[diagnostic.source], diagnostic.value)}`,
    );
  }
  for (const one of dialogue.userInformation ?? []) lines.push(`user information: ${externalText(one, options)}`);
  return [...lines, ...unknownLines(dialogue, options)];
}

const externalText = (value: External, options: TextOptions): string =>
  `${value.directReference === undefined ? '' : `${value.directReference} `}${octetsText(value.encoding, options)}`;

/** The message in lines: its kind, transaction ids, dialogue portion, components. */
export function tcapToText(message: TcapMessage, options: TcapTextOptions = {}): string {
  const lines: string[] = [message.kind];
  const indented = (name: string, inner: readonly string[]) =>
    lines.push(...printedLines(name, inner).map((line) => `  ${line}`));
  if ('otid' in message) lines.push(`  otid: ${hexOctets(message.otid)}`);
  if ('dtid' in message) lines.push(`  dtid: ${hexOctets(message.dtid)}`);
  if ('pAbortCause' in message) lines.push(`  P-AbortCause: ${message.pAbortCause}`);
  if (message.dialogue !== undefined) indented(`dialogue ${message.dialogue.kind}`, dialogueLines(message.dialogue, options));
  if ('components' in message)
    for (const component of message.components ?? []) {
      const id = component.invokeId === undefined ? '' : ` ${component.invokeId}`;
      indented(`${component.kind}${id}`, options.component?.(component, message) ?? componentLines(component, options));
    }
  lines.push(...unknownLines(message, options).map((line) => `  ${line}`));
  return lines.join('\n');
}
