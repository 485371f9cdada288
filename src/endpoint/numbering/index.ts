/** Numbers between systems: the number store for others (ENUM by DNS, and HTTP), and what others know, as lookups of routing. */
export type { Clients, EnumConfig, EnumService, Listen, NumbersHttpConfig } from './config.js';
export { answers, type DnsAnswer, readAnswer } from './dns-answer.js';
export type { DnsServer } from './dns-query.js';
export { answerQuery, type EnumReply } from './enum-answer.js';
export { createEnumClient, type EnumClientConfig } from './enum-client.js';
export { startEnum } from './enum-server.js';
export type { BatchAnswer, NumberAnswer, VersionView } from './http-answer.js';
export { createHttpClient, type HttpClientConfig, type HttpFields, readHttpAnswer } from './http-client.js';
export { startNumbersHttp } from './http-server.js';
export type { LookupClient, LookupConfig, LookupPorts } from './lookups.js';
export { chooseHome, type EnumClientService } from './naptr-choice.js';
export type { Listener, NumberingPorts } from './ports.js';
export { Zone } from './zone.js';
