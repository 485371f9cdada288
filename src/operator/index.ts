/** Lets a person see the core, and machines watch it. */
export type { HistoryView, MessagesView, MessageView, StatusView } from './api.js';
export {
  ApiConnection,
  type MessagesQuery,
  type ObjectFaults,
  OperatorClient,
  type OperatorError,
  type OperatorTarget,
} from './client.js';
export type { GateApiConfig, GateRole, GateUser, MonitoringConfig, OperatorConfig } from './config.js';
export type { FarSidePorts, RoadPorts } from './far-side-routes.js';
export {
  type AuditView,
  auditView,
  type DecisionsQuery,
  type DecisionsView,
  decisionsView,
  type FollowingView,
  type GateStatusView,
  gateStatusView,
  type ModeChange,
  type ModeRow,
  type ModesView,
  modesView,
  type NumberView,
  numberView,
  type ReloadView,
  type ReportQuery,
  reloadView,
} from './gate-api.js';
export {
  type GateApiPorts,
  type NumberChanges,
  numbersStateOf,
  startGateApi,
} from './gate-server.js';
export type { Allow, Caller, Refusal } from './gate-terms.js';
export type { RunningApi } from './http-api.js';
export { type Monitoring, type MonitoringPorts, startMonitoring } from './monitoring.js';
export {
  followList,
  type LoadJobView,
  loadJobView,
  type NumberStorePorts,
  type NumberStoreView,
  numberStoreView,
} from './number-store-routes.js';
export {
  type ApplyRequest,
  type ChangedView,
  changedView,
  type FarSide,
  type FarSidesView,
  type FarSideView,
  farSidesView,
  farSideView,
  type ObjectHistoryView,
  type ObjectsView,
  objectHistoryView,
  objectsView,
  type QueueActionView,
  queueActionView,
  type StoredObjectView,
  storedObjectView,
  type TestView,
  testView,
  type WaitingView,
  waitingView,
} from './object-api.js';
export { openApiDocument } from './openapi.js';
export { OPERATOR_HEADER, OPERATOR_ROLES, type OperatorRole, type OperatorUser } from './roles.js';
export { explainRoute, type RouteExplanation, type RouteQuestion, routeExplanation, routeQuestion } from './route-explanation.js';
export { type OperatorApi, type OperatorPorts, startOperatorApi } from './server.js';
