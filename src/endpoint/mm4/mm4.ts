/** MM4 as the program has it: the road to peers, the door for them, and a look at one of them. */
import type { Peer } from '#directory';
import type { Carrier, Messaging } from '#messaging';
import { type SmtpListener, type SmtpProbe, startSmtpListener } from '#smtp';
import { envelopeText, homeDomain, readable, systemMailbox, toDomain } from './addresses.js';
import { createAnswers, type Respond } from './answer.js';
import { createCarrier } from './client.js';
import type { Mm4Config, Mm4Ports } from './config.js';
import { destinationOf } from './peers.js';
import { createHandler } from './server.js';
import { createTelemetry } from './telemetry.js';
import { headerMail } from './translate-out.js';

export interface Mm4 {
  /** The road to peers, for `Ports.carriers` of the domain. */
  readonly carrier: Carrier;
  /** Opens the listeners. Rejects with a sentence for the operator; then none is open. */
  listen(messaging: Messaging): Promise<Mm4Listening>;
  /**
   * A real dialogue with a peer up to RCPT, without content: to its system mailbox, or to `recipient`, a mailbox or a number of the peer's.
   * Undefined: no such peer.
   */
  testPeer(name: string, recipient?: string): Promise<SmtpProbe | undefined>;
}

export interface Mm4Listening {
  readonly listeners: readonly SmtpListener[];
  /** Takes no more mail; what is under way may end for `graceMs` (default: the limit's). */
  close(graceMs?: number): Promise<void>;
}

/** Puts the parts together. The domain needs the carrier before it exists, and the listeners need the domain: hence two steps. */
export function openMm4(config: Mm4Config, ports: Mm4Ports): Mm4 {
  const { directory, pool, log, meter, now } = ports;
  const { domains } = config;
  const telemetry = createTelemetry({ log, meter });

  const respond: Respond = async (peer, mailbox, pdu) => {
    const written = headerMail(pdu, { peer, domains, now: now() });
    if (!written.ok) {
      telemetry.sent(peer, pdu.kind, 'failed', written.error.detail);
      return false;
    }
    const sending = pool.send(destinationOf(peer), {
      sender: systemMailbox(peer, domains),
      recipients: [{ address: mailbox, notify: ['NEVER'] }],
      pieces: written.value.pieces,
    });
    const outcome = await within(sending, config.refusalWaitMs);
    const one = outcome?.recipients[0];
    telemetry.sent(
      peer,
      pdu.kind,
      one?.kind ?? 'late',
      one === undefined ? 'not in time' : one.kind === 'taken' ? '' : one.detail,
    );
    return one?.kind === 'taken';
  };

  return {
    carrier: createCarrier(config, ports, telemetry),

    async listen(messaging) {
      const handler = createHandler(config, ports, createAnswers(config, ports, messaging, respond, telemetry));
      const listeners: SmtpListener[] = [];
      const close = async (graceMs?: number): Promise<void> =>
        void (await Promise.all(listeners.map((listener) => listener.close(graceMs))));
      for (const settings of config.listeners) {
        try {
          listeners.push(await startSmtpListener(settings, { handler, log, meter }));
        } catch (e) {
          await close();
          throw e;
        }
      }
      return { listeners, close };
    },

    async testPeer(name, recipient) {
      const peer = directory.snapshot.peer(name);
      if (peer === undefined) return undefined;
      const to = recipient === undefined ? `${peer.dialect.systemMailbox}@${homeDomain(peer)}` : mailboxAt(recipient, peer);
      return pool.probe(destinationOf(peer), { sender: systemMailbox(peer, domains), recipients: [to] });
    },
  };
}

/** A mailbox as it is written; a number as the peer wants it, at its domain. What is neither is refused by the pool. */
function mailboxAt(text: string, peer: Peer): string {
  const address = text.includes('@') ? undefined : readable(text);
  const known = address && toDomain(address, peer.numbers);
  return (known && envelopeText(known, homeDomain(peer), peer.dialect)) ?? text;
}

/** What a promise gives within a time; undefined after it. The promise goes on. */
async function within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
