/**
 * Who may come in by a listener, and as whom. A peer is recognised by its address, port and certificate at once, and by its ASP identifier or
 * unit name with the first message; whoever is not recognised is sent away, and nothing of it is read any further.
 */
import type { Log } from '#base';
import { type CcmMessage, decodeIpa, encodeCcm, ID_TAGS } from '#codec/ipa';
import { decodeM3ua, ERROR_CODE, encodeM3ua } from '#codec/m3ua';
import type { AddressSet } from './addresses.js';
import { RECOGNISE_MS, UNRECOGNISED_MAX } from './bounds.js';
import type { Association, AssociationUser, Peer } from './port.js';
import { RareLog } from './rare-log.js';
import type { PeerMatch } from './settings.js';

/** One who may come in. */
export interface Guest {
  readonly name: string;
  readonly match: PeerMatch;
  /** Of `match`. */
  readonly addresses: AddressSet | undefined;
  /** The association is this guest's. */
  enter(association: Association): AssociationUser;
}

function fits({ match, addresses }: Guest, peer: Peer): boolean {
  if (addresses !== undefined && !peer.addresses.some((it) => addresses.has(it))) return false;
  if (match.port !== undefined && match.port !== peer.port) return false;
  return match.certificateName === undefined || peer.certificateNames.includes(match.certificateName.toLowerCase());
}

/** What the first message says of the sender. `undefined`: it does not say anything yet, and another is waited for. */
type Reading = { readonly said: number | string | undefined } | undefined;

/** How the first messages of a protocol tell who the peer is. */
interface Greeting {
  /** Sent by the listener as soon as the association is there. */
  readonly opening: Uint8Array | undefined;
  /** What a message of the peer's says. */
  read(octets: Uint8Array): Reading;
  readonly wants: (match: PeerMatch) => number | string | undefined;
  /** Whether the message is one that the conversation has to see as well. */
  readonly isPassedOn: boolean;
  /** Said to who is not recognised. */
  readonly refusal: Uint8Array | undefined;
}

/** The unit name alone is asked for: it is what SCCPlite peers are known by. */
const ID_GET: CcmMessage = { kind: 'ID_GET', tags: [ID_TAGS.unitName] };

const GREETINGS: Readonly<Record<'m3ua' | 'ipa', Greeting>> = {
  m3ua: {
    opening: undefined,
    read(octets) {
      const decoded = decodeM3ua(octets);
      if (!decoded.ok || decoded.value.kind !== 'ASPUP') return undefined;
      return { said: decoded.value.aspIdentifier };
    },
    wants: (match) => match.aspIdentifier,
    isPassedOn: true,
    refusal: encodeM3ua({ kind: 'ERR', errorCode: ERROR_CODE.invalidAspIdentifier }),
  },
  ipa: {
    opening: encodeCcm(ID_GET),
    read(octets) {
      const decoded = decodeIpa(octets);
      if (!decoded.ok || decoded.value.kind !== 'ccm' || decoded.value.message.kind !== 'ID_RESP') return undefined;
      return { said: decoded.value.message.values.find((it) => it.tag === ID_TAGS.unitName)?.text };
    },
    wants: (match) => match.unitName,
    isPassedOn: false,
    refusal: undefined,
  },
};

/** Reads the first message of an association and hands it over. */
class Waiting implements AssociationUser {
  private readonly door: Door;
  private readonly association: Association;
  private readonly guests: readonly Guest[];
  private readonly timer: NodeJS.Timeout;

  constructor(door: Door, association: Association, guests: readonly Guest[]) {
    this.door = door;
    this.association = association;
    this.guests = guests;
    this.timer = setTimeout(() => association.abort('not-recognised'), RECOGNISE_MS);
  }

  message(bytes: Uint8Array, at: number, end: number, stream: number | undefined): void {
    const { greeting } = this.door;
    const reading = greeting.read(bytes.subarray(at, end));
    // Anything else before it has said who it is: not ours to answer.
    if (reading === undefined) return;
    const guest =
      this.guests.find((it) => reading.said !== undefined && greeting.wants(it.match) === reading.said) ??
      this.guests.find((it) => greeting.wants(it.match) === undefined);
    if (guest === undefined) {
      if (greeting.refusal !== undefined) this.association.sendControl(greeting.refusal, 0);
      this.association.close();
      return;
    }
    this.done();
    const user = guest.enter(this.association);
    this.association.use(user);
    if (greeting.isPassedOn) user.message(bytes, at, end, stream);
  }

  drained(): void {}

  lost(): void {
    this.done();
    this.door.tellRefused(this.association.peer, 'it did not say who it is, or nobody is expected by that name');
  }

  private done(): void {
    clearTimeout(this.timer);
    this.door.waiting.delete(this.association);
  }
}

export class Door {
  readonly greeting: Greeting;
  readonly waiting = new Set<Association>();
  private readonly name: string;
  private readonly protocol: 'm3ua' | 'ipa';
  private readonly guests: readonly Guest[];
  private readonly rare: RareLog;

  constructor(name: string, protocol: 'm3ua' | 'ipa', guests: readonly Guest[], log: Log) {
    this.name = name;
    this.protocol = protocol;
    this.greeting = GREETINGS[protocol];
    this.guests = guests;
    this.rare = new RareLog(log);
  }

  /** Somebody has come. Undefined: nobody who could come so, or too many wait already. */
  readonly accept = (association: Association): AssociationUser | undefined => {
    const { peer } = association;
    const possible = this.guests.filter((it) => fits(it, peer));
    const must = this.protocol === 'ipa' || possible.some((it) => it.match.aspIdentifier !== undefined);
    if (possible.length === 0) {
      this.tellRefused(peer, 'nobody is expected from there');
      return undefined;
    }
    if (!must) return possible[0]!.enter(association);
    if (this.waiting.size >= UNRECOGNISED_MAX) {
      this.tellRefused(peer, 'too many wait to be recognised');
      return undefined;
    }
    this.waiting.add(association);
    if (this.greeting.opening !== undefined) association.sendControl(this.greeting.opening, 0);
    return new Waiting(this, association, possible);
  };

  tellRefused(peer: Peer, why: string): void {
    const { addresses, port, certificateNames } = peer;
    this.rare.warn({ listener: this.name, addresses, port, certificateNames, why }, 'association refused');
  }

  tellNotAllowed(address: string): void {
    this.rare.warn({ listener: this.name, addresses: [address] }, 'connection from an address that is not allowed');
  }

  close(): void {
    for (const association of [...this.waiting]) association.abort('closed');
  }
}
