/** A few numbers, who asks for them, and a meter that remembers. */
import { type Labels, type Meter, silentLog, silentMeter } from '#base';
import type { NumberFinding, NumberLookup, NumberRecord, NumberStoreState } from '#portability';
import type { EnumConfig, NumbersHttpConfig } from './config.js';
import type { NumberingPorts } from './ports.js';

export const NOW = Date.UTC(2026, 5, 1);

const PORTED: NumberRecord = { portabilityType: 1, entity: { kind: 'rn', routingNumber: 'd105' } };
const OURS: NumberRecord = { portabilityType: 0, entity: { kind: 'sp' } };
const NO_ENTITY: NumberRecord = { portabilityType: 3, entity: { kind: 'none' } };
const STRANGE: NumberRecord = { portabilityType: 1, entity: { kind: 'rn', routingNumber: '12#4' } };
const byNumber = { kind: 'number' } as const;

export const FINDINGS: Readonly<Record<string, NumberFinding>> = {
  '393490000001': { record: PORTED, by: byNumber },
  '393490000002': { record: OURS, by: { kind: 'range', first: '393490000000', last: '393490000999' } },
  '393490000003': { record: NO_ENTITY, by: byNumber },
  '393490000004': { record: STRANGE, by: byNumber },
  /** Ends in ten seconds. */
  '393490000005': { record: PORTED, by: byNumber, validFrom: NOW - 1000, validUntil: NOW + 10_500 },
};

export class FewNumbers implements NumberLookup {
  state: NumberStoreState = 'ready';
  version = { load: 'load 7', change: 42, changedAt: Date.UTC(2026, 4, 31) };
  /** Thrown by the next lookup. */
  fault: Error | undefined;

  find(number: number, now: number): NumberRecord | undefined {
    return this.finding(number, now)?.record;
  }

  finding(number: number, _now: number): NumberFinding | undefined {
    if (this.state !== 'ready') throw new Error(`asked while ${this.state}`);
    if (this.fault !== undefined) throw this.fault;
    return FINDINGS[String(number)];
  }
}

export const LOOPBACK = { networks: ['127.0.0.0/8', '::1'], ratePerSecond: 1000, burst: 1000 } as const;

export const ENUM: EnumConfig = {
  listen: { host: '127.0.0.1', port: 0 },
  clients: LOOPBACK,
  root: 'e164.arpa',
  nameServers: ['ns1.example.net', 'ns2.example.net'],
  contact: 'hostmaster.example.net',
  ttlSeconds: 300,
  negativeTtlSeconds: 60,
  services: ['pstn:tel'],
  routingNumbers: { kind: 'local', context: '+39' },
  digitsMin: 7,
};

export const HTTP: NumbersHttpConfig = { listen: { host: '127.0.0.1', port: 0 }, clients: LOOPBACK, maxAgeSeconds: 60 };

/** Counts by the last label: results. */
export class Counts {
  readonly by = new Map<string, number>();
  readonly meter: Meter = {
    ...silentMeter,
    counter: () => ({
      add: (count = 1, labels: Labels = {}) => {
        const key = Object.values(labels).join(' ');
        this.by.set(key, (this.by.get(key) ?? 0) + count);
      },
    }),
  };
}

export const portsOf = (numbers: NumberLookup, counts = new Counts(), now = () => NOW): NumberingPorts => ({
  numbers,
  now,
  log: silentLog,
  meter: counts.meter,
});

/** The name of a number in the zone. */
export const nameOf = (digits: string, root = 'e164.arpa'): string => `${[...digits].reverse().join('.')}.${root}`;
