/**
 * The real program with phones at both ends, and a ledger of what each message was promised: those answered Ok must be there with their
 * octets, those refused must never come.
 */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { decodeParts, decodePdu, encodePdu, makeContent, plmn } from '#codec/mms';
import { createHandset, createTransport, type Handset, listen } from '#endpoint/handset';
import { makeSite, type Program, type Site, startProgram } from '../../kit/program.js';

const SENDER = '46702000001';
const RECIPIENT = '46701000001';
/** Goes into a row of the database. Unit: octets. */
export const SMALL = 500;
/** Goes into a segment file. Unit: octets. */
export const LARGE = 60_000;
const OK = 0x80;
/** What takes longer does not come any more. Unit: milliseconds. */
const PATIENCE_MS = 20_000;
const POLL_MS = 50;

/** Response-Status that tells a phone to try again: MMS_ENC 7.3.48; for 1.0, where there are no ranges, Error-network-problem. */
export const isTransient = (status: number, version: string): boolean =>
  version === '1.0' ? status === 0x86 : status >= 0xc0 && status <= 0xc3;

interface Sent {
  readonly digest: string;
  readonly version: string;
  /** Response-Status; absent while, or when, no answer came. */
  status?: number;
}

interface Notified {
  readonly url: string;
  readonly transactionId: string;
}

const digestOf = (octets: Uint8Array): string => createHash('sha256').update(octets).digest('hex');

export class Trial {
  readonly site: Site;
  private readonly transport = createTransport({ connectionsMax: 32 });
  private readonly sender: Handset;
  private readonly recipient: Handset;
  private readonly sent = new Map<string, Sent>();
  private readonly notified = new Map<string, Notified>();
  /** Messages that the recipient has confirmed: their content may be gone. */
  private readonly settled = new Set<string>();
  private readonly listener: ReturnType<typeof listen>;
  private readonly undo: (() => void) | undefined;
  private program: Program;
  private count = 0;

  /** `prepare` makes the data folder ready and says how to undo that, once the program has ended. */
  static async begin(prepare?: (site: Site) => () => void): Promise<Trial> {
    const site = await makeSite({ messages: ['push-retry = ["1s"]'] });
    let undo: (() => void) | undefined;
    try {
      undo = prepare?.(site);
      return new Trial(site, await startProgram(site), undo);
    } catch (error) {
      undo?.();
      await site.remove();
      throw error;
    }
  }

  private constructor(site: Site, program: Program, undo: (() => void) | undefined) {
    this.undo = undo;
    this.site = site;
    this.program = program;
    const handset = (msisdn: string): Handset =>
      createHandset(
        {
          mmscUrl: `http://127.0.0.1:${site.mm1Port}/mms`,
          msisdn,
          identityHeader: 'x-msisdn',
          version: '1.2',
          userAgent: 'journey',
          timeoutMs: PATIENCE_MS,
        },
        this.transport,
      );
    this.sender = handset(SENDER);
    this.recipient = handset(RECIPIENT);
    this.listener = listen({
      host: '127.0.0.1',
      port: site.labPort,
      msisdns: [RECIPIENT],
      onPush: ({ pdu }) => {
        if (pdu.kind !== 'm-notification-ind') return;
        assert.ok(pdu.subject);
        this.notified.set(pdu.subject, { url: pdu.contentLocation, transactionId: pdu.transactionId });
      },
    });
  }

  get pid(): number {
    return this.program.process.pid!;
  }

  /** Sends a message with random octets and waits for the answer. Resolves to its Response-Status; undefined when none came. */
  async submit(octets: number, version = '1.2'): Promise<number | undefined> {
    return (await this.submitNamed(octets, version)).status;
  }

  async submitNamed(octets: number, version = '1.2'): Promise<{ readonly marker: string; readonly status: number | undefined }> {
    const marker = `m${this.count++}`;
    const data = randomBytes(octets);
    const content = makeContent([{ contentType: { media: 'application/octet-stream', parameters: {} }, data }], {
      media: 'application/vnd.wap.multipart.mixed',
      parameters: {},
    });
    const entry: Sent = { digest: digestOf(data), version };
    this.sent.set(marker, entry);
    const answer = await this.sender.post(
      encodePdu({
        kind: 'm-send-req',
        transactionId: marker,
        version,
        from: { kind: 'insert-address' },
        to: [plmn(RECIPIENT)],
        cc: [],
        bcc: [],
        subject: marker,
        content,
      }),
    );
    if (!answer.ok) return { marker, status: undefined };
    const conf = decodePdu(answer.value.body);
    assert.ok(conf.ok && conf.value.kind === 'm-send-conf', `HTTP ${answer.value.status} without m-send.conf`);
    entry.status = conf.value.responseStatus;
    return { marker, status: entry.status };
  }

  /** Sends messages that must be accepted. Resolves to their markers. */
  async accepted(...sizes: readonly number[]): Promise<string[]> {
    const markers: string[] = [];
    for (const size of sizes) {
      const { marker, status } = await this.submitNamed(size);
      assert.equal(status, OK, `${marker} of ${size} octets`);
      markers.push(marker);
    }
    return markers;
  }

  /** Gets a message as its recipient; rejects unless it arrives with the octets that were sent. */
  async fetch(marker: string): Promise<void> {
    const notified = await this.until(`the notification of ${marker}`, async () => this.notified.get(marker));
    const answer = await this.recipient.fetchContent(notified.url);
    assert.ok(answer.ok, `${marker}: ${JSON.stringify(answer)}`);
    const { content, retrieveStatus, retrieveText } = answer.value.pdu;
    const parts = content && decodeParts(content);
    assert.ok(parts?.ok && parts.value.length === 1, `${marker}: retrieve status ${retrieveStatus}, ${retrieveText}`);
    assert.equal(digestOf(parts.value[0]!.data), this.sent.get(marker)!.digest, `${marker} has other octets`);
  }

  /** Gets a message and confirms it, after which nobody needs its content. True when the confirmation was taken. */
  async settle(marker: string): Promise<boolean> {
    await this.fetch(marker);
    const answer = await this.recipient.notifyResp(this.notified.get(marker)!.transactionId, 'retrieved');
    if (answer.ok) this.settled.add(marker);
    return answer.ok;
  }

  /** What /readyz says: undefined when ready, else the reasons. */
  async unreadiness(): Promise<string | undefined> {
    const answer = await fetch(`http://127.0.0.1:${this.site.monitoringPort}/readyz`);
    const { ready, reasons } = (await answer.json()) as { ready: boolean; reasons: readonly string[] };
    assert.equal(answer.status, ready ? 200 : 503);
    return ready ? undefined : reasons.join('; ');
  }

  /** Waits for the program to say that it is ready, by itself. */
  async recovered(): Promise<void> {
    await this.until('readiness', async () => ((await this.unreadiness()) === undefined ? true : undefined));
  }

  /** The value of a metric, all labels together. */
  async metric(name: string): Promise<number> {
    const text = await (await fetch(`http://127.0.0.1:${this.site.monitoringPort}/metrics`)).text();
    return [...text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'gm'))].reduce(
      (sum, [, value]) => sum + Number(value),
      0,
    );
  }

  async until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
    for (const giveUpAt = performance.now() + PATIENCE_MS; ; await pause(POLL_MS)) {
      const found = await look();
      if (found !== undefined) return found;
      assert.ok(performance.now() < giveUpAt, `${what} did not come; the program said:\n${this.program.output()}`);
    }
  }

  /** Ends the program without warning and starts it again on the same folder. Content addresses stay as they are. */
  async restart(): Promise<void> {
    await this.program.end('SIGKILL');
    this.program = await startProgram(this.site);
  }

  /**
   * Settles accounts, twice: as the program stands, and after a restart without warning. Every message answered Ok that was not confirmed
   * comes with its octets; of those refused nothing is ever seen; one without an answer may have been kept or not.
   */
  async audit(): Promise<void> {
    const [fence] = await this.accepted(SMALL);
    await this.fetch(fence!);
    for (const after of ['', ' after a restart']) {
      if (after !== '') await this.restart();
      for (const [marker, { status }] of this.sent)
        if (status === OK && !this.settled.has(marker))
          await this.fetch(marker).catch((error: Error) => assert.fail(`${error.message}${after}`));
      for (const [marker, { status }] of this.sent)
        if (status !== undefined && status !== OK)
          assert.ok(!this.notified.has(marker), `${marker} was refused and came${after}`);
    }
  }

  async end(): Promise<void> {
    await this.listener.close();
    await this.program.end('SIGKILL');
    await this.transport.close();
    this.undo?.();
    await this.site.remove();
  }
}
