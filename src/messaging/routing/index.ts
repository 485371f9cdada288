/** Where a message for one recipient goes, and why: what lookups know, what the operator's routes say, what is allowed. */
export type { LookupAnswer, LookupFailure, NumberHome, NumberSource } from './lookups.js';
export { portabilitySource } from './portability-source.js';
export { createRouter, type ExplainingRouter, type RoutingPorts } from './router.js';
export type { RoutingSettings, SourceSetting, WhenLookupFails } from './settings.js';
export type { ExplainedDecision, PassedOver, RouteStep, RouteTrace } from './trace.js';
export { decisionText, homeText, routeTraceText } from './trace-text.js';
