/** Addresses of MM7 and those of the domain. */
import type { AddressKind, Mm7Address } from '#codec/mm7';
import type { VaspDialect } from '#directory';
import { type Address, type NumberingPlan, normaliseNumber } from '#messaging';

/** What `/TYPE=` says of a number; anything else than PLMN is no telephone number. TS 23.140 8.4.5.1. */
const TYPED = /^(.*?)\/TYPE=([A-Za-z0-9]+)(?:@.*)?$/i;
/** Written bare, so many digits or fewer are a short code. */
const SHORT_CODE = /^[0-9]{1,6}$/;
const MARKED_CODE = /^[*#]?[0-9A-Za-z_-]{1,20}$/;
/** One at sign, something on both sides, no blank, no comma, no control character. Whether the mailbox exists is for mail to find out. */
const MAILBOX = /^[^\s@,;<>"\u0000-\u001f\u007f]{1,64}@[^\s@,;<>"\u0000-\u001f\u007f]{1,253}$/;

function numberOrCode(text: string, written: string, plan: NumberingPlan): Address {
  if (SHORT_CODE.test(text)) return { kind: 'short-code', code: text };
  const msisdn = normaliseNumber(text, plan);
  return msisdn === undefined ? { kind: 'unknown', text: written } : { kind: 'number', msisdn };
}

/** What was written as an address, as the domain knows it. What is none becomes `unknown` with its text, so that a refusal can name it. */
export function toAddress(kind: AddressKind, value: string, plan: NumberingPlan): Address {
  const typed = TYPED.exec(value);
  if (typed !== null && typed[2]!.toUpperCase() !== 'PLMN') return { kind: 'unknown', text: value };
  if (typed !== null) return numberOrCode(typed[1]!, value, plan);
  if (kind === 'RFC2822Address')
    return MAILBOX.test(value) ? { kind: 'email', mailbox: value } : { kind: 'unknown', text: value };
  if (kind === 'Number') return numberOrCode(value, value, plan);
  return MARKED_CODE.test(value) ? { kind: 'short-code', code: value } : { kind: 'unknown', text: value };
}

/** An address of a message as the domain knows it. An encrypted or obfuscated one means something to others only. */
export const fromWire = (address: Mm7Address, plan: NumberingPlan): Address =>
  address.addressCoding === undefined ? toAddress(address.kind, address.value, plan) : { kind: 'unknown', text: address.value };

const NUMBER_FORMS: Readonly<Record<VaspDialect['number'], (digits: string) => string>> = {
  plain: (digits) => digits,
  plus: (digits) => `+${digits}`,
  'plus-plmn': (digits) => `+${digits}/TYPE=PLMN`,
};

/** An address as this VASP wants it written. */
export function toWire(address: Address, dialect: Pick<VaspDialect, 'number' | 'shortCode'>): Mm7Address {
  switch (address.kind) {
    case 'number':
      return { kind: 'Number', value: NUMBER_FORMS[dialect.number](address.msisdn) };
    case 'email':
      return { kind: 'RFC2822Address', value: address.mailbox };
    case 'short-code':
      return { kind: dialect.shortCode, value: address.code };
    case 'unknown':
      return { kind: 'RFC2822Address', value: address.text };
  }
}
