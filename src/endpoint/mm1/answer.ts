/** One MM1 request: which PDU becomes which command, and which outcome becomes which PDU. Knows neither sockets nor storage. */
import type { Log, Meter, Result } from '#base';
import {
  type DecodeError,
  decodeParts,
  decodePdu,
  encodeHead,
  encodePdu,
  type MmsPdu,
  type MmsVersion,
  type PduKind,
  type ReadRecInd,
  readContent,
  type SendReq,
} from '#codec/mms';
import {
  type AnswerRefusal,
  type DeliveryKey,
  type Handset,
  type Messaging,
  type NumberingPlan,
  VERSION_OF_UNKNOWN_HANDSETS,
} from '#messaging';
import type { Admission } from './admission.js';
import type { Mm1Config } from './config.js';
import type { Caller } from './identity.js';
import { type PostRefusal, RETRIEVALS, type RetrievalRefusal } from './refusals.js';
import { claimForLog, keyForLog, type Telemetry } from './telemetry.js';
import {
  answerVersion,
  claimedOther,
  toConfOf,
  toRefusal,
  toRefusedRetrieveConf,
  toRetrieveConf,
  toSendConf,
  toSubmission,
} from './translate.js';

export interface Mm1Ports {
  readonly messaging: Messaging;
  readonly numbering: NumberingPlan;
  readonly log: Log;
  readonly meter: Meter;
  /** Wall clock, epoch milliseconds. */
  readonly now: () => number;
  /** False when submissions cannot be kept now (disk full, read-only, failed): they get the transient status at once. */
  readonly writable: () => boolean;
}

/** What a request's headers tell of the handset. */
export type HandsetTraits = Pick<Handset, 'userAgent' | 'profileUrl' | 'accept'>;

/** A request with a PDU. */
export interface Post {
  readonly octets: Uint8Array;
  readonly caller: Caller;
  readonly traits: HandsetTraits;
}

/** A request for content. */
export interface Get {
  readonly key: string;
  readonly caller: Caller;
  readonly traits: HandsetTraits;
}

export type Reply =
  /** HTTP 200 with this PDU: errors of MMS travel so too. */
  | { readonly kind: 'pdu'; readonly octets: Uint8Array }
  /** HTTP 200, empty. */
  | { readonly kind: 'empty' }
  /** HTTP 503: nothing has happened, the client shall repeat the request. */
  | { readonly kind: 'unavailable' };

export type ContentReply =
  | {
      readonly kind: 'content';
      readonly key: DeliveryKey;
      readonly messageId: string;
      /** M-Retrieve.conf up to its content, then the content: together the entity. */
      readonly head: Uint8Array;
      readonly content: Uint8Array;
      /** Equal for equal entities. */
      readonly tag: string;
    }
  | Reply;

const EMPTY: Reply = { kind: 'empty' };
const UNAVAILABLE: Reply = { kind: 'unavailable' };

export interface Answers {
  /** Answers a whole PDU. Rejects only on a bug. */
  post(post: Post): Promise<Reply>;
  /**
   * The refusal of a submission of which only `head` has arrived, when no more of it is wanted; undefined to go on reading. Cheap.
   * `enough`: no need to wait for the transaction id any longer.
   */
  early(head: Uint8Array, enough: boolean, caller: Caller): Reply | undefined;
  /** The refusal of a body that is too large; `head` is its beginning. */
  tooLarge(head: Uint8Array, caller: Caller): Reply;
  /** The refusal of a body that makes room for others; `head` is what has come of it. */
  gaveWay(head: Uint8Array, caller: Caller): Reply;
  /** Refuses what met a bug. */
  failed(octets: Uint8Array): Reply;
  /** Content for a key. Rejects only on a bug. */
  get(get: Get): Promise<ContentReply>;
  /** The answer to a retrieval that this endpoint refuses itself. */
  refuseRetrieval(refusal: RetrievalRefusal, key: string, caller: Caller): Reply;
}

type Config = Pick<Mm1Config, 'versionMax' | 'bodyMax'>;

export function createAnswers(config: Config, ports: Mm1Ports, admission: Admission, telemetry: Telemetry): Answers {
  const { messaging, numbering } = ports;

  function refuse(
    refusal: PostRefusal,
    to: Partial<Addressee>,
    caller: Caller,
    size: number,
    asked: PduKind = 'm-send-req',
  ): Reply {
    const version = answerVersion(to.version, config.versionMax);
    const conf = toRefusal(to.transactionId, version, refusal);
    telemetry.submission({
      result: refusal.kind,
      sender: caller.msisdn,
      size,
      version: to.version,
      status: conf.responseStatus,
      reason: 'reason' in refusal ? refusal.reason : (conf.responseText ?? ''),
    });
    return pdu(toConfOf(asked, conf));
  }

  /** Why a submission is not even tried now. */
  function obstacle(): PostRefusal | undefined {
    if (!ports.writable()) return NOT_WRITABLE;
    return admission.full ? OVERLOADED : undefined;
  }

  async function submit(req: SendReq, post: Post): Promise<Reply> {
    const { caller, octets } = post;
    const sender = caller.msisdn;
    if (sender === undefined) return refuse(SENDER_UNKNOWN, req, caller, octets.length);
    const refusal = obstacle();
    if (refusal !== undefined) return refuse(refusal, req, caller, octets.length);
    // The domain keeps content as it came. What cannot be taken apart would be accepted here and useless to every recipient.
    const parts = decodeParts(req.content);
    if (!parts.ok) return refuse({ kind: 'malformed', reason: parts.error.text }, req, caller, octets.length);

    seen(caller, post.traits, req.version);
    const claimed = claimedOther(req, sender, numbering);
    // The message goes out under the network's number, as if From were insert-address: what the handset says of itself has no effect.
    if (claimed !== undefined) telemetry.spoofing('from', { sender, claimed: claimForLog(claimed) });
    const submission = toSubmission(req, sender, octets, numbering);
    const since = ports.now();
    admission.submissions++;
    try {
      const outcome = await messaging.submit(submission);
      if (!outcome.ok) return refuse(outcome.error, req, caller, octets.length);
      const { messageId, refused, resubmission } = outcome.value;
      telemetry.accepted(Math.max(0, ports.now() - since) / 1000);
      telemetry.submission({
        result: resubmission ? 'resubmission' : refused.length > 0 ? 'partly-accepted' : 'accepted',
        sender,
        size: octets.length,
        version: req.version,
        messageId,
        recipients: submission.recipients.length,
        refused: refused.length,
      });
      const version = answerVersion(req.version, config.versionMax);
      return pdu(toSendConf(req.transactionId, version, outcome.value, submission.recipients.length));
    } finally {
      admission.submissions--;
    }
  }

  /** An answer of a handset has an empty response whatever came of it: only "try again" can be said, by HTTP. */
  function settled(kind: string, outcome: Result<void, AnswerRefusal>, caller: Caller, fields: Record<string, unknown>): Reply {
    const result = outcome.ok ? 'done' : outcome.error.kind;
    const all = caller.msisdn === undefined ? fields : { ...fields, recipient: caller.msisdn };
    if (result === 'not-the-recipient') telemetry.spoofing('delivery', all);
    telemetry.answer(kind, result, all);
    return result === 'store-unavailable' ? UNAVAILABLE : EMPTY;
  }

  async function readReported(ind: ReadRecInd, by: Caller): Promise<Reply> {
    if (by.msisdn !== undefined) {
      const other = claimedOther(ind, by.msisdn, numbering);
      if (other !== undefined) telemetry.spoofing('from', { recipient: by.msisdn, claimed: claimForLog(other) });
    }
    const outcome = await messaging.readReported({
      messageId: ind.messageId,
      status: ind.readStatus,
      ...(by.msisdn !== undefined && { by: by.msisdn }),
      ...(ind.date !== undefined && { at: ind.date }),
    });
    return settled(ind.kind, outcome, by, { messageId: claimForLog(ind.messageId) });
  }

  function seen(caller: Caller, traits: HandsetTraits, version?: MmsVersion): void {
    if (caller.msisdn === undefined) return;
    // Nobody waits for it, and it never rejects.
    void messaging.handsetSeen({ msisdn: caller.msisdn, ...traits, ...(version !== undefined && { version }) });
  }

  return {
    async post(post) {
      const { caller, octets } = post;
      const decoded = decodePdu(octets);
      if (!decoded.ok)
        return refuse(undecodable(decoded.error, config.versionMax), decoded.error.salvaged, caller, octets.length);
      const req = decoded.value;
      // A submission that is refused for overload must cost next to nothing.
      if (req.kind === 'm-send-req') return submit(req, post);
      seen(caller, post.traits, req.version);
      const by = caller.msisdn === undefined ? {} : { by: caller.msisdn };
      switch (req.kind) {
        case 'm-notifyresp-ind': {
          const { transactionId: key, status, reportAllowed } = req;
          const answer = { key, status, ...by, ...(reportAllowed !== undefined && { reportAllowed }) };
          return settled(req.kind, await messaging.notificationAnswered(answer), caller, { delivery: keyForLog(key), status });
        }
        case 'm-acknowledge-ind': {
          const { transactionId: key, reportAllowed } = req;
          const acknowledgement = { key, ...by, ...(reportAllowed !== undefined && { reportAllowed }) };
          return settled(req.kind, await messaging.acknowledged(acknowledgement), caller, { delivery: keyForLog(key) });
        }
        case 'm-read-rec-ind':
          return readReported(req, caller);
        // Only a server sends these.
        case 'm-send-conf':
        case 'm-notification-ind':
        case 'm-retrieve-conf':
        case 'm-delivery-ind':
        case 'm-read-orig-ind':
        case 'm-forward-conf':
        case 'm-mbox-store-conf':
        case 'm-mbox-view-conf':
        case 'm-mbox-upload-conf':
        case 'm-mbox-delete-conf':
        case 'm-delete-conf':
        case 'm-cancel-req':
        // It stands inside another PDU only.
        case 'm-mbox-descr':
        // Not offered: no forwarding, no mailbox, no deletion and no cancellation.
        case 'm-forward-req':
        case 'm-mbox-store-req':
        case 'm-mbox-view-req':
        case 'm-mbox-upload-req':
        case 'm-mbox-delete-req':
        case 'm-delete-req':
        case 'm-cancel-conf':
          return refuse(UNSUPPORTED_PDU, addressee(req), caller, octets.length, req.kind);
      }
    },

    early(head, enough, caller) {
      // Whoever may not submit takes no memory from those who may.
      const refusal = caller.msisdn === undefined ? SENDER_UNKNOWN : obstacle();
      if (refusal === undefined) return undefined;
      const decoded = decodePdu(head);
      if (decoded.ok)
        return decoded.value.kind === 'm-send-req' ? refuse(refusal, decoded.value, caller, head.length) : undefined;
      return enough ? refuse(refusal, decoded.error.salvaged, caller, head.length) : undefined;
    },

    tooLarge(head, caller) {
      const decoded = decodePdu(head);
      const to = decoded.ok ? addressee(decoded.value) : decoded.error.salvaged;
      return refuse({ kind: 'body-too-large', bodyMax: config.bodyMax }, to, caller, head.length);
    },

    gaveWay(head, caller) {
      const decoded = decodePdu(head);
      if (decoded.ok && decoded.value.kind !== 'm-send-req') return UNAVAILABLE;
      return refuse(OVERLOADED, decoded.ok ? addressee(decoded.value) : decoded.error.salvaged, caller, head.length);
    },

    failed(octets) {
      const decoded = decodePdu(octets);
      return refuse(INTERNAL_ERROR, decoded.ok ? addressee(decoded.value) : decoded.error.salvaged, {}, octets.length);
    },

    async get({ key, caller, traits }) {
      seen(caller, traits);
      const outcome = await messaging.retrieve(key, caller.msisdn);
      if (!outcome.ok) return refuseRetrieval(outcome.error, key, caller);
      const retrieval = outcome.value;
      const version = answerVersion(retrieval.handsetVersion ?? VERSION_OF_UNKNOWN_HANDSETS, config.versionMax);
      const content = readContent(retrieval.content);
      // It was read once before it was accepted.
      if (!content.ok) return refuseRetrieval({ kind: 'content-damaged' }, key, caller);
      return {
        kind: 'content',
        key: retrieval.delivery.key,
        messageId: retrieval.message.id,
        head: encodeHead(toRetrieveConf(retrieval, content.value, version)),
        content: content.value.octets,
        tag: `"${retrieval.delivery.key}-${version}"`,
      };
    },

    refuseRetrieval,
  };

  function refuseRetrieval(refusal: RetrievalRefusal, key: string, caller: Caller): Reply {
    const known = 'handsetVersion' in refusal ? refusal.handsetVersion : undefined;
    const version = answerVersion(known ?? VERSION_OF_UNKNOWN_HANDSETS, config.versionMax);
    const fields = {
      delivery: keyForLog(key),
      ...(caller.msisdn !== undefined && { recipient: caller.msisdn }),
      ...('reason' in refusal && { reason: refusal.reason }),
    };
    if (refusal.kind === 'not-the-recipient') telemetry.spoofing('delivery', fields);
    telemetry.retrieval(refusal.kind, fields);
    // A 1.0 handset knows no Retrieve-Status: it would take any PDU for the message and forget its notification.
    if (version === '1.0' && RETRIEVALS[refusal.kind].transient) return UNAVAILABLE;
    return pdu(toRefusedRetrieveConf(refusal, version, ports.now()));
  }
}

/** To whom, and in which version, a refusal is written. */
interface Addressee {
  readonly transactionId?: string | undefined;
  readonly version?: MmsVersion | undefined;
}

const addressee = (value: MmsPdu): Addressee => ({
  transactionId: 'transactionId' in value ? value.transactionId : undefined,
  version: value.version,
});

const SENDER_UNKNOWN: PostRefusal = { kind: 'sender-unknown' };
const NOT_WRITABLE: PostRefusal = { kind: 'not-writable' };
const OVERLOADED: PostRefusal = { kind: 'overloaded' };
const UNSUPPORTED_PDU: PostRefusal = { kind: 'unsupported-pdu' };
const INTERNAL_ERROR: PostRefusal = { kind: 'internal-error' };

function undecodable(error: DecodeError, versionMax: string): PostRefusal {
  switch (error.kind) {
    case 'unsupported-pdu':
      return UNSUPPORTED_PDU;
    case 'unsupported-version':
      return { kind: 'unsupported-version', versionMax };
    case 'malformed':
    case 'missing-field':
    case 'limit':
      return { kind: 'malformed', reason: error.text };
  }
}

const pdu = (value: MmsPdu): Reply => ({ kind: 'pdu', octets: encodePdu(value) });
