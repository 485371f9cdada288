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

/** A context's answers are kept: there are three of them with the right name. A bound for those who make names up. Unit: answers. */
const TEMPLATES_MAX = 64;

/** Makes Ends that answer one invoke each. */
export class Ends {
  private readonly componentOf: (version: number, invokeId: number) => Component;
  private readonly templates = new Map<number, Template>();

  constructor(componentOf: (version: number, invokeId: number) => Component) {
    this.componentOf = componentOf;
  }

  /** The End for a message with one short message. */
  of(content: Content, version: number, invokeId: number): Uint8Array {
    const opens = content.kind === 'begin' && content.hasAarq;
    // A context that is not MAP's is known by the decoder alone.
    if (opens && content.context === 0) return endWith(content, [this.componentOf(version, invokeId)]);
    const key = (opens ? content.context * 0x1000 + content.version * 0x10 : 0) + Math.min(version, 0x0f);
    const template = this.templates.get(key) ?? this.learn(key, content, version);
    const { behindId, invokeIdAt } = template;
    const id = content.otidOctets;
    const out = new Uint8Array(4 + id.length + behindId.length);
    out[0] = END;
    out[1] = out.length - 2;
    out[2] = DTID;
    out[3] = id.length;
    out.set(id, 4);
    out.set(behindId, 4 + id.length);
    out[4 + id.length + invokeIdAt] = invokeId;
    return out;
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
export const answerTo = (view: SccpView, data: Uint8Array): Result<Uint8Array<ArrayBuffer>, NoAnswer> =>
  unitData(view, view.calling, view.called, data);

/** A message of the same kind and class between these addresses. */
export function unitData(
  view: SccpView,
  called: Uint8Array,
  calling: Uint8Array,
  data: Uint8Array,
): Result<Uint8Array<ArrayBuffer>, NoAnswer> {
  if (called.length < 2) return err({ kind: 'no-sender' });
  const { type, wide, hasHopCounter, hasOptionalPart } = MESSAGES[view.kind];
  const step = wide ? 2 : 1;
  const pointersAt = hasHopCounter ? 3 : 2;
  const calledAt = pointersAt + (hasOptionalPart ? 4 : 3) * step;
  const callingAt = calledAt + 1 + called.length;
  const dataAt = callingAt + 1 + calling.length;
  const first = pointersAt + step - 1;
  if (!wide && (data.length > SHORT_DATA_MAX || dataAt - first - 2 * step > SHORT_DATA_MAX)) return err({ kind: 'does-not-fit' });
  const out = new Uint8Array(dataAt + step + data.length);
  out[0] = type;
  out[1] = (view.protocolClass ?? 0) & SEQUENCE_CLASS;
  if (hasHopCounter) out[2] = HOP_COUNTER_MAX;
  // A pointer counts from its own last octet; that of the optional part stays 0, there is none.
  out[pointersAt] = calledAt - first;
  out[pointersAt + step] = callingAt - first - step;
  out[pointersAt + 2 * step] = dataAt - first - 2 * step;
  if (wide) out[pointersAt + 2 * step + 1] = (dataAt - first - 2 * step) >>> 8;
  if (wide) out[pointersAt + step + 1] = (callingAt - first - step) >>> 8;
  out[calledAt] = called.length;
  out.set(called, calledAt + 1);
  out[callingAt] = calling.length;
  out.set(calling, callingAt + 1);
  out[dataAt] = data.length;
  if (wide) out[dataAt + 1] = data.length >>> 8;
  out.set(data, dataAt + step);
  return ok(out);
}
