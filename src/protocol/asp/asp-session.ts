/**
 * The ASP's half of a conversation with a signalling gateway (RFC 4666 4.3.1, figure 3), or both halves between IPSPs that use the single
 * exchange. It is told which state is wanted and goes there: ASP Up, registration, ASP Active, each repeated every T(ack) until it is answered.
 *
 * No socket and no timer: `receive` takes one input and gives what is to be done; `wakeAt` says when to call with `timer`.
 */
import { LIMITS } from '#base';
import {
  type AffectedPointCode,
  AS_STATE,
  type Data,
  decodeM3ua,
  diagnosticOf,
  ERROR_CODE,
  type Err,
  errorAnswer,
  type M3uaMessage,
  type Ntfy,
  OTHER_STATUS,
  type ProtocolData,
  type RegRsp,
  STATUS_TYPE,
} from '#codec/m3ua';
import type { AspInput, AspOutput, AspSettings } from './asp-face.js';
import { type AspState, CONTROL_STREAM, type Discarded, earliest, streamOfSls } from './conversation.js';
import { Destinations } from './destinations.js';
import { Heartbeat } from './heartbeat.js';

type Request = 'ASPUP' | 'ASPDN' | 'ASPAC' | 'ASPIA' | 'REG_REQ';

/** The one AS without a routing context. */
const ONLY_ONE = -1;

export class AspSession {
  /** What the gateway has said of destinations. Forgotten when the association is lost. */
  readonly destinations = new Destinations();
  private readonly settings: AspSettings;
  private readonly heartbeat: Heartbeat;
  private readonly ackMs: number;
  private streams: number | undefined;
  private isUp = false;
  /** What the owner wants, and what is aimed at meanwhile: a peer's requests change that for as long as the association lives. */
  private ownerWants: AspState = 'active';
  private wanted: AspState = 'active';
  /** ASs of ours: as configured, and as registered. */
  private contexts: number[] = [];
  private readonly active = new Set<number>();
  /** ASs in which another ASP has taken over: it is left alone until the gateway says that nobody serves them. */
  private readonly standby = new Set<number>();
  private isRegistered = false;
  private awaited: Request | undefined;
  private retryAt: number | undefined;
  private auditAt: number | undefined;
  /** What the owner wants to be asked for and has not been yet. */
  private toAsk: AffectedPointCode[] = [];
  private askAt: number | undefined;
  private attempts = 0;
  private shown = '';
  private out: AspOutput[] = [];

  constructor(settings: AspSettings) {
    this.settings = settings;
    this.heartbeat = new Heartbeat(settings.beatMs);
    this.ackMs = settings.ackMs ?? LIMITS.aspAckMs;
  }

  get state(): AspState {
    return !this.isUp ? 'down' : this.active.size > 0 ? 'active' : 'inactive';
  }

  /** When to call `receive` with `timer`; undefined when nothing is waited for. */
  get wakeAt(): number | undefined {
    return earliest(this.retryAt, this.heartbeat.wakeAt, this.auditAt, this.askAt);
  }

  /**
   * The fast door of DATA: whether the user gets one that came so without a further look; notes then that the peer was heard. False: `receive`
   * takes the message, and knows why. -1 for `routingContext` or `networkAppearance`: it had none.
   */
  takes(routingContext: number, networkAppearance: number, stream: number | undefined, now: number): boolean {
    if (this.active.size === 0 || (stream === CONTROL_STREAM && this.streams! > 1)) return false;
    const wanted = this.settings.networkAppearance;
    if (wanted !== undefined && networkAppearance >= 0 && networkAppearance !== wanted) return false;
    if (routingContext >= 0 && !this.active.has(routingContext) && !this.active.has(ONLY_ONE)) return false;
    this.heartbeat.heard(now);
    return true;
  }

  /**
   * The routing context that a DATA for `routingContext` (absent: the first) is sent with, without a further look; -1: with none; undefined while
   * it cannot be sent.
   */
  sendsWith(routingContext?: number): number | undefined {
    const context = routingContext ?? this.contexts[0];
    return context !== undefined && this.active.has(context) ? context : undefined;
  }

  /** Takes one input. `now`: milliseconds of a clock that does not go back. */
  receive(input: AspInput, now: number): AspOutput[] {
    this.out = [];
    switch (input.kind) {
      case 'up':
        this.reset();
        this.streams = input.streams;
        this.wanted = this.settings.role === 'ipsp-single' && this.settings.begins === false ? 'down' : this.ownerWants;
        this.heartbeat.start(now);
        this.drive(now);
        break;
      case 'lost':
        this.reset();
        break;
      case 'want':
        this.ownerWants = input.state;
        this.wanted = input.state;
        if (input.state === 'active') this.standby.clear();
        this.awaited = undefined;
        this.drive(now);
        break;
      case 'timer':
        this.timer(now);
        break;
      case 'transfer':
        this.transfer(input.data, input.routingContext);
        break;
      case 'audit':
        this.toAsk = [...input.affectedPointCodes];
        this.askMore(now);
        break;
      case 'message':
        this.heartbeat.heard(now);
        this.message(input.octets, input.stream, now);
        break;
    }
    this.showState();
    return this.out;
  }

  private reset(): void {
    this.streams = undefined;
    this.isUp = false;
    this.isRegistered = this.settings.routingKeys === undefined;
    this.contexts = [...this.settings.routingContexts];
    if (this.contexts.length === 0 && this.isRegistered) this.contexts = [ONLY_ONE];
    this.active.clear();
    this.standby.clear();
    this.awaited = undefined;
    this.retryAt = undefined;
    this.auditAt = undefined;
    this.askAt = undefined;
    this.toAsk = [];
    this.heartbeat.stop();
    this.destinations.clear();
  }

  private send(message: M3uaMessage, stream = CONTROL_STREAM): void {
    this.out.push({ kind: 'send', message, stream });
  }

  private discard(what: string, reason: Discarded['reason']): void {
    this.out.push({ kind: 'discarded', what, reason });
  }

  private showState(): void {
    const { state } = this;
    const routingContexts = [...this.active].filter((it) => it !== ONLY_ONE);
    const shown = `${state} ${routingContexts.join()}`;
    if (shown === this.shown || (this.shown === '' && state === 'down')) return;
    this.shown = shown;
    this.out.push({ kind: 'state', state, routingContexts });
  }

  /** The request that leads from here to the wanted state; undefined when it is reached, or nothing can be sent. */
  private nextRequest(): Request | undefined {
    if (this.streams === undefined) return undefined;
    if (!this.isUp) return this.wanted === 'down' ? undefined : 'ASPUP';
    if (this.wanted !== 'active') return this.active.size > 0 ? 'ASPIA' : this.wanted === 'down' ? 'ASPDN' : undefined;
    if (!this.isRegistered) return 'REG_REQ';
    return this.pending().length > 0 ? 'ASPAC' : undefined;
  }

  private pending(): number[] {
    return this.contexts.filter((it) => !this.active.has(it) && !this.standby.has(it));
  }

  /** Sends the next request, unless it is under way already. */
  private drive(now: number): void {
    const request = this.nextRequest();
    if (request === this.awaited && request !== undefined) return;
    this.awaited = request;
    this.attempts = 0;
    this.retryAt = undefined;
    if (request !== undefined) this.ask(request, now);
  }

  private ask(request: Request, now: number): void {
    const { aspIdentifier, trafficMode, routingKeys = [] } = this.settings;
    this.attempts++;
    this.retryAt = now + this.ackMs;
    if (request === 'ASPUP') this.send({ kind: 'ASPUP', ...(aspIdentifier === undefined ? {} : { aspIdentifier }) });
    else if (request === 'ASPDN') this.send({ kind: 'ASPDN' });
    else if (request === 'REG_REQ') this.send({ kind: 'REG_REQ', routingKeys });
    else if (request === 'ASPIA') this.send({ kind: 'ASPIA', ...contextsOf([...this.active]) });
    else this.send({ kind: 'ASPAC', ...(trafficMode === undefined ? {} : { trafficMode }), ...contextsOf(this.pending()) });
  }

  private timer(now: number): void {
    if (this.retryAt !== undefined && now >= this.retryAt && this.awaited !== undefined) {
      // Leaving is not worth waiting for: the peer sees the end of the association anyway.
      const isLeaving = this.awaited === 'ASPDN' || (this.awaited === 'ASPIA' && this.wanted === 'down');
      if (isLeaving && this.attempts >= LIMITS.aspLeaveAttemptsMax) this.left();
      else this.ask(this.awaited, now);
    }
    const beat = this.heartbeat.due(now);
    if (beat === 'lost') this.out.push({ kind: 'close', reason: 'heartbeat-lost' });
    else if (beat !== undefined) this.send({ kind: 'BEAT', heartbeatData: beat });
    if (this.auditAt !== undefined && now >= this.auditAt) this.audit(now);
    if (this.askAt !== undefined && now >= this.askAt) this.askMore(now);
  }

  private left(): void {
    this.isUp = false;
    this.active.clear();
    this.awaited = undefined;
    this.retryAt = undefined;
    this.out.push({ kind: 'close', reason: 'done' });
  }

  private transfer(data: ProtocolData, routingContext?: number): void {
    const context = routingContext ?? this.contexts[0];
    if (this.streams === undefined || context === undefined || !this.active.has(context)) {
      this.out.push({ kind: 'undeliverable', data, reason: 'not-active' });
      return;
    }
    const { networkAppearance } = this.settings;
    this.send(
      {
        kind: 'DATA',
        ...(networkAppearance === undefined ? {} : { networkAppearance }),
        ...contextsOf([context]),
        protocolData: data,
      },
      streamOfSls(data.sls, this.streams),
    );
  }

  private message(octets: Uint8Array, stream: number | undefined, now: number): void {
    if (this.streams === undefined) return;
    const decoded = decodeM3ua(octets);
    if (!decoded.ok) {
      this.discard(decoded.error.text, 'malformed');
      const answer = errorAnswer(decoded.error);
      if (answer !== undefined) this.send(answer);
      return;
    }
    const message = decoded.value;
    if (message.kind === 'DATA') this.data(message, stream, octets);
    else if (!this.control(message, now) && !(this.settings.role === 'ipsp-single' && this.peerRequest(message, octets, now)))
      this.unexpected(message, octets);
  }

  /** Messages that an ASP gets from a gateway. False when it is none of them. */
  private control(message: Exclude<M3uaMessage, Data>, now: number): boolean {
    switch (message.kind) {
      case 'ASPUP_ACK':
        this.isUp = true;
        break;
      case 'ASPDN_ACK':
        this.isUp = false;
        this.active.clear();
        if (this.wanted === 'down') {
          this.left();
          return true;
        }
        break;
      case 'ASPAC_ACK':
        if (!this.isUp) return false;
        this.activated(message.routingContext ?? this.pending(), message.kind);
        break;
      case 'ASPIA_ACK':
        for (const context of message.routingContext ?? [...this.active]) this.active.delete(context);
        break;
      case 'REG_RSP':
        this.registered(message);
        break;
      case 'DEREG_RSP':
        break;
      case 'BEAT':
        this.send({ ...message, kind: 'BEAT_ACK' });
        return true;
      case 'BEAT_ACK':
        return true;
      case 'NTFY':
        this.notified(message);
        break;
      case 'ERR':
        this.complaint(message, now);
        return true;
      case 'DUNA':
      case 'DAVA':
      case 'DRST':
      case 'SCON':
      case 'DUPU':
        this.destinations.take(message);
        this.out.push({ kind: 'network', message });
        this.planAudit(now);
        return true;
      default:
        return false;
    }
    this.drive(now);
    return true;
  }

  private activated(contexts: readonly number[], what: string): void {
    for (const context of contexts)
      if (this.contexts.includes(context)) {
        this.active.add(context);
        this.standby.delete(context);
      } else if (this.contexts.length === 1 && this.contexts[0] === ONLY_ONE) this.active.add(ONLY_ONE);
      else this.discard(what, 'unknown-routing-context');
  }

  private registered(message: RegRsp): void {
    for (const { registrationStatus, routingContext } of message.registrationResults)
      if (registrationStatus === 0) this.contexts.push(...routingContext.filter((it) => !this.contexts.includes(it)));
    // A key that was refused is tried again with the next association; the others are served meanwhile.
    this.isRegistered = this.contexts.length > 0;
  }

  private notified(message: Ntfy): void {
    this.out.push({ kind: 'notified', message });
    const { type, information } = message.status;
    const contexts = message.routingContext ?? this.contexts;
    if (type === STATUS_TYPE.other && information === OTHER_STATUS.alternateAspActive)
      for (const context of contexts) if (this.active.delete(context)) this.standby.add(context);
    // Nobody serves the AS any more: who stood by comes forward. RFC 4666 4.3.4.5.
    if (type === STATUS_TYPE.asState && information === AS_STATE.pending)
      for (const context of contexts) this.standby.delete(context);
  }

  /** An ERR to what we asked: it is asked again later, since only people can change what was wrong. */
  private complaint(message: Err, now: number): void {
    this.out.push({ kind: 'complaint', message });
    if (this.awaited !== undefined) this.retryAt = now + LIMITS.aspRefusedRetryMs;
  }

  /** Requests of a peer, in the single exchange: answering them brings this side where the peer goes. False when it is none. */
  private peerRequest(message: Exclude<M3uaMessage, Data>, octets: Uint8Array, now: number): boolean {
    switch (message.kind) {
      case 'ASPUP':
        this.send({ kind: 'ASPUP_ACK' });
        if (this.active.size > 0) this.complain(ERROR_CODE.unexpectedMessage, octets);
        this.isUp = true;
        this.active.clear();
        if (this.wanted === 'down' && this.ownerWants !== 'down') this.wanted = 'inactive';
        break;
      case 'ASPDN':
        this.send({ kind: 'ASPDN_ACK' });
        this.isUp = false;
        this.active.clear();
        this.wanted = 'down';
        break;
      case 'ASPAC': {
        if (!this.isUp) return false;
        const unknown = (message.routingContext ?? []).filter(
          (it) => !this.contexts.includes(it) && this.contexts[0] !== ONLY_ONE,
        );
        if (unknown.length > 0) {
          this.send({ kind: 'ERR', errorCode: ERROR_CODE.invalidRoutingContext, routingContext: unknown });
          return true;
        }
        this.send({ ...message, kind: 'ASPAC_ACK' });
        if (this.ownerWants !== 'down') this.wanted = 'active';
        this.activated(message.routingContext ?? this.contexts, message.kind);
        break;
      }
      case 'ASPIA':
        this.send({ ...message, kind: 'ASPIA_ACK' });
        for (const context of message.routingContext ?? [...this.active]) this.active.delete(context);
        if (this.active.size === 0 && this.wanted === 'active') this.wanted = 'inactive';
        break;
      default:
        return false;
    }
    this.drive(now);
    return true;
  }

  private complain(errorCode: number, octets: Uint8Array): void {
    this.send({ kind: 'ERR', errorCode, diagnosticInformation: diagnosticOf(octets) });
  }

  private unexpected(message: M3uaMessage, octets: Uint8Array): void {
    this.discard(message.kind, 'unexpected');
    const routingContext = 'routingContext' in message ? message.routingContext : undefined;
    this.send({
      kind: 'ERR',
      errorCode: ERROR_CODE.unexpectedMessage,
      ...(routingContext === undefined ? {} : { routingContext }),
      diagnosticInformation: diagnosticOf(octets),
    });
  }

  private data(data: Data, stream: number | undefined, octets: Uint8Array): void {
    const { networkAppearance } = this.settings;
    if (stream === CONTROL_STREAM && this.streams! > 1) {
      this.discard('DATA', 'stream-zero');
      this.complain(ERROR_CODE.invalidStreamIdentifier, octets);
    } else if (
      networkAppearance !== undefined &&
      data.networkAppearance !== undefined &&
      data.networkAppearance !== networkAppearance
    ) {
      this.discard('DATA', 'wrong-network-appearance');
      this.send({
        kind: 'ERR',
        errorCode: ERROR_CODE.invalidNetworkAppearance,
        networkAppearance: data.networkAppearance,
        diagnosticInformation: diagnosticOf(octets),
      });
    } else if (!this.serves(data.routingContext))
      this.discard('DATA', this.active.size === 0 ? 'not-active' : 'unknown-routing-context');
    else this.out.push({ kind: 'data', data });
  }

  /** Silently discarded otherwise: RFC 4666 3.8.1, "Unexpected Message". */
  private serves(contexts: readonly number[] | undefined): boolean {
    if (contexts === undefined || this.active.has(ONLY_ONE)) return this.active.size > 0;
    return contexts.some((it) => this.active.has(it));
  }

  private planAudit(now: number): void {
    const { auditMs } = this.settings;
    if (auditMs !== undefined) this.auditAt ??= now + auditMs;
  }

  private audit(now: number): void {
    this.auditAt = undefined;
    const affectedPointCodes = this.destinations.unavailable().slice(0, LIMITS.aspAuditPointCodesMax);
    if (affectedPointCodes.length === 0 || this.active.size === 0) return;
    this.askFor(affectedPointCodes);
    this.planAudit(now);
  }

  private askMore(now: number): void {
    this.askFor(this.toAsk.splice(0, LIMITS.aspAuditAtOnceMax));
    this.askAt = this.toAsk.length === 0 || this.active.size === 0 ? undefined : now + LIMITS.aspAuditPauseMs;
  }

  /** DAUD, as many as these point codes need. RFC 4666 3.4.3, 4.5.3. */
  private askFor(affected: readonly AffectedPointCode[]): void {
    if (this.active.size === 0) return;
    const { networkAppearance } = this.settings;
    for (let from = 0; from < affected.length; from += LIMITS.aspAuditPointCodesMax)
      this.send({
        kind: 'DAUD',
        ...(networkAppearance === undefined ? {} : { networkAppearance }),
        ...contextsOf([...this.active]),
        affectedPointCodes: affected.slice(from, from + LIMITS.aspAuditPointCodesMax),
      });
  }
}

const contextsOf = (contexts: readonly number[]): { routingContext?: readonly number[] } =>
  contexts.includes(ONLY_ONE) || contexts.length === 0 ? {} : { routingContext: contexts };
