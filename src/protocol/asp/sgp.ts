/**
 * The gateway's half: all its application servers, and the ASPs of all its associations. RFC 4666 4.3.1, 4.3.2, 4.3.4. An answer goes out
 * before the NTFY that its effect causes (4.3.4.5).
 *
 * No socket and no timer: `receive` takes one input and gives what is to be done; `wakeAt` says when to call with `timer`.
 */
import { LIMITS } from '#base';
import {
  AS_STATE,
  type AspActive,
  type AspInactive,
  type AspUp,
  type Data,
  decodeM3ua,
  diagnosticOf,
  ERROR_CODE,
  errorAnswer,
  type M3uaMessage,
  OTHER_STATUS,
  type ProtocolData,
  type RegReq,
  STATUS_TYPE,
} from '#codec/m3ua';
import { ApplicationServer, type AsSettings } from './application-server.js';
import {
  type AspState,
  type AsState,
  type Close,
  CONTROL_STREAM,
  type Complaint,
  type Discarded,
  earliest,
  type Network,
  type Received,
  type Send,
  streamOfSls,
  type Undeliverable,
} from './conversation.js';
import type { DestinationStatus } from './destinations.js';
import { Heartbeat } from './heartbeat.js';
import { OwnDestinations } from './own-destinations.js';
import { answerDeregistration, answerRegistration } from './registration.js';

export interface SgpSettings {
  readonly applicationServers: readonly AsSettings[];
  /** Whether ASs and ASPs are told of changes by NTFY. Default true; between IPSPs it is not needed. */
  readonly notifies?: boolean;
  /** Whether ASPs may register for a routing key of an AS. Default false: RKM is answered as an unsupported class. */
  readonly registers?: boolean;
  /** T(r): how long an AS without active ASP keeps what is for it. Default 2 s. Unit: milliseconds. */
  readonly recoveryMs?: number;
  /** T(beat). Absent: no BEAT is sent. Unit: milliseconds. */
  readonly beatMs?: number;
}

/** What an association may do. */
export interface AspTerms {
  /** Routing contexts of the ASs that it may serve. */
  readonly serves: readonly number[];
  /** Whether it must name itself by an ASP identifier. Default false. */
  readonly identifierRequired?: boolean;
  /** Locked out by the operator: ASP Up is refused. Default false. */
  readonly isBlocked?: boolean;
}

export type SgpInput =
  /** `asp`: the caller's name of the association. `streams`: outbound ones; 1 for TCP. */
  | { readonly kind: 'up'; readonly asp: string; readonly streams: number; readonly terms: AspTerms }
  | { readonly kind: 'lost'; readonly asp: string }
  | { readonly kind: 'message'; readonly asp: string; readonly octets: Uint8Array; readonly stream?: number }
  | { readonly kind: 'timer' }
  | { readonly kind: 'transfer'; readonly routingContext: number; readonly data: ProtocolData }
  /** What the network behind the gateway knows of a destination: told to active ASPs when it is a change, and to those who ask. */
  | { readonly kind: 'destination'; readonly pointCode: number; readonly status: DestinationStatus };

/** An ASP of one AS, or the ASP as a whole (no routing context) when it goes up or down. */
export interface AspStateChange {
  readonly kind: 'asp-state';
  readonly state: AspState;
  readonly routingContext?: number;
}

type OfAsp<T> = T & { readonly asp: string };

export type SgpOutput =
  | OfAsp<Send | Received | Discarded | Complaint | Network | Close | AspStateChange>
  | { readonly kind: 'as-state'; readonly routingContext: number; readonly state: AsState }
  | (Undeliverable & { readonly routingContext: number });

interface Asp {
  readonly name: string;
  readonly terms: AspTerms;
  readonly streams: number;
  readonly heartbeat: Heartbeat;
  /** What it serves: as its terms say, and of these, when it must register, what it has registered. */
  readonly serves: Set<number>;
  isUp: boolean;
  identifier?: number;
}

const AS_STATE_INFORMATION: Readonly<Record<Exclude<AsState, 'down'>, number>> = AS_STATE;

export class Sgp {
  private readonly settings: SgpSettings;
  private readonly servers = new Map<number, ApplicationServer>();
  private readonly asps = new Map<string, Asp>();
  private readonly destinations = new OwnDestinations();
  private correlation = 0;
  private out: SgpOutput[] = [];

  constructor(settings: SgpSettings) {
    this.settings = settings;
    for (const one of settings.applicationServers) this.servers.set(one.routingContext, new ApplicationServer(one));
  }

  /** State of an AS; undefined when there is none of this routing context. */
  asState(routingContext: number): AsState | undefined {
    return this.servers.get(routingContext)?.state;
  }

  /** State of an ASP, in one AS when a routing context is given. */
  aspState(name: string, routingContext?: number): AspState {
    if (this.asps.get(name)?.isUp !== true) return 'down';
    const among = routingContext === undefined ? [...this.servers.values()] : [this.servers.get(routingContext)];
    return among.some((it) => it?.active.has(name)) ? 'active' : 'inactive';
  }

  /** When to call `receive` with `timer`; undefined when nothing is waited for. */
  get wakeAt(): number | undefined {
    return earliest(
      ...[...this.servers.values()].map((it) => it.recoverBy),
      ...[...this.asps.values()].map((it) => it.heartbeat.wakeAt),
    );
  }

  /** Takes one input. `now`: milliseconds of a clock that does not go back. */
  receive(input: SgpInput, now: number): SgpOutput[] {
    this.out = [];
    switch (input.kind) {
      case 'up':
        this.associationUp(input.asp, input.terms, input.streams, now);
        break;
      case 'lost':
        this.lost(input.asp, now);
        break;
      case 'message':
        this.message(input.asp, input.octets, input.stream, now);
        break;
      case 'timer':
        this.timer(now);
        break;
      case 'transfer':
        this.transfer(input.routingContext, input.data);
        break;
      case 'destination':
        this.destination(input.pointCode, input.status);
        break;
    }
    return this.out;
  }

  private associationUp(name: string, terms: AspTerms, streams: number, now: number): void {
    if (this.asps.has(name)) this.lost(name, now);
    const asp: Asp = {
      name,
      terms,
      streams,
      heartbeat: new Heartbeat(this.settings.beatMs),
      serves: new Set(terms.serves.filter((it) => this.servers.has(it))),
      isUp: false,
    };
    asp.heartbeat.start(now);
    this.asps.set(name, asp);
  }

  private lost(name: string, now: number): void {
    const asp = this.asps.get(name);
    if (asp === undefined) return;
    const wasActiveIn = this.serversOf(asp).filter((it) => it.active.has(name));
    this.goDown(asp);
    this.asps.delete(name);
    if (asp.identifier !== undefined)
      for (const server of wasActiveIn) this.tell(server, STATUS_TYPE.other, OTHER_STATUS.aspFailure, asp.identifier);
    this.settle(now);
  }

  private serversOf(asp: Asp): ApplicationServer[] {
    return [...asp.serves].map((it) => this.servers.get(it)!);
  }

  private goDown(asp: Asp): void {
    if (!asp.isUp) return;
    for (const server of this.serversOf(asp)) {
      server.up.delete(asp.name);
      server.active.delete(asp.name);
    }
    asp.isUp = false;
    this.out.push({ kind: 'asp-state', asp: asp.name, state: 'down' });
  }

  private send(asp: Asp, message: M3uaMessage, stream = CONTROL_STREAM): void {
    this.out.push({ kind: 'send', asp: asp.name, message, stream });
  }

  private discard(asp: Asp, what: string, reason: Discarded['reason']): void {
    this.out.push({ kind: 'discarded', asp: asp.name, what, reason });
  }

  private complain(asp: Asp, errorCode: number, octets: Uint8Array, routingContext?: readonly number[]): void {
    this.send(asp, {
      kind: 'ERR',
      errorCode,
      ...(routingContext === undefined ? {} : { routingContext }),
      diagnosticInformation: diagnosticOf(octets),
    });
  }

  /** NTFY to the ASPs of an AS that are up, or to those of them that `among` names. */
  private tell(
    server: ApplicationServer,
    type: number,
    information: number,
    aspIdentifier?: number,
    among?: Iterable<string>,
  ): void {
    if (this.settings.notifies === false) return;
    for (const name of among ?? server.up) {
      const asp = this.asps.get(name);
      if (asp === undefined) continue;
      this.send(asp, {
        kind: 'NTFY',
        status: { type, information },
        ...(aspIdentifier === undefined ? {} : { aspIdentifier }),
        routingContext: [server.settings.routingContext],
      });
    }
  }

  /** Brings every AS into the state that its ASPs leave it in, and tells of changes. */
  private settle(now: number): Set<ApplicationServer> {
    const changed = new Set<ApplicationServer>();
    for (const server of this.servers.values()) {
      // From down an AS passes inactive on its way to active, which each is told.
      for (let next = server.next(now, this.recoveryMs); next !== server.state; next = server.next(now, this.recoveryMs)) {
        this.enter(server, server.state === 'down' && next === 'active' ? 'inactive' : next);
        changed.add(server);
      }
    }
    return changed;
  }

  private get recoveryMs(): number {
    return this.settings.recoveryMs ?? LIMITS.aspRecoveryMs;
  }

  private enter(server: ApplicationServer, state: AsState): void {
    const { routingContext } = server.settings;
    const before = server.state;
    server.state = state;
    if (state !== 'pending') server.recoverBy = undefined;
    this.out.push({ kind: 'as-state', routingContext, state });
    if (state !== 'down') this.tell(server, STATUS_TYPE.asState, AS_STATE_INFORMATION[state]);
    if (before !== 'pending') return;
    for (const data of server.takeWaiting())
      if (state === 'active') this.deliver(server, data);
      else this.out.push({ kind: 'undeliverable', routingContext, data, reason: 'recovery-timeout' });
  }

  private timer(now: number): void {
    this.settle(now);
    for (const asp of [...this.asps.values()]) {
      const beat = asp.heartbeat.due(now);
      if (beat === 'lost') {
        this.out.push({ kind: 'close', asp: asp.name, reason: 'heartbeat-lost' });
        this.lost(asp.name, now);
      } else if (beat !== undefined) this.send(asp, { kind: 'BEAT', heartbeatData: beat });
    }
  }

  private transfer(routingContext: number, data: ProtocolData): void {
    const server = this.servers.get(routingContext);
    const refuse = (reason: Undeliverable['reason']) => this.out.push({ kind: 'undeliverable', routingContext, data, reason });
    if (server === undefined) refuse('no-such-as');
    else if (server.state === 'active') this.deliver(server, data);
    else if (server.state !== 'pending') refuse('as-down');
    else if (!server.wait(data)) refuse('queue-full');
  }

  private deliver(server: ApplicationServer, data: ProtocolData): void {
    const { routingContext, networkAppearance, trafficMode } = server.settings;
    // Correlation lets the ASPs of a broadcast find the same message in their streams. RFC 4666 3.3.1.
    const correlation = trafficMode === 'broadcast' ? { correlationId: (this.correlation = (this.correlation + 1) >>> 0) } : {};
    for (const name of server.receivers(data.sls)) {
      const asp = this.asps.get(name)!;
      const message: Data = {
        kind: 'DATA',
        ...(networkAppearance === undefined ? {} : { networkAppearance }),
        routingContext: [routingContext],
        protocolData: data,
        ...correlation,
      };
      this.send(asp, message, streamOfSls(data.sls, asp.streams));
    }
  }

  private destination(pointCode: number, status: DestinationStatus): void {
    const messages = this.destinations.change(pointCode, status);
    for (const asp of this.asps.values()) {
      const routingContext = this.serversOf(asp)
        .filter((it) => it.active.has(asp.name))
        .map((it) => it.settings.routingContext);
      if (routingContext.length > 0) for (const message of messages) this.send(asp, { ...message, routingContext });
    }
  }

  private message(name: string, octets: Uint8Array, stream: number | undefined, now: number): void {
    const asp = this.asps.get(name);
    if (asp === undefined) return;
    asp.heartbeat.heard(now);
    const decoded = decodeM3ua(octets);
    if (!decoded.ok) {
      this.discard(asp, decoded.error.text, 'malformed');
      const answer = errorAnswer(decoded.error);
      if (answer !== undefined) this.send(asp, answer);
      return;
    }
    const message = decoded.value;
    switch (message.kind) {
      case 'DATA':
        this.data(asp, message, stream, octets);
        return;
      case 'ERR':
        this.out.push({ kind: 'complaint', asp: asp.name, message });
        return;
      case 'BEAT':
        this.send(asp, { ...message, kind: 'BEAT_ACK' });
        return;
      case 'BEAT_ACK':
        return;
      case 'ASPUP':
        this.aspUp(asp, message, octets, now);
        return;
      case 'ASPDN':
        this.send(asp, { kind: 'ASPDN_ACK' });
        this.goDown(asp);
        this.settle(now);
        return;
      default:
        if (asp.isUp && this.ofUpAsp(asp, message, octets, now)) return;
        this.discard(asp, message.kind, asp.isUp ? 'unexpected' : 'not-up');
        this.complain(
          asp,
          ERROR_CODE.unexpectedMessage,
          octets,
          'routingContext' in message ? message.routingContext : undefined,
        );
    }
  }

  /** What only an ASP that is up may send. False for a message that no ASP sends to a gateway. */
  private ofUpAsp(asp: Asp, message: M3uaMessage, octets: Uint8Array, now: number): boolean {
    switch (message.kind) {
      case 'ASPAC':
        this.aspActive(asp, message, octets, now);
        return true;
      case 'ASPIA':
        this.aspInactive(asp, message, octets, now);
        return true;
      case 'DAUD':
        for (const answer of this.destinations.audited(message)) this.send(asp, answer);
        return true;
      case 'SCON':
        this.out.push({ kind: 'network', asp: asp.name, message });
        return true;
      case 'REG_REQ':
        if (this.settings.registers === true) this.register(asp, message, now);
        else this.complain(asp, ERROR_CODE.unsupportedMessageClass, octets);
        return true;
      case 'DEREG_REQ':
        if (this.settings.registers === true) this.deregister(asp, message.routingContext, now);
        else this.complain(asp, ERROR_CODE.unsupportedMessageClass, octets);
        return true;
      default:
        return false;
    }
  }

  private aspUp(asp: Asp, message: AspUp, octets: Uint8Array, now: number): void {
    const { aspIdentifier } = message;
    const { isBlocked, identifierRequired } = asp.terms;
    if (isBlocked === true) {
      this.complain(asp, ERROR_CODE.refusedManagementBlocking, octets);
      return;
    }
    if (identifierRequired === true && aspIdentifier === undefined) {
      this.complain(asp, ERROR_CODE.aspIdentifierRequired, octets);
      return;
    }
    const isTaken = (it: Asp): boolean => it !== asp && it.isUp && it.identifier === aspIdentifier && sharesAs(it, asp);
    if (aspIdentifier !== undefined && [...this.asps.values()].some(isTaken)) {
      this.complain(asp, ERROR_CODE.invalidAspIdentifier, octets);
      return;
    }
    if (aspIdentifier !== undefined) asp.identifier = aspIdentifier;
    this.send(asp, { kind: 'ASPUP_ACK' });
    const wasActive = this.aspState(asp.name) === 'active';
    if (asp.isUp) {
      if (!wasActive) return;
      this.complain(asp, ERROR_CODE.unexpectedMessage, octets);
      for (const server of this.serversOf(asp)) server.active.delete(asp.name);
    }
    asp.isUp = true;
    for (const server of this.serversOf(asp)) server.up.add(asp.name);
    this.out.push({ kind: 'asp-state', asp: asp.name, state: 'inactive' });
    const changed = this.settle(now);
    // Who comes to an AS whose state does not change by it is told that state.
    for (const server of this.serversOf(asp))
      if (!changed.has(server) && server.state !== 'down')
        this.tell(server, STATUS_TYPE.asState, AS_STATE_INFORMATION[server.state], undefined, [asp.name]);
  }

  /** The ASs that a message names and the ASP may serve, and the routing contexts that it may not. */
  private named(asp: Asp, contexts: readonly number[] | undefined): { servers: ApplicationServer[]; unknown: number[] } {
    if (contexts === undefined) return { servers: this.serversOf(asp), unknown: [] };
    return {
      servers: contexts.filter((it) => asp.serves.has(it)).map((it) => this.servers.get(it)!),
      unknown: contexts.filter((it) => !asp.serves.has(it)),
    };
  }

  private aspActive(asp: Asp, message: AspActive, octets: Uint8Array, now: number): void {
    const { servers, unknown } = this.named(asp, message.routingContext);
    const { trafficMode } = message;
    const fits = servers.filter((it) => trafficMode === undefined || it.settings.trafficMode === trafficMode);
    if (fits.length > 0)
      this.send(asp, {
        kind: 'ASPAC_ACK',
        ...(trafficMode === undefined ? {} : { trafficMode }),
        ...(message.routingContext === undefined ? {} : { routingContext: fits.map((it) => it.settings.routingContext) }),
      });
    if (unknown.length > 0) this.complain(asp, ERROR_CODE.invalidRoutingContext, octets, unknown);
    else if (servers.length === 0) this.complain(asp, ERROR_CODE.noConfiguredAs, octets);
    const others = servers.filter((it) => !fits.includes(it));
    if (others.length > 0)
      this.complain(
        asp,
        ERROR_CODE.unsupportedTrafficMode,
        octets,
        others.map((it) => it.settings.routingContext),
      );
    for (const server of fits) this.activate(asp, server);
    this.settle(now);
  }

  private activate(asp: Asp, server: ApplicationServer): void {
    if (server.active.has(asp.name)) return;
    const { routingContext, trafficMode } = server.settings;
    const before = [...server.active];
    if (trafficMode === 'override')
      for (const name of before) {
        server.active.delete(name);
        this.out.push({ kind: 'asp-state', asp: name, state: 'inactive', routingContext });
      }
    server.active.add(asp.name);
    this.out.push({ kind: 'asp-state', asp: asp.name, state: 'active', routingContext });
    if (trafficMode === 'override') this.tell(server, STATUS_TYPE.other, OTHER_STATUS.alternateAspActive, asp.identifier, before);
  }

  private aspInactive(asp: Asp, message: AspInactive, octets: Uint8Array, now: number): void {
    const { servers, unknown } = this.named(asp, message.routingContext);
    if (servers.length > 0)
      this.send(asp, {
        kind: 'ASPIA_ACK',
        ...(message.routingContext === undefined ? {} : { routingContext: servers.map((it) => it.settings.routingContext) }),
      });
    if (unknown.length > 0) this.complain(asp, ERROR_CODE.invalidRoutingContext, octets, unknown);
    else if (servers.length === 0) this.complain(asp, ERROR_CODE.noConfiguredAs, octets);
    for (const server of servers) {
      if (!server.active.delete(asp.name)) continue;
      const { routingContext } = server.settings;
      this.out.push({ kind: 'asp-state', asp: asp.name, state: 'inactive', routingContext });
      this.tellShortage(server);
    }
    this.settle(now);
  }

  /** Fewer are active than the AS needs: those that stand by are told. RFC 4666 4.3.4.5. */
  private tellShortage(server: ApplicationServer): void {
    if (server.active.size === 0 || server.active.size >= server.activeMin) return;
    const standing = [...server.up].filter((it) => !server.active.has(it));
    this.tell(server, STATUS_TYPE.other, OTHER_STATUS.insufficientResources, undefined, standing);
  }

  private data(asp: Asp, data: Data, stream: number | undefined, octets: Uint8Array): void {
    const { routingContext: contexts, networkAppearance } = data;
    if (stream === CONTROL_STREAM && asp.streams > 1) {
      this.discard(asp, 'DATA', 'stream-zero');
      this.complain(asp, ERROR_CODE.invalidStreamIdentifier, octets);
      return;
    }
    if (!asp.isUp) {
      this.discard(asp, 'DATA', 'not-up');
      return;
    }
    const { servers, unknown } = this.named(asp, contexts);
    if (unknown.length > 0) {
      this.discard(asp, 'DATA', 'unknown-routing-context');
      this.complain(asp, ERROR_CODE.invalidRoutingContext, octets, unknown);
      return;
    }
    const server = servers.find((it) => it.active.has(asp.name));
    if (server === undefined) {
      this.discard(asp, 'DATA', 'not-active');
      return;
    }
    const wanted = server.settings.networkAppearance;
    if (wanted !== undefined && networkAppearance !== undefined && networkAppearance !== wanted) {
      this.discard(asp, 'DATA', 'wrong-network-appearance');
      const diagnosticInformation = diagnosticOf(octets);
      this.send(asp, {
        kind: 'ERR',
        errorCode: ERROR_CODE.invalidNetworkAppearance,
        networkAppearance,
        diagnosticInformation,
      });
      return;
    }
    this.out.push({ kind: 'data', asp: asp.name, data });
  }

  private register(asp: Asp, message: RegReq, now: number): void {
    const answers = message.routingKeys.map((key) => answerRegistration(this.servers.values(), key));
    for (const { server } of answers)
      if (server !== undefined) {
        asp.serves.add(server.settings.routingContext);
        server.up.add(asp.name);
      }
    this.send(asp, { kind: 'REG_RSP', registrationResults: answers.map(({ result }) => result) });
    this.settle(now);
  }

  private deregister(asp: Asp, contexts: readonly number[], now: number): void {
    const answers = contexts.map((context) =>
      answerDeregistration(asp.serves.has(context) ? this.servers.get(context) : undefined, asp.name, context),
    );
    for (const { server } of answers)
      if (server !== undefined) {
        asp.serves.delete(server.settings.routingContext);
        server.up.delete(asp.name);
      }
    this.send(asp, { kind: 'DEREG_RSP', deregistrationResults: answers.map(({ result }) => result) });
    this.settle(now);
  }
}

const sharesAs = (a: Asp, b: Asp): boolean => [...a.serves].some((it) => b.serves.has(it));
