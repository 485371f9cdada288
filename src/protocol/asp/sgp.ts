/**
 * The gateway's half: all its application servers, and the ASPs of all its associations. RFC 4666 4.3.1, 4.3.2, 4.3.4. An answer goes out
 * before the NTFY that its effect causes (4.3.4.5).
 *
 * No socket and no timer: `receive` takes one input and gives what is to be done; `wakeAt` says when to call with `timer`.
 */
import { decodeM3ua, ERROR_CODE, errorAnswer, type M3uaMessage, type ProtocolData } from '#codec/m3ua';
import { aspActive, aspInactive, aspUp, data, deregister, register } from './asp-requests.js';
import { type AspState, type AsState, CONTROL_STREAM, earliest, type Undeliverable } from './conversation.js';
import { type Asp, Gateway } from './gateway.js';
import type { SgpInput, SgpOutput, SgpSettings } from './sgp-face.js';

/** What `takes` and `servedBy` say where there is no AS. */
const NO_AS = -1;

export class Sgp {
  private readonly gateway: Gateway;

  constructor(settings: SgpSettings) {
    this.gateway = new Gateway(settings);
  }

  /** State of an AS; undefined when there is none of this routing context. */
  asState(routingContext: number): AsState | undefined {
    return this.gateway.servers.get(routingContext)?.state;
  }

  /** State of an ASP, in one AS when a routing context is given. */
  aspState(name: string, routingContext?: number): AspState {
    return this.gateway.aspState(name, routingContext);
  }

  /**
   * The fast door of DATA: says of which AS one is that came so, and notes that the ASP was heard. -1 where it is none that the user gets without
   * a further look: then `receive` takes the message, and knows why. -1 for `routingContext` or `networkAppearance`: it had none.
   */
  takes(name: string, routingContext: number, networkAppearance: number, stream: number | undefined, now: number): number {
    const asp = this.gateway.asps.get(name);
    if (asp === undefined || !asp.isUp || (stream === CONTROL_STREAM && asp.streams > 1)) return NO_AS;
    const context = routingContext >= 0 || asp.serves.size !== 1 ? routingContext : firstOf(asp.serves);
    const server = context >= 0 && asp.serves.has(context) ? this.gateway.servers.get(context) : undefined;
    if (server === undefined || !server.active.has(name)) return NO_AS;
    const wanted = server.settings.networkAppearance;
    if (wanted !== undefined && networkAppearance >= 0 && networkAppearance !== wanted) return NO_AS;
    asp.heartbeat.heard(now);
    return context;
  }

  /** The AS of a DATA that `receive` has handed over: of those that it names the first that the ASP serves actively. -1: none. */
  servedBy(name: string, routingContexts: readonly number[] | undefined): number {
    const asp = this.gateway.asps.get(name);
    for (const context of routingContexts ?? asp?.serves ?? [])
      if (this.gateway.servers.get(context)?.active.has(name) === true) return context;
    return NO_AS;
  }

  /** The one ASP that a message of this AS goes to now; undefined where there is none, or several get it: then `receive` knows what to do. */
  receiver(routingContext: number, sls: number): string | undefined {
    const server = this.gateway.servers.get(routingContext);
    return server?.state === 'active' ? server.oneFor(sls) : undefined;
  }

  /** When to call `receive` with `timer`; undefined when nothing is waited for. */
  get wakeAt(): number | undefined {
    return earliest(
      ...[...this.gateway.servers.values()].map((it) => it.recoverBy),
      ...[...this.gateway.asps.values()].map((it) => it.heartbeat.wakeAt),
    );
  }

  /** Takes one input. `now`: milliseconds of a clock that does not go back. */
  receive(input: SgpInput, now: number): SgpOutput[] {
    this.gateway.out = [];
    switch (input.kind) {
      case 'up':
        this.gateway.associationUp(input.asp, input.terms, input.streams, now);
        break;
      case 'lost':
        this.gateway.lost(input.asp, now);
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
        this.tellActive(this.gateway.destinations.change(input.pointCode, input.status));
        break;
      case 'user-unavailable': {
        const { pointCode, user, cause } = input;
        const dupu: M3uaMessage = { kind: 'DUPU', affectedPointCodes: [{ mask: 0, pointCode }], userCause: { cause, user } };
        this.tellActive([dupu], input.routingContext);
        break;
      }
    }
    return this.gateway.out;
  }

  private timer(now: number): void {
    this.gateway.settle(now);
    for (const asp of [...this.gateway.asps.values()]) {
      const beat = asp.heartbeat.due(now);
      if (beat === 'lost') {
        this.gateway.out.push({ kind: 'close', asp: asp.name, reason: 'heartbeat-lost' });
        this.gateway.lost(asp.name, now);
      } else if (beat !== undefined) this.gateway.send(asp, { kind: 'BEAT', heartbeatData: beat });
    }
  }

  private transfer(routingContext: number, data: ProtocolData): void {
    const server = this.gateway.servers.get(routingContext);
    const refuse = (reason: Undeliverable['reason']) =>
      this.gateway.out.push({ kind: 'undeliverable', routingContext, data, reason });
    if (server === undefined) refuse('no-such-as');
    else if (server.state === 'active') this.gateway.deliver(server, data);
    else if (server.state !== 'pending') refuse('as-down');
    else if (!server.wait(data)) refuse('queue-full');
  }

  /** What concerns active ASPs, each of them once for all its ASs. `only`: of this AS. */
  private tellActive(messages: readonly M3uaMessage[], only?: number): void {
    for (const asp of this.gateway.asps.values()) {
      const routingContext = this.gateway
        .serversOf(asp)
        .filter((it) => it.active.has(asp.name))
        .map((it) => it.settings.routingContext)
        .filter((it) => only === undefined || it === only);
      if (routingContext.length > 0)
        for (const message of messages) this.gateway.send(asp, { ...message, routingContext } as M3uaMessage);
    }
  }

  private message(name: string, octets: Uint8Array, stream: number | undefined, now: number): void {
    const asp = this.gateway.asps.get(name);
    if (asp === undefined) return;
    asp.heartbeat.heard(now);
    const decoded = decodeM3ua(octets);
    if (!decoded.ok) {
      this.gateway.discard(asp, decoded.error.text, 'malformed');
      const answer = errorAnswer(decoded.error);
      if (answer !== undefined) this.gateway.send(asp, answer);
      return;
    }
    const message = decoded.value;
    switch (message.kind) {
      case 'DATA':
        data(this.gateway, asp, message, stream, octets);
        return;
      case 'ERR':
        this.gateway.out.push({ kind: 'complaint', asp: asp.name, message });
        return;
      case 'BEAT':
        this.gateway.send(asp, { ...message, kind: 'BEAT_ACK' });
        return;
      case 'BEAT_ACK':
        return;
      case 'ASPUP':
        aspUp(this.gateway, asp, message, octets, now);
        return;
      case 'ASPDN':
        this.gateway.send(asp, { kind: 'ASPDN_ACK' });
        this.gateway.goDown(asp);
        this.gateway.settle(now);
        return;
      default:
        if (asp.isUp && this.ofUpAsp(asp, message, octets, now)) return;
        this.gateway.discard(asp, message.kind, asp.isUp ? 'unexpected' : 'not-up');
        this.gateway.complain(
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
        aspActive(this.gateway, asp, message, octets, now);
        return true;
      case 'ASPIA':
        aspInactive(this.gateway, asp, message, octets, now);
        return true;
      case 'DAUD':
        for (const answer of this.gateway.destinations.audited(message)) this.gateway.send(asp, answer);
        return true;
      case 'SCON':
        this.gateway.out.push({ kind: 'network', asp: asp.name, message });
        return true;
      case 'REG_REQ':
        if (this.gateway.settings.registers === true) register(this.gateway, asp, message, now);
        else this.gateway.complain(asp, ERROR_CODE.unsupportedMessageClass, octets);
        return true;
      case 'DEREG_REQ':
        if (this.gateway.settings.registers === true) deregister(this.gateway, asp, message.routingContext, now);
        else this.gateway.complain(asp, ERROR_CODE.unsupportedMessageClass, octets);
        return true;
      default:
        return false;
    }
  }
}

function firstOf(contexts: ReadonlySet<number>): number {
  for (const context of contexts) return context;
  return NO_AS;
}
