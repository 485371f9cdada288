/** Short messages: the TPDUs between phone and service centre, their alphabets and headers. TS 23.040, TS 23.038. */
export { addressText, NUMBERING_PLANS, type SmsAddress, TYPES_OF_NUMBER } from './address.js';
export { LANGUAGES, packSeptets, type Shifts, septetsOfText, textOfSeptets, unpackSeptets } from './alphabets.js';
export { type Alphabet, type DataCoding, dataCodingText, protocolText, readDataCoding } from './data-coding.js';
export type { SmsError } from './fault.js';
export { type SmsField, type SmsKey, type SmsRow, TPDUS } from './rows.js';
export { readSemiOctets, readTbcd, semiOctets } from './semi-octets.js';
export {
  epochMs,
  isSingleShot,
  type LocalTime,
  relativeSeconds,
  type TimeStamp,
  timeText,
  type ValidityPeriod,
  validitySeconds,
} from './time.js';
export { type SmsTextOptions, smsToText } from './to-text.js';
export { decodeSms, encodeSms, type SmsContext } from './tpdu.js';
export {
  COMMAND_TYPES,
  FAILURE_CAUSES,
  type SmsCommand,
  type SmsDeliver,
  type SmsDeliverReport,
  type SmsKind,
  type SmsStatusReport,
  type SmsSubmit,
  type SmsSubmitReport,
  type SmsTpdu,
  STATUSES,
} from './tpdus.js';
export {
  type Concatenation,
  concatenationElement,
  concatenationOf,
  decodeUserData,
  INFORMATION_ELEMENTS,
  type InformationElement,
  makeUserData,
  type Ports,
  portsElement,
  portsOf,
  type RawUserData,
  shiftsOf,
  type UserData,
} from './user-data.js';
