/** What is known of numbers as JSON, and for how long an answer holds. */
import type { NumberFinding, NumberLookup, NumbersVersion } from '#portability';
import { digitsOf, NO_PORTABILITY_TYPE, numberOf } from '#portability';

/** Instants are RFC 3339, in UTC. */
export interface VersionView {
  readonly load: string;
  readonly change: number;
  readonly changedAt: string;
}

/** A number that is stored. Numbers are digits with country code, without plus. */
export interface NumberAnswer {
  readonly number: string;
  /** 0..36; null when none is stored. */
  readonly portabilityType: number | null;
  /** `sp`: ours; `rn`: of another network, told by its routing number; `none`: not known. */
  readonly entity: { readonly kind: 'sp' | 'rn' | 'none'; readonly routingNumber?: string };
  /** The record is the number's own, or that of a range. */
  readonly by: { readonly kind: 'number' } | { readonly kind: 'range'; readonly first: string; readonly last: string };
  readonly validFrom?: string;
  readonly validUntil?: string;
}

/** One number of a batch. `not-a-number`: `number` is what was asked. */
export type BatchAnswer = NumberAnswer | { readonly number: string; readonly error: 'not-found' | 'not-a-number' };

const MS_PER_SECOND = 1000;

/** The number as clients write it: 1 to 15 digits with country code, with or without plus. Undefined when it is none. */
export const numberIn = (text: string): number | undefined => numberOf(text.replace(/^\+/, ''));

const instant = (ms: number): string => new Date(ms).toISOString();

export const versionView = ({ load, change, changedAt }: NumbersVersion): VersionView => ({
  load,
  change,
  changedAt: instant(changedAt),
});

export const numberAnswer = (number: number, { record, by, validFrom, validUntil }: NumberFinding): NumberAnswer => ({
  number: digitsOf(number),
  portabilityType: record.portabilityType === NO_PORTABILITY_TYPE ? null : record.portabilityType,
  entity: record.entity,
  by,
  ...(validFrom === undefined ? {} : { validFrom: instant(validFrom) }),
  ...(validUntil === undefined ? {} : { validUntil: instant(validUntil) }),
});

export function batchAnswer(asked: readonly string[], numbers: NumberLookup, now: number): BatchAnswer[] {
  return asked.map((text) => {
    const number = numberIn(text);
    if (number === undefined) return { number: text, error: 'not-a-number' };
    const finding = numbers.finding(number, now);
    return finding === undefined ? { number: digitsOf(number), error: 'not-found' } : numberAnswer(number, finding);
  });
}

/**
 * The entity tag of an answer: the version of the store, and from when the record holds. With one version the same number is another answer only
 * when one record has ended and another begun.
 */
export const entityTag = ({ load, change }: NumbersVersion, { by, validFrom = 0 }: NumberFinding): string =>
  `"${encodeURIComponent(load)}.${change}.${by.kind}.${validFrom}"`;

/** Seconds for which an answer may be kept: not beyond the end of its record. */
export const maxAgeOf = (finding: NumberFinding | undefined, maxAgeSeconds: number, now: number): number =>
  finding?.validUntil === undefined
    ? maxAgeSeconds
    : Math.max(0, Math.min(maxAgeSeconds, Math.floor((finding.validUntil - now) / MS_PER_SECOND)));
