/** The messages of M3UA: an interface for people and a row for machines each, tied by the compiler. RFC 4666 3.3 to 3.8. */
import {
  type AffectedPointCode,
  type DeregistrationResult,
  type OtherParameter,
  PARAMETERS,
  type ParameterKey,
  type ProtocolData,
  type RegistrationResult,
  type RoutingKey,
  type Slot,
  type StatusValue,
  type TrafficMode,
  type UserCause,
} from './parameters.js';

interface Common {
  /** Parameters that this message's row does not have, as they came. */
  readonly others?: readonly OtherParameter[];
}

interface WithInfo extends Common {
  /** Text for people at the other side, up to 255 octets. */
  readonly infoString?: string;
}

/** Transfer: an MTP3 message on its way. RFC 4666 3.3.1. */
export interface Data extends Common {
  readonly kind: 'DATA';
  readonly networkAppearance?: number;
  /** The AS it is for; absent where only one is served on the association. */
  readonly routingContext?: readonly number[];
  readonly protocolData: ProtocolData;
  readonly correlationId?: number;
}

/** MGMT: something was wrong with a message. RFC 4666 3.8.1. */
export interface Err extends Common {
  readonly kind: 'ERR';
  /** Named in ERROR_CODE_NAMES. */
  readonly errorCode: number;
  readonly routingContext?: readonly number[];
  readonly networkAppearance?: number;
  readonly affectedPointCodes?: readonly AffectedPointCode[];
  readonly diagnosticInformation?: Uint8Array;
}

/** MGMT: what became of an AS or ASP. RFC 4666 3.8.2. */
export interface Ntfy extends WithInfo {
  readonly kind: 'NTFY';
  readonly status: StatusValue;
  readonly aspIdentifier?: number;
  readonly routingContext?: readonly number[];
}

interface Ssnm extends WithInfo {
  readonly networkAppearance?: number;
  readonly routingContext?: readonly number[];
  readonly affectedPointCodes: readonly AffectedPointCode[];
}

/** Destinations cannot be reached. RFC 4666 3.4.1. */
export interface Duna extends Ssnm {
  readonly kind: 'DUNA';
}
/** Destinations can be reached. RFC 4666 3.4.2. */
export interface Dava extends Ssnm {
  readonly kind: 'DAVA';
}
/** Asks for the state of destinations. RFC 4666 3.4.3. */
export interface Daud extends Ssnm {
  readonly kind: 'DAUD';
}
/** Destinations are congested, or no longer. RFC 4666 3.4.4. */
export interface Scon extends Ssnm {
  readonly kind: 'SCON';
  /** The sender of the message that met the congestion. */
  readonly concernedDestination?: number;
  /** 0..3; absent where the network has no levels. */
  readonly congestionLevel?: number;
}
/** A user part of a destination is not there. RFC 4666 3.4.5. */
export interface Dupu extends Ssnm {
  readonly kind: 'DUPU';
  readonly userCause: UserCause;
}
/** Destinations can be reached, but another way is better. RFC 4666 3.4.6. */
export interface Drst extends Ssnm {
  readonly kind: 'DRST';
}

/** RFC 4666 3.5.1. */
export interface AspUp extends WithInfo {
  readonly kind: 'ASPUP';
  readonly aspIdentifier?: number;
}
/** RFC 4666 3.5.2. The identifier is allowed between IPSPs. */
export interface AspUpAck extends WithInfo {
  readonly kind: 'ASPUP_ACK';
  readonly aspIdentifier?: number;
}
/** RFC 4666 3.5.3. */
export interface AspDown extends WithInfo {
  readonly kind: 'ASPDN';
}
/** RFC 4666 3.5.4. */
export interface AspDownAck extends WithInfo {
  readonly kind: 'ASPDN_ACK';
}
/** RFC 4666 3.5.5. */
export interface Beat extends Common {
  readonly kind: 'BEAT';
  readonly heartbeatData?: Uint8Array;
}
/** RFC 4666 3.5.6. */
export interface BeatAck extends Common {
  readonly kind: 'BEAT_ACK';
  readonly heartbeatData?: Uint8Array;
}

interface Traffic extends WithInfo {
  readonly routingContext?: readonly number[];
}
/** RFC 4666 3.7.1. */
export interface AspActive extends Traffic {
  readonly kind: 'ASPAC';
  readonly trafficMode?: TrafficMode;
}
/** RFC 4666 3.7.2. */
export interface AspActiveAck extends Traffic {
  readonly kind: 'ASPAC_ACK';
  readonly trafficMode?: TrafficMode;
}
/** RFC 4666 3.7.3. */
export interface AspInactive extends Traffic {
  readonly kind: 'ASPIA';
}
/** RFC 4666 3.7.4. */
export interface AspInactiveAck extends Traffic {
  readonly kind: 'ASPIA_ACK';
}

/** RFC 4666 3.6.1. */
export interface RegReq extends Common {
  readonly kind: 'REG_REQ';
  readonly routingKeys: readonly RoutingKey[];
}
/** RFC 4666 3.6.2. */
export interface RegRsp extends Common {
  readonly kind: 'REG_RSP';
  readonly registrationResults: readonly RegistrationResult[];
}
/** RFC 4666 3.6.3. */
export interface DeregReq extends Common {
  readonly kind: 'DEREG_REQ';
  readonly routingContext: readonly number[];
}
/** RFC 4666 3.6.4. */
export interface DeregRsp extends Common {
  readonly kind: 'DEREG_RSP';
  readonly deregistrationResults: readonly DeregistrationResult[];
}

export type M3uaMessage =
  | Data
  | Err
  | Ntfy
  | Duna
  | Dava
  | Daud
  | Scon
  | Dupu
  | Drst
  | AspUp
  | AspUpAck
  | AspDown
  | AspDownAck
  | Beat
  | BeatAck
  | AspActive
  | AspActiveAck
  | AspInactive
  | AspInactiveAck
  | RegReq
  | RegRsp
  | DeregReq
  | DeregRsp;

export type MessageKind = M3uaMessage['kind'];

/** The parameters of a message, in wire order, and whether each must be there. The compiler holds it to the interface, both ways. */
type Presence<M> = {
  readonly [K in Exclude<keyof M, 'kind' | 'others'>]-?: Record<never, never> extends Pick<M, K>
    ? 'optional'
    : M[K] extends readonly (RoutingKey | RegistrationResult | DeregistrationResult)[]
      ? 'repeated'
      : 'mandatory';
};

export interface MessageRow {
  readonly class: number;
  readonly type: number;
  readonly slots: readonly Slot[];
}

function row<M extends M3uaMessage>(messageClass: number, type: number, presence: Presence<M>): MessageRow {
  const slots = Object.entries(presence).map(
    ([key, it]): Slot => ({ key, parameter: PARAMETERS[key as ParameterKey], presence: it as Slot['presence'] }),
  );
  return { class: messageClass, type, slots };
}

const optional = 'optional';
const mandatory = 'mandatory';
const ssnm = { networkAppearance: optional, routingContext: optional, affectedPointCodes: mandatory } as const;
const info = { infoString: optional } as const;

export const MESSAGES: Readonly<Record<MessageKind, MessageRow>> = {
  ERR: row<Err>(0, 0, {
    errorCode: mandatory,
    routingContext: optional,
    networkAppearance: optional,
    affectedPointCodes: optional,
    diagnosticInformation: optional,
  }),
  NTFY: row<Ntfy>(0, 1, { status: mandatory, aspIdentifier: optional, routingContext: optional, ...info }),
  DATA: row<Data>(1, 1, {
    networkAppearance: optional,
    routingContext: optional,
    protocolData: mandatory,
    correlationId: optional,
  }),
  DUNA: row<Duna>(2, 1, { ...ssnm, ...info }),
  DAVA: row<Dava>(2, 2, { ...ssnm, ...info }),
  DAUD: row<Daud>(2, 3, { ...ssnm, ...info }),
  SCON: row<Scon>(2, 4, { ...ssnm, concernedDestination: optional, congestionLevel: optional, ...info }),
  DUPU: row<Dupu>(2, 5, { ...ssnm, userCause: mandatory, ...info }),
  DRST: row<Drst>(2, 6, { ...ssnm, ...info }),
  ASPUP: row<AspUp>(3, 1, { aspIdentifier: optional, ...info }),
  ASPDN: row<AspDown>(3, 2, info),
  BEAT: row<Beat>(3, 3, { heartbeatData: optional }),
  ASPUP_ACK: row<AspUpAck>(3, 4, { aspIdentifier: optional, ...info }),
  ASPDN_ACK: row<AspDownAck>(3, 5, info),
  BEAT_ACK: row<BeatAck>(3, 6, { heartbeatData: optional }),
  ASPAC: row<AspActive>(4, 1, { trafficMode: optional, routingContext: optional, ...info }),
  ASPIA: row<AspInactive>(4, 2, { routingContext: optional, ...info }),
  ASPAC_ACK: row<AspActiveAck>(4, 3, { trafficMode: optional, routingContext: optional, ...info }),
  ASPIA_ACK: row<AspInactiveAck>(4, 4, { routingContext: optional, ...info }),
  REG_REQ: row<RegReq>(9, 1, { routingKeys: 'repeated' }),
  REG_RSP: row<RegRsp>(9, 2, { registrationResults: 'repeated' }),
  DEREG_REQ: row<DeregReq>(9, 3, { routingContext: mandatory }),
  DEREG_RSP: row<DeregRsp>(9, 4, { deregistrationResults: 'repeated' }),
};
