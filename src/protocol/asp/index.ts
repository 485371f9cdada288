/** Conversations of M3UA, RFC 4666 4: the ASP's half, the gateway's, and both between IPSPs. Sans I/O. */
export type { AsSettings } from './application-server.js';
export type { AspInput, AspOutput, AspSettings, StateChange } from './asp-face.js';
export { AspSession } from './asp-session.js';
export {
  type AspState,
  type AsState,
  type Close,
  type Complaint,
  type Discarded,
  type DiscardReason,
  type Network,
  type Notified,
  type Received,
  type Send,
  streamOfSls,
  type Undeliverable,
} from './conversation.js';
export { type DestinationStatus, Destinations, type SsnmMessage, UNSAID } from './destinations.js';
export { IpspDouble, type IpspInput, type IpspOutput, type IpspSettings } from './ipsp-double.js';
export { Sgp } from './sgp.js';
export type { AspStateChange, AspTerms, SgpInput, SgpOutput, SgpSettings } from './sgp-face.js';
