/** What a VASP asks of the domain, whichever interface it speaks: terms first, then the command, then what came of it. */
import { createHash } from 'node:crypto';
import { err, LIMITS, ok, type Result } from '#base';
import type { Vasp } from '#directory';
import { addressKey, type Cancelled, type MessageId, type RefusedRecipient, type Submission } from '#messaging';
import type { Mm7Ports } from './config.js';
import type { Refusal } from './refusals.js';
import {
  type CancelRequest,
  present,
  type ReplaceHead,
  type ReplaceRequest,
  type SubmitHead,
  type SubmitRequest,
} from './request.js';
import { checkAccount, checkServiceCode, checkSize, replaceTimes, type SubmitTerms, submitTerms } from './terms.js';

/** A message that survives a crash from here on. */
export interface Submitted {
  readonly messageId: MessageId;
  /** Recipients that will not get it; never all. */
  readonly refused: readonly RefusedRecipient[];
  /** The same request had come before; `messageId` is the first one's. */
  readonly resubmission: boolean;
}

export interface VaspService {
  /** Why a submission is refused whatever its content is: known before that has come. */
  judgeSubmit(vasp: Vasp, request: SubmitHead): Refusal | undefined;
  judgeReplace(vasp: Vasp, request: ReplaceHead): Refusal | undefined;
  judgeCancel(vasp: Vasp, request: CancelRequest): Refusal | undefined;
  submit(vasp: Vasp, request: SubmitRequest): Promise<Result<Submitted, Refusal>>;
  cancel(vasp: Vasp, request: CancelRequest): Promise<Result<Cancelled, Refusal>>;
  replace(vasp: Vasp, request: ReplaceRequest): Promise<Result<Cancelled, Refusal>>;
}

type ServicePorts = Pick<Mm7Ports, 'messaging' | 'now'>;

/**
 * Equal for the same request come again: what is sent to whom. A VASP that numbers its requests badly (some write the same TransactionID
 * into all of them) must not lose messages by it, so the id alone does not decide.
 */
function digestOf(request: SubmitRequest): string {
  const hash = createHash('sha256');
  for (const { field, address } of request.recipients) hash.update(`${field} ${addressKey(address)}\n`);
  hash.update(`${request.subject ?? ''}\n${request.linkedId ?? ''}\n`);
  for (const piece of request.content.pieces) hash.update(piece);
  return hash.digest('base64url');
}

function toSubmission(request: SubmitRequest, terms: SubmitTerms): Submission {
  const digest = digestOf(request);
  const { vasp } = terms.origin;
  return present<Submission>({
    origin: terms.origin,
    sender: terms.sender,
    named: { system: `mm7:${vasp}`, messageId: `${request.transactionId}:${digest}` },
    senderVisibility: 'show',
    recipients: terms.recipients,
    date: request.date,
    subject: request.subject,
    messageClass: request.messageClass ?? 'personal',
    priority: request.priority ?? 'normal',
    deliveryReport: request.deliveryReport ?? false,
    readReport: request.readReport ?? false,
    expiry: request.expiry,
    deliveryTime: terms.deliveryTime,
    replyCharging: request.replyCharging ?? false,
    application: request.application,
    adaptationAllowed: request.adaptationAllowed,
    contentClass: request.contentClass,
    drmContent: request.drmContent,
    contentType: request.content.media,
    content: request.content.pieces,
    fingerprint: `mm7:${vasp}:${request.transactionId}:${digest}`,
    waitingMax: terms.waitingMax,
    forwarding: undefined,
  });
}

/**
 * What a recall asks for, whatever its transaction is called: replacements that differ are different ones. Numbers and texts apart, members come in the
 * order in which the translations write them.
 */
function recallDigest({ content, ...terms }: Omit<ReplaceRequest, 'transactionId'>): string {
  const hash = createHash('sha256').update(JSON.stringify(terms)).update(`\n${content.media}\n`);
  for (const piece of content.pieces) hash.update(piece);
  return hash.digest('base64url');
}

type Recalled = Result<Cancelled, Refusal>;

/**
 * Recalls under way, and the answers to those that were carried out: the domain would answer a repetition otherwise ("too late"), and replace anew
 * what the one under way replaces. In memory: after a restart it does. Refusals are not kept, as the next attempt may go better.
 */
class KeptRecalls {
  private readonly recalls = new Map<string, Promise<Recalled>>();

  /** Does a recall once for each request: a repetition gets the first one's answer, for which it waits. */
  once(key: string, recall: () => Promise<Recalled>): Promise<Recalled> {
    const before = this.recalls.get(key);
    if (before !== undefined) return before;
    const begun = recall();
    const oldest = this.recalls.size < LIMITS.mm7AnswersKeptMax ? undefined : this.recalls.keys().next().value;
    if (oldest !== undefined) this.recalls.delete(oldest);
    this.recalls.set(key, begun);
    const forget = (): void => {
      // Another may have come in its place since, if so many came between.
      if (this.recalls.get(key) === begun) this.recalls.delete(key);
    };
    // Before anybody who waits sees the refusal and tries again.
    begun.then((outcome) => {
      if (!outcome.ok) forget();
    }, forget);
    return begun;
  }
}

const errorOf = <E>(result: Result<unknown, E>): E | undefined => (result.ok ? undefined : result.error);

export function createService(ports: ServicePorts): VaspService {
  const recalls = new KeptRecalls();

  const judgeReplace = (vasp: Vasp, request: ReplaceHead): Refusal | undefined =>
    checkAccount(vasp, request, request.operation) ??
    checkServiceCode(vasp, request.serviceCode) ??
    errorOf(replaceTimes(vasp, request.deliveryTime, ports.now()));
  const judgeCancel = (vasp: Vasp, request: CancelRequest): Refusal | undefined =>
    checkAccount(vasp, request, request.operation) ?? (request.some ? { kind: 'partial-cancel-not-supported' } : undefined);

  return {
    judgeSubmit(vasp, request) {
      return errorOf(submitTerms(vasp, request, ports.now()));
    },
    judgeReplace,
    judgeCancel,
    async submit(vasp, request) {
      const terms = submitTerms(vasp, request, ports.now());
      if (!terms.ok) return terms;
      const refusal = checkSize(vasp, request.content);
      if (refusal !== undefined) return err(refusal);
      const outcome = await ports.messaging.submit(toSubmission(request, terms.value));
      if (!outcome.ok) return outcome;
      const { messageId, refused, resubmission } = outcome.value;
      return ok({ messageId, refused: [...terms.value.refused, ...refused], resubmission });
    },
    async cancel(vasp, request) {
      const refusal = judgeCancel(vasp, request);
      if (refusal !== undefined) return err(refusal);
      const { transactionId, messageId } = request;
      return recalls.once(`${vasp.name} cancel ${transactionId} ${messageId}`, () =>
        ports.messaging.cancel({ by: { vasp: vasp.name }, messageId }),
      );
    },
    async replace(vasp, request) {
      const refusal = judgeReplace(vasp, request) ?? checkSize(vasp, request.content);
      if (refusal !== undefined) return err(refusal);
      const { transactionId, ...asked } = request;
      const { messageId, content, operation, serviceCode, vaspId, vasId, deliveryTime, ...terms } = asked;
      const times = replaceTimes(vasp, deliveryTime, ports.now());
      if (!times.ok) return times;
      const command = {
        ...terms,
        ...times.value,
        vasp: vasp.name,
        messageId,
        transactionId,
        contentType: content.media,
        content: content.pieces,
      };
      return recalls.once(`${vasp.name} replace ${transactionId} ${messageId} ${recallDigest(asked)}`, () =>
        ports.messaging.replace(command),
      );
    },
  };
}
