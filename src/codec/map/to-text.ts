/** MAP as a capture tool prints it: a TCAP message with its operations, errors, contexts and short messages by name. */
import type { BerType, TextOptions } from '#codec/ber';
import { decodeSms, type SmsContext, smsToText } from '#codec/sms';
import { type Component, componentLines, type TcapMessage, type TcapTextOptions, tcapToText } from '#codec/tcap';
import { decodeError, decodeInvoke, decodeResult, type MapInvoke } from './components.js';
import { contextOf, contextText } from './contexts.js';
import { ERRORS } from './errors.js';
import { OPERATIONS, operationName } from './operations.js';

/** A TPDU in lines; what it is depends on who sends it. */
function tpduLines(octets: Uint8Array | undefined, context: SmsContext, options: TextOptions): string[] {
  if (octets === undefined) return [];
  const tpdu = decodeSms(octets, context);
  return tpdu.ok ? smsToText(tpdu.value, options).split('\n') : [`(${tpdu.error.text})`];
}

/** Which way a forwardSM goes: its addresses say it, whatever the operation code. */
function directionOf(invoke: MapInvoke): SmsContext['direction'] | undefined {
  if (invoke.operation === 'mt-ForwardSM') return 'mt';
  if (invoke.operation !== 'mo-ForwardSM') return undefined;
  const { smRpDa, smRpOa } = invoke.argument;
  const toSubscriber = smRpDa.kind === 'imsi' || smRpDa.kind === 'lmsi' || smRpDa.kind === 'roamingNumber';
  return toSubscriber || smRpOa.kind === 'serviceCentreAddressOA' ? 'mt' : 'mo';
}

const lines = (type: unknown, value: unknown, options: TextOptions): string[] => {
  const printed = (type as BerType<unknown>).print(value, options);
  return typeof printed === 'string' ? [printed] : [...printed];
};

/** The lines of a component; undefined where MAP has no row for it. */
export function mapComponentLines(component: Component, options: TextOptions = {}): string[] | undefined {
  switch (component.kind) {
    case 'invoke': {
      const invoke = decodeInvoke(component);
      const name = component.operation.kind === 'local' ? operationName(component.operation.value) : undefined;
      if (name === undefined) return undefined;
      const head = `operation: ${name} (${component.operation.value})`;
      if (!invoke.ok)
        return unreadable(head, component, invoke.error.kind === 'unrecognized' ? undefined : invoke.error.text, options);
      const { operation, argument } = invoke.value;
      const direction = directionOf(invoke.value);
      const inner = 'smRpUi' in argument && direction !== undefined ? tpduLines(argument.smRpUi, { direction }, options) : [];
      return [head, ...lines(OPERATIONS[operation].argument, argument, options), ...inner];
    }
    case 'returnResultLast':
    case 'returnResultNotLast': {
      const code = component.result?.operation;
      const name = code?.kind === 'local' ? operationName(code.value) : undefined;
      if (code === undefined || name === undefined) return undefined;
      const head = `operation: ${name} (${code.value})`;
      const result = decodeResult(component);
      if (!result.ok)
        return unreadable(head, component, result.error.kind === 'unrecognized' ? undefined : result.error.text, options);
      if (result.value?.result === undefined) return [head];
      const { operation, result: value } = result.value;
      // The report goes the other way than the message. A forwardSM of versions 1 and 2, which might be MT, has no result.
      const direction = operation === 'mt-ForwardSM' ? 'mo' : 'mt';
      const report = 'smRpUi' in value ? tpduLines(value.smRpUi, { direction }, options) : [];
      return [head, ...lines(OPERATIONS[operation].result, value, options), ...report];
    }
    case 'returnError': {
      const value = decodeError(component);
      if (!value.ok) {
        if (value.error.kind === 'unrecognized') return undefined;
        return unreadable(`error: ${component.error.value}`, component, value.error.text, options);
      }
      const { error, parameter } = value.value;
      const head = `error: ${error} (${ERRORS[error].code})`;
      return parameter === undefined ? [head] : [head, ...lines(ERRORS[error].parameter, parameter, options)];
    }
    default:
      return undefined;
  }
}

/** A component that TCAP reads and MAP does not: its octets, under the name. */
function unreadable(head: string, component: Component, why: string | undefined, options: TextOptions): string[] {
  return [head, ...(why === undefined ? [] : [`(${why})`]), ...componentLines(component, options).slice(1)];
}

/** The whole message in lines. A dialogue that names another application's context (CAP's) is shown by TCAP alone. */
export function mapToText(message: TcapMessage, options: TextOptions = {}): string {
  const { dialogue } = message;
  if (dialogue !== undefined && 'applicationContext' in dialogue && contextOf(dialogue.applicationContext) === undefined)
    return tcapToText(message, options);
  const hooks: TcapTextOptions = {
    ...options,
    applicationContext: contextText,
    component: (component) => mapComponentLines(component, options),
  };
  return tcapToText(message, hooks);
}
