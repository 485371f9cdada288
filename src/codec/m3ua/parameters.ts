/**
 * The parameters of M3UA, one row each: tag, name and the grammar of the value. Decoder, encoder, printer and tests read these rows.
 * Some of them are themselves lists of parameters (Routing Key and the two Results).
 */
import { type ByteReader, ByteWriter, hexNumber, hexOctets, LIMITS } from '#base';
import { Refused } from './decode-error.js';
import {
  CONGESTION_LEVELS,
  DEREGISTRATION_STATUS,
  ERROR_CODE_NAMES,
  nameOf,
  REGISTRATION_STATUS,
  STATUS_NAMES,
  UNAVAILABILITY_CAUSES,
} from './names.js';

/** A parameter that the message's row does not have: its tag and its value without padding, a view. */
export interface OtherParameter {
  readonly tag: number;
  readonly octets: Uint8Array;
}

/** A range of destinations. RFC 4666 3.4.1. */
export interface AffectedPointCode {
  /** How many of the lowest bits of the point code do not count: 0 for a single one. */
  readonly mask: number;
  readonly pointCode: number;
}

/** RFC 4666 3.8.2; numbers are named in STATUS_NAMES. */
export interface StatusValue {
  readonly type: number;
  readonly information: number;
}

/** RFC 4666 3.4.5. `user`: a service indicator, 3 for SCCP. */
export interface UserCause {
  readonly cause: number;
  readonly user: number;
}

/** How the ASPs of an AS share its traffic. RFC 4666 3.7.1. */
export type TrafficMode = 'override' | 'loadshare' | 'broadcast';

/** The MTP3 message of a DATA: routing label and user part. RFC 4666 3.3.1. */
export interface ProtocolData {
  readonly opc: number;
  readonly dpc: number;
  /** Service indicator, 3 for SCCP. */
  readonly si: number;
  /** Network indicator, 0..3. */
  readonly ni: number;
  /** Message priority, 0..3; 0 where the network has none. */
  readonly mp: number;
  /** Signalling link selection. */
  readonly sls: number;
  /** The user part's message (for SI 3 an SCCP message): a view. */
  readonly userData: Uint8Array;
}

/** What traffic an AS wants. RFC 4666 3.6.1. */
export interface RoutingKey {
  /** Names the key in the answer. */
  readonly localRkIdentifier: number;
  /** Present when a registered key is to be changed. */
  readonly routingContext?: readonly number[];
  readonly trafficMode?: TrafficMode;
  readonly networkAppearance?: number;
  readonly destinationPointCode: number;
  readonly serviceIndicators?: Uint8Array;
  readonly originatingPointCodes?: readonly AffectedPointCode[];
  readonly others?: readonly OtherParameter[];
}

/** RFC 4666 3.6.2; `status` is named in REGISTRATION_STATUS, `routingContext` is 0 when it is no success. */
export interface RegistrationResult {
  readonly localRkIdentifier: number;
  readonly registrationStatus: number;
  readonly routingContext: readonly number[];
  readonly others?: readonly OtherParameter[];
}

/** RFC 4666 3.6.4; `status` is named in DEREGISTRATION_STATUS. */
export interface DeregistrationResult {
  readonly routingContext: readonly number[];
  readonly deregistrationStatus: number;
  readonly others?: readonly OtherParameter[];
}

interface Coder<T> {
  /** Reads the value of one parameter, up to the end of the reader. Throws Malformed. */
  decode(r: ByteReader): T;
  encode(w: ByteWriter, value: T): void;
  toText(value: T): string;
}

/** A mark that a text begins with is part of it: what is read is written again. */
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

const infoString: Coder<string> = {
  decode: (r) => utf8.decode(r.rest()),
  encode: (w, value) => void w.utf8(value),
  toText: (value) => value,
};

const octets: Coder<Uint8Array> = {
  decode: (r) => r.rest(),
  encode: (w, value) => w.octets(value),
  toText: hexOctets,
};

function u32(names?: Readonly<Record<number, string>>): Coder<number> {
  return {
    decode: (r) => r.u32(),
    encode: (w, value) => w.u32(value),
    toText: (value) => (names?.[value] === undefined ? String(value) : `${names[value]} (${value})`),
  };
}

/** At least one value, up to the end of the parameter. */
function listOf<T>(one: Coder<T>): Coder<readonly T[]> {
  return {
    decode(r) {
      const values = [one.decode(r)];
      while (r.remaining > 0) {
        if (values.length >= LIMITS.m3uaListMax) throw new Refused('limit', r.offset, `more than ${LIMITS.m3uaListMax} values`);
        values.push(one.decode(r));
      }
      return values;
    },
    encode(w, values) {
      for (const value of values) one.encode(w, value);
    },
    toText: (values) => values.map((value) => one.toText(value)).join(', '),
  };
}

const affectedPointCode: Coder<AffectedPointCode> = {
  decode(r) {
    const word = r.u32();
    return { mask: word >>> 24, pointCode: word & 0xff_ffff };
  },
  encode(w, { mask, pointCode }) {
    w.u8(mask);
    w.u8(pointCode >>> 16);
    w.u16(pointCode);
  },
  toText: ({ mask, pointCode }) => (mask === 0 ? String(pointCode) : `${pointCode} mask ${mask}`),
};

/** A point code in 24 bits behind an octet that is zero (Concerned Destination) or a mask of no use (Destination Point Code). */
const pointCode: Coder<number> = {
  decode: (r) => r.u32() & 0xff_ffff,
  encode: (w, value) => w.u32(value & 0xff_ffff),
  toText: String,
};

const TRAFFIC_MODES: Readonly<Record<number, TrafficMode>> = { 1: 'override', 2: 'loadshare', 3: 'broadcast' };
const TRAFFIC_MODE_OF: Readonly<Record<TrafficMode, number>> = { override: 1, loadshare: 2, broadcast: 3 };

const trafficMode: Coder<TrafficMode> = {
  decode(r) {
    const offset = r.offset;
    const value = r.u32();
    const mode = TRAFFIC_MODES[value];
    if (mode === undefined)
      throw new Refused('unsupported-traffic-mode', offset, `traffic mode ${value}, expected 1..3`, 'RFC 4666 3.7.1');
    return mode;
  },
  encode: (w, value) => w.u32(TRAFFIC_MODE_OF[value]),
  toText: (value) => `${value} (${TRAFFIC_MODE_OF[value]})`,
};

const status: Coder<StatusValue> = {
  decode: (r) => ({ type: r.u16(), information: r.u16() }),
  encode(w, { type, information }) {
    w.u16(type);
    w.u16(information);
  },
  toText: ({ type, information }) => `${nameOf(STATUS_NAMES[type], information)} (${type}/${information})`,
};

const userCause: Coder<UserCause> = {
  decode: (r) => ({ cause: r.u16(), user: r.u16() }),
  encode(w, { cause, user }) {
    w.u16(cause);
    w.u16(user);
  },
  toText: ({ cause, user }) => `${nameOf(UNAVAILABILITY_CAUSES, cause)} (${cause}), user ${user}`,
};

/** Three reserved octets, then the level. */
const congestionLevel: Coder<number> = {
  decode: (r) => r.u32() & 0xff,
  encode: (w, value) => w.u32(value & 0xff),
  toText: (value) => `${nameOf(CONGESTION_LEVELS, value)} (${value})`,
};

const protocolData: Coder<ProtocolData> = {
  decode: (r) => ({
    opc: r.u32(),
    dpc: r.u32(),
    si: r.u8(),
    ni: r.u8(),
    mp: r.u8(),
    sls: r.u8(),
    userData: r.rest(),
  }),
  encode(w, value) {
    w.u32(value.opc);
    w.u32(value.dpc);
    w.u8(value.si);
    w.u8(value.ni);
    w.u8(value.mp);
    w.u8(value.sls);
    w.octets(value.userData);
  },
  toText: (v) =>
    `OPC ${v.opc}, DPC ${v.dpc}, SI ${v.si}, NI ${v.ni}, MP ${v.mp}, SLS ${v.sls}, ${v.userData.length} octets of user data`,
};

/** `repeated`: may occur several times, and then the field holds a list. */
export interface Slot {
  readonly key: string;
  readonly parameter: Parameter;
  readonly presence: 'mandatory' | 'optional' | 'repeated';
}

export interface Parameter {
  readonly tag: number;
  /** As RFC 4666 3.2 and the headings of 3.x write it. */
  readonly name: string;
  readonly coder: Coder<never>;
}

const row = <T>(tag: number, name: string, coder: Coder<T>): Parameter => ({ tag, name, coder: coder as Coder<never> });

/** A parameter made of parameters. */
function compound(slots: readonly Slot[]): Coder<Readonly<Record<string, unknown>>> {
  return {
    decode: (r) => readParameters(r, slots),
    encode: (w, value) => writeParameters(w, slots, value),
    toText: (value) => slotLines(slots, value).join('; '),
  };
}

const slot = (key: string, parameter: Parameter, presence: Slot['presence'] = 'optional'): Slot => ({ key, parameter, presence });

/** Parameters whose values are made of octets. RFC 4666 3.2; the reference of each is the message that it belongs to. */
const SIMPLE = {
  infoString: row(0x0004, 'INFO String', infoString),
  routingContext: row(0x0006, 'Routing Context', listOf(u32())),
  diagnosticInformation: row(0x0007, 'Diagnostic Information', octets),
  heartbeatData: row(0x0009, 'Heartbeat Data', octets),
  trafficMode: row(0x000b, 'Traffic Mode Type', trafficMode),
  errorCode: row(0x000c, 'Error Code', u32(ERROR_CODE_NAMES)),
  status: row(0x000d, 'Status', status),
  aspIdentifier: row(0x0011, 'ASP Identifier', u32()),
  affectedPointCodes: row(0x0012, 'Affected Point Code', listOf(affectedPointCode)),
  correlationId: row(0x0013, 'Correlation ID', u32()),
  networkAppearance: row(0x0200, 'Network Appearance', u32()),
  userCause: row(0x0204, 'User/Cause', userCause),
  congestionLevel: row(0x0205, 'Congestion Indications', congestionLevel),
  concernedDestination: row(0x0206, 'Concerned Destination', pointCode),
  localRkIdentifier: row(0x020a, 'Local-RK-Identifier', u32()),
  destinationPointCode: row(0x020b, 'Destination Point Code', pointCode),
  serviceIndicators: row(0x020c, 'Service Indicators', octets),
  originatingPointCodes: row(0x020e, 'Originating Point Code List', listOf(affectedPointCode)),
  protocolData: row(0x0210, 'Protocol Data', protocolData),
  registrationStatus: row(0x0212, 'Registration Status', u32(REGISTRATION_STATUS)),
  deregistrationStatus: row(0x0213, 'Deregistration Status', u32(DEREGISTRATION_STATUS)),
} as const;

const S = SIMPLE;

export const PARAMETERS = {
  ...SIMPLE,
  routingKeys: row(
    0x0207,
    'Routing Key',
    compound([
      slot('localRkIdentifier', S.localRkIdentifier, 'mandatory'),
      slot('routingContext', S.routingContext),
      slot('trafficMode', S.trafficMode),
      slot('destinationPointCode', S.destinationPointCode, 'mandatory'),
      slot('networkAppearance', S.networkAppearance),
      slot('serviceIndicators', S.serviceIndicators),
      slot('originatingPointCodes', S.originatingPointCodes),
    ]),
  ),
  registrationResults: row(
    0x0208,
    'Registration Result',
    compound([
      slot('localRkIdentifier', S.localRkIdentifier, 'mandatory'),
      slot('registrationStatus', S.registrationStatus, 'mandatory'),
      slot('routingContext', S.routingContext, 'mandatory'),
    ]),
  ),
  deregistrationResults: row(
    0x0209,
    'Deregistration Result',
    compound([
      slot('routingContext', S.routingContext, 'mandatory'),
      slot('deregistrationStatus', S.deregistrationStatus, 'mandatory'),
    ]),
  ),
} as const;

export type ParameterKey = keyof typeof PARAMETERS;

/** Tag and length, both 16 bits. */
const HEAD_OCTETS = 4;
const ALIGNMENT = 4;
const paddingOf = (length: number): number => (ALIGNMENT - (length % ALIGNMENT)) % ALIGNMENT;

/**
 * The parameters up to the end of the reader, in any order, by the keys of their slots. What no slot has is kept in `others` (RFC 4666 3.2:
 * parameters may come in any order, and what is not known is passed over). The padding of the last one may be missing (3.1.4).
 */
export function readParameters(r: ByteReader, slots: readonly Slot[]): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  let count = 0;
  while (r.remaining > 0) {
    if (++count > LIMITS.m3uaParametersMax)
      throw new Refused('limit', r.offset, `more than ${LIMITS.m3uaParametersMax} parameters`);
    const offset = r.offset;
    if (r.remaining < HEAD_OCTETS)
      throw new Refused('parameter-field-error', offset, `${r.remaining} octets where a parameter should begin`, 'RFC 4666 3.2');
    const tag = r.u16();
    const length = r.u16();
    if (length < HEAD_OCTETS || length - HEAD_OCTETS > r.remaining)
      throw new Refused(
        'parameter-field-error',
        offset,
        `parameter ${hexNumber(tag)} announces ${length} octets, ${r.remaining + HEAD_OCTETS} are left`,
        'RFC 4666 3.2',
      );
    readValue(values, slots, tag, offset, r.window(length - HEAD_OCTETS));
    r.offset = Math.min(r.end, r.offset + paddingOf(length));
  }
  for (const { key, parameter, presence } of slots)
    if (presence !== 'optional' && values[key] === undefined)
      throw new Refused('missing-parameter', r.offset, `${parameter.name} is not there`, 'RFC 4666 3.8.1');
  return values;
}

function readValue(
  values: Record<string, unknown>,
  slots: readonly Slot[],
  tag: number,
  offset: number,
  window: ByteReader,
): void {
  const found = slots.find(({ parameter }) => parameter.tag === tag);
  if (found === undefined) {
    ((values['others'] ??= []) as OtherParameter[]).push({ tag, octets: window.rest() });
    return;
  }
  const value: unknown = found.parameter.coder.decode(window);
  if (window.remaining > 0)
    throw new Refused('parameter-field-error', offset, `${found.parameter.name} is longer than its value`, 'RFC 4666 3.2');
  if (found.presence === 'repeated') ((values[found.key] ??= []) as unknown[]).push(value);
  else if (values[found.key] !== undefined)
    throw new Refused('unexpected-parameter', offset, `${found.parameter.name} twice`, 'RFC 4666 3.8.1');
  else values[found.key] = value;
}

/** The parameters in the order of their slots, then the others as they came, each padded. */
export function writeParameters(w: ByteWriter, slots: readonly Slot[], values: Readonly<Record<string, unknown>>): void {
  for (const { key, parameter, presence } of slots) {
    const value = values[key];
    if (value === undefined) continue;
    for (const one of presence === 'repeated' ? (value as readonly unknown[]) : [value]) {
      const inner = new ByteWriter();
      parameter.coder.encode(inner, one as never);
      writeParameter(w, parameter.tag, inner.view());
    }
  }
  for (const { tag, octets: value } of (values['others'] as readonly OtherParameter[] | undefined) ?? [])
    writeParameter(w, tag, value);
}

/** Throws RangeError when the value does not fit the 16 bits of its length: a bug of the caller. */
function writeParameter(w: ByteWriter, tag: number, value: Uint8Array): void {
  const length = HEAD_OCTETS + value.length;
  if (length > 0xffff) throw new RangeError(`a parameter of ${length} octets`);
  w.u16(tag);
  w.u16(length);
  w.octets(value);
  for (let i = paddingOf(length); i > 0; i--) w.u8(0);
}

/** `Name: value` for each parameter, in the order of the slots. */
export function slotLines(slots: readonly Slot[], values: Readonly<Record<string, unknown>>): string[] {
  const lines = slots.flatMap(({ key, parameter, presence }) => {
    const value = values[key];
    if (value === undefined) return [];
    const all = presence === 'repeated' ? (value as readonly unknown[]) : [value];
    return all.map((one) => `${parameter.name}: ${parameter.coder.toText(one as never)}`);
  });
  for (const { tag, octets: value } of (values['others'] as readonly OtherParameter[] | undefined) ?? [])
    lines.push(`parameter 0x${tag.toString(16).padStart(4, '0')} (not understood): ${value.length} octets`);
  return lines;
}
