/** The envelope of what peers send: who it is, which recipients are ours, and the content to `answer.ts`. */
import { timingSafeEqual } from 'node:crypto';
import type { Peer } from '#directory';
import { addressKey } from '#messaging';
import { REPLIES, type SmtpHandler, type SmtpPath, type SmtpReply } from '#smtp';
import { readable, toDomain } from './addresses.js';
import type { AnswerMail } from './answer.js';
import type { Mm4Config, Mm4Ports } from './config.js';
import { identify } from './peers.js';

/** Local parts of system mailboxes, whatever a peer's object says: RFC 5321 4.5.1, and those that real systems write to. */
const SYSTEM_LOCALS: ReadonlySet<string> = new Set([
  'postmaster',
  'system-user',
  'mms-system',
  'mailer-daemon',
  'admin',
  'system',
]);

/** Whether mail to this local part is for the system. */
const isSystem = ({ localPart }: SmtpPath, peer: Peer): boolean =>
  SYSTEM_LOCALS.has(localPart.toLowerCase()) || localPart.toLowerCase() === peer.dialect.systemMailbox.toLowerCase();

/** Equal in time that says nothing of where they differ. */
function isEqual(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** What the listeners ask. */
export function createHandler(
  config: Mm4Config,
  { directory, now }: Pick<Mm4Ports, 'directory' | 'now'>,
  answer: AnswerMail,
): SmtpHandler<Peer> {
  /** Towards this peer only its own domain of ours, where it has one; without a domain `postmaster` alone. RFC 5321 4.5.1. */
  const isOurs = ({ domain, localPart }: SmtpPath, peer: Peer): boolean =>
    domain === '' ? localPart.toLowerCase() === 'postmaster' : config.domains.includes(domain) || domain === peer.ownDomain;

  /** The recipient as the domain knows it; undefined for what is no address of a user. */
  function userOf({ localPart }: SmtpPath, peer: Peer) {
    const address = readable(localPart);
    const known = address?.kind === 'number' ? toDomain(address, peer.numbers) : undefined;
    return known?.kind === 'unknown' ? undefined : known;
  }

  return {
    identify: (session, sender) => identify(session, sender, directory.snapshot, now()),

    authenticate: (_session, user, password) =>
      directory.snapshot.peers.some(({ identification }) => {
        const isRight = isEqual(identification.password ?? '', password);
        return identification.user === user && identification.password !== undefined && isRight;
      }),

    recipient({ peer }, { path }): SmtpReply | undefined {
      if (!isOurs(path, peer)) return REPLIES.relayingDenied;
      return isSystem(path, peer) || userOf(path, peer) !== undefined ? undefined : REPLIES.unknownRecipient;
    },

    message({ peer, sender, recipients }, content) {
      const users = recipients.filter(({ path }) => !isSystem(path, peer)).flatMap(({ path }) => userOf(path, peer) ?? []);
      return answer({
        peer,
        sender: sender.path === undefined ? undefined : readable(sender.path.text),
        // The same recipient twice is one.
        recipients: [...new Map(users.map((it) => [addressKey(it), it])).values()],
        content,
      });
    },
  };
}
