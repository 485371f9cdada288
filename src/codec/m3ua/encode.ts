/** Messages to octets. */
import { ByteWriter } from '#base';
import { dataOctets, HEADER_OCTETS, VERSION, writeData } from './data.js';
import { type Data, type M3uaMessage, MESSAGES } from './messages.js';
import { writeParameters } from './parameters.js';

function writeHead(w: ByteWriter, messageClass: number, type: number, length: number): void {
  w.u8(VERSION);
  w.u8(0);
  w.u8(messageClass);
  w.u8(type);
  w.u32(length);
}

/** The message, every parameter padded, in the order of its row. Throws RangeError on a value that no parameter can hold. */
export function encodeM3ua(message: M3uaMessage): Uint8Array<ArrayBuffer> {
  if (message.kind === 'DATA' && isPlain(message)) return encodePlain(message);
  const row = MESSAGES[message.kind];
  const body = new ByteWriter();
  writeParameters(body, row.slots, message as unknown as Readonly<Record<string, unknown>>);
  const w = new ByteWriter(HEADER_OCTETS + body.length);
  writeHead(w, row.class, row.type, HEADER_OCTETS + body.length);
  w.octets(body.view());
  return w.finish();
}

const isPlain = ({ routingContext, correlationId, others }: Data): boolean =>
  correlationId === undefined && others === undefined && (routingContext === undefined || routingContext.length === 1);

function encodePlain({ protocolData, routingContext, networkAppearance = -1 }: Data): Uint8Array<ArrayBuffer> {
  const context = routingContext?.[0] ?? -1;
  const out = new Uint8Array(dataOctets(protocolData.userData.length, context, networkAppearance));
  writeData(out, 0, protocolData, context, networkAppearance);
  return out;
}
