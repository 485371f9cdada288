/** MTP3 and M2PA messages, and the capture files in which they come. */
export { type CapturePacket, CaptureReader } from './capture-file.js';
export type { MtpDecodeError } from './decode-error.js';
export { decodeM2pa, encodeM2pa, LINK_STATES, type M2paMessage } from './m2pa.js';
export { decodeMtp2, type SignalUnit } from './mtp2.js';
export { decodeMtp3, encodeMtp3, type Mtp3Message, NETWORK_INDICATORS, SERVICE_INDICATORS } from './mtp3.js';
export { LINK_TYPE } from './packets.js';
export { type MtpVariant, parsePointCode, pointCodeMax, pointCodeText } from './point-code.js';
export { type Signalling, SignallingReader, type TcpService } from './signalling.js';
export { m2paText, mtp3Text } from './to-text.js';
