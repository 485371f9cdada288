// Needs: tshark
/**
 * What our encoder writes, read by an independent program: Wireshark's dissectors for MMS encapsulation, WSP and multiparts. Every field of
 * every PDU with many values, bodies with all that a multipart can say, pushes, and the corpus of real PDUs written again by us.
 */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { inspect, isDeepStrictEqual } from 'node:util';
import { encodePdu, type MmsPdu, PDUS, type PduKind } from '#codec/mms';
import { Capture } from './tshark/capture.js';
import { CONTENTS, type FoundPart, foundContent } from './tshark/contents.js';
import { type Dissection, dissect, type Node, walk } from './tshark/dissect.js';
import { type Sample, samplesOf } from './tshark/samples.js';

interface Case {
  readonly title: string;
  readonly pdu: Uint8Array;
  readonly shown: readonly string[];
  readonly content: FoundPart | undefined;
}

/** What tshark found, in the form of the samples. */
const linesOf = (mmse: Node): string[] =>
  [...walk(mmse)]
    .filter(({ name }) => name.startsWith('mmse.'))
    .map(({ name, show, showname, octets }) =>
      name.startsWith('mmse.header.')
        ? `${showname.slice(0, showname.indexOf(': '))} (not decoded) = ${octets.toString('hex')}`
        : `${name} = ${show}`,
    );

const TYPES: Readonly<Record<PduKind, string>> = {
  'm-send-req': '0x80',
  'm-send-conf': '0x81',
  'm-notification-ind': '0x82',
  'm-notifyresp-ind': '0x83',
  'm-retrieve-conf': '0x84',
  'm-acknowledge-ind': '0x85',
  'm-delivery-ind': '0x86',
  'm-read-rec-ind': '0x87',
  'm-read-orig-ind': '0x88',
};

/** The n-th PDU of a kind. `whole`: with every field that the kind has; otherwise with those that it must have. */
function makeCase(kind: PduKind, n: number, whole: boolean): Case {
  const row = PDUS[kind];
  const values: Record<string, unknown> = { kind };
  const shown = [`mmse.message_type = ${TYPES[kind]}`];
  let content: FoundPart | undefined;
  for (const slot of row.slots) {
    if (slot.key === 'content') {
      if (!whole && !slot.mandatory) continue;
      const sample = CONTENTS[n % CONTENTS.length]!;
      values['content'] = sample.content;
      content = sample.found;
      continue;
    }
    if (!whole && !slot.mandatory) {
      if (slot.listed) values[slot.key] = [];
      continue;
    }
    const samples = samplesOf(slot);
    const pick = (i: number): Sample<unknown> => samples[i % samples.length]!;
    // Lists hold one value, two, three, one ...
    const picked = slot.repeated ? Array.from({ length: 1 + (n % 3) }, (_, i) => pick(n + i)) : [pick(n)];
    values[slot.key] = slot.repeated ? picked.map((it) => it.value) : picked[0]!.value;
    shown.push(...picked.flatMap((it) => it.shown));
  }
  return { title: `${kind} ${n}${whole ? '' : ', mandatory fields only'}`, pdu: encodePdu(values as unknown as MmsPdu), shown, content };
}

/** What is left of `lines` once each of `others` has taken one equal to it away. */
function without(lines: readonly string[], others: readonly string[]): string[] {
  const left = [...lines];
  for (const other of others) {
    const at = left.indexOf(other);
    if (at !== -1) left.splice(at, 1);
  }
  return left;
}

const KINDS = Object.keys(PDUS) as PduKind[];
/** As many PDUs of a kind as its field with the most samples has of them: every sample is used. */
const casesOf = (kind: PduKind): Case[] => {
  const count = Math.max(...PDUS[kind].slots.filter((it) => it.key !== 'content').map((it) => samplesOf(it).length));
  return Array.from({ length: count }, (_, n) => [makeCase(kind, n, true), makeCase(kind, n, false)]).flat();
};

describe('PDUs as Wireshark reads them', () => {
  const cases = new Map(KINDS.map((kind) => [kind, casesOf(kind)]));
  const portOf = new Map<Case, number>();
  let dissections: ReadonlyMap<number, Dissection>;
  before(() => {
    const capture = new Capture();
    for (const one of [...cases.values()].flat()) portOf.set(one, capture.post(one.pdu));
    dissections = dissect(capture);
  });
  const of = (one: Case): Dissection => dissections.get(portOf.get(one)!) ?? assert.fail(`${one.title} is not in the dissection`);
  /** What is not as it should be, so that one run shows all. */
  const differences = (one: Case): string[] => {
    const { mmse, complaints } = of(one);
    if (mmse === undefined) return [`${one.title}: no MMS PDU`];
    const found = linesOf(mmse);
    return [
      ...without(one.shown, found).map((line) => `missing: ${line}`),
      ...without(found, one.shown).map((line) => `not encoded: ${line}`),
      ...complaints.map((line) => `complaint: ${line}`),
      ...(isDeepStrictEqual(foundContent(mmse), one.content) ? [] : [`content: ${inspect(foundContent(mmse), { depth: null })}`]),
    ].map((line) => `${one.title}: ${line}`);
  };
  for (const kind of KINDS) {
    it(`${kind}: every field with every value is what was encoded`, () => {
      assert.deepEqual(cases.get(kind)!.flatMap(differences), []);
    });
  }
});
