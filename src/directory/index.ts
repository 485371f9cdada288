/** What operators change while the program runs: peers, VASPs, routes, subscribers, mail rules. */
export type { Directory, DirectorySnapshot } from './directory.js';
export type {
  Host,
  Peer,
  PeerAcknowledgement,
  PeerDialect,
  PeerIdentification,
  PeerLimits,
  PeerNumbers,
  PeerTls,
  TrafficState,
} from './peer.js';
export type { NumberRangeMatch, Route, RouteMatch, RouteRefusal, RouteResult } from './route.js';
export type { MailRule, Road, Subscriber } from './subscriber.js';
export type {
  ChargedParty,
  Vasp,
  VaspCharging,
  VaspDelivery,
  VaspDialect,
  VaspIdentification,
  VaspLimits,
  VaspOperation,
  VaspWindow,
} from './vasp.js';
