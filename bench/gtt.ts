/**
 * What global title translation costs: a called party address to target, link and new address, with 100,000 entries loaded, against a map for
 * each length of digits, which is how it is done without thinking. As in ss7-codecs.ts the figures are of batches of a thousand calls.
 */

import { encodeAddress, encodeSccp, type SccpView, viewSccp } from '#codec/sccp';
import { createRouting, type RoutingSpec } from '#protocol/routing';
import { type Bench, type CallOptions, measureCalls, type Row, runAlone } from './harness/index.js';

const ENTRIES = 100_000;
const ADDRESSES = 4_096;
const SEED = 20_261;

/** Numbers without a pattern, the same in every run: Park and Miller's generator. */
function sequence(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 0x7fff_ffff);
}

const next = sequence(SEED);
const digitsOfLength = (length: number): string => Array.from({ length }, () => next() % 10).join('');

/** Prefixes of 3 to 9 digits and whole numbers of 12, half and half, no two the same. */
const prefixes: readonly string[] = (() => {
  const made = new Set<string>();
  while (made.size < ENTRIES) made.add(digitsOfLength(next() % 2 === 0 ? 12 : 3 + (next() % 7)));
  return [...made];
})();

const POINT_CODES = 64;
const LINKS = ['stp-1', 'stp-2'];

const spec: RoutingSpec = {
  networks: [{ ni: 0, variant: 'itu', own: [1] }],
  links: LINKS.map((name) => ({ name })),
  routes: [{ ni: 0, pointCode: 0, mask: 14, via: LINKS.map((link) => ({ link })) }],
  gtt: {
    selectors: [{ gti: 4, tt: 0, np: 1, nai: 4, ssn: '*', set: 'numbers' }],
    sets: [
      {
        name: 'numbers',
        entries: prefixes.map((digits, i) => ({
          digits,
          action: { kind: 'to', target: { pointCode: 100 + (i % POINT_CODES), routeOn: 'ssn', ssn: 8 } },
        })),
      },
    ],
    groups: [],
  },
};

const calledOf = (digits: string): Uint8Array =>
  encodeAddress({
    routeOn: 'gt',
    ssn: 8,
    globalTitle: { indicator: 4, translationType: 0, numberingPlan: 1, natureOfAddress: 4, digits },
  });

/** Numbers of twelve digits that have an entry. */
const numbers = Array.from({ length: ADDRESSES }, () => {
  const prefix = prefixes[next() % prefixes.length]!;
  return prefix + digitsOfLength(12 - prefix.length);
});
const addresses = numbers.map(calledOf);
const calling = calledOf('393490000001');

const views: SccpView[] = numbers.map((digits) => {
  const octets = encodeSccp({
    kind: 'UDT',
    protocolClass: 0,
    returnOnError: true,
    called: {
      routeOn: 'gt',
      ssn: 8,
      globalTitle: { indicator: 4, translationType: 0, numberingPlan: 1, natureOfAddress: 4, digits },
    },
    calling: { routeOn: 'ssn', pointCode: 7, ssn: 8 },
    data: new Uint8Array(140),
  });
  const view = octets.ok ? viewSccp(octets.value) : undefined;
  if (view?.ok !== true) throw new Error('a message of the benchmark is none');
  return view.value;
});

/** The baseline: digits as text, a map for each length, the longest first. Finds the entry; translates nothing. */
function mapPerLength(): (digits: string) => number | undefined {
  const maps = new Map<number, Map<string, number>>();
  for (const [i, digits] of prefixes.entries()) {
    if (!maps.has(digits.length)) maps.set(digits.length, new Map());
    maps.get(digits.length)!.set(digits, i);
  }
  const lengths = [...maps.keys()].sort((a, b) => b - a);
  return (digits) => {
    for (const length of lengths) {
      const found = length <= digits.length ? maps.get(length)!.get(digits.slice(0, length)) : undefined;
      if (found !== undefined) return found;
    }
    return undefined;
  };
}

function routing() {
  const made = createRouting(spec);
  if (!made.ok) throw new Error(made.error[0]!.text);
  for (const link of LINKS) made.value.setLink(link, true);
  return made.value;
}

/** Call i asks about address i, and begins again with the first. */
const measured = (name: string, run: (i: number) => unknown, options: CallOptions): Row =>
  measureCalls(name, (call) => run(call % ADDRESSES), options);

function loading(): Row {
  const before = performance.now();
  routing();
  return { benchmark: 'check and build all tables', figures: { ms: performance.now() - before }, reach: 'under a second' };
}

export const bench: Bench = {
  name: `global title translation, ${ENTRIES.toLocaleString('en')} entries, numbers of 12 digits`,
  async run({ smoke }) {
    const loaded = loading();
    const node = routing();
    const byMap = mapPerLength();
    return [
      loaded,
      {
        ...measured('a map for each length, entry only', (i) => byMap(numbers[i]!), { smoke }),
        note: 'what translation is measured against: finds an entry, reads no address, knows no link',
      },
      measured(
        'address to target, link and new address',
        (i) => node.translate({ ni: 0, called: addresses[i]!, calling, sls: i & 15 }),
        { smoke, reach: 'well under 1 µs' },
      ),
      measured(
        'whole relay of a UDT of 140 octets: translation, edit, label',
        (i) => node.relay({ ni: 0, opc: 7, dpc: 1, sls: i & 15, link: LINKS[0]! }, views[i]!),
        { smoke },
      ),
      measured('route of a point code alone', (i) => node.routes.route(0, 100 + (i % POINT_CODES), i & 15), { smoke }),
    ];
  },
};

await runAlone(bench, import.meta.url);
