/** What the lower SS7 layers cost for one MO-FSM on its way through a relay: reading, editing, writing. One core, no sockets. */
import { readFileSync } from 'node:fs';
import { createM3uaFramer, decodeM3ua, encodeM3ua, type ProtocolData } from '#codec/m3ua';
import {
  decodeAddress,
  decodeSccp,
  editSccp,
  encodeAddress,
  encodeSccp,
  returnMessage,
  type SccpView,
  viewSccp,
} from '#codec/sccp';
import { AspSession, Sgp } from '#protocol/asp';
import { type Bench, type Row, runAlone, timePerOperation } from './harness/index.js';

const CORPUS = new URL('../../test/corpus/ss7/generated-map-sccp.json', import.meta.url);
/** For each case. */
const SECONDS = 2;
const SECONDS_SMOKE = 0.06;
/** Frames that one read of a socket brings. */
const BURST = 64;

const { cases } = JSON.parse(readFileSync(CORPUS, 'utf8')) as { cases: readonly { name: string; sccp: readonly string[] }[] };
const hexOf = (name: string): string => {
  const found = cases.find((it) => it.name === name)?.sccp[0];
  if (found === undefined) throw new Error(`${name} is not in the corpus`);
  return found;
};
const octetsOf = (name: string): Uint8Array => new Uint8Array(Buffer.from(hexOf(name), 'hex'));

function must<T, E>(result: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: E }): T {
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

const udt = octetsOf('mo-v3-gsm7');
const xudt = octetsOf('mo-v3-xudt');
const label: ProtocolData = { opc: 2057, dpc: 4114, si: 3, ni: 2, mp: 0, sls: 5, userData: udt };
const data = encodeM3ua({ kind: 'DATA', routingContext: [11], protocolData: label });
const burst = new Uint8Array(data.length * BURST);
for (let i = 0; i < BURST; i++) burst.set(data, i * data.length);
const view: SccpView = must(viewSccp(udt));
const xudtView: SccpView = must(viewSccp(xudt));
const message = must(decodeSccp(udt));
const sameLength = view.called.slice();
const shorter = encodeAddress({ routeOn: 'ssn', pointCode: 4114, ssn: 8 });

const session = new AspSession({ routingContexts: [11] });
const sgp = new Sgp({ applicationServers: [{ routingContext: 11, trafficMode: 'loadshare' }] });
session.receive({ kind: 'up', streams: 17 }, 0);
sgp.receive({ kind: 'up', asp: 'a', streams: 17, terms: { serves: [11] } }, 0);
for (const kind of ['ASPUP', 'ASPAC'] as const) {
  sgp.receive({ kind: 'message', asp: 'a', octets: encodeM3ua({ kind }) }, 0);
  session.receive({ kind: 'message', octets: encodeM3ua({ kind: `${kind}_ACK` }) }, 0);
}

/** DATA in, both addresses read, called party and hop counter changed, DATA out. */
function relay(): Uint8Array {
  const received = must(decodeM3ua(data));
  if (received.kind !== 'DATA') throw new Error('not DATA');
  const found = must(viewSccp(received.protocolData.userData));
  must(decodeAddress(found.called));
  must(decodeAddress(found.calling));
  const userData = must(editSccp(found, { called: shorter, hopCounter: 14 }));
  return encodeM3ua({ kind: 'DATA', routingContext: [22], protocolData: { ...received.protocolData, dpc: 77, userData } });
}

const CASES: Readonly<Record<string, () => unknown>> = {
  'decode M3UA DATA': () => decodeM3ua(data),
  'find the parts of a UDT': () => viewSccp(udt),
  'decode M3UA DATA, find the parts of the UDT, read both addresses': () => {
    const received = must(decodeM3ua(data));
    const found = must(viewSccp(received.kind === 'DATA' ? received.protocolData.userData : data));
    return [decodeAddress(found.called), decodeAddress(found.calling)];
  },
  'edit: called party of the same length, hop counter': () => editSccp(xudtView, { called: sameLength, hopCounter: 14 }),
  'edit: called party of another length, hop counter': () => editSccp(xudtView, { called: shorter, hopCounter: 14 }),
  'build the UDTS of a UDT': () => returnMessage(view, 1),
  'encode UDT': () => encodeSccp(message),
  'encode M3UA DATA': () => encodeM3ua({ kind: 'DATA', routingContext: [11], protocolData: label }),
  'relay: DATA in, addresses read, called party changed, DATA out': relay,
  'ASP: DATA through the state machine, in': () => session.receive({ kind: 'message', octets: data, stream: 1 }, 0),
  'SGP: DATA through the state machine, in': () => sgp.receive({ kind: 'message', asp: 'a', octets: data, stream: 1 }, 0),
  'SGP: DATA through the state machine, out': () => sgp.receive({ kind: 'transfer', routingContext: 11, data: label }, 0),
};

const row = (benchmark: string, microseconds: number): Row => ({
  benchmark,
  figures: { 'µs/op': microseconds, 'rate/s': 1_000_000 / microseconds },
});

export const bench: Bench = {
  name: `SS7 transport; the DATA has ${data.length} octets, the UDT in it ${udt.length}`,
  async run({ smoke }) {
    const seconds = smoke ? SECONDS_SMOKE : SECONDS;
    const rows = Object.entries(CASES).map(([name, run]) => row(name, timePerOperation(run, seconds)));
    const framing = timePerOperation(() => createM3uaFramer().push(burst), seconds) / BURST;
    return [...rows, row(`frame M3UA on TCP, ${BURST} messages in a piece, each`, framing)];
  },
};

await runAlone(bench, import.meta.url);
