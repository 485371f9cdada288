/** Any message of M3UA, for the properties; and one of each with every parameter, for the walks. */
import fc from 'fast-check';
import { type M3uaMessage, MESSAGES, type MessageKind } from './messages.js';
import type { ParameterKey } from './parameters.js';

const u32 = fc.nat(0xffff_ffff);
const u24 = fc.nat(0xff_ffff);
/** Of every length up to the longest: left alone, fast-check stays with short ones. */
const octets = (maxLength: number) => fc.uint8Array({ maxLength, size: 'max' });
const affected = fc.record({ mask: fc.nat(255), pointCode: u24 }, { noNullPrototype: true });
const list = <T>(one: fc.Arbitrary<T>) => fc.array(one, { minLength: 1, maxLength: 4 });
const trafficMode = fc.constantFrom('override', 'loadshare', 'broadcast');
const plain = { noNullPrototype: true } as const;

const VALUES: Readonly<Record<ParameterKey, fc.Arbitrary<unknown>>> = {
  infoString: fc.string({ unit: 'binary', maxLength: 40 }).filter((s) => !/\p{Surrogate}/u.test(s)),
  routingContext: list(u32),
  diagnosticInformation: octets(40),
  heartbeatData: octets(40),
  trafficMode,
  errorCode: u32,
  status: fc.record({ type: fc.nat(0xffff), information: fc.nat(0xffff) }, plain),
  aspIdentifier: u32,
  affectedPointCodes: list(affected),
  correlationId: u32,
  networkAppearance: u32,
  userCause: fc.record({ cause: fc.nat(0xffff), user: fc.nat(0xffff) }, plain),
  congestionLevel: fc.nat(255),
  concernedDestination: u24,
  localRkIdentifier: u32,
  destinationPointCode: u24,
  serviceIndicators: octets(5),
  originatingPointCodes: list(affected),
  registrationStatus: u32,
  deregistrationStatus: u32,
  protocolData: fc.record(
    { opc: u32, dpc: u32, si: fc.nat(255), ni: fc.nat(255), mp: fc.nat(255), sls: fc.nat(255), userData: octets(300) },
    plain,
  ),
  routingKeys: list(
    fc.record(
      {
        localRkIdentifier: u32,
        destinationPointCode: u24,
        routingContext: list(u32),
        trafficMode,
        networkAppearance: u32,
        serviceIndicators: octets(5),
        originatingPointCodes: list(affected),
      },
      { requiredKeys: ['localRkIdentifier', 'destinationPointCode'], ...plain },
    ),
  ),
  registrationResults: list(fc.record({ localRkIdentifier: u32, registrationStatus: u32, routingContext: list(u32) }, plain)),
  deregistrationResults: list(fc.record({ routingContext: list(u32), deregistrationStatus: u32 }, plain)),
};

/** Tags that no message knows. */
const others = list(fc.record({ tag: fc.integer({ min: 0x300, max: 0x3ff }), octets: octets(9) }, plain));

export const KINDS = Object.keys(MESSAGES) as MessageKind[];

/** Any message of a kind; `whole`: with every parameter that it has. */
export function messageOf(kind: MessageKind, whole = false): fc.Arbitrary<M3uaMessage> {
  const model: Record<string, fc.Arbitrary<unknown>> = { kind: fc.constant(kind) };
  for (const { key } of MESSAGES[kind].slots) model[key] = VALUES[key as ParameterKey];
  if (!whole) model['others'] = others;
  const mandatory = MESSAGES[kind].slots.filter((it) => it.presence !== 'optional').map((it) => it.key);
  const requiredKeys = whole ? Object.keys(model) : ['kind', ...mandatory];
  return fc.record(model, { requiredKeys, ...plain }) as unknown as fc.Arbitrary<M3uaMessage>;
}

export const anyMessage = fc.oneof(...KINDS.map((kind) => messageOf(kind)));
