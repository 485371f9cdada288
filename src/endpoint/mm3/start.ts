/** MM3 as a whole: the listener where one is wanted, and the carrier for the domain. */
import { type SmtpListener, startSmtpListener } from '#smtp';
import { Mm3Carrier } from './carrier.js';
import { Mm3Receiver } from './receiver.js';
import type { Mm3Ports, Mm3Settings } from './settings.js';

export interface Mm3 {
  /** Absent: no mail comes in. */
  readonly listener?: SmtpListener;
  close(graceMs?: number): Promise<void>;
}

/** The road to mailboxes, for `Ports.carriers.email` of the domain. Throws what node:crypto says of a DKIM key that cannot be read. */
export const createMm3Carrier = (settings: Mm3Settings, ports: Pick<Mm3Ports, 'pool' | 'now' | 'log'>): Mm3Carrier =>
  new Mm3Carrier(settings, ports);

/** Takes mail in. Rejects with a sentence for the operator when the port cannot be bound or the TLS material cannot be used. */
export async function startMm3(settings: Mm3Settings, ports: Mm3Ports, carrier: Mm3Carrier): Promise<Mm3> {
  const { listener: listening } = settings.incoming ?? {};
  if (listening === undefined) return { close: () => Promise.resolve() };
  const handler = new Mm3Receiver(settings, { ...ports, carrier });
  // SMTPUTF8 is offered for the sake of header sections in UTF-8, which border servers else bounce. An address that is not ASCII stays nobody.
  const listener = await startSmtpListener(
    { dsn: true, deliverBy: true, utf8: true, ...listening },
    { handler, log: ports.log, ...(ports.meter === undefined ? {} : { meter: ports.meter }) },
  );
  return { listener, close: (graceMs) => listener.close(graceMs) };
}
