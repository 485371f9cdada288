/** The number store for others: ENUM (NAPTR over DNS) and HTTP, read-only. */
export type { Clients, EnumConfig, EnumService, Listen, NumbersHttpConfig } from './config.js';
export { startEnum } from './enum-server.js';
export type { BatchAnswer, NumberAnswer, VersionView } from './http-answer.js';
export { startNumbersHttp } from './http-server.js';
export type { Listener, NumberingPorts } from './ports.js';
