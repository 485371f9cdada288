/** What M3UA numbers, by number. Walked by the printer and by the tests; what is not listed travels as its number. */

type Names = Readonly<Record<number, string>>;

/** RFC 4666 3.1.2. */
export const MESSAGE_CLASSES: Names = {
  0: 'Management (MGMT)',
  1: 'Transfer',
  2: 'SS7 Signalling Network Management (SSNM)',
  3: 'ASP State Maintenance (ASPSM)',
  4: 'ASP Traffic Maintenance (ASPTM)',
  9: 'Routing Key Management (RKM)',
};

/** Error Code. RFC 4666 3.8.1. */
export const ERROR_CODE = {
  invalidVersion: 0x01,
  unsupportedMessageClass: 0x03,
  unsupportedMessageType: 0x04,
  unsupportedTrafficMode: 0x05,
  unexpectedMessage: 0x06,
  protocolError: 0x07,
  invalidStreamIdentifier: 0x09,
  refusedManagementBlocking: 0x0d,
  aspIdentifierRequired: 0x0e,
  invalidAspIdentifier: 0x0f,
  invalidParameterValue: 0x11,
  parameterFieldError: 0x12,
  unexpectedParameter: 0x13,
  destinationStatusUnknown: 0x14,
  invalidNetworkAppearance: 0x15,
  missingParameter: 0x16,
  invalidRoutingContext: 0x19,
  noConfiguredAs: 0x1a,
} as const;

export const ERROR_CODE_NAMES: Names = {
  1: 'Invalid Version',
  3: 'Unsupported Message Class',
  4: 'Unsupported Message Type',
  5: 'Unsupported Traffic Mode Type',
  6: 'Unexpected Message',
  7: 'Protocol Error',
  9: 'Invalid Stream Identifier',
  13: 'Refused - Management Blocking',
  14: 'ASP Identifier Required',
  15: 'Invalid ASP Identifier',
  17: 'Invalid Parameter Value',
  18: 'Parameter Field Error',
  19: 'Unexpected Parameter',
  20: 'Destination Status Unknown',
  21: 'Invalid Network Appearance',
  22: 'Missing Parameter',
  25: 'Invalid Routing Context',
  26: 'No Configured AS for ASP',
};

/** Status Type of NTFY. RFC 4666 3.8.2. */
export const STATUS_TYPE = { asState: 1, other: 2 } as const;
/** Status Information when the type is AS state. */
export const AS_STATE = { inactive: 2, active: 3, pending: 4 } as const;
/** Status Information when the type is other. */
export const OTHER_STATUS = { insufficientResources: 1, alternateAspActive: 2, aspFailure: 3 } as const;

/** By status type, then by status information. */
export const STATUS_NAMES: Readonly<Record<number, Names>> = {
  1: { 1: 'reserved', 2: 'AS-INACTIVE', 3: 'AS-ACTIVE', 4: 'AS-PENDING' },
  2: { 1: 'Insufficient ASP Resources Active in AS', 2: 'Alternate ASP Active', 3: 'ASP Failure' },
};

/** Cause of DUPU. RFC 4666 3.4.5. */
export const UNAVAILABILITY_CAUSES: Names = { 0: 'Unknown', 1: 'Unequipped Remote User', 2: 'Inaccessible Remote User' };

/** Congestion Level of SCON. RFC 4666 3.4.4. */
export const CONGESTION_LEVELS: Names = {
  0: 'No Congestion or Undefined',
  1: 'Congestion Level 1',
  2: 'Congestion Level 2',
  3: 'Congestion Level 3',
};

/** Registration Status. RFC 4666 3.6.2. */
export const REGISTRATION_STATUS: Names = {
  0: 'Successfully Registered',
  1: 'Error - Unknown',
  2: 'Error - Invalid DPC',
  3: 'Error - Invalid Network Appearance',
  4: 'Error - Invalid Routing Key',
  5: 'Error - Permission Denied',
  6: 'Error - Cannot Support Unique Routing',
  7: 'Error - Routing Key not Currently Provisioned',
  8: 'Error - Insufficient Resources',
  9: 'Error - Unsupported RK parameter Field',
  10: 'Error - Unsupported/Invalid Traffic Handling Mode',
  11: 'Error - Routing Key Change Refused',
  12: 'Error - Routing Key Already Registered',
};

/** Deregistration Status. RFC 4666 3.6.4. */
export const DEREGISTRATION_STATUS: Names = {
  0: 'Successfully Deregistered',
  1: 'Error - Unknown',
  2: 'Error - Invalid Routing Context',
  3: 'Error - Permission Denied',
  4: 'Error - Not Registered',
  5: 'Error - ASP Currently Active for Routing Context',
};

/** The name, or the number in its place. */
export const nameOf = (names: Names | undefined, value: number): string => names?.[value] ?? String(value);
