/** The other carrier, for laboratories: `angarium peer send` and `angarium peer serve`, tests and benches. */
export {
  isPdu,
  type LabCarrier,
  type LabCarrierSettings,
  type LabMessage,
  type LabReceived,
  startLabCarrier,
} from './carrier.js';
export { LAB_PROFILES, type LabProfile, type LabProfileName, type LabReport, type LabResponse } from './profile.js';
