/**
 * Prints signalling in words or as JSON, layer by layer. Numbers are whole: they are the asker's own. What people wrote is another matter:
 * user data of short messages are shown only when they are asked for.
 */
import type { Result } from '#base';
import { decodeM3ua, toText as m3uaText } from '#codec/m3ua';
import { decodeError, decodeInvoke, decodeResult, mapToText } from '#codec/map';
import type { Signalling } from '#codec/mtp';
import { decodeSccp, type SccpMessage, toText as sccpText } from '#codec/sccp';
import { decodeSms, decodeUserData, type SmsContext, type SmsTpdu, smsToText } from '#codec/sms';
import { type Component, decodeTcap, type TcapMessage, tcapToText } from '#codec/tcap';
import { type CaptureAccount, isCapture, sccpOf, signallingOf } from '../signalling-input.js';
import { inputName, inputOctets, meantOctets } from './octets-input.js';
import { plainJson } from './plain-json.js';
import type { TcpPort } from './tcp-ports.js';
import { Failure, say, sayJson } from './terminal.js';

export interface ShowWishes {
  readonly json?: true;
  readonly content?: true;
  readonly direction?: SmsContext['direction'];
  readonly error?: true;
  readonly tcp: readonly TcpPort[];
}

/** A message in both forms; `inner` are the layers in it, outermost first. */
interface Shown {
  readonly text: string;
  readonly json: Readonly<Record<string, unknown>>;
}

type Show = (octets: Uint8Array, wishes: ShowWishes) => Result<Shown, { readonly text: string }>;

/** Joins what an outer layer says with what the layer in it says, or with why that cannot be read. */
function within(outer: Shown, name: string, inner: Result<Shown, { readonly text: string }>): Shown {
  return inner.ok
    ? { text: `${outer.text}\n${inner.value.text}`, json: { ...outer.json, [name]: inner.value.json } }
    : { text: `${outer.text}\n(${inner.error.text})`, json: { ...outer.json, [name]: { fault: inner.error.text } } };
}

const CONTENT_KEYS: ReadonlySet<string> = new Set(['userData', 'commandData', 'extra', 'smRpUi', 'parameter', 'unknown']);

/** A value for JSON; without `content`, octets that may hold what people wrote give way to their number. */
const jsonOf = (value: unknown, content: boolean): unknown =>
  plainJson(value, (key, inner) => (!content && CONTENT_KEYS.has(key) && isOctets(inner) ? { octets: octetsIn(inner) } : inner));

const isOctets = (value: unknown): boolean =>
  value instanceof Uint8Array || Array.isArray(value) || (typeof value === 'object' && value !== null && 'octets' in value);
const octetsIn = (value: unknown): number =>
  value instanceof Uint8Array
    ? value.length
    : Array.isArray(value)
      ? value.reduce<number>((sum, one) => sum + octetsIn(one), 0)
      : octetsIn((value as { octets?: unknown }).octets ?? []);

const withoutContent = ({ content }: ShowWishes): { readonly withoutContent: boolean } => ({ withoutContent: !content });

function tpduJson(tpdu: SmsTpdu, content: boolean): Readonly<Record<string, unknown>> {
  const fields = jsonOf(tpdu, content) as Readonly<Record<string, unknown>>;
  if (!content || !('userData' in tpdu) || tpdu.userData === undefined) return fields;
  const scheme = 'dataCodingScheme' in tpdu ? (tpdu.dataCodingScheme ?? 0) : 0;
  const data = decodeUserData(tpdu.userData, scheme, tpdu.userDataHeader ?? false);
  return { ...fields, ...(data.ok && data.value.text !== undefined ? { text: data.value.text } : {}) };
}

const showSms: Show = (octets, wishes) => {
  const context = { direction: wishes.direction ?? 'mo', error: wishes.error ?? false };
  const tpdu = decodeSms(octets, context);
  if (!tpdu.ok) return tpdu;
  return {
    ok: true,
    value: { text: smsToText(tpdu.value, withoutContent(wishes)), json: tpduJson(tpdu.value, !!wishes.content) },
  };
};

/** The short message of an invoke in either direction; its addresses say which. Absent where there is none, or it cannot be read. */
function tpduOf(component: Component): SmsTpdu | undefined {
  const invoke = component.kind === 'invoke' ? decodeInvoke(component) : undefined;
  if (!invoke?.ok || !('smRpUi' in invoke.value.argument) || !('smRpOa' in invoke.value.argument)) return undefined;
  const { smRpUi, smRpOa } = invoke.value.argument;
  const tpdu = decodeSms(smRpUi, { direction: smRpOa.kind === 'serviceCentreAddressOA' ? 'mt' : 'mo' });
  return tpdu.ok ? tpdu.value : undefined;
}

/** What MAP says of a component, beside what TCAP says of it; null where it says nothing. */
function mapJson(component: Component, content: boolean): unknown {
  const { kind } = component;
  const value = kind === 'invoke' ? decodeInvoke(component) : kind === 'returnResultLast' ? decodeResult(component) : undefined;
  if (value === undefined) return kind === 'returnError' ? errorJson(component) : null;
  if (!value.ok) return { fault: value.error.text };
  const tpdu = tpduOf(component);
  return { ...(jsonOf(value.value, content) as object), ...(tpdu === undefined ? {} : { tpdu: tpduJson(tpdu, content) }) };
}

function errorJson(component: Extract<Component, { kind: 'returnError' }>): unknown {
  const value = decodeError(component);
  return value.ok ? plainJson(value.value) : { fault: value.error.text };
}

const showMap = (octets: Uint8Array, wishes: ShowWishes, map: boolean): ReturnType<Show> => {
  const message = decodeTcap(octets);
  if (!message.ok) return message;
  const print: (its: TcapMessage, options: { withoutContent: boolean }) => string = map ? mapToText : tcapToText;
  const json = jsonOf(message.value, !!wishes.content) as Record<string, unknown>;
  const components = 'components' in message.value ? (message.value.components ?? []) : [];
  const inner = map ? { map: components.map((component) => mapJson(component, !!wishes.content)) } : {};
  return { ok: true, value: { text: print(message.value, withoutContent(wishes)), json: { ...json, ...inner } } };
};
const showTcapOnly: Show = (octets, wishes) => showMap(octets, wishes, false);
const showTcap: Show = (octets, wishes) => showMap(octets, wishes, true);

/** Whether user data can be read as a TCAP message of their own: a segment cannot. */
const isWhole = (message: SccpMessage): boolean =>
  !('optional' in message) || !message.optional.some(({ name }) => name === 0x10);

const showSccp: Show = (octets, wishes) => {
  const message = decodeSccp(octets);
  if (!message.ok) return message;
  const { data, ...fields } = message.value;
  const outer: Shown = {
    text: sccpText(message.value),
    json: { ...(plainJson(fields) as object), data: { octets: data.length } },
  };
  return { ok: true, value: isWhole(message.value) && data.length > 0 ? within(outer, 'tcap', showTcap(data, wishes)) : outer };
};

const showM3ua: Show = (octets, wishes) => {
  const message = decodeM3ua(octets);
  if (!message.ok) return message;
  const outer: Shown = { text: m3uaText(message.value), json: jsonOf(message.value, false) as Record<string, unknown> };
  if (message.value.kind !== 'DATA' || message.value.protocolData.si !== 3) return { ok: true, value: outer };
  return { ok: true, value: within(outer, 'sccp', showSccp(message.value.protocolData.userData, wishes)) };
};

/** What a capture holds for a command: the octets for its `show`, with the packet. */
const CAPTURED: Readonly<Record<'m3ua' | 'sccp', (signalling: Signalling) => Uint8Array | undefined>> = {
  m3ua: ({ kind, octets }) => (kind === 'm3ua' ? octets : undefined),
  sccp: (signalling) => sccpOf(signalling)?.octets,
};

function printCapture(kind: 'm3ua' | 'sccp', name: string, octets: Uint8Array, wishes: ShowWishes, show: Show): void {
  let messages = 0;
  let faults = 0;
  let account: CaptureAccount | undefined;
  for (const signalling of signallingOf(octets, wishes.tcp, (its) => {
    account = its;
  })) {
    const its = CAPTURED[kind](signalling);
    if (its === undefined) continue;
    messages += 1;
    const shown = show(its, wishes);
    if (!shown.ok) faults += 1;
    const { packet, at, from, to } = signalling;
    const head = { packet, at: new Date(at).toISOString(), ...(from === undefined ? {} : { from, to }) };
    if (wishes.json) sayJson({ ...head, ...(shown.ok ? { message: shown.value.json } : { fault: shown.error.text }) });
    else say(`${packetLine(head)}\n${shown.ok ? shown.value.text : `(${shown.error.text})`}\n`);
  }
  if (account?.fault !== undefined) throw new Failure(`${name}: ${account.fault}`);
  const passed = [...(account?.passedOver ?? [])].map(([why, count]) => `${count} ${why}`).join(', ');
  if (messages === 0) throw new Failure(`${name}: no ${kind} in it${passed === '' ? '' : ` (passed over: ${passed})`}`);
  if (faults > 0) throw new Failure(`${name}: ${faults} of ${messages} messages cannot be read`);
}

const packetLine = ({ packet, at, from, to }: { packet: number; at: string; from?: string; to?: string | undefined }): string =>
  `# packet ${packet}, ${at}${from === undefined ? '' : `, ${from} to ${to ?? ''}`}`;

/** The printer of each layer. */
const SHOW: Readonly<Record<SignallingLayer, Show>> = {
  m3ua: showM3ua,
  sccp: showSccp,
  tcap: showTcapOnly,
  map: showTcap,
  sms: showSms,
};

export type SignallingLayer = 'm3ua' | 'sccp' | 'tcap' | 'map' | 'sms';

/** Prints the message, or the messages of a capture, that the file holds. Throws a Failure when there is none, or it cannot be read. */
export async function printSignalling(layer: SignallingLayer, file: string, wishes: ShowWishes): Promise<void> {
  const octets = meantOctets(await inputOctets(file));
  const name = inputName(file);
  const show = SHOW[layer];
  if ((layer === 'm3ua' || layer === 'sccp') && isCapture(octets)) return printCapture(layer, name, octets, wishes, show);
  const shown = show(octets, wishes);
  if (!shown.ok) throw new Failure(`${name}: ${shown.error.text}`);
  if (wishes.json) sayJson(shown.value.json);
  else say(shown.value.text);
}
