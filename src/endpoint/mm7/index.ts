/** Content providers speak to us here, and we to them: MM7 in SOAP, and its twin in JSON. */

export { createMm7Carrier, type Mm7Carrier } from './carrier.js';
export type { Mm7CarrierPorts, Mm7Config, Mm7Ports, VaspMessaging } from './config.js';
export { openApi } from './openapi.js';
export { type Mm7, startMm7 } from './server.js';
