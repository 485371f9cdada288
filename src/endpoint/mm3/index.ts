/** MM3: messages from and to Internet mail. RFC 4356. */
export type { Mm3Carrier } from './carrier.js';
export {
  type AuthenticationMethod,
  type DkimSettings,
  MM3_DEFAULTS,
  type Mm3Directory,
  type Mm3IncomingSettings,
  type Mm3MailRule,
  type Mm3OutgoingSettings,
  type Mm3Ports,
  type Mm3Settings,
} from './settings.js';
export { createMm3Carrier, type Mm3, startMm3 } from './start.js';
