/** The vectors of ss7/ as octets. */
import assert from 'node:assert/strict';
import { corpusJson, fromHex, toHex } from '../kit/ss7/captures.js';

/** Octets of hexadecimal text; spaces between are allowed. */
export const octetsOf = fromHex;
export const hexOf = toHex;

export interface Jss7Vector {
  readonly layer: string;
  readonly object: string;
  readonly vector: string;
  readonly hex: string;
}
export const jss7 = (layer: string): Jss7Vector[] =>
  (corpusJson('jss7-vectors.json') as { vectors: Jss7Vector[] }).vectors.filter((it) => it.layer === layer);

/** What a decoder must find in a generated message; `null`: nothing. */
export interface GeneratedCase {
  readonly name: string;
  readonly sccp: readonly string[];
  readonly tcap: string;
  readonly op?: number | null;
  readonly acn?: string | null;
  readonly screen?: boolean;
  readonly msisdn?: string | null;
  readonly sc?: string | null;
  readonly imsi?: string;
  readonly tpda?: string;
  readonly text?: string;
  readonly components?: number;
  readonly component?: string;
  readonly error?: number;
  readonly cause?: string;
  readonly pabort?: number;
  readonly vlr?: string;
  readonly msc?: string;
  readonly hlr?: string;
  readonly sgsn?: string;
}
export const generated = (): GeneratedCase[] => (corpusJson('generated-map-sccp.json') as { cases: GeneratedCase[] }).cases;

const FIXED_OCTETS: Readonly<Record<number, number>> = { 0x09: 2, 0x0a: 2, 0x11: 3, 0x12: 3 };

/** The user data of SCCP messages (UDT, UDTS, XUDT, XUDTS) by the third pointer, segments put together in order. */
export function userDataOf(messages: readonly string[]): Uint8Array {
  const parts = messages.map((hex) => {
    const octets = octetsOf(hex);
    const fixed = FIXED_OCTETS[octets[0]!];
    assert.ok(fixed !== undefined);
    const pointer = fixed + 2;
    const at = pointer + octets[pointer]!;
    return octets.subarray(at + 1, at + 1 + octets[at]!);
  });
  return new Uint8Array(Buffer.concat(parts));
}

export interface CapturedMessage {
  readonly capture: string;
  readonly frame: number;
  readonly hex: string;
  readonly operations: readonly number[];
  readonly numbers: readonly string[];
}
export const captured = (): CapturedMessage[] => (corpusJson('pcapr-tcap.json') as { messages: CapturedMessage[] }).messages;

export const wiki = (): { hex: string; meaning: string }[] =>
  (corpusJson('tcap-map-begin.json') as { messages: { hex: string; meaning: string }[] }).messages;

/** Every whole TCAP message of the corpus, by a title. */
export function tcapMessages(): { title: string; octets: Uint8Array }[] {
  const whole = /^(?:TcBegin|TcContinue|TcEnd|ParseMessageDraft|TCAbort)$/;
  return [
    ...jss7('tcap')
      .filter((it) => whole.test(it.object) && /^6[1-7]/.test(it.hex))
      .map((it) => ({ title: `jss7 ${it.object} ${it.hex.slice(0, 16)}`, octets: octetsOf(it.hex) })),
    ...generated()
      .filter((it) => !/^udts|dummy/i.test(it.name))
      .map((it) => ({ title: it.name, octets: userDataOf(it.sccp) })),
    ...captured().map((it) => ({ title: `${it.capture} ${it.frame}`, octets: octetsOf(it.hex) })),
    ...wiki().map((it) => ({ title: it.meaning, octets: octetsOf(it.hex) })),
  ];
}
