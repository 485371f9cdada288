/** Handsets speak to us here: MM1 over HTTP. */
export type { Mm1Ports } from './answer.js';
export type { IdentityConfig, Mm1Config } from './config.js';
export { canCarryIdentity } from './identity.js';
export { type Mm1, startMm1 } from './server.js';
