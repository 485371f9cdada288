/** Associations: the transports of signalling, the conversations on them, and the links that others send by. */
export { type AssociationPorts, type Associations, type AssociationView, createAssociations } from './create.js';
export { InProcessNetwork } from './in-process.js';
export type {
  DestinationNews,
  Link,
  LinkCounters,
  LinkDiscard,
  LinkRole,
  LinkState,
  LinkUser,
  TransferOutcome,
  UndeliverableReason,
} from './link.js';
export type { SctpTuning, TlsMaterial, TransportError, Tuning } from './port.js';
export type {
  AcceptSettings,
  AspLinkSettings,
  AspTraffic,
  AssociationSettings,
  ConnectSettings,
  GatewayLinkSettings,
  GatewaySettings,
  IpaLinkSettings,
  IpspLinkSettings,
  LinkSettings,
  ListenerSettings,
  PeerMatch,
  ReconnectSettings,
  ServingPeer,
  TransportKind,
} from './settings.js';
