/**
 * An association between IPSPs that use the double exchange: each side is the other's ASP, and brings its own half up. RFC 4666 4.3.1, 4.3.4.
 * Our half is an `AspSession`: while it is active the peer sends to us. The peer's half is an `Sgp` with one ASP: while that is active we send.
 */
import { MESSAGES, type MessageKind, type ProtocolData } from '#codec/m3ua';
import type { AsSettings } from './application-server.js';
import type { AspInput, AspOutput, AspSettings } from './asp-face.js';
import { AspSession } from './asp-session.js';
import { type AspState, earliest } from './conversation.js';
import { Sgp } from './sgp.js';
import type { SgpOutput } from './sgp-face.js';

export interface IpspSettings {
  /** Our half: routing contexts of ours. */
  readonly own: Omit<AspSettings, 'role' | 'begins'>;
  /** The peer's ASs. */
  readonly peer: readonly AsSettings[];
}

export type IpspInput =
  | Exclude<AspInput, { readonly kind: 'transfer' | 'audit' }>
  /** `routingContext`: of the peer's AS. */
  | { readonly kind: 'transfer'; readonly data: ProtocolData; readonly routingContext: number };

/** `half`: whose state it tells of. */
export type IpspOutput = ({ readonly half: 'own' } & AspOutput) | ({ readonly half: 'peer' } & SgpOutput);

/** The one ASP of the peer's half. */
const PEER = 'peer';

/** What the peer asks for belongs to its half; answers and what is sent to us belong to ours. */
const REQUESTS: readonly MessageKind[] = ['ASPUP', 'ASPDN', 'ASPAC', 'ASPIA', 'REG_REQ', 'DEREG_REQ', 'BEAT', 'DAUD'];

/** Seen from class and type alone: the half that it belongs to reads the message. */
const isRequest = (octets: Uint8Array): boolean =>
  REQUESTS.some((kind) => MESSAGES[kind].class === octets[2] && MESSAGES[kind].type === octets[3]);

export class IpspDouble {
  private readonly own: AspSession;
  private readonly peer: Sgp;
  private readonly serves: readonly number[];

  constructor(settings: IpspSettings) {
    this.own = new AspSession(settings.own);
    this.peer = new Sgp({ applicationServers: settings.peer, notifies: false });
    this.serves = settings.peer.map((it) => it.routingContext);
  }

  get ownState(): AspState {
    return this.own.state;
  }

  get peerState(): AspState {
    return this.peer.aspState(PEER);
  }

  /** The fast door of DATA that comes, for our half: see `AspSession.takes`. */
  takes(routingContext: number, networkAppearance: number, stream: number | undefined, now: number): boolean {
    return this.own.takes(routingContext, networkAppearance, stream, now);
  }

  /** Whether DATA for an AS of the peer's goes out without a further look. */
  sends(routingContext: number, sls: number): boolean {
    return this.peer.receiver(routingContext, sls) !== undefined;
  }

  get wakeAt(): number | undefined {
    return earliest(this.own.wakeAt, this.peer.wakeAt);
  }

  /** Takes one input. `now`: milliseconds of a clock that does not go back. */
  receive(input: IpspInput, now: number): IpspOutput[] {
    switch (input.kind) {
      case 'up':
        return [
          ...ofPeer(this.peer.receive({ kind: 'up', asp: PEER, streams: input.streams, terms: { serves: this.serves } }, now)),
          ...ofOwn(this.own.receive(input, now)),
        ];
      case 'lost':
        return [...ofOwn(this.own.receive(input, now)), ...ofPeer(this.peer.receive({ kind: 'lost', asp: PEER }, now))];
      case 'timer':
        return [...ofOwn(this.own.receive(input, now)), ...ofPeer(this.peer.receive(input, now))];
      case 'want':
        return ofOwn(this.own.receive(input, now));
      case 'transfer':
        return ofPeer(this.peer.receive(input, now));
      case 'message':
        return isRequest(input.octets)
          ? ofPeer(this.peer.receive({ ...input, asp: PEER }, now))
          : ofOwn(this.own.receive(input, now));
    }
  }
}

const ofOwn = (outputs: readonly AspOutput[]): IpspOutput[] => outputs.map((it) => ({ half: 'own', ...it }));
const ofPeer = (outputs: readonly SgpOutput[]): IpspOutput[] => outputs.map((it) => ({ half: 'peer', ...it }));
