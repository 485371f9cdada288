/** Records, each once: a number's entry is an index into this list. */
import { type Entity, NO_PORTABILITY_TYPE, type NumberRecord } from '../numbers.js';

/** Different records that one load can have. Source: 16-bit indexes, of which one says that there is none and one that validity decides. */
export const RECORDS_MAX = 65_534;

/** TS 23.066 leaves routing numbers to the country; vendors keep 1 to 15 hexadecimal digits. */
const ROUTING_NUMBER = /^[0-9A-F]{1,15}$/;
const PORTABILITY_TYPE_MAX = 36;

/** What is wrong with a record, in words; undefined when it can be kept. */
export function recordFault({ portabilityType, entity }: NumberRecord): string | undefined {
  if (
    portabilityType !== NO_PORTABILITY_TYPE &&
    !(Number.isInteger(portabilityType) && portabilityType >= 0 && portabilityType <= PORTABILITY_TYPE_MAX)
  )
    return `portability type ${portabilityType} is none of 0 to ${PORTABILITY_TYPE_MAX} and ${NO_PORTABILITY_TYPE}`;
  if (entity.kind === 'rn' && !ROUTING_NUMBER.test(entity.routingNumber))
    return `routing number "${entity.routingNumber.slice(0, 32)}" is not 1 to 15 of 0-9 and A-F`;
  return undefined;
}

const keyOf = ({ portabilityType, entity }: NumberRecord): string =>
  `${portabilityType} ${entity.kind === 'rn' ? entity.routingNumber : entity.kind}`;

const SP: Entity = Object.freeze({ kind: 'sp' });
const NONE: Entity = Object.freeze({ kind: 'none' });

function frozen({ portabilityType, entity }: NumberRecord): NumberRecord {
  const own: Entity =
    entity.kind === 'rn' ? Object.freeze({ kind: 'rn', routingNumber: entity.routingNumber }) : entity.kind === 'sp' ? SP : NONE;
  return Object.freeze({ portabilityType, entity: own });
}

/** Indexes begin at 1. A record keeps its index as long as the list lives. */
export class RecordList {
  readonly #records: (NumberRecord | undefined)[] = [undefined];
  readonly #indexes = new Map<string, number>();

  constructor(records: readonly NumberRecord[] = []) {
    for (const record of records) this.intern(record);
  }

  get count(): number {
    return this.#records.length - 1;
  }

  /** Undefined: nothing has this index. */
  at(index: number): NumberRecord | undefined {
    return this.#records[index];
  }

  indexOf(record: NumberRecord): number | undefined {
    return this.#indexes.get(keyOf(record));
  }

  /** The index of a record that has passed `recordFault`, new if need be. Undefined: the list is full. */
  intern(record: NumberRecord): number | undefined {
    const key = keyOf(record);
    const known = this.#indexes.get(key);
    if (known !== undefined || this.count === RECORDS_MAX) return known;
    this.#indexes.set(key, this.#records.length);
    return this.#records.push(frozen(record)) - 1;
  }

  /** All of them, index 1 first. */
  all(): readonly NumberRecord[] {
    return this.#records.slice(1) as NumberRecord[];
  }
}
