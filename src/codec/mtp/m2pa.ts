/** M2PA: MTP2's part between two nodes over SCTP. RFC 4165. Only its messages; the state of a link is nobody's here. */
import { ByteReader, ByteWriter, hexNumber, Malformed, type Result } from '#base';
import { doorOf, type MtpDecodeError } from './decode-error.js';

/** Link states. RFC 4165 2.3.2. */
export const LINK_STATES: Readonly<Record<number, string>> = {
  1: 'Alignment',
  2: 'Proving Normal',
  3: 'Proving Emergency',
  4: 'Ready',
  5: 'Processor Outage',
  6: 'Processor Recovered',
  7: 'Busy',
  8: 'Busy Ended',
  9: 'Out of Service',
};

interface Sequenced {
  /** Backward and forward sequence numbers, 24 bits. RFC 4165 2.2. */
  readonly bsn: number;
  readonly fsn: number;
}

export type M2paMessage =
  | (Sequenced & {
      readonly kind: 'User Data';
      /** 0..3, where the national MTP2 has priorities (JT-Q703); its other six bits are spare. */
      readonly priority: number;
      /** An MTP3 message from its service information octet on: a view. Empty when the message only acknowledges. */
      readonly mtp3: Uint8Array;
    })
  | (Sequenced & {
      readonly kind: 'Link Status';
      /** Named in LINK_STATES. */
      readonly state: number;
      /** Behind a proving message, to make it as long as traffic is. */
      readonly filler: Uint8Array;
    });

const VERSION = 1;
const CLASS = 11;
const USER_DATA = 1;
const LINK_STATUS = 2;
/** Common header and sequence numbers. RFC 4165 2.1, 2.2. */
const HEADER_OCTETS = 16;

function readMessage(octets: Uint8Array): M2paMessage {
  const r = new ByteReader(octets);
  const version = r.u8();
  if (version !== VERSION) throw new Malformed(0, `version ${version}, expected ${VERSION}`, 'RFC 4165 2.1.1');
  r.u8();
  const messageClass = r.u8();
  if (messageClass !== CLASS) throw new Malformed(2, `message class ${messageClass}, expected ${CLASS}`, 'RFC 4165 2.1.3');
  const type = r.u8();
  const length = r.u32();
  if (length < HEADER_OCTETS || length > octets.length)
    throw new Malformed(4, `the header says ${length} octets, there are ${octets.length}`, 'RFC 4165 2.1.5');
  const bsn = r.u32() & 0xff_ffff;
  const fsn = r.u32() & 0xff_ffff;
  const body = r.window(length - HEADER_OCTETS);
  if (type === USER_DATA)
    return { kind: 'User Data', bsn, fsn, priority: body.remaining === 0 ? 0 : body.u8() >>> 6, mtp3: body.rest() };
  if (type === LINK_STATUS) return { kind: 'Link Status', bsn, fsn, state: body.u32(), filler: body.rest() };
  throw new Malformed(3, `message type ${hexNumber(type)}`, 'RFC 4165 2.1.4');
}

export const decodeM2pa = (octets: Uint8Array): Result<M2paMessage, MtpDecodeError> => doorOf('m2pa', () => readMessage(octets));

export function encodeM2pa(message: M2paMessage): Uint8Array<ArrayBuffer> {
  const body = new ByteWriter();
  if (message.kind === 'Link Status') {
    body.u32(message.state);
    body.octets(message.filler);
  } else if (message.mtp3.length > 0) {
    body.u8(message.priority << 6);
    body.octets(message.mtp3);
  }
  const w = new ByteWriter(HEADER_OCTETS + body.length);
  w.u8(VERSION);
  w.u8(0);
  w.u8(CLASS);
  w.u8(message.kind === 'User Data' ? USER_DATA : LINK_STATUS);
  w.u32(HEADER_OCTETS + body.length);
  w.u32(message.bsn & 0xff_ffff);
  w.u32(message.fsn & 0xff_ffff);
  w.octets(body.view());
  return w.finish();
}
