/** What the number store knows of a number, as a lookup of routing. */
import type { Msisdn } from '#base';
import {
  entityText,
  type NumberFinding,
  type NumberLookup,
  type NumberRecord,
  numberOf,
  portabilityTypeText,
} from '#portability';
import type { LookupAnswer, NumberHome, NumberSource } from './lookups.js';

/** Portability types of numbers that have left: own ones, and foreign ones to a foreign network. */
const PORTED_OUT = 1;
const FOREIGN_TO_FOREIGN = 2;

/**
 * A number that is stored as ported out is never ours, whatever entity stands beside it: an entry that contradicts itself must not be delivered
 * here. Of a record without entity the type alone is told; a type that says nothing of the network (prepaid, migrated) leaves the number unknown.
 */
function homeOf({ portabilityType, entity }: NumberRecord): NumberHome | undefined {
  if (entity.kind === 'rn') return { kind: 'operator', operator: entity.routingNumber };
  if (portabilityType === PORTED_OUT || portabilityType === FOREIGN_TO_FOREIGN) return { kind: 'elsewhere' };
  return entity.kind === 'sp' ? { kind: 'own' } : undefined;
}

function evidenceOf({ record, by }: NumberFinding): string {
  const where = by.kind === 'number' ? 'number' : `range ${by.first}-${by.last}`;
  return `${where}: portability type ${portabilityTypeText(record.portabilityType)}, ${entityText(record.entity)}`;
}

/** `now`: milliseconds since the epoch; entries have a validity. The answer comes at once. */
export function portabilitySource(name: string, numbers: NumberLookup, now: () => number): NumberSource {
  return { name, find: (number) => find(numbers, number, now()) };
}

function find(numbers: NumberLookup, msisdn: Msisdn, now: number): LookupAnswer {
  if (numbers.state !== 'ready') return { kind: 'failed', cause: 'not-ready', detail: `the number store is ${numbers.state}` };
  const { load, change } = numbers.version;
  const from = `numbers ${load}, change ${change}`;
  const number = numberOf(msisdn);
  const finding = number === undefined ? undefined : numbers.finding(number, now);
  if (!finding) return { kind: 'nothing', evidence: ['not stored'], from };
  const home = homeOf(finding.record);
  const evidence = [evidenceOf(finding)];
  return home ? { kind: 'home', home, evidence, from } : { kind: 'nothing', evidence, from };
}
