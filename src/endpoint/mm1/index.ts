/** Handsets speak to us here: MM1 over HTTP. */
export { createAccess } from './access.js';
export { Admission } from './admission.js';
export { type Answers, type ContentReply, createAnswers, type Mm1Ports, type Reply } from './answer.js';
export type { IdentityConfig, Mm1Config } from './config.js';
export { canCarryIdentity } from './identity.js';
export { type Mm1, startMm1 } from './server.js';
export { createTelemetry } from './telemetry.js';
