/**
 * What the gate costs for one message: SCCP octets in, verdict out, and the whole way to the message that leaves. Numbers are answered by a map, so
 * that the store's own cost (bench of its own) stays out. Baselines in the same run: the codecs' full decode, a glance alone. As in ss7-codecs.ts
 * the figures are of batches of a thousand calls; messages differ in sender and transaction id.
 */
import type { ProtocolData } from '#codec/m3ua';
import { contextName, decodeInvoke, encodeInvoke, glance } from '#codec/map';
import { decodeSccp, encodeSccp, type SccpAddress } from '#codec/sccp';
import { decodeTcap, encodeTcap, PROTOCOL_VERSION_1 } from '#codec/tcap';
import { GateSwitch, type Wire } from '#endpoint/sigtran';
import { type Answer, createScreening, type NumberLookup, type NumberRecord } from '#portability';
import { createRouting } from '#protocol/routing';
import { type Bench, measureCalls, runAlone } from './harness/index.js';

/** The gate's whole road takes longer to be compiled. Unit: calls. */
const WARM_UP_CALLS = 100_000;

/** Different messages, fed in turn: more than an inline cache or a branch predictor learns by heart. */
const MESSAGES = 4096;
/** Exchanges from which they come. */
const EXCHANGES = 64;

const SMSC = '491770600000';
const PC = { gate: 100, msc: 1, smsc: 2 } as const;
const NOW = 1_800_000_000_000;
const PORTED: NumberRecord = { portabilityType: 1, entity: { kind: 'rn', routingNumber: 'D123' } };

const senderOf = (i: number): string => String(491_710_000_000 + ((i * 7_919) % 10_000_000));

function titleOf(digits: string): SccpAddress {
  return {
    routeOn: 'gt',
    ssn: 8,
    globalTitle: { indicator: 4, translationType: 0, numberingPlan: 1, natureOfAddress: 4, digits },
  };
}

function expectOk<T>(result: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown }): T {
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

const TPDU = new Uint8Array(Buffer.from('01010c9193437956341200000bc8329bfd06dddf723619', 'hex'));
const international = (digits: string) => ({ nature: 1, plan: 1, digits });

function messageOf(i: number, translationType: number): ProtocolData {
  const data = encodeTcap({
    kind: 'begin',
    otid: Uint8Array.of(0x30, i >>> 16, i >>> 8, i),
    dialogue: {
      kind: 'AARQ',
      protocolVersion: PROTOCOL_VERSION_1,
      applicationContext: contextName({ context: 21, version: 3 }),
    },
    components: [
      encodeInvoke(1, {
        operation: 'mo-ForwardSM',
        argument: {
          smRpDa: { kind: 'serviceCentreAddressDA', value: international(SMSC) },
          smRpOa: { kind: 'msisdn', value: international(senderOf(i)) },
          smRpUi: TPDU,
        },
      }),
    ],
  });
  const smsc = titleOf(SMSC);
  const called = { ...smsc, globalTitle: { ...smsc.globalTitle!, translationType } } as SccpAddress;
  const calling = titleOf(String(491_710_900_000 + (i % EXCHANGES)));
  const userData = expectOk(encodeSccp({ kind: 'UDT', protocolClass: 0, returnOnError: true, called, calling, data }));
  return { opc: PC.msc, dpc: PC.gate, si: 3, ni: 2, mp: 0, sls: i % 16, userData };
}

const messages = (translationType: number): readonly ProtocolData[] =>
  Array.from({ length: MESSAGES }, (_, i) => messageOf(i, translationType));

/** Of every sender the same record, or none. */
function numbersWith(record: NumberRecord | undefined): NumberLookup {
  const records = new Map<number, NumberRecord>();
  if (record !== undefined) for (let i = 0; i < MESSAGES; i++) records.set(Number(senderOf(i)), record);
  return {
    state: 'ready',
    version: { load: 'bench', change: 0, changedAt: NOW },
    find: (number) => records.get(number),
    finding: (number) => (records.has(number) ? { record: records.get(number)!, by: { kind: 'number' } } : undefined),
  };
}

function gateWith(record: NumberRecord | undefined, answer?: Answer): GateSwitch {
  const screening = expectOk(
    createScreening<Wire>(
      {
        version: 'bench',
        mode: { kind: 'enforce' },
        portabilityCheck: true,
        selectors: [{ name: 'mo', indicator: 4, translationType: 0, numberingPlan: 1, natureOfAddress: 4, ssn: 8 }],
        conditioning: { countryCode: '49' },
        homeSmscs: { entries: [{ name: 'home', digits: SMSC }] },
        ...(answer === undefined ? {} : { answers: { 'home-smsc': answer } }),
      },
      { numbers: numbersWith(record) },
    ),
  );
  const links = ['to-msc', 'to-smsc'];
  const routing = expectOk(
    createRouting({
      networks: [{ ni: 2, variant: 'itu', own: [PC.gate] }],
      links: links.map((name) => ({ name })),
      routes: [PC.msc, PC.smsc].map((pointCode, i) => ({ ni: 2, pointCode, via: [{ link: links[i]! }] })),
      gtt: {
        selectors: [{ gti: 4, tt: '*', np: 1, nai: 4, ssn: '*', set: 'numbers' }],
        sets: [
          {
            name: 'numbers',
            entries: [{ digits: '49177', action: { kind: 'to', target: { pointCode: PC.smsc, routeOn: 'gt' } } }],
          },
        ],
        groups: [],
      },
    }),
  );
  for (const link of links) routing.setLink(link, true);
  return new GateSwitch({ whenReassemblyFails: 'pass', continues: true }, { screening, routing });
}

/** The messages one after the other, round and round. */
function feeding(gate: GateSwitch, all: readonly ProtocolData[], outputs: number): () => unknown {
  let at = 0;
  const feed = () => gate.receive('to-msc', all[at++ & (MESSAGES - 1)]!, NOW);
  for (let i = 0; i < MESSAGES; i++)
    if (feed().length !== outputs) throw new Error(`message ${i} does not have ${outputs} outputs`);
  return feed;
}

const judged = messages(0);
const passing = messages(9);

function decodeAll({ userData }: ProtocolData): unknown {
  const sccp = expectOk(decodeSccp(userData));
  const message = expectOk(decodeTcap(sccp.data));
  const component = message.kind === 'begin' ? message.components?.[0] : undefined;
  if (component?.kind !== 'invoke') throw new Error('an invoke is expected');
  return expectOk(decodeInvoke(component));
}

function turning(work: (data: ProtocolData) => unknown): () => unknown {
  let at = 0;
  return () => work(judged[at++ & (MESSAGES - 1)]!);
}

/** Of these messages the user data stand behind the third pointer, octet 4. */
const look = ({ userData }: ProtocolData): unknown => {
  const at = 4 + userData[4]!;
  return glance(userData, at + 1, at + 1 + userData[at]!);
};

const CASES: Readonly<Record<string, { readonly run: () => unknown; readonly reach?: string }>> = {
  'baseline: full decode, SCCP, TCAP and MAP': { run: turning(decodeAll) },
  'baseline: glance alone': { run: turning(look) },
  'octets in, verdict out: ported sender, home SMSC, no answer asked for': {
    run: feeding(gateWith(PORTED, { kind: 'silent-discard' }), judged, 0),
    reach: '3 µs or less',
  },
  'whole way: sender not stored, translated and handed on': {
    run: feeding(gateWith(undefined), judged, 1),
    reach: '10 µs or less, sockets included',
  },
  'whole way: ported sender, answered with End, AARE, ReturnError': { run: feeding(gateWith(PORTED), judged, 1) },
  'whole way: no selector, translated and handed on': { run: feeding(gateWith(undefined), passing, 1) },
};

export const bench: Bench = {
  name: `Gate decision; mo-ForwardSM v3, UDT of ${judged[0]!.userData.length} octets`,
  run: async ({ smoke }) =>
    Object.entries(CASES).map(([name, { run, reach }]) =>
      measureCalls(name, run, { smoke, warmUpCalls: WARM_UP_CALLS, ...(reach === undefined ? {} : { reach }) }),
    ),
};

await runAlone(bench, import.meta.url);
