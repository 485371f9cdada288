/** Links whose conversation has one association: ASP towards a gateway, and IPSPs in both exchanges. */
import { type AffectedPointCode, DataReader, dataOctets, encodeM3ua, type ProtocolData, writeData } from '#codec/m3ua';
import { type AspOutput, AspSession, IpspDouble, type IpspOutput, streamOfSls } from '#protocol/asp';
import { BaseLink, type LinkPorts } from './base-link.js';
import { BEAT_MS } from './bounds.js';
import type { LinkState, TransferOutcome } from './link.js';
import { newsOf } from './news.js';
import type { Association, AssociationUser, LostReason } from './port.js';
import type { AspLinkSettings, AspTraffic, IpspLinkSettings } from './settings.js';
import { Wake } from './wake.js';

/** The two conversations as a link sees them. */
interface Conversation {
  readonly wakeAt: number | undefined;
  readonly linkState: LinkState;
  takes(routingContext: number, networkAppearance: number, stream: number | undefined, now: number): boolean;
  /** The routing context to write; -1: none; undefined: cannot be sent now. */
  sendsWith(routingContext: number | undefined, sls: number): number | undefined;
  /** Network appearance to write; -1: none. */
  appearanceOf(routingContext: number): number;
  receive(input: Input, now: number): readonly (AspOutput | IpspOutput)[];
  /** Absent where the peer is no gateway. */
  audit?(affectedPointCodes: readonly AffectedPointCode[], now: number): readonly AspOutput[];
}

type Input =
  | { readonly kind: 'up'; readonly streams: number }
  | { readonly kind: 'lost' | 'timer' }
  | { readonly kind: 'message'; readonly octets: Uint8Array; readonly stream?: number }
  | { readonly kind: 'want'; readonly state: LinkState };

/** Protocol Data that a DATA can hold: a length of 16 bits and a label of 16 octets. RFC 4666 3.3.1. */
const USER_DATA_OCTETS_MAX = 0xffff - 16;

function sessionOf(settings: AspTraffic, beatMs: number, role: 'asp' | 'ipsp-single', begins: boolean): Conversation {
  const session = new AspSession({ ...traffic(settings, beatMs), role, begins });
  const appearance = settings.networkAppearance ?? -1;
  return {
    get wakeAt() {
      return session.wakeAt;
    },
    get linkState() {
      return session.state;
    },
    takes: (context, networkAppearance, stream, now) => session.takes(context, networkAppearance, stream, now),
    sendsWith: (context) => session.sendsWith(context),
    appearanceOf: () => appearance,
    receive: (input, now) => session.receive(input, now),
    ...(role === 'asp'
      ? { audit: (affectedPointCodes, now) => session.receive({ kind: 'audit', affectedPointCodes }, now) }
      : {}),
  };
}

function doubleOf(settings: IpspLinkSettings, beatMs: number): Conversation {
  const peer = (settings.peerServers ?? []).map((it) => ({ ...it, trafficMode: 'loadshare' as const }));
  const ipsp = new IpspDouble({ own: traffic(settings, beatMs), peer });
  const appearances = new Map(peer.map((it) => [it.routingContext, it.networkAppearance ?? -1]));
  return {
    get wakeAt() {
      return ipsp.wakeAt;
    },
    // Active is what we may send by: the peer's half.
    get linkState() {
      if (ipsp.peerState === 'active') return 'active';
      return ipsp.peerState === 'inactive' || ipsp.ownState !== 'down' ? 'inactive' : 'down';
    },
    takes: (context, networkAppearance, stream, now) => ipsp.takes(context, networkAppearance, stream, now),
    sendsWith(context = peer[0]?.routingContext, sls) {
      return context !== undefined && ipsp.sends(context, sls) ? context : undefined;
    },
    appearanceOf: (context) => appearances.get(context) ?? -1,
    receive: (input, now) => ipsp.receive(input, now),
  };
}

function traffic(settings: AspTraffic, beatMs: number) {
  const { routingContexts, routingKeys, aspIdentifier, trafficMode, networkAppearance, ackMs, auditMs } = settings;
  return {
    routingContexts,
    ...(routingKeys === undefined ? {} : { routingKeys }),
    ...(aspIdentifier === undefined ? {} : { aspIdentifier }),
    ...(trafficMode === undefined ? {} : { trafficMode }),
    ...(networkAppearance === undefined ? {} : { networkAppearance }),
    ...(ackMs === undefined ? {} : { ackMs }),
    ...(auditMs === undefined ? {} : { auditMs }),
    ...(beatMs === 0 ? {} : { beatMs }),
  };
}

/** One reader for all: nothing reads while it is in use, as what it read is taken out before anybody is called. */
const reader = new DataReader();

export class SessionLink extends BaseLink implements AssociationUser {
  association: Association | undefined;
  /** Called when the association has gone; the program connects again. */
  onLost: (() => void) | undefined;
  private readonly conversation: Conversation;
  private readonly wake = new Wake(() => this.drive({ kind: 'timer' }));

  /** `hasKernelHeartbeat`: whether the transport looks for itself whether the peer lives, as SCTP does. */
  constructor(settings: AspLinkSettings | IpspLinkSettings, hasKernelHeartbeat: boolean, ports: LinkPorts) {
    super(settings.name, settings.role, ports);
    const beatMs = settings.beatMs ?? (hasKernelHeartbeat ? 0 : BEAT_MS);
    this.conversation =
      settings.role === 'ipsp-double'
        ? doubleOf(settings, beatMs)
        : sessionOf(settings, beatMs, settings.role, settings.role === 'asp' || 'connect' in settings);
  }

  get queuedOctets(): number {
    return this.association?.queuedOctets ?? 0;
  }

  /** An association for this link has come up. One that was there before is replaced. */
  up(association: Association): AssociationUser {
    const before = this.association;
    if (before !== undefined) before.abort('replaced');
    this.association = association;
    this.tellUp(association);
    this.drive({ kind: 'up', streams: association.streams });
    return this;
  }

  /** Leaves traffic in good order; the association is closed when the peer has agreed, or did not answer. */
  leave(): void {
    this.drive({ kind: 'want', state: 'down' });
    if (this.association !== undefined && this.conversation.linkState === 'down') this.association.close();
  }

  transfer(data: ProtocolData, routingContext?: number): TransferOutcome {
    const { association, conversation } = this;
    const context = association === undefined ? undefined : conversation.sendsWith(routingContext, data.sls);
    if (context === undefined) return this.refused('not-active');
    const { length } = data.userData;
    if (length > USER_DATA_OCTETS_MAX) return this.refused('too-long');
    const appearance = conversation.appearanceOf(context);
    const room = association!.claim(dataOctets(length, context, appearance), streamOfSls(data.sls, association!.streams));
    if (room === undefined) return this.refused('full');
    writeData(room, association!.claimedAt, data, context, appearance);
    return this.sent(length);
  }

  message(bytes: Uint8Array, at: number, end: number, stream: number | undefined): void {
    if (
      reader.read(bytes, at, end) &&
      this.conversation.takes(reader.routingContext, reader.networkAppearance, stream, performance.now())
    ) {
      const context = reader.routingContext;
      this.receive(reader.protocolData, context < 0 ? undefined : context);
      return;
    }
    this.drive({ kind: 'message', octets: bytes.subarray(at, end), ...(stream === undefined ? {} : { stream }) });
  }

  drained(): void {
    this.tellDrained();
  }

  lost(reason: LostReason, detail: string): void {
    const { association } = this;
    if (association === undefined) return;
    this.association = undefined;
    this.tellLost(association, reason, detail);
    this.drive({ kind: 'lost' });
    this.onLost?.();
  }

  audit(affected: readonly AffectedPointCode[]): void {
    for (const output of this.conversation.audit?.(affected, performance.now()) ?? []) this.carryOut(output);
    this.wake.set(this.conversation.wakeAt);
  }

  private drive(input: Input): void {
    const outputs = this.conversation.receive(input, performance.now());
    if (input.kind === 'message' && !outputs.some((it) => it.kind === 'data')) this.counters.controlIn++;
    for (const output of outputs) this.carryOut(output);
    this.wake.set(this.conversation.wakeAt);
    this.show(this.conversation.linkState);
  }

  private carryOut(output: AspOutput | IpspOutput): void {
    const { counters } = this;
    switch (output.kind) {
      case 'send':
        counters.controlOut++;
        this.association?.sendControl(encodeM3ua(output.message), output.stream);
        break;
      case 'data': {
        const { routingContext, protocolData } = output.data;
        this.receive(protocolData, routingContext?.length === 1 ? routingContext[0] : undefined);
        break;
      }
      case 'discarded':
        this.discard(output.reason, { what: output.what });
        break;
      case 'complaint':
        this.tellComplaint(output.message.errorCode);
        break;
      case 'network':
        for (const news of newsOf(output.message)) this.guarded(() => this.user.onDestination(this, news));
        break;
      case 'close':
        if (output.reason === 'done') this.association?.close();
        else this.association?.abort('silent');
        break;
      default:
        // States are looked at after every input; notifications of other ASPs change nothing here.
        break;
    }
  }
}
