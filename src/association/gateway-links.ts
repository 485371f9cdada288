/**
 * The gateway's side: one conversation for all application servers of ours and the peers that serve them. Each application server is a link;
 * which peer gets a message is the traffic mode's business.
 */
import { type Data, DataReader, dataOctets, encodeM3ua, type ProtocolData, writeData } from '#codec/m3ua';
import { type AspState, type DestinationStatus, Sgp, type SgpInput, type SgpOutput, streamOfSls } from '#protocol/asp';
import { BaseLink, type LinkPorts } from './base-link.js';
import { BEAT_MS } from './bounds.js';
import type { LinkState, TransferOutcome } from './link.js';
import { newsOf } from './news.js';
import type { Association, AssociationUser, LostReason } from './port.js';
import type { GatewayLinkSettings, GatewaySettings, ServingPeer } from './settings.js';
import { Wake } from './wake.js';

/** A pending application server takes messages, but a link that is active elsewhere is the better way. */
const LINK_STATE: Readonly<Record<string, LinkState>> = {
  down: 'down',
  inactive: 'inactive',
  pending: 'inactive',
  active: 'active',
};
/** Protocol Data that a DATA can hold: a length of 16 bits and a label of 16 octets. RFC 4666 3.3.1. */
const USER_DATA_OCTETS_MAX = 0xffff - 16;

const reader = new DataReader();

/** One application server. */
export class ServerLink extends BaseLink {
  readonly routingContext: number;
  readonly appearance: number;
  readonly settings: GatewayLinkSettings;
  private readonly group: GatewayGroup;

  constructor(settings: GatewayLinkSettings, group: GatewayGroup, ports: LinkPorts) {
    super(settings.name, 'gateway', ports);
    this.settings = settings;
    this.routingContext = settings.routingContext;
    this.appearance = settings.networkAppearance ?? -1;
    this.group = group;
  }

  get queuedOctets(): number {
    return this.group.queuedOctetsOf(this);
  }

  /** The link has one routing context, its own; what is given is not looked at. */
  transfer(data: ProtocolData): TransferOutcome {
    const { length } = data.userData;
    if (length > USER_DATA_OCTETS_MAX) return this.refused('too-long');
    const outcome = this.group.transfer(this, data);
    return outcome === 'taken' ? this.sent(length) : this.refused(outcome);
  }

  tellUserUnavailable(pointCode: number, user: number, cause: number): void {
    this.group.tellUserUnavailable(this, pointCode, user, cause);
  }

  /** A message for the user of this link. */
  hand(data: ProtocolData, routingContext: number | undefined): void {
    this.receive(data, routingContext);
  }

  tellNews(message: Parameters<typeof newsOf>[0]): void {
    for (const news of newsOf(message)) this.guarded(() => this.user.onDestination(this, news));
  }
}

/** A peer's association, and what is told of it. */
class Member implements AssociationUser {
  readonly peer: ServingPeer;
  readonly links: readonly ServerLink[];
  association: Association | undefined;
  state: AspState = 'down';
  private readonly group: GatewayGroup;

  constructor(peer: ServingPeer, links: readonly ServerLink[], group: GatewayGroup) {
    this.peer = peer;
    this.links = links;
    this.group = group;
  }

  message(bytes: Uint8Array, at: number, end: number, stream: number | undefined): void {
    this.group.message(this, bytes, at, end, stream);
  }

  drained(): void {
    for (const link of this.links) link.tellDrained();
  }

  lost(reason: LostReason, detail: string): void {
    this.group.lost(this, reason, detail);
  }
}

export class GatewayGroup {
  readonly links: readonly ServerLink[];
  readonly members = new Map<string, Member>();
  private readonly sgp: Sgp;
  private readonly byContext = new Map<number, ServerLink>();
  private readonly wake = new Wake(() => this.drive({ kind: 'timer' }));

  constructor(settings: GatewaySettings, links: readonly GatewayLinkSettings[], ports: LinkPorts) {
    const beatMs = settings.beatMs ?? BEAT_MS;
    this.sgp = new Sgp({
      applicationServers: links,
      registers: settings.registers ?? false,
      ...(settings.recoveryMs === undefined ? {} : { recoveryMs: settings.recoveryMs }),
      ...(beatMs === 0 ? {} : { beatMs }),
    });
    this.links = links.map((it) => new ServerLink(it, this, ports));
    for (const link of this.links) this.byContext.set(link.routingContext, link);
    for (const peer of settings.peers) {
      const served = this.links.filter((it) => it.settings.peers.includes(peer.name));
      this.members.set(peer.name, new Member(peer, served, this));
    }
  }

  /** An association of a peer has come up. One that was there before is replaced. */
  up(name: string, association: Association): AssociationUser {
    const member = this.members.get(name)!;
    member.association?.abort('replaced');
    member.association = association;
    for (const link of member.links) link.tellUp(association);
    const terms = {
      serves: member.links.map((it) => it.routingContext),
      ...(member.peer.isBlocked === undefined ? {} : { isBlocked: member.peer.isBlocked }),
    };
    this.drive({ kind: 'up', asp: name, streams: association.streams, terms });
    return member;
  }

  announce(pointCode: number, status: DestinationStatus): void {
    this.drive({ kind: 'destination', pointCode, status });
  }

  tellUserUnavailable({ routingContext }: ServerLink, pointCode: number, user: number, cause: number): void {
    this.drive({ kind: 'user-unavailable', pointCode, user, cause, routingContext });
  }

  close(): void {
    for (const { association } of this.members.values()) association?.close();
  }

  queuedOctetsOf(link: ServerLink): number {
    let octets = 0;
    for (const member of this.members.values()) if (member.links.includes(link)) octets += member.association?.queuedOctets ?? 0;
    return octets;
  }

  transfer(link: ServerLink, data: ProtocolData): Exclude<TransferOutcome, 'too-long'> {
    const name = this.sgp.receiver(link.routingContext, data.sls);
    if (name === undefined) return this.transferSlowly(link, data);
    return this.put(this.members.get(name)!.association, link, data);
  }

  private put(association: Association | undefined, link: ServerLink, data: ProtocolData): 'taken' | 'full' {
    if (association === undefined) return 'full';
    const octets = dataOctets(data.userData.length, link.routingContext, link.appearance);
    const room = association.claim(octets, streamOfSls(data.sls, association.streams));
    if (room === undefined) return 'full';
    writeData(room, association.claimedAt, data, link.routingContext, link.appearance);
    return 'taken';
  }

  /** An application server that has no active peer, keeps messages for a while, or sends each to all. */
  private transferSlowly(link: ServerLink, data: ProtocolData): 'taken' | 'full' | 'not-active' {
    let outcome: 'taken' | 'full' | 'not-active' = 'taken';
    for (const output of this.sgp.receive({ kind: 'transfer', routingContext: link.routingContext, data }, performance.now()))
      if (output.kind === 'undeliverable') outcome = output.reason === 'queue-full' ? 'full' : 'not-active';
      else if (output.kind === 'send' && output.message.kind === 'DATA') this.broadcast(link, output.asp, output.message);
    return outcome;
  }

  /** A copy for one of several peers; one that does not read misses it, as with any broadcast. */
  private broadcast(link: ServerLink, asp: string, message: Data): void {
    const association = this.members.get(asp)?.association;
    const octets = encodeM3ua(message);
    const room = association?.claim(octets.length, streamOfSls(message.protocolData.sls, association.streams));
    if (room === undefined) link.discard('full');
    else room.set(octets, association!.claimedAt);
  }

  message(member: Member, bytes: Uint8Array, at: number, end: number, stream: number | undefined): void {
    if (reader.read(bytes, at, end)) {
      const context = reader.routingContext;
      const served = this.sgp.takes(member.peer.name, context, reader.networkAppearance, stream, performance.now());
      if (served >= 0) {
        this.byContext.get(served)!.hand(reader.protocolData, context < 0 ? undefined : context);
        return;
      }
    }
    const octets = bytes.subarray(at, end);
    this.drive({ kind: 'message', asp: member.peer.name, octets, ...(stream === undefined ? {} : { stream }) });
  }

  lost(member: Member, reason: LostReason, detail: string): void {
    const { association } = member;
    if (association === undefined) return;
    member.association = undefined;
    member.state = 'down';
    for (const link of member.links) link.tellLost(association, reason, detail);
    this.drive({ kind: 'lost', asp: member.peer.name });
  }

  private drive(input: SgpInput): void {
    const outputs = this.sgp.receive(input, performance.now());
    if (input.kind === 'message' && !outputs.some((it) => it.kind === 'data'))
      for (const link of this.members.get(input.asp)!.links) link.counters.controlIn++;
    for (const output of outputs) this.carryOut(output);
    this.wake.set(this.sgp.wakeAt);
    for (const link of this.links) link.show(LINK_STATE[this.sgp.asState(link.routingContext) ?? 'down']!);
  }

  private carryOut(output: SgpOutput): void {
    if (output.kind === 'as-state') return;
    if (output.kind === 'undeliverable') {
      const link = this.byContext.get(output.routingContext);
      link?.discard('recovery');
      link?.giveBack(
        output.data,
        output.reason === 'queue-full' ? 'queue-full' : output.reason === 'recovery-timeout' ? output.reason : 'as-down',
      );
      return;
    }
    const member = this.members.get(output.asp);
    if (member !== undefined) this.ofMember(member, output);
  }

  private ofMember(member: Member, output: Extract<SgpOutput, { readonly asp: string }>): void {
    const { links, association } = member;
    switch (output.kind) {
      case 'send':
        if (output.message.kind === 'DATA') this.sendKept(member, output.message);
        else {
          for (const link of links) link.counters.controlOut++;
          association?.sendControl(encodeM3ua(output.message), output.stream);
        }
        break;
      case 'data':
        this.hand(member, output.data);
        break;
      case 'discarded':
        for (const link of links.slice(0, 1)) link.discard(output.reason, { peer: member.peer.name, what: output.what });
        break;
      case 'complaint':
        for (const link of links.slice(0, 1)) link.tellComplaint(output.message.errorCode, member.peer.name);
        break;
      case 'network':
        this.linkOf(member, output.message.routingContext)?.tellNews(output.message);
        break;
      case 'close':
        association?.abort('silent');
        break;
      case 'asp-state':
        member.state = this.sgp.aspState(member.peer.name);
        break;
    }
  }

  private linkOf(member: Member, contexts: readonly number[] | undefined): ServerLink | undefined {
    return this.byContext.get(this.sgp.servedBy(member.peer.name, contexts));
  }

  private hand(member: Member, data: Data): void {
    const { routingContext } = data;
    this.linkOf(member, routingContext)?.hand(data.protocolData, routingContext?.length === 1 ? routingContext[0] : undefined);
  }

  /** What was kept while the application server was pending. */
  private sendKept(member: Member, message: Data): void {
    const link = this.byContext.get(message.routingContext![0]!)!;
    if (this.put(member.association, link, message.protocolData) === 'taken') return;
    link.discard('full');
    link.giveBack(message.protocolData, 'queue-full');
  }
}
