/** The connectionless messages: their values, and the table that says where each part of each stands. ITU-T Q.713 4. */
import type { SccpAddress } from './address.js';

/** A parameter of the optional part: its name octet and its value. Q.713 3.1. */
export interface OptionalParameter {
  readonly name: number;
  readonly octets: Uint8Array;
}

/** Names of optional parameters. Q.713 3, table 3. */
export const OPTIONAL_NAME = { end: 0x00, segmentation: 0x10, hopCounter: 0x11, importance: 0x12 } as const;

interface Common {
  readonly called: SccpAddress;
  readonly calling: SccpAddress;
  /** The user's octets: a view when read. */
  readonly data: Uint8Array;
}

interface Unit {
  /** 0 basic, 1 in sequence. Q.713 3.6. */
  readonly protocolClass: number;
  /** Whether the message is to come back when it cannot be delivered. */
  readonly returnOnError: boolean;
}

interface Service {
  /** Named in RETURN_CAUSE_NAMES. Q.713 3.12. */
  readonly returnCause: number;
}

interface Extended {
  /** 15..1; 0 has been used up. Q.713 3.18. */
  readonly hopCounter: number;
  /** In the order of the wire, those not understood too. Empty when there is none. */
  readonly optional: readonly OptionalParameter[];
}

/** Q.713 4.10. */
export interface UnitData extends Common, Unit {
  readonly kind: 'UDT';
}
/** Q.713 4.11. */
export interface UnitDataService extends Common, Service {
  readonly kind: 'UDTS';
}
/** Q.713 4.18. */
export interface ExtendedUnitData extends Common, Unit, Extended {
  readonly kind: 'XUDT';
}
/** Q.713 4.19. */
export interface ExtendedUnitDataService extends Common, Service, Extended {
  readonly kind: 'XUDTS';
}
/** Q.713 4.20. */
export interface LongUnitData extends Common, Unit, Extended {
  readonly kind: 'LUDT';
}
/** Q.713 4.21. */
export interface LongUnitDataService extends Common, Service, Extended {
  readonly kind: 'LUDTS';
}

export type SccpMessage =
  | UnitData
  | UnitDataService
  | ExtendedUnitData
  | ExtendedUnitDataService
  | LongUnitData
  | LongUnitDataService;

export type SccpKind = SccpMessage['kind'];

export interface MessageRow {
  readonly type: number;
  /** Whether the second octet is a return cause; otherwise it is protocol class and return option. */
  readonly isService: boolean;
  readonly hasHopCounter: boolean;
  readonly hasOptionalPart: boolean;
  /** Octets of a pointer, and of the length of the data. */
  readonly wide: boolean;
  /** The service message in which it comes back; itself for service messages, which never do. */
  readonly returnedAs: SccpKind;
  /** First octet of the pointers: behind type, class or cause, and hop counter. */
  readonly pointersAt: number;
}

function row(type: number, returnedAs: SccpKind, isService: boolean, extended: boolean, wide: boolean): MessageRow {
  return { type, returnedAs, isService, hasHopCounter: extended, hasOptionalPart: extended, wide, pointersAt: extended ? 3 : 2 };
}

export const MESSAGES: Readonly<Record<SccpKind, MessageRow>> = {
  UDT: row(0x09, 'UDTS', false, false, false),
  UDTS: row(0x0a, 'UDTS', true, false, false),
  XUDT: row(0x11, 'XUDTS', false, true, false),
  XUDTS: row(0x12, 'XUDTS', true, true, false),
  LUDT: row(0x13, 'LUDTS', false, true, true),
  LUDTS: row(0x14, 'LUDTS', true, true, true),
};

const KIND_OF_TYPE: readonly (SccpKind | undefined)[] = (() => {
  const kinds: (SccpKind | undefined)[] = new Array(256).fill(undefined);
  for (const kind of Object.keys(MESSAGES) as SccpKind[]) kinds[MESSAGES[kind].type] = kind;
  return kinds;
})();

export const kindOfType = (type: number): SccpKind | undefined => KIND_OF_TYPE[type];
