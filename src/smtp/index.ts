/** SMTP: the listener by which mail comes in, the pool by which it goes out, and a far side for laboratories. */
export type { SmtpClientTls, SmtpDestination, SmtpHost, SmtpTimeouts } from './destination.js';
export type {
  SmtpCertificate,
  SmtpHandler,
  SmtpIdentified,
  SmtpNotify,
  SmtpRecipient,
  SmtpSender,
  SmtpSession,
  SmtpTransaction,
} from './handler.js';
export { SmtpDialogue, type SmtpDialogueSettings } from './laboratory/dialogue.js';
export type {
  SmtpFault,
  SmtpFaultName,
  SmtpLabMail,
  SmtpLabServer,
  SmtpLabServerSettings,
} from './laboratory/profile.js';
export { startSmtpLabServer } from './laboratory/server.js';
export { startSmtpListener } from './listener.js';
export type { SmtpListener, SmtpListenerCounters, SmtpListenerPorts } from './listener-port.js';
export type { SmtpListenerLimits, SmtpListenerSettings, SmtpServerTls } from './listener-settings.js';
export type { SmtpCause, SmtpMail, SmtpMailRecipient, SmtpOutcome, SmtpPhase, SmtpRecipientOutcome } from './mail.js';
export { readMailbox, type SmtpPath } from './path.js';
export { openSmtpPool } from './pool.js';
export type {
  SmtpCircuit,
  SmtpDialogueLine,
  SmtpHealth,
  SmtpPool,
  SmtpPoolPorts,
  SmtpPoolSettings,
  SmtpProbe,
  SmtpResolver,
} from './pool-port.js';
export { isPositive, isTransient, REPLIES, replyText, type SmtpReply } from './reply.js';
