/**
 * What TCAP, MAP and short messages cost. Each case runs alone, after a warm-up, in batches of a thousand calls; p50 and p99 are of the
 * batches' means, so that the clock's own cost and its resolution do not show.
 */
import { readFileSync } from 'node:fs';
import { addressNumberAt, decodeInvoke, encodeError, glance, smDeliveryFailure } from '#codec/map';
import { decodeSms, decodeUserData } from '#codec/sms';
import { type Begin, decodeTcap, encodeTcap, endOf } from '#codec/tcap';
import { type Bench, measureCalls, runAlone } from './harness/index.js';

const CORPUS = new URL('../../test/corpus/ss7/generated-map-sccp.json', import.meta.url);

/** Of a UDT whose parameters come in the usual order: the data stand behind the third pointer, which is octet 4. */
function tcapOf(name: string): { sccp: Uint8Array; from: number; to: number; tcap: Uint8Array } {
  const { cases } = JSON.parse(readFileSync(CORPUS, 'utf8')) as { cases: { name: string; sccp: string[] }[] };
  const found = cases.find((it) => it.name === name);
  if (found === undefined) throw new Error(`${name} is not in the corpus`);
  const sccp = new Uint8Array(Buffer.from(found.sccp[0]!, 'hex'));
  const at = 4 + sccp[4]!;
  const [from, to] = [at + 1, at + 1 + sccp[at]!];
  return { sccp, from, to, tcap: sccp.slice(from, to) };
}

function expectOk<T>(
  result: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: { readonly text: string } },
): T {
  if (!result.ok) throw new Error(result.error.text);
  return result.value;
}

const short = tcapOf('mo-v3-gsm7');
const long = tcapOf('mo-v3-160');
const begin = expectOk(decodeTcap(short.tcap)) as Begin;

function decodeAll(octets: Uint8Array): unknown {
  const message = expectOk(decodeTcap(octets)) as Begin;
  const component = message.components![0]!;
  if (component.kind !== 'invoke') throw new Error('an invoke is expected');
  const { operation, argument } = expectOk(decodeInvoke(component));
  if (operation !== 'mo-ForwardSM') throw new Error('mo-ForwardSM is expected');
  const tpdu = expectOk(decodeSms(argument.smRpUi, { direction: 'mo' }));
  if (tpdu.kind !== 'SMS-SUBMIT') throw new Error('SMS-SUBMIT is expected');
  return expectOk(decodeUserData(tpdu.userData, tpdu.dataCodingScheme, tpdu.userDataHeader ?? false));
}

/** Facts and numbers, as the decision asks for them. */
function readLazily({ sccp, from, to }: typeof short): unknown {
  const found = glance(sccp, from, to);
  if (found === undefined || found.argument !== 'read') throw new Error('a plain mo-ForwardSM is expected');
  const sender = addressNumberAt(sccp, found.oaFrom, found.oaTo);
  const centre = addressNumberAt(sccp, found.daFrom, found.daTo);
  return sender === undefined || centre === undefined ? undefined : sender - centre;
}

const CASES: Readonly<Record<string, { readonly run: () => unknown; readonly reach?: string }>> = {
  'full decode, mo-ForwardSM v3 with 11 characters: TCAP, MAP, TPDU, text': { run: () => decodeAll(short.tcap) },
  'full decode, mo-ForwardSM v3 with 160 characters': { run: () => decodeAll(long.tcap) },
  'TCAP alone, same 11 characters': { run: () => decodeTcap(short.tcap) },
  'lazy read: operation, version, sender and centre as numbers': {
    run: () => readLazily(short),
    reach: 'well under the 3 µs of a whole decision',
  },
  'lazy read, 160 characters': { run: () => readLazily(long) },
  'encode of the reject: End, AARE, ReturnError': {
    run: () => encodeTcap(endOf(begin, [encodeError(1, smDeliveryFailure(3, 'subscriberNotSC-Subscriber'))])),
  },
};

export const bench: Bench = {
  name: `SS7 codecs; TCAP of ${short.tcap.length} and ${long.tcap.length} octets`,
  run: async ({ smoke }) =>
    Object.entries(CASES).map(([name, { run, reach }]) =>
      measureCalls(name, run, { smoke, ...(reach === undefined ? {} : { reach }) }),
    ),
};

await runAlone(bench, import.meta.url);
