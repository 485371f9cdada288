/** Portability types: which are prepaid, and what they are called. */
import { type Entity, NO_PORTABILITY_TYPE } from './numbers.js';

/** Prepaid 1 and 2 are types 3 and 4; type 5 is none of them ("migrated"); prepaid 3 to 32 are types 6 to 35. */
const PREPAID_1 = 3;
const PREPAID_2 = 4;
const PREPAID_3 = 6;
const PREPAID_32 = 35;

/** PPT (1..32) of a portability type; 0 when it is not prepaid. */
export function prepaidTypeOf(portabilityType: number): number {
  if (portabilityType === PREPAID_1 || portabilityType === PREPAID_2) return portabilityType - PREPAID_1 + 1;
  return portabilityType >= PREPAID_3 && portabilityType <= PREPAID_32 ? portabilityType - PREPAID_3 + 3 : 0;
}

const NAMES: Readonly<Record<number, string>> = {
  0: 'not known to be ported',
  1: 'own, ported out',
  2: 'foreign, ported to a foreign network',
  5: 'migrated',
  36: 'not identified to be ported',
  [NO_PORTABILITY_TYPE]: 'no portability type',
};

/** `1 (own, ported out)`, `3 (prepaid 1)`. */
export function portabilityTypeText(portabilityType: number): string {
  const prepaid = prepaidTypeOf(portabilityType);
  const name = prepaid > 0 ? `prepaid ${prepaid}` : (NAMES[portabilityType] ?? 'not assigned');
  return portabilityType === NO_PORTABILITY_TYPE ? name : `${portabilityType} (${name})`;
}

/** `SP`, `RN 4917`, `no entity`. */
export const entityText = (entity: Entity): string =>
  entity.kind === 'rn' ? `RN ${entity.routingNumber}` : entity.kind === 'sp' ? 'SP' : 'no entity';
