/** Whether what the gate says in the name of a service centre is what the sender's exchange waits for. */
import { contextOf, decodeError, type ErrorName, type SmDeliveryFailureCause } from '#codec/map';
import type { SccpView } from '#codec/sccp';
import { decodeTcap, type End } from '#codec/tcap';
import { sameOctets } from './octets.js';
import type { Template } from './template.js';

/** How the gate refuses, by its settings. */
export type Refusal =
  | { readonly kind: 'error'; readonly error: ErrorName; readonly cause?: SmDeliveryFailureCause }
  /** The message comes back with this return cause. */
  | { readonly kind: 'returned'; readonly cause: number }
  | { readonly kind: 'silence' }
  /** As if the message had been accepted. */
  | { readonly kind: 'result' };

export const DEFAULT_REFUSAL: Refusal = { kind: 'error', error: 'sm-DeliveryFailure', cause: 'subscriberNotSC-Subscriber' };

/** While no IN platform is there and messages for one are refused: phones try again. */
export const PLATFORM_REFUSAL: Refusal = { kind: 'error', error: 'systemFailure' };

/** What is wrong with an End that the gate made; undefined when nothing is. */
export function rejectionFault(view: SccpView, template: Template, refusal: Refusal): string | undefined {
  const request = template.second ?? template.first;
  if (!sameOctets(view.called, request.calling)) return 'its called party is not the calling party of the message';
  if (!sameOctets(view.calling, request.called)) return 'its calling party is not the called party of the message';
  const decoded = decodeTcap(view.data);
  if (!decoded.ok) return decoded.error.text;
  if (decoded.value.kind !== 'end') return `it is ${decoded.value.kind}`;
  return dialogueFault(decoded.value, template) ?? componentFault(decoded.value, template, refusal);
}

/** The first answer of a dialogue that was opened with a context accepts it; any other brings no dialogue portion. */
function dialogueFault({ dialogue }: End, { applicationContext, second }: Template): string | undefined {
  const isFirstAnswer = applicationContext !== undefined && second === undefined;
  if (!isFirstAnswer) return dialogue === undefined ? undefined : 'it has a dialogue portion';
  if (dialogue?.kind !== 'AARE') return 'it does not accept the dialogue';
  if (dialogue.applicationContext !== applicationContext) return `its context is ${dialogue.applicationContext}`;
  return dialogue.result === 0 ? undefined : `it refuses the dialogue (${dialogue.result})`;
}

function componentFault({ components = [] }: End, template: Template, refusal: Refusal): string | undefined {
  const [component] = components;
  if (components.length !== 1 || component === undefined) return `it has ${components.length} components`;
  if (component.kind !== 'returnError') return refusal.kind === 'result' ? undefined : `it has a ${component.kind}`;
  if (refusal.kind !== 'error') return 'it has an error';
  if (component.invokeId !== template.invokeId) return `it answers invoke ${component.invokeId}`;
  const value = decodeError(component);
  if (!value.ok) return value.error.text;
  if (value.value.error !== refusal.error) return `its error is ${value.value.error}`;
  if (value.value.error !== 'sm-DeliveryFailure') return undefined;
  const { parameter } = value.value;
  if (parameter?.cause !== refusal.cause) return `its cause is ${parameter?.cause}`;
  const version = template.applicationContext === undefined ? 1 : contextOf(template.applicationContext)?.version;
  return (parameter?.bare ?? false) === (version === 1) ? undefined : `its cause is not written as version ${version} wants it`;
}
