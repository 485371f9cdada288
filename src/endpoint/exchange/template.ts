/** A message made ready: its octets, the places where each copy differs, and what is known of it. */

import type { Result } from '#base';
import { contextName } from '#codec/map';
import {
  type DoesNotFit,
  type ExtendedUnitData,
  encodeAddress,
  encodeSccp,
  type SccpAddress,
  type SccpMessage,
  segmentXudt,
  viewSccp,
} from '#codec/sccp';
import { type Component, type DialoguePortion, encodeTcap, PROTOCOL_VERSION_1, type TcapMessage } from '#codec/tcap';
import type { Place } from './laboratory.js';
import type { SenderKind } from './numbers.js';
import { transactionIds } from './octets.js';
import type { Facts, Verdict } from './oracle.js';

/** How a message travels. `segmented`: XUDTs of which each carries a part. */
export type Carrier = 'UDT' | 'XUDT' | 'LUDT' | 'segmented';

/** One message of a dialogue, to be copied and filled in. */
export interface Part {
  /** The SCCP message; of a segmented one the TCAP message in it. */
  readonly octets: Uint8Array;
  /** Where the TCAP message begins in `octets`, and where it ends. */
  readonly tcapFrom: number;
  readonly tcapTo: number;
  /** First octet of each id; 0 when there is none. */
  readonly otidAt: number;
  readonly dtidAt: number;
  /** First octet of the sender's digits, and how many they are; absent where no digit changes. */
  readonly sender?: { readonly at: number; readonly digits: number };
  /** Values of the addresses: an answer has them the other way round. */
  readonly called: Uint8Array;
  readonly calling: Uint8Array;
  /** What the segments have around their data. */
  readonly envelope?: ExtendedUnitData;
}

/** What the other side says to it: TCAP messages whose ids are filled in. */
export interface Answers {
  /** Accepts a dialogue that brings its operation later. */
  readonly accept?: Uint8Array;
  readonly result: Uint8Array;
  readonly error: Uint8Array;
}

export interface Template {
  /** What it is, for reports: the same text for all that differ in nothing but the text of the short message. */
  readonly name: string;
  readonly from: Place;
  readonly to: Place;
  readonly carrier: Carrier;
  readonly facts: Facts;
  /** Absent where no sender is drawn. */
  readonly sender?: SenderKind;
  /** Version of the application context; 0 where a rejection is not to be checked for it. */
  readonly version: number;
  readonly applicationContext?: string;
  readonly invokeId: number;
  readonly first: Part;
  /** The Continue that brings the operation, when `first` only opens the dialogue. */
  readonly second?: Part;
  /** Absent: the other side cannot answer, and the message's arrival ends it. */
  readonly answers?: Answers;
  /** The transaction id that it keeps, four octets as a number. Absent: every copy gets one of the run. */
  readonly keptId?: number;
  /** What must come of it whatever the table says: for messages that the table does not know. */
  readonly verdicts?: readonly [Verdict, ...Verdict[]];
}

/** Stands in the octets where ids will be. */
const MARK_OTID = Uint8Array.of(0xa1, 0xa2, 0xa3, 0xa4);
const MARK_DTID = Uint8Array.of(0xb1, 0xb2, 0xb3, 0xb4);

export const HOP_COUNTER = 12;

function must<T>(result: Result<T, DoesNotFit>): T {
  if (!result.ok) throw new RangeError(result.error.text);
  return result.value;
}

/** How a TCAP message is to travel. */
export interface Envelope {
  readonly called: SccpAddress;
  readonly calling: SccpAddress;
  readonly carrier: Carrier;
  /** 1..15; default 12. Says nothing in a UDT. */
  readonly hopCounter?: number;
  /** Default 0; segments have 1 whatever this says. */
  readonly protocolClass?: number;
  /** Default true. */
  readonly returnOnError?: boolean;
}

function sccpOf(data: Uint8Array, envelope: Envelope): SccpMessage {
  const { called, calling, carrier, hopCounter = HOP_COUNTER, protocolClass = 0, returnOnError = true } = envelope;
  const unit = { called, calling, data, protocolClass, returnOnError };
  if (carrier === 'UDT') return { kind: 'UDT', ...unit };
  return { kind: carrier === 'LUDT' ? 'LUDT' : 'XUDT', ...unit, hopCounter, optional: [] };
}

/** The part with a TCAP message in it. `senderDigits`: digits of the number that is filled in, found by `digitsAt` (index into `tcap`). */
export function partOf(tcap: Uint8Array, envelope: Envelope, digits?: { readonly at: number; readonly digits: number }): Part {
  const message = sccpOf(tcap, envelope);
  const addresses = { called: encodeAddress(envelope.called), calling: encodeAddress(envelope.calling) };
  if (envelope.carrier === 'segmented')
    return { ...placesIn(tcap, 0, tcap.length, digits), ...addresses, envelope: message as ExtendedUnitData };
  const octets = must(encodeSccp(message));
  const view = viewSccp(octets);
  if (!view.ok) throw new Error(view.error.text);
  return { ...placesIn(octets, view.value.dataAt.from, view.value.dataAt.to, digits), ...addresses };
}

/** Finds what is filled in. `digits.at` counts from the beginning of the TCAP message. */
export function placesIn(
  octets: Uint8Array,
  tcapFrom: number,
  tcapTo: number,
  digits?: { readonly at: number; readonly digits: number },
): Omit<Part, 'called' | 'calling' | 'envelope'> {
  const { otidFrom, dtidFrom } = transactionIds(octets, tcapFrom, tcapTo);
  return {
    octets,
    tcapFrom,
    tcapTo,
    otidAt: otidFrom,
    dtidAt: dtidFrom,
    ...(digits === undefined ? {} : { sender: { at: tcapFrom + digits.at, digits: digits.digits } }),
  };
}

/** The SCCP messages of a part whose TCAP message has been filled in. `reference`: of the segmentation, 24 bits. */
export function messagesOf(part: Part, octets: Uint8Array, reference: number, segmentOctets: number): readonly Uint8Array[] {
  if (part.envelope === undefined) return [octets];
  return must(segmentXudt({ ...part.envelope, data: octets }, reference & 0xff_ffff, segmentOctets));
}

const aarq = (applicationContext: string): DialoguePortion => ({
  kind: 'AARQ',
  protocolVersion: PROTOCOL_VERSION_1,
  applicationContext,
});
const aare = (applicationContext: string): DialoguePortion => ({
  kind: 'AARE',
  protocolVersion: PROTOCOL_VERSION_1,
  applicationContext,
  result: 0,
  diagnostic: { source: 'user', value: 0 },
});

/** The application context by number and version; undefined for version 1, which names none. */
export const contextFor = (context: number, version: number): string | undefined =>
  version === 1 ? undefined : contextName({ context, version });

const dialogueOf = (portion: DialoguePortion | undefined) => (portion === undefined ? {} : { dialogue: portion });

/** TCAP messages with marks for ids. */
export const tcapOf = {
  begin: (context: string | undefined, components: readonly Component[] | undefined): Uint8Array =>
    encodeTcap({
      kind: 'begin',
      otid: MARK_OTID,
      ...dialogueOf(context === undefined ? undefined : aarq(context)),
      ...(components === undefined ? {} : { components }),
    }),
  goOn: (components: readonly Component[]): Uint8Array =>
    encodeTcap({ kind: 'continue', otid: MARK_OTID, dtid: MARK_DTID, components }),
  accept: (context: string): Uint8Array =>
    encodeTcap({ kind: 'continue', otid: MARK_OTID, dtid: MARK_DTID, dialogue: aare(context) }),
  /** `context`: of the first answer of a dialogue that was opened with one. */
  end: (context: string | undefined, components: readonly Component[]): Uint8Array => {
    const message: TcapMessage = {
      kind: 'end',
      dtid: MARK_DTID,
      ...dialogueOf(context === undefined ? undefined : aare(context)),
      components,
    };
    return encodeTcap(message);
  },
};
