/**
 * The laboratory's numbers: who is ported, prepaid, own or unknown, and the records that a number store must have to know it. A number is
 * eleven digits: block (five), then the index of the subscriber in it (six).
 */

/** What a sender is, as far as portability goes. */
export interface SenderRow {
  readonly meaning: string;
  /** 0 to 36, 255 for none; undefined: the number is not stored. */
  readonly portabilityType: number | undefined;
  readonly entity: 'sp' | 'rn' | 'none';
  /** Country code and first digits. */
  readonly block: string;
  /** The first index of the kind. */
  readonly from: number;
}

/** Digits of a number behind its block. Unit: digits. */
export const INDEX_DIGITS = 6;
/** Subscribers of one kind at most. The block holds twice as many: two kinds share one. */
export const SUBSCRIBERS_MAX = 500_000;

/**
 * Kinds of senders. `ported-out` numbers lie in the block that is stored as a range of own numbers, as ported numbers do: the single number
 * must win over its range. Portability types: see the description of a number record; 3 and 4 are prepaid 1 and 2, 35 is prepaid 32.
 */
export const SENDERS = {
  own: { meaning: 'our subscriber, never ported', portabilityType: 36, entity: 'sp', block: '46700', from: 0 },
  'ported-out': { meaning: 'has left us', portabilityType: 1, entity: 'rn', block: '46700', from: SUBSCRIBERS_MAX },
  'ported-elsewhere': {
    meaning: 'was never ours, ported between others',
    portabilityType: 2,
    entity: 'rn',
    block: '46701',
    from: 0,
  },
  'not-known-ported': { meaning: 'stored with type 0', portabilityType: 0, entity: 'sp', block: '46702', from: 0 },
  'prepaid-1': { meaning: 'our prepaid subscriber, type 1', portabilityType: 3, entity: 'sp', block: '46703', from: 0 },
  'prepaid-2': { meaning: 'our prepaid subscriber, type 2', portabilityType: 4, entity: 'sp', block: '46704', from: 0 },
  'prepaid-3': { meaning: 'our prepaid subscriber, type 3', portabilityType: 6, entity: 'sp', block: '46705', from: 0 },
  'prepaid-32': { meaning: 'our prepaid subscriber, type 32', portabilityType: 35, entity: 'sp', block: '46706', from: 0 },
  migrated: { meaning: 'stored with type 5', portabilityType: 5, entity: 'sp', block: '46707', from: 0 },
  'no-type': { meaning: 'stored without a type', portabilityType: 255, entity: 'sp', block: '46708', from: 0 },
  'left-unmarked': {
    meaning: 'type 36 with the routing number of another',
    portabilityType: 36,
    entity: 'rn',
    block: '46709',
    from: 0,
  },
  unknown: { meaning: 'not stored', portabilityType: undefined, entity: 'none', block: '44770', from: 0 },
} as const satisfies Readonly<Record<string, SenderRow>>;

export type SenderKind = keyof typeof SENDERS;
export const SENDER_KINDS = Object.keys(SENDERS) as SenderKind[];

/** The international digits of a subscriber. `index`: 0 to SUBSCRIBERS_MAX - 1. */
export function numberOf(kind: SenderKind, index: number): string {
  const { block, from } = SENDERS[kind];
  return block + String(from + index).padStart(INDEX_DIGITS, '0');
}

/** What is stored of a number, or of every number from `first` to `last`. */
export interface PlannedRecord {
  readonly first: string;
  readonly last: string;
  /** 255 for none. */
  readonly portabilityType: number;
  /** Absent when the number is in our own network (or in none that is known: `entity`). */
  readonly routingNumber?: string;
  readonly entity: 'sp' | 'rn' | 'none';
}

/** Routing numbers of the other networks: a ported number has that of its index modulo their count. */
const ROUTING_NUMBERS = ['4675001', '4675002', '4675003'];

/** Kinds that are stored as one range; the others number by number. */
const AS_RANGE: readonly SenderKind[] = ['own', 'prepaid-3'];

/** Every record of a plan with so many subscribers of each kind. */
export function* plannedRecords(subscribers: number): Generator<PlannedRecord> {
  for (const kind of SENDER_KINDS) {
    const { portabilityType, entity, block } = SENDERS[kind];
    if (portabilityType === undefined) continue;
    if (AS_RANGE.includes(kind)) {
      const [first, last] = [block + '0'.repeat(INDEX_DIGITS), block + '9'.repeat(INDEX_DIGITS)];
      yield { first, last, portabilityType, entity };
      continue;
    }
    for (let index = 0; index < subscribers; index++) {
      const number = numberOf(kind, index);
      const routingNumber = entity === 'rn' ? { routingNumber: ROUTING_NUMBERS[index % ROUTING_NUMBERS.length]! } : {};
      yield { first: number, last: number, portabilityType, entity, ...routingNumber };
    }
  }
}
