/** The other side of MM7: a content provider for the command line, tests and benches. */
export { isProfile, PROFILES, type Profile, type ProfileName } from './profiles.js';
export { callRelay, callSoap, type HttpAnswer, type Login, type RelayAddress, type SoapAnswer } from './send.js';
export { type Provider, type ProviderConfig, type Received, type ReceivedPart, serveProvider } from './serve.js';
