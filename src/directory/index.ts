/** What operators change while the program runs: peers, VASPs, routes, subscribers, mail rules. */
export type { Finding } from './across.js';
export { historyOf, type KeptBook, type KeptEntry, type KeptObject, ObjectBook, type Plan, Replay } from './book.js';
export { createObjectStore, type ObjectKeeper } from './create-store.js';
export { differencesText, type KeyDifference, type ObjectDifference } from './difference.js';
export type { Directory, DirectorySnapshot } from './directory.js';
export { type Fault, faultText, type Path, pathText } from './faults.js';
export { isObjectKind, KINDS, OBJECT_KINDS, type ObjectKind, type ObjectTypes } from './kinds.js';
export { directoryOf, filtered, openMemoryObjects, Recent, setFaultText, type WrittenObjects } from './memory.js';
export {
  type Changed,
  type ChangeRefusal,
  type ChangeSet,
  HISTORY_DIFFERENCES_MAX,
  type HistoryEntry,
  type HistoryFilter,
  type ObjectChange,
  type ObjectStore,
  type SetFault,
  type StoredObject,
} from './object-store.js';
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
export { objectsReference } from './reference.js';
export type { NumberRangeMatch, Route, RouteMatch, RouteRefusal, RouteResult } from './route.js';
export { SECRET_MASK, type Secrets } from './secrets.js';
export type { MailRule, Road, Subscriber } from './subscriber.js';
export { type TrafficChange, trafficChanges } from './traffic.js';
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
export type { KeyWords, Written, WrittenTable } from './words.js';
export { keysOfKind, writtenValue } from './written-walk.js';
