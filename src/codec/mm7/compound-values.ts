/** Elements of MM7 with attributes or elements of their own: addresses, recipients, status, references. TS 23.140 schema. */
import { attributeOf, type ElementCoder, type Place, refuseValue, type Writing } from './coding.js';
import { Refused } from './decode-error.js';
import { mandatory, optional, sequence } from './sequence.js';
import {
  booleanType,
  dateOrDurationType,
  dateTimeType,
  positiveType,
  type SimpleType,
  simple,
  text,
  wordType,
} from './simple-values.js';
import {
  ADDRESS_KINDS,
  type AddressKind,
  type ContentReference,
  type Mm7Address,
  type PreviousDate,
  type PreviousSender,
  type Recipients,
  type ReplyCharging,
  type SenderIdentification,
  type Status,
  type UaCapabilities,
} from './values.js';
import { elementXml, escapeXml, type XmlElement } from './xml.js';

/** Members that have a value: an absent attribute leaves no member behind. */
function present<T extends object>(members: { readonly [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as T;
}

function typedAttribute<T>(element: XmlElement, local: string, type: SimpleType<T>, place: Place): T | undefined {
  const value = attributeOf(element, local, place);
  return value === undefined ? undefined : type.read(value, { ...place, path: `${place.path}/@${local}` });
}

const codingType = wordType(['encrypted', 'obfuscated']);
const KIND_BY_LOWER = new Map<string, AddressKind>(ADDRESS_KINDS.map((kind) => [kind.toLowerCase(), kind]));

/** The kind of address that an element holds; undefined for another element. */
function kindOf(element: XmlElement, place: Place): AddressKind | undefined {
  const kind = KIND_BY_LOWER.get(element.local.toLowerCase());
  if (kind !== undefined && kind !== element.local)
    place.reading.tolerate('misspelt-element', `${place.path}/${element.local}`, `for ${kind}`);
  return kind;
}

function readAddress(element: XmlElement, kind: AddressKind, place: Place): Mm7Address {
  const inside = { ...place, path: `${place.path}/${kind}` };
  const value = element.text.trim();
  if (value === '' || element.children.length > 0) refuseValue(inside, 'an address');
  return present<Mm7Address>({
    kind,
    value,
    displayOnly: typedAttribute(element, 'displayOnly', booleanType, inside),
    addressCoding: typedAttribute(element, 'addressCoding', codingType, inside),
    id: attributeOf(element, 'id', inside),
  });
}

const SHORT_CODE = /^[0-9]{1,6}$/;
/** What an address is that does not say so. */
const guessKind = (value: string): AddressKind =>
  value.includes('@') ? 'RFC2822Address' : SHORT_CODE.test(value) ? 'ShortCode' : 'Number';

/** Elements that some peers put around an address where there is one already, by the element around them. */
const WRAPPERS: ReadonlySet<string> = new Set(['SenderAddress', 'To', 'Recipient', 'Sender']);

/** The addresses inside an element, in order. */
function addressesIn(element: XmlElement, place: Place): readonly Mm7Address[] {
  const bare = element.text.trim();
  if (element.children.length === 0 && bare !== '') {
    place.reading.tolerate('bare-address', place.path, bare);
    return [{ kind: guessKind(bare), value: bare }];
  }
  return element.children.flatMap((child) => {
    if (child.uri !== element.uri) place.reading.tolerateMixed(`${place.path}/${child.local}`, child.uri);
    const kind = kindOf(child, place);
    if (kind !== undefined) return [readAddress(child, kind, place)];
    if (!WRAPPERS.has(child.local)) {
      place.reading.tolerate('unknown-element', `${place.path}/${child.local}`, child.text.trim());
      return [];
    }
    place.reading.tolerate('wrapped-address', `${place.path}/${child.local}`, '');
    return addressesIn(child, { ...place, path: `${place.path}/${child.local}` });
  });
}

const addressXml = (address: Mm7Address, w: Writing, more: Readonly<Record<string, string | undefined>> = {}): string =>
  elementXml(w.name(address.kind), escapeXml(address.value), {
    ...more,
    displayOnly: address.displayOnly === undefined ? undefined : String(address.displayOnly),
    addressCoding: address.addressCoding,
    id: address.id,
  });

/** An element that holds one address. */
export const oneAddress: ElementCoder<Mm7Address> = {
  decode(element, place) {
    const [first, second] = addressesIn(element, place);
    if (first === undefined) throw new Refused('missing-element', `${place.path} has no address`);
    if (second !== undefined) place.reading.tolerate('repeated-element', place.path, '');
    return first;
  },
  encode: (name, value, w) => elementXml(name, addressXml(value, w)),
};

const RECIPIENT_FIELDS = { to: 'To', cc: 'Cc', bcc: 'Bcc' } as const;
type RecipientField = keyof typeof RECIPIENT_FIELDS;

function readField(child: XmlElement, place: Place, into: Record<RecipientField, Mm7Address[]>): void {
  const field = child.local.toLowerCase();
  if (!Object.hasOwn(RECIPIENT_FIELDS, field)) {
    place.reading.tolerate('unknown-element', `${place.path}/${child.local}`, child.text.trim());
    return;
  }
  const list = into[field as RecipientField];
  const inside = { ...place, path: `${place.path}/${RECIPIENT_FIELDS[field as RecipientField]}` };
  if (list.length > 0) place.reading.tolerate('repeated-element', inside.path, '');
  const addresses = addressesIn(child, inside);
  if (addresses.length === 0) place.reading.tolerate('empty-element', inside.path, '');
  list.push(...addresses);
}

export const recipients: ElementCoder<Recipients> = {
  decode(element, place) {
    const into: Record<RecipientField, Mm7Address[]> = { to: [], cc: [], bcc: [] };
    for (const child of element.children) {
      if (child.uri !== element.uri) place.reading.tolerateMixed(`${place.path}/${child.local}`, child.uri);
      readField(child, place, into);
    }
    if (into.to.length + into.cc.length + into.bcc.length === 0)
      throw new Refused('missing-element', `${place.path} names nobody`);
    return Object.fromEntries(Object.entries(into).filter(([, list]) => list.length > 0)) as Recipients;
  },
  encode(name, value, w) {
    const fields = Object.entries(RECIPIENT_FIELDS).map(([key, local]) => {
      const list = value[key as RecipientField] ?? [];
      return list.length === 0 ? '' : elementXml(w.name(local), list.map((address) => addressXml(address, w)).join(''));
    });
    return elementXml(name, fields.join(''));
  },
};

export const senderIdentification: ElementCoder<SenderIdentification> = sequence<SenderIdentification>({
  vaspId: optional('VASPID', text),
  vasId: optional('VASID', text),
  senderAddress: optional('SenderAddress', oneAddress),
});

/** Text of an element and of all elements inside it. */
const textWithin = (element: XmlElement): string =>
  [element.text.trim(), ...element.children.map(textWithin)].filter((piece) => piece !== '').join(' ');

const details: ElementCoder<string> = {
  decode: (element) => textWithin(element),
  encode: (name, value) => elementXml(name, escapeXml(value)),
  emptyIsValue: true,
};

const statusCode = simple(positiveType);
/** Schema type responseStatusType: all, so in any order. */
export const status: ElementCoder<Status> = sequence<Status>(
  {
    code: mandatory('StatusCode', statusCode),
    text: mandatory('StatusText', text, { whenMissing: { name: 'missing-status-text', value: '' } }),
    details: optional('Details', details),
  },
  { anyOrder: true },
);

/** Status as extendedCancelRsp has it: the code alone. A text is read where there is one, and never written. */
export const bareStatus: ElementCoder<Status> = {
  decode(element, place) {
    if (element.children.some((child) => child.local === 'StatusText')) return status.decode(element, place);
    return { ...sequence<Pick<Status, 'code'>>({ code: mandatory('StatusCode', statusCode) }).decode(element, place), text: '' };
  },
  encode: (name, value, w) => elementXml(name, statusCode.encode(w.name('StatusCode'), value.code, w)),
};

export const contentReference: ElementCoder<ContentReference> = {
  decode(element, place) {
    const href = attributeOf(element, 'href', place);
    if (href === undefined || href === '') throw new Refused('missing-element', `${place.path} has no href`);
    return present<ContentReference>({
      href,
      allowAdaptations: typedAttribute(element, 'allowAdaptations', booleanType, place),
    });
  },
  encode: (name, value) =>
    elementXml(name, '', {
      href: value.href,
      allowAdaptations: value.allowAdaptations === undefined ? undefined : String(value.allowAdaptations),
    }),
  emptyIsValue: true,
};

/** An attribute, or what some peers write instead: an element of that name in capitals. */
function attributeOrElement<T>(element: XmlElement, local: string, type: SimpleType<T>, place: Place): T | undefined {
  const attribute = typedAttribute(element, local, type, place);
  if (attribute !== undefined) return attribute;
  const child = element.children.find((candidate) => candidate.local.toLowerCase() === local.toLowerCase());
  if (child === undefined) return undefined;
  const inside = { ...place, path: `${place.path}/${child.local}` };
  place.reading.tolerate('attribute-as-element', inside.path, child.text.trim());
  return type.read(child.text.trim(), inside);
}

export const replyCharging: ElementCoder<ReplyCharging> = {
  decode: (element, place) =>
    present<ReplyCharging>({
      sizeMax: attributeOrElement(element, 'replyChargingSize', positiveType, place),
      deadline: attributeOrElement(element, 'replyDeadline', dateOrDurationType, place),
    }),
  encode: (name, value) =>
    elementXml(name, '', {
      replyChargingSize: value.sizeMax === undefined ? undefined : positiveType.write(value.sizeMax),
      replyDeadline: value.deadline === undefined ? undefined : dateOrDurationType.write(value.deadline),
    }),
  emptyIsValue: true,
};

export const uaCapabilities: ElementCoder<UaCapabilities> = {
  decode: (element, place) =>
    present<UaCapabilities>({
      uaProf: attributeOf(element, 'UAProf', place),
      timeStamp: typedAttribute(element, 'TimeStamp', dateOrDurationType, place),
    }),
  encode: (name, value) =>
    elementXml(name, '', {
      UAProf: value.uaProf,
      TimeStamp: value.timeStamp === undefined ? undefined : dateOrDurationType.write(value.timeStamp),
    }),
  emptyIsValue: true,
};

/** A list of elements of one name inside another. Others inside it are passed over. */
function listOf<T>(local: string, item: ElementCoder<T>): ElementCoder<readonly T[]> {
  return {
    decode: (element, place) =>
      element.children.flatMap((child) => {
        if (child.uri !== element.uri) place.reading.tolerateMixed(`${place.path}/${child.local}`, child.uri);
        if (child.local === local) return [item.decode(child, { ...place, path: `${place.path}/${local}` })];
        place.reading.tolerate('unknown-element', `${place.path}/${child.local}`, child.text.trim());
        return [];
      }),
    encode: (name, value, w) => elementXml(name, value.map((one) => item.encode(w.name(local), one, w)).join('')),
    emptyIsValue: true,
  };
}

export const deliveryCondition: ElementCoder<readonly number[]> = listOf('DC', simple(positiveType));

const sequenceNumber = (value: number | undefined): string | undefined =>
  value === undefined ? undefined : positiveType.write(value);

/** The sequence number stands on the element, or on the address inside it. */
const userAgent: ElementCoder<PreviousSender> = {
  decode(element, place) {
    const address = oneAddress.decode(element, place);
    const holder = [element, ...element.children].find((one) => attributeOf(one, 'sequence', place) !== undefined);
    const sequence = holder === undefined ? undefined : typedAttribute(holder, 'sequence', positiveType, place);
    return present<PreviousSender>({ address, sequence });
  },
  encode: (name, value, w) => elementXml(name, addressXml(value.address, w), { sequence: sequenceNumber(value.sequence) }),
};

const previousDate: ElementCoder<PreviousDate> = {
  decode: (element, place) =>
    present<PreviousDate>({
      at: dateTimeType.read(element.text.trim(), place),
      sequence: typedAttribute(element, 'sequence', positiveType, place),
    }),
  encode: (name, value) => elementXml(name, dateTimeType.write(value.at), { sequence: sequenceNumber(value.sequence) }),
};

export const previouslySentBy: ElementCoder<readonly PreviousSender[]> = listOf('UserAgent', userAgent);
export const previouslySentDates: ElementCoder<readonly PreviousDate[]> = listOf('DateTime', previousDate);
