/** One SOAP exchange: which message becomes which command, and what is answered. Knows neither sockets nor storage. */
import { err, ok, type Result } from '#base';
import {
  type CancelReq,
  dialectOf,
  type ErrorRsp,
  type ExtendedCancelReq,
  type ExtendedReplaceReq,
  encodePacket,
  type Mm7DecodeError,
  type Mm7Dialect,
  type Mm7Message,
  type Mm7Packet,
  type Mm7Reading,
  type Mm7Tolerated,
  PacketReader,
  type ReplaceReq,
  type Status,
  type SubmitReq,
  type WrittenPacket,
} from '#codec/mm7';
import type { Vasp } from '#directory';
import type { Cancelled, NumberingPlan } from '#messaging';
import { toStored } from './content.js';
import type { Refusal } from './refusals.js';
import type { Claim } from './request.js';
import type { Submitted, VaspService } from './service.js';
import {
  claimIn,
  partialRecall,
  partialSuccess,
  refusalStatus,
  SUCCESS,
  toCancelRequest,
  toReplaceHead,
  toSubmitHead,
} from './soap-translate.js';

/** What is answered, and what the log says of it. */
export interface SoapReply {
  readonly http: number;
  readonly packet: WrittenPacket;
  /** Name of the element that was asked with; absent when it could not be read. */
  readonly operation?: string;
  /** StatusCode of the answer. */
  readonly status: number;
  readonly vasp?: string;
  readonly messageId?: string;
  /** Reason of a refusal, and what only the operator may know. */
  readonly reason?: string;
  readonly text?: string;
  readonly tolerated: readonly Mm7Tolerated[];
}

/** A request that is being received. */
export interface SoapReceiving {
  /** Takes the next octets of the body, which are its own from now on. A reply: it is refused, and nobody wants the rest. */
  write(piece: Uint8Array): SoapReply | undefined;
  /** The body has ended: carries out what it asks for. To be called once, and not behind a refusal. */
  end(): Promise<SoapReply>;
}

const NEWEST = dialectOf('REL-6-MM7-1-4');
const FAULT_HTTP = 500;

const FAULT_STRINGS: Readonly<Record<string, string>> = { Server: 'Server error' };
/** Codes that are the relay's own fault; the others are the client's. */
const isOurs = (code: number): boolean => code === 3000 || code === 4006 || code === 4000 || code === 4005;

/** A fault with an RSErrorRsp in it. `transactionId`: empty where none could be read. */
export function faultPacket(
  transactionId: string,
  dialect: Mm7Dialect,
  status: Status,
  faultCode = isOurs(status.code) ? 'Server' : 'Client',
): WrittenPacket {
  const error: ErrorRsp = { kind: 'RSErrorRsp', version: dialect.version, status };
  const faultString = FAULT_STRINGS[faultCode] ?? 'Client error';
  return encodePacket({ transactionId, message: { kind: 'Fault', faultCode, faultString, error } }, dialect);
}

/** A refusal where no message was read. */
export function refuseUnread(refusal: Refusal, http: number): SoapReply {
  const status = refusalStatus(refusal);
  return { http, packet: faultPacket('', NEWEST, status), status: status.code, reason: refusal.kind, tolerated: [] };
}

function refuseUnreadable(error: Mm7DecodeError): SoapReply {
  const dialect = error.salvaged.dialect ?? NEWEST;
  const status = refusalStatus({ kind: 'unreadable', status: error.status, text: error.text });
  return {
    http: FAULT_HTTP,
    packet: faultPacket(error.salvaged.transactionId ?? '', dialect, status, error.faultCode),
    status: error.status,
    reason: error.kind,
    text: error.text,
    tolerated: [],
    ...(error.salvaged.operation !== undefined && { operation: error.salvaged.operation }),
  };
}

type Request = SubmitReq | CancelReq | ReplaceReq | ExtendedCancelReq | ExtendedReplaceReq;

/** What is answered to each request, success and refusal alike: the message with its status. */
const ANSWERS: {
  readonly [K in Request['kind']]: (version: string, status: Status, messageId: string | undefined) => Mm7Message;
} = {
  SubmitReq: (version, status, messageId) => ({
    kind: 'SubmitRsp',
    version,
    status,
    ...(messageId !== undefined && { messageId }),
  }),
  CancelReq: (version, status) => ({ kind: 'CancelRsp', version, status }),
  ReplaceReq: (version, status) => ({ kind: 'ReplaceRsp', version, status }),
  extendedCancelReq: (version, status) => ({ kind: 'extendedCancelRsp', version, status }),
  extendedReplaceReq: (version, status, messageId) => ({
    kind: 'extendedReplaceRsp',
    version,
    status,
    ...(messageId !== undefined && { messageId }),
  }),
};

const isRequest = (message: Mm7Message): message is Request => Object.hasOwn(ANSWERS, message.kind);

/** What came of a request: status and message id, or the refusal. */
type Outcome = Result<{ readonly status: Status; readonly messageId: string }, Refusal>;

const submitted = (outcome: Result<Submitted, Refusal>): Outcome =>
  outcome.ok
    ? ok({
        status: outcome.value.refused.length === 0 ? SUCCESS : partialSuccess(outcome.value.refused),
        messageId: outcome.value.messageId,
      })
    : outcome;

const recalled = (outcome: Result<Cancelled, Refusal>): Outcome =>
  outcome.ok
    ? ok({
        status: outcome.value.tooLate === 0 ? SUCCESS : partialRecall(outcome.value.cancelled, outcome.value.tooLate),
        messageId: outcome.value.messageId,
      })
    : outcome;

/** A request whose SOAP document has been read and found to be one; `refusal`: why it is not carried out, whatever its content is. */
interface Judged {
  readonly message: Request;
  readonly vasp?: Vasp;
  readonly refusal?: Refusal;
}

function notARequest({ message, transactionId, dialect }: Mm7Reading): SoapReply {
  const text = `mm7: ${message.kind} is no request to a relay`;
  const salvaged = { transactionId, operation: message.kind, dialect };
  return refuseUnreadable({ kind: 'unknown-operation', status: 4003, faultCode: 'Client', text, salvaged });
}

function replyTo(reading: Mm7Reading, { message, vasp }: Judged, outcome: Outcome): SoapReply {
  const { transactionId, dialect, tolerated } = reading;
  const status = outcome.ok ? outcome.value.status : refusalStatus(outcome.error);
  const messageId = outcome.ok ? outcome.value.messageId : undefined;
  return {
    http: 200,
    packet: encodePacket({ transactionId, message: ANSWERS[message.kind](message.version, status, messageId) }, dialect),
    operation: message.kind,
    status: status.code,
    tolerated,
    ...(vasp !== undefined && { vasp: vasp.name }),
    ...(messageId !== undefined && { messageId }),
    ...(!outcome.ok && { reason: outcome.error.kind }),
  };
}

export interface SoapInterface {
  /** `account`: whose request it is, where the connection says it; else the message's claim chooses it. Asked once. */
  receive(contentType: string | undefined, account: (claim: Claim) => Result<Vasp, Refusal>): SoapReceiving;
}

export function createSoap(service: VaspService, plan: NumberingPlan): SoapInterface {
  function refusalOf(message: Request, transactionId: string, vasp: Vasp): Refusal | undefined {
    switch (message.kind) {
      case 'SubmitReq':
        return service.judgeSubmit(vasp, toSubmitHead(message, transactionId, plan));
      case 'CancelReq':
      case 'extendedCancelReq':
        return service.judgeCancel(vasp, toCancelRequest(message, transactionId));
      case 'ReplaceReq':
      case 'extendedReplaceReq':
        return service.judgeReplace(vasp, toReplaceHead(message, transactionId));
    }
  }

  function judge(message: Request, transactionId: string, account: (claim: Claim) => Result<Vasp, Refusal>): Judged {
    const vasp = account(claimIn(message));
    if (!vasp.ok) return { message, refusal: vasp.error };
    const refusal = refusalOf(message, transactionId, vasp.value);
    return { message, vasp: vasp.value, ...(refusal !== undefined && { refusal }) };
  }

  async function carryOut(message: Request, packet: Mm7Packet, vasp: Vasp): Promise<Outcome> {
    const { transactionId } = packet;
    switch (message.kind) {
      case 'SubmitReq': {
        const content = toStored(packet.content);
        if (!content.ok) return content;
        const head = toSubmitHead(message, transactionId, plan);
        return submitted(await service.submit(vasp, { ...head, content: content.value }));
      }
      case 'CancelReq':
      case 'extendedCancelReq':
        return recalled(await service.cancel(vasp, toCancelRequest(message, transactionId)));
      case 'ReplaceReq':
      case 'extendedReplaceReq': {
        if (packet.content === undefined) return err({ kind: 'content-missing' });
        const content = toStored(packet.content);
        if (!content.ok) return content;
        return recalled(await service.replace(vasp, { ...toReplaceHead(message, transactionId), content: content.value }));
      }
    }
  }

  return {
    receive(contentType, account) {
      const reader = new PacketReader(contentType);
      let judged: Judged | undefined;

      /** The reply that needs no content, once the document is there. */
      function early(reading: Mm7Reading): SoapReply | undefined {
        if (!isRequest(reading.message)) return notARequest(reading);
        judged ??= judge(reading.message, reading.transactionId, account);
        return judged.refusal === undefined ? undefined : replyTo(reading, judged, err(judged.refusal));
      }

      return {
        write(piece) {
          reader.write(piece);
          const { reading } = reader;
          if (reading?.ok === false) return refuseUnreadable(reading.error);
          return reading === undefined || judged !== undefined ? undefined : early(reading.value);
        },
        async end() {
          const packet = reader.end();
          if (!packet.ok) return refuseUnreadable(packet.error);
          const refused = early(packet.value);
          if (refused !== undefined) return refused;
          const { message, vasp } = judged!;
          return replyTo(packet.value, judged!, await carryOut(message, packet.value, vasp!));
        },
      };
    },
  };
}
