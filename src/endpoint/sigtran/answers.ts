/**
 * What the gate says in another node's name: to the exchange that its short message is refused (or taken), to the service centre that a
 * dialogue is over. The octets of the usual answers are made by the codecs once for each application context and then copied, with the
 * transaction id and the invoke id put in: tests hold them equal to what the codecs write.
 */
import { err, ok, type Result } from '#base';
import { contextName, encodeError, encodeResult, type MapErrorValue, smDeliveryFailure } from '#codec/map';
import { HOP_COUNTER_MAX, MESSAGES, type SccpView } from '#codec/sccp';
import { type Begin, type Component, type Continue, encodeTcap, endOf, PROTOCOL_VERSION_1, userAbort } from '#codec/tcap';
import type { Answer } from '#portability';
import type { Content } from './content.js';

/** The return errors among the answers that a rule may have. mnp-sms 8. */
export type TcapRefusal = Extract<Answer, { readonly kind: 'tcap-error' }>;

const ID_OCTETS_MAX = 4;
const END = 0x64;
const DTID = 0x49;
/** A length of one octet says no more. X.690 8.1.3.4. */
const SHORT_LENGTH_MAX = 0x7f;
/** Two invoke ids by whose answers the place of the id is found; any two different ones do. */
const PROBES = [1, 2] as const;

/** An End without its transaction id: the octets behind it, and where among them the invoke id stands. */
interface Template {
  readonly behindId: Uint8Array;
  readonly invokeIdAt: number;
}

function mapErrorOf(refusal: TcapRefusal, version: number): MapErrorValue {
  if (refusal.error === 'sm-DeliveryFailure') return smDeliveryFailure(version, refusal.cause);
  // Versions 1 and 2 cannot leave the resource out, and have it bare: the network as a whole is what a gate can speak for.
  if (refusal.error === 'systemFailure' && (version === 1 || version === 2))
    return { error: 'systemFailure', parameter: { networkResource: 'plmn', bare: true } };
  return { error: refusal.error };
}

/** The component that refuses one invoke, as the sender's version wants it; 0 (unknown) gets the form of versions 2 and 3. */
export const refusalOf = (refusal: TcapRefusal, version: number, invokeId: number): Component =>
  encodeError(invokeId, mapErrorOf(refusal, version));

/** The component that says that all went well. */
export const successOf = (invokeId: number): Component => encodeResult(invokeId, undefined);

const dialogueRequest = (content: Content): Begin | Continue => {
  if (content.decoded?.kind === 'begin' || content.decoded?.kind === 'continue') return content.decoded;
  const otid = content.otidOctets;
  if (content.kind === 'continue') return { kind: 'continue', otid, dtid: content.dtidOctets };
  if (!content.hasAarq) return { kind: 'begin', otid };
  const applicationContext = contextName({ context: content.context, version: content.version });
  return { kind: 'begin', otid, dialogue: { kind: 'AARQ', protocolVersion: PROTOCOL_VERSION_1, applicationContext } };
};

/** End of the sender's dialogue with one component for each short message in it, by the codecs. */
export const endWith = (content: Content, components: readonly Component[]): Uint8Array =>
  encodeTcap(endOf(dialogueRequest(content), components));

/** User data that write themselves where an SCCP message wants them. */
export interface UserData {
  readonly length: number;
  writeTo(out: Uint8Array, at: number): void;
}

/** Copies octets, few as they are: a call out of the engine costs more. */
function copy(from: Uint8Array, out: Uint8Array, at: number): void {
  for (let i = 0; i < from.length; i++) out[at + i] = from[i]!;
}

export const asUserData = (octets: Uint8Array): UserData => ({
  length: octets.length,
  writeTo: (out, at) => out.set(octets, at),
});

class EndData implements UserData {
  readonly length: number;
  private readonly template: Template;
  private readonly id: Uint8Array;
  private readonly invokeId: number;

  constructor(template: Template, id: Uint8Array, invokeId: number) {
    this.length = 4 + id.length + template.behindId.length;
    this.template = template;
    this.id = id;
    this.invokeId = invokeId;
  }

  writeTo(out: Uint8Array, at: number): void {
    const { id, template } = this;
    out[at] = END;
    out[at + 1] = this.length - 2;
    out[at + 2] = DTID;
    out[at + 3] = id.length;
    copy(id, out, at + 4);
    copy(template.behindId, out, at + 4 + id.length);
    out[at + 4 + id.length + template.invokeIdAt] = this.invokeId;
  }
}

/** A context's answers are kept: there are three of them with the right name. A bound for those who make names up. Unit: answers. */
const TEMPLATES_MAX = 64;

/** Makes Ends that answer one invoke each. */
export class Ends {
  private readonly componentOf: (version: number, invokeId: number) => Component;
  private readonly templates = new Map<number, Template>();

  constructor(componentOf: (version: number, invokeId: number) => Component) {
    this.componentOf = componentOf;
  }

  /** The End for a message with one short message, as user data of an SCCP message. */
  of(content: Content, version: number, invokeId: number): UserData {
    const opens = content.kind === 'begin' && content.hasAarq;
    // A context that is not MAP's is known by the decoder alone.
    if (opens && content.context === 0) return asUserData(endWith(content, [this.componentOf(version, invokeId)]));
    const key = (opens ? content.context * 0x1000 + content.version * 0x10 : 0) + Math.min(version, 0x0f);
    const template = this.templates.get(key) ?? this.learn(key, content, version);
    return new EndData(template, content.otidOctets, invokeId);
  }

  private learn(key: number, content: Content, version: number): Template {
    const [one, other] = PROBES.map((invokeId) => endWith(content, [this.componentOf(version, invokeId)])) as [
      Uint8Array,
      Uint8Array,
    ];
    const from = 4 + content.otidOctets.length;
    if (one[1]! + ID_OCTETS_MAX > SHORT_LENGTH_MAX) throw new Error(`an End of ${one.length} octets has no short lengths`);
    const behindId = one.slice(from);
    let invokeIdAt = 0;
    while (behindId[invokeIdAt] === other[from + invokeIdAt]) invokeIdAt++;
    const template = { behindId, invokeIdAt };
    if (this.templates.size >= TEMPLATES_MAX) this.templates.clear();
    this.templates.set(key, template);
    return template;
  }
}

/** Ends the other side's half of a dialogue: U-ABORT to the id that it chose. Q.774 3.3.3.2. */
export const abortFor = (content: Content): Uint8Array => encodeTcap(userAbort(content.dtidOctets));

/** Why no answer could be written. */
export interface NoAnswer {
  /** `no-sender`: the calling address says nothing to answer to. `does-not-fit`: the answer is longer than its message kind allows. */
  readonly kind: 'no-sender' | 'does-not-fit';
}

const SHORT_DATA_MAX = 0xff;
const SEQUENCE_CLASS = 0x0f;

/**
 * The SCCP message by which `data` goes from the called to the calling party of `view`: same kind, same class, addresses changed places, not to
 * be returned, with a new hop counter.
 */
export const answerTo = (view: SccpView, data: UserData): Result<Uint8Array, NoAnswer> =>
  unitData(view, view.calling, view.called, data);

/** A message of the same kind and class between these addresses. */
export function unitData(view: SccpView, called: Uint8Array, calling: Uint8Array, data: UserData): Result<Uint8Array, NoAnswer> {
  if (called.length < 2) return err({ kind: 'no-sender' });
  const { type, wide, hasHopCounter, hasOptionalPart } = MESSAGES[view.kind];
  const step = wide ? 2 : 1;
  const pointersAt = hasHopCounter ? 3 : 2;
  const calledAt = pointersAt + (hasOptionalPart ? 4 : 3) * step;
  const callingAt = calledAt + 1 + called.length;
  const dataAt = callingAt + 1 + calling.length;
  const first = pointersAt + step - 1;
  if (!wide && (data.length > SHORT_DATA_MAX || dataAt - first - 2 * step > SHORT_DATA_MAX)) return err({ kind: 'does-not-fit' });
  // From Node's pool: an array of its own costs a microsecond, and is gone as soon as it is sent.
  const out: Uint8Array = Buffer.allocUnsafe(dataAt + step + data.length);
  out[0] = type;
  out[1] = (view.protocolClass ?? 0) & SEQUENCE_CLASS;
  if (hasHopCounter) out[2] = HOP_COUNTER_MAX;
  // A pointer counts from its own last octet.
  putNumber(out, pointersAt, calledAt - first, wide);
  putNumber(out, pointersAt + step, callingAt - first - step, wide);
  putNumber(out, pointersAt + 2 * step, dataAt - first - 2 * step, wide);
  if (hasOptionalPart) putNumber(out, pointersAt + 3 * step, 0, wide);
  out[calledAt] = called.length;
  copy(called, out, calledAt + 1);
  out[callingAt] = calling.length;
  copy(calling, out, callingAt + 1);
  putNumber(out, dataAt, data.length, wide);
  data.writeTo(out, dataAt + step);
  return ok(out);
}

/** A pointer or a length: one octet, or two with the lower first. */
function putNumber(out: Uint8Array, at: number, value: number, wide: boolean): void {
  out[at] = value;
  if (wide) out[at + 1] = value >>> 8;
}
