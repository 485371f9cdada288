/** What is known of a number as NAPTR records: RFC 6116 3, services of RFC 4769 and RFC 3764, `npdi` and `rn` of RFC 4694. */
import type { NumberRecord } from '#portability';
import type { EnumConfig, EnumService } from './config.js';

/** Data of one NAPTR record. RFC 3403 4.1. */
export interface Naptr {
  readonly order: number;
  readonly preference: number;
  readonly flags: string;
  readonly services: string;
  readonly regexp: string;
  readonly replacement: string;
}

/** All records of a number are of one order: which service is used is for the client, in the order of preference. */
const ORDER = 10;
const PREFERENCE_STEP = 10;
const HEX_DIGITS = /^[0-9A-Fa-f]+$/;

/**
 * The records of a number, `digits` with its country code. Undefined when nothing is known of whose it is; `unspeakable` when its routing number
 * cannot be written in a URI.
 */
export function naptrsOf(
  digits: string,
  { entity }: NumberRecord,
  config: EnumConfig,
): readonly Naptr[] | 'unspeakable' | undefined {
  if (entity.kind === 'none') return undefined;
  if (entity.kind === 'rn' && !HEX_DIGITS.test(entity.routingNumber)) return 'unspeakable';
  const number = `+${digits};npdi${entity.kind === 'rn' ? routingParameters(entity.routingNumber, config) : ''}`;
  return config.services.map((service, i) => ({
    order: ORDER,
    preference: (i + 1) * PREFERENCE_STEP,
    flags: 'u',
    services: `E2U+${service}`,
    regexp: `!^.*$!${uriOf(service, number, config)}!`,
    replacement: '.',
  }));
}

/** RFC 4694 4: a routing number of a context names it. */
function routingParameters(routingNumber: string, { routingNumbers }: EnumConfig): string {
  const rn = routingNumber.toUpperCase();
  return routingNumbers.kind === 'global' ? `;rn=+${rn}` : `;rn=${rn};rn-context=${routingNumbers.context}`;
}

const uriOf = (service: EnumService, number: string, { sipHost }: EnumConfig): string =>
  service === 'pstn:tel' ? `tel:${number}` : `sip:${number}@${sipHost};user=phone`;
