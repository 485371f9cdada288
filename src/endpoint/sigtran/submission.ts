/** From MAP's octets and values to what the decision sees of a short message. */
import { type AddressString, addressStringAt, type Glance, type MoForwardSmArg, type SmRpDa, type SmRpOa } from '#codec/map';
import { decodeSms, readTbcd, type SmsAddress } from '#codec/sms';
import type { MoSubmission, NatureOfNumber, TitleKey, WrittenNumber } from '#portability';

/** Natures of MAP's AddressString, and types of number of a TPDU, that mean something to number conditioning: they share these values. */
const NATURES: Readonly<Record<number, NatureOfNumber>> = { 1: 'international', 2: 'national', 4: 'subscriber' };
const ALPHANUMERIC = 5;

const natureOf = (nature: number): NatureOfNumber => NATURES[nature] ?? 'other';
const writtenNumber = ({ nature, digits }: AddressString): WrittenNumber => ({ nature: natureOf(nature), digits });

function recipientOf({ typeOfNumber, value }: SmsAddress): WrittenNumber | undefined {
  return typeOfNumber === ALPHANUMERIC ? undefined : { nature: natureOf(typeOfNumber), digits: value };
}

/** TP-DA of an SMS-SUBMIT or SMS-COMMAND; undefined for a TPDU of another kind, one that cannot be read, and an alphanumeric address. */
export function recipientIn(tpdu: Uint8Array): WrittenNumber | undefined {
  const sms = decodeSms(tpdu, { direction: 'mo' });
  if (!sms.ok || (sms.value.kind !== 'SMS-SUBMIT' && sms.value.kind !== 'SMS-COMMAND')) return undefined;
  return recipientOf(sms.value.destinationAddress);
}

/**
 * Which way a forwardSM goes: operation 46 is the same both ways in versions 1 and 2, and only its addresses tell. `unclear`: neither side
 * names a service centre. TS 29.002 12.2 and 17.7.6; GSM 09.02.
 */
export type Direction = 'mo' | 'mt' | 'unclear';

const DA_SERVICE_CENTRE = 0x84;
const DA_NONE = 0x85;
const OA_MSISDN = 0x82;
const OA_SERVICE_CENTRE = 0x84;
const OA_NONE = 0x85;

/** By the identifiers of SM-RP-DA and SM-RP-OA, as a glance gives them. */
export function directionOfTags(daTag: number, oaTag: number): Direction {
  if (oaTag === OA_SERVICE_CENTRE) return 'mt';
  if (daTag === DA_SERVICE_CENTRE && (oaTag === OA_MSISDN || oaTag === OA_NONE)) return 'mo';
  // To nobody in particular, from a subscriber: only a phone sends that.
  if (daTag === DA_NONE && oaTag === OA_MSISDN) return 'mo';
  return daTag === DA_NONE || daTag === DA_SERVICE_CENTRE ? 'unclear' : 'mt';
}

const DA_TAGS: Readonly<Record<SmRpDa['kind'], number>> = {
  imsi: 0x80,
  lmsi: 0x81,
  roamingNumber: 0x83,
  serviceCentreAddressDA: DA_SERVICE_CENTRE,
  'noSM-RP-DA': DA_NONE,
};
const OA_TAGS: Readonly<Record<SmRpOa['kind'], number>> = {
  msisdn: OA_MSISDN,
  serviceCentreAddressOA: OA_SERVICE_CENTRE,
  'noSM-RP-OA': OA_NONE,
};

/** Of a decoded argument. */
export const directionOf = ({ smRpDa, smRpOa }: MoForwardSmArg): Direction =>
  directionOfTags(DA_TAGS[smRpDa.kind], OA_TAGS[smRpOa.kind]);

/** Where a glance found the parts of a mo-ForwardSM. */
export type MoPlaces = Pick<
  Glance,
  'daTag' | 'daFrom' | 'daTo' | 'oaTag' | 'oaFrom' | 'oaTo' | 'uiFrom' | 'uiTo' | 'imsiFrom' | 'imsiTo'
>;

/** What a message says of itself before its argument is read. */
export interface Circumstances {
  readonly called: TitleKey;
  readonly calling: TitleKey;
  /** Name of the prepaid platform that it comes from; undefined when its point code is none of theirs. */
  readonly cameFrom: string | undefined;
}

/** A mo-ForwardSM as the places of its parts: each is read when it is first asked for. */
class PlainSubmission {
  readonly called: TitleKey;
  readonly calling: TitleKey;
  readonly cameFrom: string | undefined;
  readonly reference: number;
  private readonly bytes: Uint8Array;
  private readonly places: MoPlaces;
  /** Null until it is asked for. */
  private senderRead: WrittenNumber | undefined | null = null;
  private serviceCentreRead: WrittenNumber | undefined | null = null;

  constructor(circumstances: Circumstances, reference: number, bytes: Uint8Array, places: MoPlaces) {
    this.called = circumstances.called;
    this.calling = circumstances.calling;
    this.cameFrom = circumstances.cameFrom;
    this.reference = reference;
    this.bytes = bytes;
    this.places = places;
  }

  get sender(): WrittenNumber | undefined {
    if (this.senderRead !== null) return this.senderRead;
    const { oaTag, oaFrom, oaTo } = this.places;
    this.senderRead = oaTag === OA_MSISDN ? this.numberAt(oaFrom, oaTo) : undefined;
    return this.senderRead;
  }

  get serviceCentre(): WrittenNumber | undefined {
    if (this.serviceCentreRead !== null) return this.serviceCentreRead;
    const { daTag, daFrom, daTo } = this.places;
    this.serviceCentreRead = daTag === DA_SERVICE_CENTRE ? this.numberAt(daFrom, daTo) : undefined;
    return this.serviceCentreRead;
  }

  get imsi(): string | undefined {
    const { imsiFrom, imsiTo } = this.places;
    return imsiTo === 0 ? undefined : readTbcd(this.bytes.subarray(imsiFrom, imsiTo), 0);
  }

  recipient(): WrittenNumber | undefined {
    const { uiFrom, uiTo } = this.places;
    return recipientIn(this.bytes.subarray(uiFrom, uiTo));
  }

  private numberAt(from: number, to: number): WrittenNumber | undefined {
    const address = addressStringAt(this.bytes, from, to);
    return address === undefined ? undefined : writtenNumber(address);
  }
}

/**
 * The submission in these octets, which must not change while it is used. A property that answers undefined is absent. `reference`: the
 * sender's transaction id.
 */
export const plainSubmission = (
  circumstances: Circumstances,
  reference: number,
  bytes: Uint8Array,
  places: MoPlaces,
): MoSubmission => new PlainSubmission(circumstances, reference, bytes, places) as MoSubmission;

/** The submission in a decoded argument. */
export function submissionOf(circumstances: Circumstances, reference: number, argument: MoForwardSmArg): MoSubmission {
  const { smRpDa, smRpOa, smRpUi, imsi } = argument;
  const { called, calling, cameFrom } = circumstances;
  return {
    called,
    calling,
    reference,
    ...(cameFrom === undefined ? {} : { cameFrom }),
    ...(smRpOa.kind === 'msisdn' ? { sender: writtenNumber(smRpOa.value) } : {}),
    ...(smRpDa.kind === 'serviceCentreAddressDA' ? { serviceCentre: writtenNumber(smRpDa.value) } : {}),
    ...(imsi === undefined ? {} : { imsi }),
    recipient: () => recipientIn(smRpUi),
  };
}
