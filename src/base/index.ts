/** The few words everyone shares. */
export { ByteReader } from './byte-reader.js';
export { ByteWriter } from './byte-writer.js';
export { Framer, type FramingError, type LengthOf, type TakeFrame } from './framer.js';
export { hexNumber, hexOctets } from './hex.js';
export { LIMITS } from './limits.js';
export { Malformed } from './malformed.js';
export { type Msisdn, maskNumber, toMsisdn } from './msisdn.js';
export {
  type Counter,
  type Gauge,
  type Histogram,
  type Labels,
  type Log,
  type LogFields,
  type Meter,
  silentLog,
  silentMeter,
} from './observe.js';
export { type Err, err, type Ok, ok, type Result } from './result.js';
export type { Witness } from './witness.js';
export { durationMs, nearestWord, sizeOctets } from './written.js';
