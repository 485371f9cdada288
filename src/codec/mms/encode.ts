/**
 * PDU to octets, in the standard's order: type, transaction id, version, the other fields as their row has them, what came unknown,
 * Content-Type and body. Only what the caller gave is written; nothing is filled in. MMS_ENC 1.3 clause 7.
 */
import { ByteWriter } from '#base';
import { FIELDS } from './fields.js';
import { PDUS } from './pdu-rows.js';
import type { Content, MmsPdu } from './pdus.js';

const MESSAGE_TYPE = 0x80 | FIELDS.messageType.code;
const CONTENT_TYPE = 0x80 | FIELDS.content.code;

const contentOf = (pdu: MmsPdu): Content | undefined => ('content' in pdu ? pdu.content : undefined);

function writeHead(w: ByteWriter, pdu: MmsPdu): void {
  const row = PDUS[pdu.kind];
  w.u8(MESSAGE_TYPE);
  w.u8(row.type);
  const values = pdu as unknown as Readonly<Record<string, unknown>>;
  const { slots } = row;
  for (let i = 0; i < slots.length; i++) {
    const slot = slots[i]!;
    const value = values[slot.key];
    if (value === undefined || slot.key === 'content') continue;
    const octet = 0x80 | slot.code;
    if (slot.repeated) {
      for (const one of value as readonly unknown[]) {
        w.u8(octet);
        slot.coder.encode(w, one);
      }
    } else {
      w.u8(octet);
      slot.coder.encode(w, value);
    }
  }
  if (pdu.unknown !== undefined) for (const field of pdu.unknown) w.octets(field.octets);
}

/**
 * Everything up to and including the octet that names Content-Type, so that `content.octets` can follow without a copy. Of a PDU without
 * content: the whole PDU.
 */
export function encodeHead(pdu: MmsPdu): Uint8Array<ArrayBuffer> {
  const w = new ByteWriter();
  writeHead(w, pdu);
  if (contentOf(pdu) !== undefined) w.u8(CONTENT_TYPE);
  return w.finish();
}

/** The whole PDU. Throws RangeError on a value that its grammar cannot hold (a bug of the caller). */
export function encodePdu(pdu: MmsPdu): Uint8Array<ArrayBuffer> {
  const content = contentOf(pdu);
  if (content === undefined) return encodeHead(pdu);
  const head = encodeHead(pdu);
  const octets = new Uint8Array(head.length + content.octets.length);
  octets.set(head);
  octets.set(content.octets, head.length);
  return octets;
}
