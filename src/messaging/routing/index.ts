/** Where a message for one recipient goes, and why: a pure decision over the operator's table and what lookups know. */
export type {
  CameFrom,
  RouteQuestion,
  RouteRefusal,
  RouteRoad,
  RouteStep,
  RouteTrace,
  Routing,
  RoutingDecision,
} from './decision.js';
export type {
  LookupAnswer,
  LookupFailure,
  NumberHome,
  NumberSource,
  SubscriberState,
  Subscribers,
} from './lookups.js';
export type {
  RouteEntry,
  RouteKey,
  RouteRule,
  RouteTarget,
  RoutingSettings,
  RuleMatch,
  SourceSetting,
  WhenLookupFails,
} from './table.js';
