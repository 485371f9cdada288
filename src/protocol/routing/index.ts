/** Routing: point codes, global title translation, and what SCCP's routing control does with both. */
export type {
  Availability,
  DestinationChange,
  DestinationState,
  Discarded,
  Here,
  Hop,
  NoHop,
  NotTranslated,
  RouteAnswer,
  Step,
  SubsystemState,
  TargetFault,
  Translated,
  Translation,
  TranslationFault,
} from './answers.js';
export type {
  ActionSpec,
  AddressChange,
  CallingCheckSpec,
  CongestionSpec,
  EntrySpec,
  Finding,
  FindingKind,
  GroupSpec,
  GttSpec,
  LinkSpec,
  Match,
  MemberSpec,
  NetworkIndicator,
  NetworkSpec,
  RouteSpec,
  RoutingSpec,
  SelectorSpec,
  SetSpec,
  ShareKey,
  TargetSpec,
  ViaSpec,
} from './config.js';
export type { Question } from './gtt.js';
export { lintRouting, type NamedElsewhere } from './lint.js';
export type { Dropped, Label, Local, RelayFault, RelayOptions, RelayOutcome, Transfer } from './relay-answers.js';
export type { NetworkNews, RoutesOutput } from './routes.js';
export { PointCodeRoutes } from './routes.js';
export { createRouting, Routing, type RoutingOutput } from './routing.js';
export { SSN_MANAGEMENT, type SubsystemOutput, Subsystems, type UserPartCause } from './subsystems.js';
