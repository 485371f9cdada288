/**
 * What the screening needs of the user data of an SCCP message: which dialogue, which operations, and the short messages among them. Read by a
 * glance where the octets are plain, else by the decoders.
 */
import {
  CONTEXTS,
  contextOf,
  decodeInvoke,
  type Glance,
  glance,
  type MapError,
  type MoForwardSmArg,
  SHORT_MSG_MO_RELAY,
} from '#codec/map';
import { decodeTcap, type MessageKind, type TcapError, type TcapMessage } from '#codec/tcap';
import type { MoSubmission } from '#portability';
import { transactionOf } from '#protocol/dialogue';
import { type Circumstances, directionOf, directionOfTags, plainSubmission, submissionOf } from './submission.js';

const FORWARD_SM = 46;
const AARQ = 0x60;

/** A mo-ForwardSM of a message. */
export interface MoInvoke {
  readonly invokeId: number;
  readonly submission: MoSubmission;
}

/** A forwardSM that could not be read, or of which nobody can say which way it goes. */
export interface UnreadInvoke {
  readonly invokeId: number;
  readonly fault: 'mandatory-parameter-missing' | 'malformed' | 'direction-unclear';
  readonly detail: string;
}

/** A TCAP message, as far as screening goes. */
export interface Content {
  readonly kind: MessageKind;
  /** As `transactionOf` gives them; NO_TRANSACTION when the message has none. */
  readonly otid: number;
  readonly dtid: number;
  /** Their octets; empty when there is none. */
  readonly otidOctets: Uint8Array;
  readonly dtidOctets: Uint8Array;
  /** Number of MAP's application context in an AARQ; 0 when there is none, or another application's. */
  readonly context: number;
  /** MAP version, as the context has it; 1 for a Begin without dialogue portion; 0 when this message does not tell. */
  readonly version: number;
  /** Whether an AARQ opens the dialogue, so that an answer has to accept it. */
  readonly hasAarq: boolean;
  readonly components: number;
  /** Local operation codes of its invokes, in their order; a global one is NO_OPERATION. */
  readonly operations: readonly number[];
  readonly mo: readonly MoInvoke[];
  readonly unread: readonly UnreadInvoke[];
  /** Short messages the other way. */
  readonly mt: number;
  /** The message decoded; undefined when a glance was enough. */
  readonly decoded: TcapMessage | undefined;
}

/** Stands for an operation that has no local code. */
export const NO_OPERATION = -1;

export type ContentOrFault = { readonly ok: true; readonly value: Content } | { readonly ok: false; readonly error: TcapError };

const NOTHING: readonly never[] = [];
const NO_OCTETS = new Uint8Array(0);

/** The content of `bytes` between `from` and `to`: views into them. */
export function readContent(bytes: Uint8Array, from: number, to: number, circumstances: Circumstances): ContentOrFault {
  const seen = glance(bytes, from, to);
  if (seen !== undefined && seen.invokes <= 1 && seen.argument !== 'unusual')
    return { ok: true, value: new PlainContent(bytes, seen, circumstances) };
  const message = decodeTcap(bytes.subarray(from, to));
  return message.ok ? { ok: true, value: decodedContent(message.value, circumstances) } : message;
}

/** What a glance has found. The octets of the ids are cut out only for an answer. */
class PlainContent implements Content {
  readonly kind: MessageKind;
  readonly otid: number;
  readonly dtid: number;
  readonly context: number;
  readonly version: number;
  readonly hasAarq: boolean;
  readonly components: number;
  readonly operations: readonly number[];
  readonly mo: readonly MoInvoke[];
  readonly unread: readonly UnreadInvoke[];
  readonly mt: number;
  readonly decoded = undefined;
  private readonly bytes: Uint8Array;
  private readonly seen: Glance;

  constructor(bytes: Uint8Array, seen: Glance, circumstances: Circumstances) {
    const { operation, invokeId } = seen;
    this.bytes = bytes;
    this.seen = seen;
    this.kind = seen.kind;
    this.otid = transactionOf(bytes, seen.otidFrom, seen.otidTo);
    this.dtid = transactionOf(bytes, seen.dtidFrom, seen.dtidTo);
    this.context = seen.context;
    this.version = seen.version;
    this.hasAarq = seen.dialogue === AARQ;
    this.components = seen.components;
    this.operations = seen.invokes === 0 ? NOTHING : [operation];
    const isForward = operation === FORWARD_SM && seen.argument === 'read' && !isForeign(this.hasAarq, seen.context);
    const direction = isForward ? directionOfTags(seen.daTag, seen.oaTag) : undefined;
    this.mo = direction === 'mo' ? [{ invokeId, submission: plainSubmission(circumstances, this.otid, bytes, seen) }] : NOTHING;
    this.unread = direction === 'unclear' ? [{ invokeId, fault: 'direction-unclear', detail: UNCLEAR }] : NOTHING;
    this.mt = direction === 'mt' ? 1 : 0;
  }

  get otidOctets(): Uint8Array {
    return this.bytes.subarray(this.seen.otidFrom, this.seen.otidTo);
  }

  get dtidOctets(): Uint8Array {
    return this.bytes.subarray(this.seen.dtidFrom, this.seen.dtidTo);
  }
}

/** Of another application than MAP, where the same operation code is something else (sendChargingInformation of CAP). */
const isForeign = (hasAarq: boolean, context: number): boolean => hasAarq && context === 0;

const UNCLEAR = 'neither SM-RP-DA nor SM-RP-OA names a service centre';

type Draft = { -readonly [K in keyof Content]: Content[K] } & {
  operations: number[];
  mo: MoInvoke[];
  unread: UnreadInvoke[];
};

function decodedContent(message: TcapMessage, circumstances: Circumstances): Content {
  const otid = 'otid' in message ? message.otid : NO_OCTETS;
  const dtid = 'dtid' in message ? message.dtid : NO_OCTETS;
  const components = 'components' in message ? (message.components ?? NOTHING) : NOTHING;
  const draft: Draft = {
    kind: message.kind,
    otid: transactionOf(otid, 0, otid.length),
    dtid: transactionOf(dtid, 0, dtid.length),
    otidOctets: otid,
    dtidOctets: dtid,
    ...contextIn(message),
    components: components.length,
    operations: [],
    mo: [],
    unread: [],
    mt: 0,
    decoded: message,
  };
  for (const component of components) {
    if (component.kind !== 'invoke') continue;
    const { operation, invokeId } = component;
    const code = operation.kind === 'local' ? operation.value : NO_OPERATION;
    draft.operations.push(code);
    if (code !== FORWARD_SM || isForeign(draft.hasAarq, draft.context)) continue;
    const invoke = decodeInvoke(component);
    if (!invoke.ok) draft.unread.push({ invokeId, fault: faultOf(invoke.error), detail: invoke.error.text });
    else if (invoke.value.operation === 'mo-ForwardSM') sortForward(draft, invokeId, invoke.value.argument, circumstances);
  }
  return draft;
}

const faultOf = (error: MapError): UnreadInvoke['fault'] =>
  error.kind === 'missing' ? 'mandatory-parameter-missing' : 'malformed';

function sortForward(draft: Draft, invokeId: number, argument: MoForwardSmArg, circumstances: Circumstances): void {
  const direction = directionOf(argument);
  if (direction === 'mo') draft.mo.push({ invokeId, submission: submissionOf(circumstances, draft.otid, argument) });
  else if (direction === 'mt') draft.mt++;
  else draft.unread.push({ invokeId, fault: 'direction-unclear', detail: UNCLEAR });
}

function contextIn(message: TcapMessage): Pick<Content, 'context' | 'version' | 'hasAarq'> {
  const dialogue = 'dialogue' in message ? message.dialogue : undefined;
  if (dialogue?.kind === 'AARQ') {
    const found = contextOf(dialogue.applicationContext);
    return { context: found?.context ?? 0, version: found?.version ?? 0, hasAarq: true };
  }
  return { context: 0, version: message.kind === 'begin' && dialogue === undefined ? 1 : 0, hasAarq: false };
}

/**
 * Whether a message opens a dialogue in which a short message may follow: a Begin without component, of the context shortMsgMO-Relay, or of
 * none at all, as version 1 has it.
 */
export const opensEmpty = ({ kind, components, context, hasAarq }: Content): boolean =>
  kind === 'begin' && components === 0 && (context === SHORT_MSG_MO_RELAY || !hasAarq);

/** The name of a context that a content has, for people; `none`, or `another application's`. */
export function contextNameOf({ context, version, hasAarq }: Content): string {
  if (context === 0) return hasAarq ? "another application's" : 'none';
  return `${CONTEXTS[context]?.name ?? `context ${context}`} v${version}`;
}
