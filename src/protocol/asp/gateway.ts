/**
 * The state of a gateway: its application servers, the ASPs of its associations, and what is to be sent. `Sgp` takes inputs to it,
 * asp-requests.ts answers what ASPs ask for.
 */
import { LIMITS } from '#base';
import { AS_STATE, type Data, diagnosticOf, type M3uaMessage, OTHER_STATUS, type ProtocolData, STATUS_TYPE } from '#codec/m3ua';
import { ApplicationServer } from './application-server.js';
import { type AspState, type AsState, CONTROL_STREAM, type Discarded, streamOfSls } from './conversation.js';
import { Heartbeat } from './heartbeat.js';
import { OwnDestinations } from './own-destinations.js';
import type { AspTerms, SgpOutput, SgpSettings } from './sgp-face.js';

export interface Asp {
  readonly name: string;
  readonly terms: AspTerms;
  readonly streams: number;
  readonly heartbeat: Heartbeat;
  /** What it serves: as its terms say, and of these, when it must register, what it has registered. */
  readonly serves: Set<number>;
  isUp: boolean;
  identifier?: number;
}

export const AS_STATE_INFORMATION: Readonly<Record<Exclude<AsState, 'down'>, number>> = AS_STATE;

export class Gateway {
  readonly settings: SgpSettings;
  readonly servers = new Map<number, ApplicationServer>();
  readonly asps = new Map<string, Asp>();
  readonly destinations = new OwnDestinations();
  out: SgpOutput[] = [];
  private correlation = 0;

  constructor(settings: SgpSettings) {
    this.settings = settings;
    for (const one of settings.applicationServers) this.servers.set(one.routingContext, new ApplicationServer(one));
  }

  associationUp(name: string, terms: AspTerms, streams: number, now: number): void {
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

  lost(name: string, now: number): void {
    const asp = this.asps.get(name);
    if (asp === undefined) return;
    const wasActiveIn = this.serversOf(asp).filter((it) => it.active.has(name));
    this.goDown(asp);
    this.asps.delete(name);
    if (asp.identifier !== undefined)
      for (const server of wasActiveIn) this.tell(server, STATUS_TYPE.other, OTHER_STATUS.aspFailure, asp.identifier);
    this.settle(now);
  }

  serversOf(asp: Asp): ApplicationServer[] {
    return [...asp.serves].map((it) => this.servers.get(it)!);
  }

  goDown(asp: Asp): void {
    if (!asp.isUp) return;
    for (const server of this.serversOf(asp)) {
      server.up.delete(asp.name);
      server.active.delete(asp.name);
    }
    asp.isUp = false;
    this.out.push({ kind: 'asp-state', asp: asp.name, state: 'down' });
  }

  send(asp: Asp, message: M3uaMessage, stream = CONTROL_STREAM): void {
    this.out.push({ kind: 'send', asp: asp.name, message, stream });
  }

  discard(asp: Asp, what: string, reason: Discarded['reason']): void {
    this.out.push({ kind: 'discarded', asp: asp.name, what, reason });
  }

  complain(asp: Asp, errorCode: number, octets: Uint8Array, routingContext?: readonly number[]): void {
    this.send(asp, {
      kind: 'ERR',
      errorCode,
      ...(routingContext === undefined ? {} : { routingContext }),
      diagnosticInformation: diagnosticOf(octets),
    });
  }

  /** NTFY to the ASPs of an AS that are up, or to those of them that `among` names. */
  tell(server: ApplicationServer, type: number, information: number, aspIdentifier?: number, among?: Iterable<string>): void {
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
  settle(now: number): Set<ApplicationServer> {
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

  deliver(server: ApplicationServer, data: ProtocolData): void {
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

  /** The ASs that a message names and the ASP may serve, and the routing contexts that it may not. */
  named(asp: Asp, contexts: readonly number[] | undefined): { servers: ApplicationServer[]; unknown: number[] } {
    if (contexts === undefined) return { servers: this.serversOf(asp), unknown: [] };
    return {
      servers: contexts.filter((it) => asp.serves.has(it)).map((it) => this.servers.get(it)!),
      unknown: contexts.filter((it) => !asp.serves.has(it)),
    };
  }

  /** State of an ASP, in one AS when a routing context is given. */
  aspState(name: string, routingContext?: number): AspState {
    if (this.asps.get(name)?.isUp !== true) return 'down';
    const among = routingContext === undefined ? [...this.servers.values()] : [this.servers.get(routingContext)];
    return among.some((it) => it?.active.has(name)) ? 'active' : 'inactive';
  }
}
