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

function writeWord(w: ByteWriter, tag: number, value: number): void {
  w.u16(tag);
  w.u16(WORD_PARAMETER_OCTETS);
  w.u32(value);
}

/** A DATA in one go: its length is known before it is written. */
function encodeData(data: Data): Uint8Array<ArrayBuffer> {
  const { protocolData: label, networkAppearance, routingContext, correlationId } = data;
  const valueOctets = PROTOCOL_DATA_OCTETS + label.userData.length;
  if (valueOctets > 0xffff) throw new RangeError(`Protocol Data of ${valueOctets} octets`);
  const padding = (4 - (valueOctets % 4)) % 4;
  const contextOctets = routingContext === undefined ? 0 : 4 + 4 * routingContext.length;
  const words = (networkAppearance === undefined ? 0 : 1) + (correlationId === undefined ? 0 : 1);
  const length = HEADER_OCTETS + words * WORD_PARAMETER_OCTETS + contextOctets + valueOctets + padding;
  const w = new ByteWriter(length);
  writeHead(w, MESSAGES.DATA.class, MESSAGES.DATA.type, length);
  if (networkAppearance !== undefined) writeWord(w, PARAMETERS.networkAppearance.tag, networkAppearance);
  if (routingContext !== undefined) {
    w.u16(PARAMETERS.routingContext.tag);
    w.u16(contextOctets);
    for (const context of routingContext) w.u32(context);
  }
  w.u16(PARAMETERS.protocolData.tag);
  w.u16(valueOctets);
  w.u32(label.opc);
  w.u32(label.dpc);
  w.u8(label.si);
  w.u8(label.ni);
  w.u8(label.mp);
  w.u8(label.sls);
  w.octets(label.userData);
  for (let i = 0; i < padding; i++) w.u8(0);
  if (correlationId !== undefined) writeWord(w, PARAMETERS.correlationId.tag, correlationId);
  return w.finish();
}
