/** Content providers speak to us here, and we to them: MM7 in SOAP, and its twin in JSON. */

export { createMm7Carrier, type Mm7Carrier } from './carrier.js';
export type { Mm7CarrierPorts, Mm7Config, Mm7Ports, VaspMessaging } from './config.js';
export { openApi } from './openapi.js';
export { isProfile, PROFILES, type Profile, type ProfileName } from './provider/profiles.js';
export { callRelay, callSoap, type HttpAnswer, type Login, type RelayAddress, type SoapAnswer } from './provider/send.js';
export { type Provider, type ProviderConfig, type Received, type ReceivedPart, serveProvider } from './provider/serve.js';
export { type Mm7, startMm7 } from './server.js';
