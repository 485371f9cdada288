/** IPA, the framing of SCCPlite: SCCP messages over TCP without MTP3 or M3UA. */

export { createIpaFramer } from './framer.js';
export {
  CCM_TYPES,
  type CcmMessage,
  type CcmName,
  decodeIpa,
  encodeCcm,
  encodeIpa,
  ID_TAGS,
  IPA_PROTOCOL,
  type IpaDecodeError,
  type IpaFrame,
} from './ipa.js';
