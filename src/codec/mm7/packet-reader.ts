/**
 * An HTTP body of MM7 read as it comes: what the SOAP document says is known as soon as its part is complete, so that a request can be refused
 * before what is attached to it has been sent; and what is attached is never held twice.
 */
import { err, LIMITS, type Result } from '#base';
import { EntityInPieces, type MimeEntity, parseMediaType } from '#codec/mime';
import { type Mm7DecodeError, Refused } from './decode-error.js';
import type { Mm7Reading } from './envelope.js';
import { bodyFields, isRoot, type Mm7Packet, readSoap, refusedPacket, unpack, unreadableMultipart } from './packet.js';

export class PacketReader {
  private readonly entity: EntityInPieces;
  /** `start` of the multipart. */
  private readonly start: string | undefined;
  private readonly isMultipart: boolean;
  private root: MimeEntity | undefined;
  private soap: Result<Mm7Reading, Mm7DecodeError> | undefined;
  /** Parts that have been looked at. */
  private seen = 0;

  /** `contentType`: value of the header field; absent when there was none. */
  constructor(contentType: string | undefined) {
    const fields = bodyFields(contentType);
    const type = parseMediaType(fields[0]!.value);
    this.isMultipart = type.media.startsWith('multipart/');
    this.start = type.parameters['start'];
    this.entity = new EntityInPieces(fields);
  }

  /**
   * What the SOAP document says, or why the body is refused, once that is known; of a body that is no multipart only `end` says it. A refusal stays:
   * whatever else comes need not be kept.
   */
  get reading(): Result<Mm7Reading, Mm7DecodeError> | undefined {
    return this.soap;
  }

  /** Takes the next octets, which nobody may change from now on. */
  write(piece: Uint8Array): void {
    if (this.soap?.ok === false) return;
    this.entity.write(piece);
    if (this.soap === undefined && this.isMultipart) this.findRoot();
    if (this.entity.failed || this.isTooLong()) {
      const why = this.entity.failed
        ? unreadableMultipart({ kind: 'limit', offset: 0, detail: '', text: '' })
        : new Refused('limit', `the SOAP document has more than ${LIMITS.mm7SoapOctetsMax} octets`);
      this.soap = err(refusedPacket(why, this.soap?.ok ? this.soap.value : undefined));
    }
  }

  private findRoot(): void {
    const { parts } = this.entity;
    for (; this.seen < parts.length; this.seen++) {
      const part = parts[this.seen]!;
      if (!isRoot(part, this.start)) continue;
      this.root = part;
      this.soap = readSoap(part);
      return;
    }
  }

  /** Whether what must be the SOAP document has grown beyond any. */
  private isTooLong(): boolean {
    const { growing } = this.entity;
    if (this.soap !== undefined || growing === undefined || growing.octets <= LIMITS.mm7SoapOctetsMax) return false;
    return !this.isMultipart || isRoot(growing.head, this.start);
  }

  /** The message, or why there is none; to be called once, at the end of the body. As `decodePacket`. */
  end(): Result<Mm7Packet, Mm7DecodeError> {
    const { soap, root } = this;
    if (soap?.ok === false) return soap;
    const entity = this.entity.end();
    if (!entity.ok) return err(refusedPacket(unreadableMultipart(entity.error), soap?.value));
    return unpack(entity.value, (found) => (found === root && soap !== undefined ? soap : readSoap(found)));
  }
}
