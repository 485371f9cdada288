/** Any address and any message of SCCP, for the properties. */
import fc from 'fast-check';
import type { SccpAddress } from './address.js';
import { MESSAGES, type SccpKind, type SccpMessage } from './messages.js';

const octet = fc.nat(255);
const plain = { noNullPrototype: true } as const;
const digits = fc.stringMatching(/^[0-9a-f]{0,20}$/);
const evenDigits = fc.stringMatching(/^([0-9a-f]{2}){0,10}$/);
const signals = fc.uint8Array({ maxLength: 8 });
const natureOfAddress = fc.nat(127);
const numberingPlan = fc.nat(15);
const encodingScheme = fc.constantFrom(0, 3, 4, 15);

const globalTitle = fc.oneof(
  fc.record({ indicator: fc.constant(1), natureOfAddress, digits }, plain),
  fc.record({ indicator: fc.constant(2), translationType: octet, digits: evenDigits }, plain),
  fc.record({ indicator: fc.constant(3), translationType: octet, numberingPlan, digits }, plain),
  fc.record({ indicator: fc.constant(3), translationType: octet, numberingPlan, encodingScheme, signals }, plain),
  fc.record({ indicator: fc.constant(4), translationType: octet, numberingPlan, natureOfAddress, digits }, plain),
  fc.record(
    { indicator: fc.constant(4), translationType: octet, numberingPlan, natureOfAddress, encodingScheme, signals },
    plain,
  ),
  fc.record({ indicator: fc.integer({ min: 5, max: 15 }), octets: signals }, plain),
);

const common = { national: fc.constant(true), ssn: octet };
const requiredKeys: ('routeOn' | never)[] = ['routeOn'];

export const ituAddress = fc.record(
  { routeOn: fc.constantFrom('gt', 'ssn'), ...common, pointCode: fc.nat(0x3fff), globalTitle },
  { requiredKeys, ...plain },
) as unknown as fc.Arbitrary<SccpAddress>;

export const ansiAddress = fc.record(
  {
    routeOn: fc.constantFrom('gt', 'ssn'),
    ...common,
    pointCode: fc.nat(0xff_ffff),
    globalTitle: globalTitle.filter((it) => it.indicator === 2 || it.indicator === 3),
  },
  { requiredKeys, ...plain },
) as unknown as fc.Arbitrary<SccpAddress>;

const optional = fc.array(fc.record({ name: fc.integer({ min: 1, max: 255 }), octets: fc.uint8Array({ maxLength: 6 }) }, plain), {
  maxLength: 3,
});

export const KINDS = Object.keys(MESSAGES) as SccpKind[];

/** Any message of a kind that fits its pointers. */
export function messageOf(kind: SccpKind): fc.Arbitrary<SccpMessage> {
  const row = MESSAGES[kind];
  const model: Record<string, fc.Arbitrary<unknown>> = {
    kind: fc.constant(kind),
    called: ituAddress,
    calling: ituAddress,
    data: fc.uint8Array({ maxLength: row.wide ? 2_000 : 150, size: 'max' }),
    ...(row.isService ? { returnCause: octet } : { protocolClass: fc.nat(15), returnOnError: fc.boolean() }),
    ...(row.hasHopCounter ? { hopCounter: fc.nat(15), optional } : {}),
  };
  return fc.record(model, plain) as unknown as fc.Arbitrary<SccpMessage>;
}

export const anyMessage = fc.oneof(...KINDS.map(messageOf));
