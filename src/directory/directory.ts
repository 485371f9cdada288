/** The read port: what endpoints and domain see of the operators' objects. */
import type { Msisdn } from '#base';
import type { Peer } from './peer.js';
import type { Route } from './route.js';
import type { MailRule, Subscriber } from './subscriber.js';
import type { Vasp } from './vasp.js';

/** All objects as they stood at one revision. Never changes; what it hands out is frozen. A lookup costs a few map accesses; one by certificate or token goes through all of the kind. */
export interface DirectorySnapshot {
  /** Grows with every change of any object. 0: nothing was ever written. */
  readonly revision: number;
  /** By name. */
  readonly peers: readonly Peer[];
  readonly vasps: readonly Vasp[];
  /** The active ones, in the order in which they are asked: by priority, then by name. */
  readonly routes: readonly Route[];
  /** The active ones, in the order in which they are asked. */
  readonly mailRules: readonly MailRule[];
  peer(name: string): Peer | undefined;
  /** The peer whose domain it is, exactly; case does not matter. */
  peerOfDomain(domain: string): Peer | undefined;
  /** Peers that may connect from this address, those that name it most exactly first; those that name no network are not among them. */
  peersOfAddress(address: string): readonly Peer[];
  /** Peers whose identification names this certificate: `names` are its DNS names, `fingerprint` its SHA-256 in hex. */
  peersOfCertificate(names: readonly string[], fingerprint: string): readonly Peer[];
  vasp(name: string): Vasp | undefined;
  vaspOfId(vaspId: string): Vasp | undefined;
  /** By the user of its HTTP authentication. */
  vaspOfUser(user: string): Vasp | undefined;
  /** By a token of the JSON interface; takes equal time for every token. */
  vaspOfToken(token: string): Vasp | undefined;
  vaspOfShortCode(code: string): Vasp | undefined;
  /** VASPs without user and token that may call from this address. */
  vaspsOfAddress(address: string): readonly Vasp[];
  vaspsOfCertificate(names: readonly string[], fingerprint: string): readonly Vasp[];
  /** Absent: nothing is said of him, which is not the same as that he does not exist. */
  subscriber(msisdn: Msisdn): Subscriber | undefined;
  /** By the local part of a mailbox that is no number. */
  subscriberOfAlias(localPart: string): Subscriber | undefined;
}

/** Tells what is, and when it changes. */
export interface Directory {
  /** What holds now. Read it once for each piece of work, so that one piece sees one state. */
  readonly snapshot: DirectorySnapshot;
  /** Calls after every change, with what holds from then on; the listener must not throw. Gives what ends it. */
  onChange(listener: (snapshot: DirectorySnapshot) => void): () => void;
}
