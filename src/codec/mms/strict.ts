/**
 * Strict mode: everything in which a PDU departs from the standard, for those who check handsets. Three sources, one list: what is refused,
 * what is accepted by a tolerance, and the rules that a relay does not look at.
 */
import { type Inspection, inspectPdu } from './inspect.js';
import { brokenRules, RULES, type RuleName } from './rules.js';
import type { ToleranceName } from './tolerances.js';

/** One place where octets are not as the standard has them. */
export interface Departure {
  /** Row of TOLERANCES or of RULES; of what is refused, the kind of the error. */
  readonly name: ToleranceName | RuleName | Inspection['refused'][number]['kind'];
  /**
   * `refused`: the PDU or its body is not accepted for it. `tolerated`: read in spite of it. `departs`: read as it stands, against a rule.
   */
  readonly grade: 'refused' | 'tolerated' | 'departs';
  /** Octet counted from 0; of something that is missing, where it could have stood at the latest. */
  readonly offset: number;
  /** The field or part header it stands in. */
  readonly field?: string;
  readonly detail: string;
  /** Absent where no single clause says it, as for the limits of this decoder. */
  readonly clause?: string;
}

/** Every departure of an inspected PDU, by octet. */
export function departuresOf(inspection: Inspection): readonly Departure[] {
  const found: Departure[] = [
    ...inspection.refused.map(
      ({ kind, offset, detail, clause }): Departure => ({
        name: kind,
        grade: 'refused',
        offset,
        detail,
        ...(clause === undefined ? {} : { clause }),
      }),
    ),
    ...inspection.tolerated.map((one): Departure => ({ ...one, grade: 'tolerated' })),
    ...Array.from(brokenRules(inspection), (one): Departure => ({ ...one, grade: 'departs', clause: RULES[one.name].clause })),
  ];
  return found.sort((a, b) => a.offset - b.offset);
}

/** Every departure from MMS encapsulation in these octets, by octet; empty when they conform. Never throws. */
export const departures = (bytes: Uint8Array): readonly Departure[] => departuresOf(inspectPdu(bytes));
