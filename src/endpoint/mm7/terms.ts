/** Whether an account may do what it asks for, and on what terms: by the VASP's object alone, before the domain is asked. Pure. */
import { err, LIMITS, ok, type Result } from '#base';
import type { Vasp, VaspOperation } from '#directory';
import {
  type Address,
  type ApplicationAddressing,
  addressKey,
  addressText,
  isKnownCondition,
  type Mm7Origin,
  type Recipient,
  type RefusedRecipient,
  type TimeWish,
} from '#messaging';
import type { OwnRefusal, Refusal } from './refusals.js';
import { type Claim, present, type SubmitHead, type VaspContent } from './request.js';
import { nextOpening } from './windows.js';

/** The texts of a request that are kept with its message; JSON's schema bounds the same. */
interface Texts {
  readonly transactionId: string;
  readonly messageId?: string;
  readonly serviceCode?: string;
  readonly linkedId?: string;
  readonly chargedPartyId?: string;
  readonly subject?: string;
  readonly application?: ApplicationAddressing;
}

/** What is too long of them. */
function checkTexts(request: Texts & Claim): OwnRefusal | undefined {
  const { mm7IdCharactersMax: idMax, mm7TextCharactersMax: textMax } = LIMITS;
  const { applicId, replyApplicId, auxApplicInfo } = request.application ?? {};
  const rows: readonly (readonly [what: string, text: string | undefined, max: number])[] = [
    ['TransactionID', request.transactionId, idMax],
    ['MessageID', request.messageId, idMax],
    ['VASID', request.vasId, idMax],
    ['ServiceCode', request.serviceCode, idMax],
    ['LinkedID', request.linkedId, idMax],
    ['ChargedPartyID', request.chargedPartyId, idMax],
    ['Subject', request.subject, textMax],
    ['ApplicID', applicId, textMax],
    ['ReplyApplicID', replyApplicId, textMax],
    ['AuxApplicInfo', auxApplicInfo, textMax],
  ];
  const long = rows.find(([, text, max]) => text !== undefined && text.length > max);
  return long && { kind: 'text-too-long', what: long[0], max: long[2] };
}

/** Whether the account may do this at all, now, and whether what it says can be kept. */
export function checkAccount(vasp: Vasp, claim: Claim & Texts, operation: VaspOperation): OwnRefusal | undefined {
  const tooLong = checkTexts(claim);
  if (tooLong !== undefined) return tooLong;
  if (vasp.state === 'paused') return { kind: 'paused' };
  if (vasp.state === 'draining') return { kind: 'draining' };
  if (claim.vaspId !== undefined && claim.vaspId !== '' && claim.vaspId !== vasp.vaspId)
    return { kind: 'wrong-id', what: 'VASPID' };
  if (claim.vasId !== undefined && claim.vasId !== '' && vasp.vasIds.length > 0 && !vasp.vasIds.includes(claim.vasId))
    return { kind: 'wrong-id', what: 'VASID' };
  return vasp.operations.includes(operation) ? undefined : { kind: 'operation-not-allowed' };
}

/** Whether the account's messages may be as large as this. */
export function checkSize(vasp: Vasp, { size }: VaspContent): Refusal | undefined {
  const { sizeMax } = vasp.limits;
  return size > sizeMax ? { kind: 'message-too-large', size, sizeMax } : undefined;
}

/** The sender that recipients see: an address of the account, or nothing. */
function senderOf(vasp: Vasp, wish: Address | undefined): Address | undefined {
  if (wish === undefined) {
    const first = vasp.shortCodes[0];
    return first === undefined ? undefined : { kind: 'short-code', code: first };
  }
  if (wish.kind === 'short-code') return vasp.shortCodes.includes(wish.code) ? wish : undefined;
  // A number that the VASP writes may be its short code in long clothes: only what its object names counts.
  const key = addressKey(wish);
  return vasp.senderAddresses.some((text) => key === `${wish.kind}:${text.toLowerCase()}`) ? wish : undefined;
}

/** Whether the account may name this service code. */
export const checkServiceCode = (vasp: Vasp, serviceCode: string | undefined): OwnRefusal | undefined =>
  serviceCode !== undefined && vasp.serviceCodes.length > 0 && !vasp.serviceCodes.includes(serviceCode)
    ? { kind: 'service-code-not-allowed' }
    : undefined;

function checkCharging(vasp: Vasp, request: SubmitHead): OwnRefusal | undefined {
  const { serviceCode, chargedParty, chargedPartyId } = request;
  const refusal = checkServiceCode(vasp, serviceCode);
  if (refusal !== undefined) return refusal;
  if (chargedParty !== undefined && !vasp.charging.allowed.includes(chargedParty)) return { kind: 'charged-party-not-allowed' };
  const third = (chargedParty ?? vasp.charging.preset) === 'third-party';
  const known = chargedPartyId !== undefined && vasp.charging.thirdParties.includes(chargedPartyId);
  return (third || chargedPartyId !== undefined) && !known ? { kind: 'third-party-not-allowed' } : undefined;
}

const mayReceive = (vasp: Vasp, { address }: Recipient): boolean =>
  vasp.recipientPrefixes.length === 0 ||
  (address.kind === 'number' && vasp.recipientPrefixes.some((prefix) => address.msisdn.startsWith(prefix)));

/** On what terms a submission goes on to the domain. */
export interface SubmitTerms {
  readonly sender: Address;
  readonly origin: Mm7Origin;
  readonly recipients: readonly Recipient[];
  /** Those that the account may not send to. */
  readonly refused: readonly RefusedRecipient[];
  readonly deliveryTime?: TimeWish;
  /** See `Submission.waitingMax`. */
  readonly waitingMax?: number;
}

/** Outside its windows a message waits for the next one, or is refused. */
function deliveryTimeOf(vasp: Vasp, wish: TimeWish | undefined, now: number): Result<TimeWish | undefined, OwnRefusal> {
  const wished = wish === undefined ? now : 'at' in wish ? Math.max(now, wish.at) : now + wish.afterMs;
  const opening = nextOpening(vasp, wished);
  if (opening === wished) return ok(wish);
  return vasp.outsideWindows === 'hold' ? ok({ at: opening }) : err({ kind: 'outside-window' });
}

/**
 * When a replacement may be delivered: by its own wish, which is held to the windows as a submission's is; without one no sooner than they are open,
 * whatever the first version's time was.
 */
export function replaceTimes(
  vasp: Vasp,
  wish: TimeWish | undefined,
  now: number,
): Result<{ readonly deliveryTime?: TimeWish; readonly notBefore?: number }, OwnRefusal> {
  const time = deliveryTimeOf(vasp, wish, now);
  if (!time.ok) return time;
  if (time.value === undefined) return ok({});
  return ok(wish === undefined && 'at' in time.value ? { notBefore: time.value.at } : { deliveryTime: time.value });
}

/** Terms of a submission, or why there are none: all but the size of its content. `now`: epoch milliseconds. */
export function submitTerms(vasp: Vasp, request: SubmitHead, now: number): Result<SubmitTerms, Refusal> {
  const refusal = checkAccount(vasp, request, 'submit') ?? checkCharging(vasp, request);
  if (refusal !== undefined) return err(refusal);
  if (request.deliveryCondition?.every(isKnownCondition) === false) return err({ kind: 'condition-unknown' });
  const sender = senderOf(vasp, request.sender);
  if (sender === undefined) return err({ kind: 'sender-not-allowed' });
  if (request.recipients.some(({ address }) => addressText(address).length > LIMITS.mm7IdCharactersMax))
    return err({ kind: 'text-too-long', what: 'Recipients', max: LIMITS.mm7IdCharactersMax });
  const { length } = request.recipients.filter(({ shownOnly }) => shownOnly !== true);
  const recipientsMax = Math.min(vasp.limits.recipientsMax, LIMITS.recipientsMax);
  if (length > recipientsMax) return err({ kind: 'too-many-recipients', recipients: length, recipientsMax });
  const allowed = request.recipients.filter((recipient) => recipient.shownOnly === true || mayReceive(vasp, recipient));
  if (length > 0 && allowed.every(({ shownOnly }) => shownOnly === true)) return err({ kind: 'recipients-not-allowed' });
  const deliveryTime = deliveryTimeOf(vasp, request.deliveryTime, now);
  if (!deliveryTime.ok) return deliveryTime;
  const refused = request.recipients.filter((recipient) => !allowed.includes(recipient));
  return ok({
    sender,
    origin: originOf(vasp, request),
    recipients: allowed,
    refused: refused.map((recipient) => ({ recipient, reason: 'not-allowed' })),
    ...(deliveryTime.value !== undefined && { deliveryTime: deliveryTime.value }),
    ...(vasp.limits.waitingMax > 0 && { waitingMax: vasp.limits.waitingMax }),
  });
}

const originOf = (vasp: Vasp, request: SubmitHead): Mm7Origin =>
  present<Mm7Origin>({
    interface: 'mm7',
    vasp: vasp.name,
    vaspId: vasp.vaspId,
    vasId: request.vasId,
    transactionId: request.transactionId,
    version: request.version,
    linkedId: request.linkedId,
    serviceCode: request.serviceCode,
    chargedParty: request.chargedParty ?? vasp.charging.preset,
    chargedPartyId: request.chargedPartyId,
    distributionIndicator: request.distributionIndicator ?? vasp.distribution,
    deliveryCondition: request.deliveryCondition,
    replaces: undefined,
  });
