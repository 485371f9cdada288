/**
 * IPA frames: a length of 16 bits (of what follows the header), one octet that names the protocol, and its octets. There is no standard: the
 * facts are those of libosmocore (gsm/protocol/ipaccess.h) and of a capture with osmo-stp 1.6. Control messages (CCM) open a link
 * (ID_GET, ID_RESP, ID_ACK) and watch it (PING, PONG).
 */
import { ByteReader, ByteWriter, err, hexNumber, LIMITS, Malformed, ok, type Result } from '#base';

/** Octets before the payload. */
export const HEADER_OCTETS = 3;

/** What the third octet names. `sccp`: a bare SCCP message. `ccm`: control of the link. */
export const IPA_PROTOCOL = { sccp: 0xfd, ccm: 0xfe } as const;

/** Control messages by their first octet. */
export const CCM_TYPES = { PING: 0x00, PONG: 0x01, ID_GET: 0x04, ID_RESP: 0x05, ID_ACK: 0x06 } as const;
export type CcmName = keyof typeof CCM_TYPES;

/** What a peer can be asked about itself, by tag. `unitName` is what SCCPlite uses: the name of the ASP. */
export const ID_TAGS = {
  serialNumber: 0x00,
  unitName: 0x01,
  location: 0x02,
  unitType: 0x03,
  equipmentVersion: 0x04,
  softwareVersion: 0x05,
  ipAddress: 0x06,
  macAddress: 0x07,
  unitId: 0x08,
} as const;

export type CcmMessage =
  | { readonly kind: 'PING' | 'PONG' | 'ID_ACK' }
  /** Asks for what the tags name. */
  | { readonly kind: 'ID_GET'; readonly tags: readonly number[] }
  /** Values as text, without the NUL that ends them on the wire, in the order of the wire. */
  | { readonly kind: 'ID_RESP'; readonly values: readonly { readonly tag: number; readonly text: string }[] };

export type IpaFrame =
  | { readonly kind: 'sccp'; readonly message: Uint8Array }
  | { readonly kind: 'ccm'; readonly message: CcmMessage }
  /** A protocol or a control message that is not ours: `type` is the first octet of a CCM. To be passed over. */
  | { readonly kind: 'other'; readonly protocol: number; readonly type?: number; readonly payload: Uint8Array };

export interface IpaDecodeError {
  readonly kind: 'malformed';
  /** Octet where reading failed, counted from 0. */
  readonly offset: number;
  readonly detail: string;
  readonly text: string;
}

const NAME_OF = new Map<number, CcmName>((Object.keys(CCM_TYPES) as CcmName[]).map((name) => [CCM_TYPES[name], name]));
/** A mark that a text begins with is part of it: what is read is written again. */
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** ID_GET: for each tag a length (1, that of the tag) and the tag. */
function readTags(r: ByteReader): number[] {
  const tags: number[] = [];
  while (r.remaining > 0) {
    const inner = r.window(r.u8());
    if (tags.length >= LIMITS.ipaIdValuesMax) throw new Malformed(r.offset, `more than ${LIMITS.ipaIdValuesMax} tags`);
    tags.push(inner.u8());
  }
  return tags;
}

/** ID_RESP: for each value a length of 16 bits (of tag and text), the tag and the text with a NUL behind it. */
function readValues(r: ByteReader): { tag: number; text: string }[] {
  const values: { tag: number; text: string }[] = [];
  while (r.remaining > 0) {
    const inner = r.window(r.u16());
    if (values.length >= LIMITS.ipaIdValuesMax) throw new Malformed(r.offset, `more than ${LIMITS.ipaIdValuesMax} values`);
    const tag = inner.u8();
    values.push({ tag, text: utf8.decode(inner.rest()).replace(/\0+$/, '') });
  }
  return values;
}

function readFrame(bytes: Uint8Array): IpaFrame {
  const r = new ByteReader(bytes);
  const length = r.u16();
  const protocol = r.u8();
  if (length !== r.remaining) throw new Malformed(0, `the header says ${length} octets, ${r.remaining} follow it`);
  if (protocol === IPA_PROTOCOL.sccp) return { kind: 'sccp', message: r.rest() };
  if (protocol !== IPA_PROTOCOL.ccm) return { kind: 'other', protocol, payload: r.rest() };
  const type = r.u8();
  const name = NAME_OF.get(type);
  if (name === undefined) return { kind: 'other', protocol, type, payload: r.rest() };
  if (name === 'ID_GET') return { kind: 'ccm', message: { kind: name, tags: readTags(r) } };
  if (name === 'ID_RESP') return { kind: 'ccm', message: { kind: name, values: readValues(r) } };
  return { kind: 'ccm', message: { kind: name } };
}

/** Reads one frame with its header (see `createIpaFramer`). SCCP messages are views. */
export function decodeIpa(bytes: Uint8Array): Result<IpaFrame, IpaDecodeError> {
  try {
    return ok(readFrame(bytes));
  } catch (e) {
    if (!(e instanceof Malformed)) throw e;
    return err({ kind: 'malformed', offset: e.offset, detail: e.detail, text: `ipa: ${e.message}` });
  }
}

/** A frame with the octets of a protocol. Throws RangeError above the 16 bits of the length. */
export function encodeIpa(protocol: number, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  if (payload.length > 0xffff) throw new RangeError(`${hexNumber(protocol)}: ${payload.length} octets in one frame`);
  const w = new ByteWriter(HEADER_OCTETS + payload.length);
  w.u16(payload.length);
  w.u8(protocol);
  w.octets(payload);
  return w.finish();
}

/** A control message in its frame. */
export function encodeCcm(message: CcmMessage): Uint8Array<ArrayBuffer> {
  const w = new ByteWriter(64);
  w.u8(CCM_TYPES[message.kind]);
  if (message.kind === 'ID_GET')
    for (const tag of message.tags) {
      w.u8(1);
      w.u8(tag);
    }
  if (message.kind === 'ID_RESP')
    for (const { tag, text } of message.values) {
      const value = new TextEncoder().encode(`${text}\0`);
      w.u16(1 + value.length);
      w.u8(tag);
      w.octets(value);
    }
  return encodeIpa(IPA_PROTOCOL.ccm, w.view());
}
