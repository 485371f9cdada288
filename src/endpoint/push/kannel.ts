/**
 * Push through Kannel's sendsms interface (user guide, "Using the HTTP interface to send SMS messages"): one GET for each short message.
 *
 * Nothing that Kannel answers ends a message. Its refusals do not tell a number's fault from the configuration's: an SMSC group taken out,
 * a mistyped password and `sendsms-chars` without the plus sign look like a number that cannot be had. So every refusal puts the push off,
 * loudly, and the message's own expiry ends what nobody repairs.
 *
 * A `sendsms-user` with name and password is all that Kannel needs. We cut long pushes ourselves, so that `max-messages` may stay 1; a `header`
 * or `footer` of that user would end up inside our octets.
 *
 * Password and query stand in the URL because the interface wants them there; neither goes into a log line or a reason.
 */
import { randomInt } from 'node:crypto';
import { Pool } from 'undici';
import { LIMITS, maskNumber } from '#base';
import type { Notifier, Push, PushOutcome } from '#messaging';
import type { KannelConfig } from './config.js';
import { type PushPorts, pushMeter } from './measure.js';
import { SEGMENTED_OCTETS_MAX, type ShortMessage, toShortMessages } from './short-messages.js';
import { toPushOctets } from './translate.js';

export interface KannelNotifier {
  readonly notifier: Notifier;
  /** Ends the connections; what is under way is deferred. */
  close(): Promise<void>;
}

/** What became of one short message. `trouble` names the condition without particulars: it is what is logged once. */
type Sent = { readonly ok: true } | { readonly ok: false; readonly trouble: Trouble; readonly reason: string };
type Trouble = 'unreachable' | 'busy' | 'refused';

/** Between two log lines of one trouble. Every push is counted in the metrics, and its message's history has the reason. */
const SAY_AGAIN_MS = 60_000;

/** Speaks to Kannel only when there is something to push; throws on a `url` that is none. */
export function createKannelNotifier(config: KannelConfig, ports: PushPorts): KannelNotifier {
  const url = new URL(config.url);
  const pool = new Pool(url.origin, {
    connections: config.connectionsMax,
    pipelining: 1,
    connectTimeout: config.timeoutMs,
    headersTimeout: config.timeoutMs,
    bodyTimeout: config.timeoutMs,
  });
  const record = pushMeter(ports.meter, 'kannel');
  const base = `${url.pathname}?${url.search === '' ? '' : `${url.search.slice(1)}&`}${fixedQuery(config)}`;
  let lastTransactionId = 0;
  /** When each trouble was last logged. */
  const saidAt = new Map<Trouble, number>();

  async function send(push: Push): Promise<PushOutcome> {
    const startedAt = performance.now();
    const outcome = await attempt(push);
    record(push.kind, outcome.kind, startedAt);
    return outcome;
  }

  async function attempt(push: Push): Promise<PushOutcome> {
    lastTransactionId = (lastTransactionId + 1) & 0xff;
    const octets = toPushOctets(push, config, lastTransactionId, SEGMENTED_OCTETS_MAX);
    if (!octets.ok) return { kind: 'failed', reason: octets.error.reason };
    // One after the other: when the first is refused, the rest would only be litter in the recipient's handset.
    for (const message of toShortMessages(octets.value, randomInt(0x100))) {
      const sent = await submit(push.to, message);
      if (!sent.ok) {
        complain(sent.trouble, sent.reason);
        return { kind: 'deferred', reason: sent.reason };
      }
    }
    return { kind: 'accepted' };
  }

  async function submit(to: string, message: ShortMessage): Promise<Sent> {
    const deadline = AbortSignal.timeout(config.timeoutMs);
    try {
      // With its plus sign, or Kannel's SMPP would call the number a national one.
      const path = `${base}&to=%2B${to}&udh=${percent(message.header)}&text=${percent(message.data)}`;
      const answer = await pool.request({ path, method: 'GET', signal: deadline });
      return judge(answer.statusCode, harmless(await firstLine(answer.body), config.password));
    } catch (e) {
      if (deadline.aborted) return { ok: false, trouble: 'unreachable', reason: 'Kannel has not answered in time' };
      const code = networkFault(e);
      if (code === undefined) throw e;
      return { ok: false, trouble: 'unreachable', reason: `Kannel cannot be reached: ${code}` };
    }
  }

  /** Says trouble once, then once a while as long as it lasts: a gateway in trouble would otherwise write a line for every push. */
  function complain(trouble: Trouble, reason: string): void {
    const now = performance.now();
    const before = saidAt.get(trouble);
    if (before !== undefined && now - before < SAY_AGAIN_MS) return;
    saidAt.set(trouble, now);
    if (trouble === 'refused') ports.log.error({ reason }, 'kannel: pushes are refused; check its configuration and ours');
    else ports.log.warn({ reason }, 'kannel: pushes are put off');
  }

  return { notifier: { push: send }, close: () => pool.destroy() };
}

/** Kannel's answers: 202 accepted (or queued until an SMSC link is back), 503 try later, 4xx something is wrong. Table "SMS Push reply codes". */
function judge(status: number, text: string): Sent {
  if (status >= 200 && status < 300) return { ok: true };
  const said = text === '' ? `${status}` : `${status} ${text}`;
  if (status >= 500) return { ok: false, trouble: 'busy', reason: `Kannel is busy: ${said}` };
  return { ok: false, trouble: 'refused', reason: `Kannel refused: ${said}` };
}

/** The first line of an answer. The rest is read (as far as is sane) so that the connection can be used again. */
async function firstLine(body: AsyncIterable<Uint8Array>): Promise<string> {
  let text = '';
  let octets = 0;
  for await (const chunk of body) {
    octets += chunk.length;
    if (octets > LIMITS.gatewayAnswerOctetsMax) break;
    text += Buffer.from(chunk).toString('latin1');
  }
  return text
    .trim()
    .split(/[\r\n]/, 1)[0]!
    .trimEnd();
}

/** The longest reason that is passed on. Kannel's own are under 80 characters. */
const REASON_CHARACTERS_MAX = 120;
/** Words only. A proxy's error page may repeat the URL with the password in it; its signs of markup and of queries are not in here. */
const PLAIN_REASON = /^[\w ,.:;()'/-]*$/;
const LONG_NUMBER = /[0-9]{5,}/g;

/** What Kannel said, when it is plain words without the password; numbers masked, as reasons go into logs. Else nothing. */
const harmless = (line: string, password: string): string =>
  PLAIN_REASON.test(line) && !line.includes(password)
    ? line.slice(0, REASON_CHARACTERS_MAX).replace(LONG_NUMBER, maskNumber)
    : '';

/**
 * The part of the query that is the same for all. `coding=1` is 8-bit data; no `charset`, since with 8-bit data there is nothing to convert.
 */
function fixedQuery(config: KannelConfig): string {
  const fields: [string, string][] = [
    ['username', config.username],
    ['password', config.password],
    ['from', config.from],
    ['coding', '1'],
  ];
  if (config.smsc !== undefined) fields.push(['smsc', config.smsc]);
  return fields.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
}

/** Every octet as `%XX`: right for any octet, and the same whichever way Kannel reads the plus sign. */
const PERCENT = Array.from({ length: 0x100 }, (_, octet) => `%${octet.toString(16).toUpperCase().padStart(2, '0')}`);
const percent = (octets: Uint8Array): string => {
  let text = '';
  for (const octet of octets) text += PERCENT[octet];
  return text;
};

/** The system's or undici's name of a fault (`ECONNREFUSED`, `UND_ERR_SOCKET`), never its message: that may quote the request. */
const networkFault = (e: unknown): string | undefined =>
  e instanceof Error && !(e instanceof TypeError) && 'code' in e && typeof e.code === 'string' && e.code !== 'UND_ERR_INVALID_ARG'
    ? e.code
    : undefined;
