/**
 * The gate between its links: what comes by a link goes through the gate's road, and what that puts out goes by links. What links and the network
 * behind them say changes the routes, and those for whom we are the gateway are told.
 */
import {
  type AssociationSettings,
  type Associations,
  createAssociations,
  type DestinationNews,
  type Link,
  type LinkUser,
} from '#association';
import { type Log, ok, type Result } from '#base';
import type { ProtocolData } from '#codec/m3ua';
import { viewSccp } from '#codec/sccp';
import { type GateBounds, type GateOutput, GateSwitch, type LoadLevel } from '#endpoint/sigtran';
import type { DestinationChange, NetworkNews, RoutingOutput, SubsystemOutput, Transfer } from '#protocol/routing';
import type { Core } from './core.js';

/** How often what is due is looked for: tests of subsystems, segments and dialogues that have waited too long. Unit: milliseconds. */
const TICK_MS = 1_000;
const SI_SCCP = 3;

/** Messages that could not be given to their link, by why. */
export const LOSSES = ['full', 'not-active', 'too-long', 'no-link', 'undeliverable'] as const;
export type Loss = (typeof LOSSES)[number];

const NEWS: Readonly<Record<Exclude<DestinationNews['kind'], 'user-unavailable'>, NetworkNews['kind']>> = {
  available: 'DAVA',
  restricted: 'DRST',
  unavailable: 'DUNA',
  congested: 'SCON',
};

/** Causes of a DUPU. RFC 4666 3.4.5. */
const USER_CAUSES = ['unknown', 'unequipped', 'inaccessible'] as const;

const UNEQUIPPED = USER_CAUSES.indexOf('unequipped');
/** How often one link is told that we lack a user part. Unit: milliseconds. Source: as often as it is told of congestion, T29 of Q.704. */
const NO_USER_TOLD_MS = 300;

export interface NodePorts {
  readonly log: Log;
  readonly now: () => number;
  /** A link has come up, or is no more. */
  readonly linkChanged?: (link: Link) => void;
}

export class GateNode {
  readonly associations: Associations;
  readonly gate: GateSwitch;
  readonly losses: Record<Loss, number> = { full: 0, 'not-active': 0, 'too-long': 0, 'no-link': 0, undeliverable: 0 };
  /** What no link of ours could say to its peer: DUPU goes to those for whom we are the gateway only. */
  unsaid = 0;
  /** When links were told that we lack a user part, by name. */
  private readonly noUserTold = new Map<string, number>();
  private core: Core;
  private readonly ports: NodePorts;
  private readonly linkNames: ReadonlyMap<string, Link>;
  /** Destinations of which senders were told that we are overloaded, and their networks. */
  private readonly congested = new Map<number, number>();
  private timer: NodeJS.Timeout | undefined;

  /** All that is wrong with the links' settings as a text, or a node that is not open yet. */
  static create(
    settings: AssociationSettings,
    core: Core,
    bounds: GateBounds,
    ports: NodePorts,
  ): Result<GateNode, { readonly text: string }> {
    let node: GateNode | undefined;
    const user: LinkUser = {
      onTransfer: (link, data) => node!.receive(link.name, data),
      onState: (link) => node!.linkChanged(link),
      onDestination: (link, news) => node!.heard(link, news),
      onUndeliverable: () => {
        node!.losses.undeliverable++;
      },
    };
    const associations = createAssociations(settings, { log: ports.log, user });
    if (!associations.ok) return associations;
    node = new GateNode(associations.value, core, bounds, ports);
    return ok(node);
  }

  private constructor(associations: Associations, core: Core, bounds: GateBounds, ports: NodePorts) {
    this.associations = associations;
    this.core = core;
    this.ports = ports;
    this.gate = new GateSwitch(core.gate, core.ports, bounds);
    this.linkNames = new Map(associations.links.map((link) => [link.name, link]));
  }

  /** Opens listeners and begins to connect; an error when a listener cannot be had. */
  async start(): Promise<Result<void, { readonly text: string }>> {
    const started = await this.associations.start();
    if (!started.ok) return started;
    this.timer = setInterval(() => this.tick(), TICK_MS);
    return ok(undefined);
  }

  /** Goes on by another configuration; what is known of links, destinations and subsystems is kept, and so are dialogues under way. */
  adopt(core: Core): void {
    const former = this.core.routing.routes.states();
    core.routing.adopt(this.core.routing);
    this.core = core;
    for (const link of this.associations.links) core.routing.setLink(link.name, link.state === 'active');
    this.gate.adopt(core.gate, core.ports);
    // Routing tells of no change between two of its tables: what has gone is told, then what there is.
    for (const { ni, pointCode, mask } of [...former, ...core.routing.routes.states()])
      if (mask === 0) this.announce(ni, pointCode);
  }

  set load(level: LoadLevel) {
    this.gate.load = level;
    if (level > 0) return;
    const over = [...this.congested];
    this.congested.clear();
    for (const [pointCode, ni] of over) this.announce(ni, pointCode);
  }

  /** Tells those for whom we are the gateway how a destination stands: as routing knows it, and no less congested than we are ourselves. */
  private announce(ni: number, pointCode: number): void {
    const { routes } = this.core.routing;
    const state = routes.stateOf(ni, pointCode);
    const own = this.congested.has(pointCode) ? this.gate.load : 0;
    const reachability = state?.availability ?? (routes.isOwn(ni, pointCode) ? 'available' : 'unavailable');
    this.associations.announce(pointCode, { reachability, congestionLevel: Math.max(own, state?.congestionLevel ?? 0) });
  }

  async stop(graceMs: number): Promise<void> {
    clearInterval(this.timer);
    await this.associations.stop(graceMs);
  }

  private receive(link: string, data: ProtocolData): void {
    const outputs = this.gate.receive(link, data, this.ports.now());
    for (let i = 0; i < outputs.length; i++) this.carryOut(outputs[i]!);
  }

  private carryOut(output: GateOutput): void {
    switch (output.kind) {
      case 'send':
        this.send(output.link, output.data);
        return;
      case 'congestion':
        this.congested.set(output.pointCode, output.ni);
        this.announce(output.ni, output.pointCode);
        return;
      case 'local':
        this.manage(output.link, output.data);
        return;
      case 'no-user':
        this.tellNoUser(output.link, output.pointCode, output.si);
        return;
      case 'aside':
    }
  }

  /** SCCP management, which routing reads; we serve no other subsystem. */
  private manage(link: string, { ni, opc, dpc, sls, userData }: ProtocolData): void {
    const view = viewSccp(userData);
    if (view.ok) this.subsystems(this.core.routing.manage({ ni, opc, dpc, sls, link }, view.value, this.ports.now()));
  }

  private send(name: string, data: ProtocolData): void {
    const link = this.linkNames.get(name);
    const outcome = link === undefined ? 'no-link' : link.transfer(data);
    if (outcome !== 'taken') this.losses[outcome]++;
  }

  private sendTransfer({ link, octets, ni, opc, dpc, sls }: Transfer): void {
    this.send(link, { opc, dpc, si: SI_SCCP, ni, mp: 0, sls, userData: octets });
  }

  /** A user part that we do not have. One who goes on asking is told again only after a while. */
  private tellNoUser(name: string, pointCode: number, si: number): void {
    const link = this.linkNames.get(name);
    const now = this.ports.now();
    const last = this.noUserTold.get(name);
    if (last !== undefined && now >= last && now - last < NO_USER_TOLD_MS) return;
    this.noUserTold.set(name, now);
    if (link?.tellUserUnavailable === undefined) this.unsaid++;
    else link.tellUserUnavailable(pointCode, si, UNEQUIPPED);
  }

  /** Nothing is known of what lies behind a gateway that comes back: it is asked before anything is sent there. RFC 4666 4.5.3. */
  private auditBehind(link: Link): void {
    const { routes } = this.core.routing.spec;
    const behind = routes.filter(({ via }) => via.some((way) => way.link === link.name));
    link.audit?.(behind.map(({ pointCode, mask = 0 }) => ({ pointCode, mask })));
  }

  private linkChanged(link: Link): void {
    if (link.state === 'active') this.auditBehind(link);
    this.routes(this.core.routing.setLink(link.name, link.state === 'active'));
    this.ports.linkChanged?.(link);
  }

  private heard(link: Link, news: DestinationNews): void {
    const ni = this.networkOf(link);
    const now = this.ports.now();
    if (news.kind === 'user-unavailable') {
      // Those for whom we are the gateway send there by us.
      for (const other of this.associations.links)
        other.tellUserUnavailable?.(news.pointCode, news.user ?? SI_SCCP, news.cause ?? 0);
      if (news.user !== SI_SCCP) return;
      const cause = USER_CAUSES[news.cause ?? 0] ?? 'unknown';
      this.subsystems(this.core.routing.subsystems.userPartUnavailable(ni, news.pointCode, cause, now));
      return;
    }
    const { pointCode, mask, congestionLevel } = news;
    this.ports.log.info(
      { link: link.name, pointCode, mask, news: news.kind, congestionLevel },
      'the network says of a destination',
    );
    const heard = { link: link.name, ni, kind: NEWS[news.kind], affected: [{ pointCode, mask }] };
    this.routes(this.core.routing.hear(congestionLevel === undefined ? heard : { ...heard, congestionLevel }));
  }

  /** M3UA's management of destinations names no network: it is the one whose routes use the link, else our first. */
  private networkOf(link: Link): number {
    const { routes, networks } = this.core.routing.spec;
    return routes.find(({ via }) => via.some((way) => way.link === link.name))?.ni ?? networks[0]!.ni;
  }

  private routes({ changes, subsystems }: RoutingOutput): void {
    for (const change of changes) this.tell(change);
    this.subsystems(subsystems);
  }

  /** To those for whom we are the gateway. */
  private tell({ ni, pointCode, mask, availability, congestionLevel, before }: DestinationChange): void {
    this.ports.log.info({ pointCode, mask, availability, congestionLevel, before }, 'destination is now');
    // What is announced is a single point code; a range is made known by the answers to those who ask for one of it.
    if (mask === 0) this.announce(ni, pointCode);
  }

  private subsystems(outputs: readonly SubsystemOutput[]): void {
    for (const output of outputs) {
      const transfer = this.core.routing.managementTransfer(output);
      if (transfer !== undefined) this.sendTransfer(transfer);
      else if (output.kind !== 'send') this.ports.log.info({ ...output, kind: undefined, what: output.kind }, 'subsystem');
    }
  }

  private tick(): void {
    const now = this.ports.now();
    for (const output of this.gate.expire(now)) this.carryOut(output);
    this.subsystems(this.core.routing.subsystems.wake(now));
  }
}
