/** What SCCP numbers, by number. What is not listed travels as its number. */

type Names = Readonly<Record<number, string>>;

/** Message types with the standard's abbreviations. ITU-T Q.713 2.1. Only the connectionless ones are read here. */
export const MESSAGE_TYPES: Names = {
  1: 'CR',
  2: 'CC',
  3: 'CREF',
  4: 'RLSD',
  5: 'RLC',
  6: 'DT1',
  7: 'DT2',
  8: 'AK',
  9: 'UDT',
  10: 'UDTS',
  11: 'ED',
  12: 'EA',
  13: 'RSR',
  14: 'RSC',
  15: 'ERR',
  16: 'IT',
  17: 'XUDT',
  18: 'XUDTS',
  19: 'LUDT',
  20: 'LUDTS',
};

/** Return cause. ITU-T Q.713 3.12. */
export const RETURN_CAUSE = {
  noTranslationForNature: 0,
  noTranslationForAddress: 1,
  subsystemCongestion: 2,
  subsystemFailure: 3,
  unequippedUser: 4,
  mtpFailure: 5,
  networkCongestion: 6,
  unqualified: 7,
  errorInTransport: 8,
  errorInLocalProcessing: 9,
  cannotReassemble: 10,
  sccpFailure: 11,
  hopCounterViolation: 12,
  segmentationNotSupported: 13,
  segmentationFailure: 14,
} as const;

export const RETURN_CAUSE_NAMES: Names = {
  0: 'No translation for an address of such nature',
  1: 'No translation for this specific address',
  2: 'Subsystem congestion',
  3: 'Subsystem failure',
  4: 'Unequipped user',
  5: 'MTP failure',
  6: 'Network congestion',
  7: 'Unqualified',
  8: 'Error in message transport',
  9: 'Error in local processing',
  10: 'Destination cannot perform reassembly',
  11: 'SCCP failure',
  12: 'Hop counter violation',
  13: 'Segmentation not supported',
  14: 'Segmentation failure',
};

/** Subsystem numbers that a mobile network meets. ITU-T Q.713 3.4.2.2, 3GPP TS 23.003 8.2. */
export const SUBSYSTEMS: Names = {
  0: 'not known',
  1: 'SCCP management',
  5: 'MAP',
  6: 'HLR',
  7: 'VLR',
  8: 'MSC',
  9: 'EIR',
  10: 'AuC',
  145: 'GMLC',
  146: 'CAP',
  147: 'gsmSCF',
  149: 'SGSN',
  150: 'GGSN',
};

/** Nature of address indicator. ITU-T Q.713 3.4.2.3.1. */
export const NATURES_OF_ADDRESS: Names = {
  0: 'unknown',
  1: 'subscriber',
  2: 'reserved for national use',
  3: 'national significant',
  4: 'international',
};

/** Numbering plan. ITU-T Q.713 3.4.2.3.3. */
export const NUMBERING_PLANS: Names = {
  0: 'unknown',
  1: 'E.164',
  2: 'generic',
  3: 'X.121',
  4: 'F.69',
  5: 'E.210/E.211',
  6: 'E.212',
  7: 'E.214',
  14: 'private',
};
