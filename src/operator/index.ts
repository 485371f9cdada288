/** Lets a person see the core, and machines watch it. */
export type { HistoryView, MessagesView, MessageView, StatusView } from './api.js';
export { type MessagesQuery, OperatorClient, type OperatorError, type OperatorTarget } from './client.js';
export type { GateApiConfig, GateRole, GateUser, MonitoringConfig, OperatorConfig } from './config.js';
export { type Monitoring, type MonitoringPorts, startMonitoring } from './monitoring.js';
export { type OperatorApi, type OperatorPorts, startOperatorApi } from './server.js';
