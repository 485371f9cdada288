/** What is stored of numbers, for messages that the generator did not make: single numbers and ranges, of which the narrowest counts. */

import type { PlannedRecord } from './numbers.js';
import type { EntityKind } from './oracle.js';

export interface NumberFacts {
  /** 255 for none. */
  readonly portabilityType: number;
  readonly entity: EntityKind;
}

export class NumberBook {
  private readonly singles = new Map<string, NumberFacts>();
  private readonly ranges: PlannedRecord[] = [];

  constructor(records: Iterable<PlannedRecord>) {
    for (const record of records)
      if (record.first === record.last) this.singles.set(record.first, record);
      else this.ranges.push(record);
    this.ranges.sort((a, b) => Number(a.last) - Number(a.first) - (Number(b.last) - Number(b.first)));
  }

  /** `digits`: international. */
  find(digits: string): NumberFacts | undefined {
    return (
      this.singles.get(digits) ??
      this.ranges.find(({ first, last }) => digits.length === first.length && digits >= first && digits <= last)
    );
  }
}
