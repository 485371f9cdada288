/** Messages to octets. */
import { ByteWriter } from '#base';
import { HEADER_OCTETS, VERSION } from './decode.js';
import { type Data, type M3uaMessage, MESSAGES } from './messages.js';
import { PARAMETERS, writeParameters } from './parameters.js';

/** Octets of the one parameter of a DATA whose length is not fixed, without its user data: tag, length, label. */
const PROTOCOL_DATA_OCTETS = 16;
const WORD_PARAMETER_OCTETS = 8;

function writeHead(w: ByteWriter, messageClass: number, type: number, length: number): void {
  w.u8(VERSION);
  w.u8(0);
  w.u8(messageClass);
  w.u8(type);
  w.u32(length);
}

/** The message, every parameter padded, in the order of its row. Throws RangeError on a value that no parameter can hold. */
export function encodeM3ua(message: M3uaMessage): Uint8Array<ArrayBuffer> {
  if (message.kind === 'DATA' && message.others === undefined) return encodeData(message);
  const row = MESSAGES[message.kind];
  const body = new ByteWriter();
  writeParameters(body, row.slots, message as unknown as Readonly<Record<string, unknown>>);
  const w = new ByteWriter(HEADER_OCTETS + body.length);
  writeHead(w, row.class, row.type, HEADER_OCTETS + body.length);
  w.octets(body.view());
  return w.finish();
}

function put16(out: Uint8Array, at: number, value: number): void {
  out[at] = value >>> 8;
  out[at + 1] = value;
}

function put32(out: Uint8Array, at: number, value: number): void {
  out[at] = value >>> 24;
  out[at + 1] = value >>> 16;
  out[at + 2] = value >>> 8;
  out[at + 3] = value;
}

/** Tag and length of a parameter. Returns where its value begins. */
function putHead(out: Uint8Array, at: number, tag: number, length: number): number {
  put16(out, at, tag);
  put16(out, at + 2, length);
  return at + 4;
}

/** A DATA in one go: its length is known before it is written, and fresh octets are zeros, which is what padding is. */
function encodeData(data: Data): Uint8Array<ArrayBuffer> {
  const { protocolData: label, networkAppearance, routingContext, correlationId } = data;
  const valueOctets = PROTOCOL_DATA_OCTETS + label.userData.length;
  if (valueOctets > 0xffff) throw new RangeError(`Protocol Data of ${valueOctets} octets`);
  const padded = (valueOctets + 3) & ~3;
  const contextOctets = routingContext === undefined ? 0 : 4 + 4 * routingContext.length;
  const words = (networkAppearance === undefined ? 0 : 1) + (correlationId === undefined ? 0 : 1);
  const out = new Uint8Array(HEADER_OCTETS + words * WORD_PARAMETER_OCTETS + contextOctets + padded);
  out[0] = VERSION;
  out[2] = MESSAGES.DATA.class;
  out[3] = MESSAGES.DATA.type;
  put32(out, 4, out.length);
  let at = HEADER_OCTETS;
  if (networkAppearance !== undefined) {
    put32(out, putHead(out, at, PARAMETERS.networkAppearance.tag, WORD_PARAMETER_OCTETS), networkAppearance);
    at += WORD_PARAMETER_OCTETS;
  }
  if (routingContext !== undefined) {
    at = putHead(out, at, PARAMETERS.routingContext.tag, contextOctets);
    for (const context of routingContext) {
      put32(out, at, context);
      at += 4;
    }
  }
  putHead(out, at, PARAMETERS.protocolData.tag, valueOctets);
  put32(out, at + 4, label.opc);
  put32(out, at + 8, label.dpc);
  out[at + 12] = label.si;
  out[at + 13] = label.ni;
  out[at + 14] = label.mp;
  out[at + 15] = label.sls;
  out.set(label.userData, at + PROTOCOL_DATA_OCTETS);
  if (correlationId !== undefined)
    put32(out, putHead(out, at + padded, PARAMETERS.correlationId.tag, WORD_PARAMETER_OCTETS), correlationId);
  return out;
}
