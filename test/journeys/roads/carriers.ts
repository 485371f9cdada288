/** Carriers as whole programs: each with its configuration, its objects and its ports, and the command line beside it. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { COLUMNS, type readLine } from '#charging';
import { type Content, decodeParts, type MmsPdu } from '#codec/mms';
import { createHandset, type Handset, type Listener, listen } from '#endpoint/handset';
import { freePort, makeSite, type Site } from '../../kit/program.js';
import { type Ran, runCli } from '../program.js';

export interface CarrierSite extends Site {
  readonly name: string;
  /** Its MMS domain, for MM4 and for mail. */
  readonly domain: string;
  readonly mm4Port: number;
  readonly mm3Port: number;
  readonly mm7Port: number;
  /** Folder of its charging files. */
  readonly charging: string;
}

export interface CarrierOptions {
  readonly name: string;
  /** Its own numbers begin so. */
  readonly own: string;
  /** Port of the mail server that takes what leaves; absent: MM3 is not configured. */
  readonly mailPort?: number;
  /** Rows of its number store; absent: it has none. */
  readonly numbers?: readonly string[];
  /** Further keys, as lines of TOML by section. */
  readonly sections?: Readonly<Record<string, readonly string[]>>;
}

/** Configuration and numbers of one carrier. It is started by `startProgram` of the kit. */
export async function makeCarrier({ name, own, mailPort, numbers, sections = {} }: CarrierOptions): Promise<CarrierSite> {
  const domain = `mms.${name}.example`;
  const [mm4Port, mm3Port, mm7Port] = [await freePort(), await freePort(), await freePort()];
  const base: Record<string, readonly string[]> = {
    numbering: [`own-numbers = ["${own}"]`],
    mm4: [`domains = ["${domain}"]`, `listen = "127.0.0.1:${mm4Port}"`],
    mm7: [`listen = "127.0.0.1:${mm7Port}"`],
    charging: ['folder = "charging"', 'formats = ["json", "csv"]', `node = "${name}"`],
  };
  if (mailPort !== undefined)
    base['mm3'] = [
      `domains = ["${domain}"]`,
      `listen = "127.0.0.1:${mm3Port}"`,
      `smart-host = "127.0.0.1:${mailPort}"`,
      'otherwise = "accept"',
    ];
  if (numbers !== undefined) base['routing.numbers'] = ['folder = "numbers"'];
  for (const [section, lines] of Object.entries(sections)) base[section] = [...(base[section] ?? []), ...lines];
  const site = await makeSite(base, 'info');
  if (numbers !== undefined) {
    const file = join(site.folder, 'numbers.csv');
    writeFileSync(file, ['number,portability-type,entity,routing-number', ...numbers, ''].join('\n'));
    await said('numbers', 'import', file, '--data', join(site.folder, 'numbers'));
  }
  return { ...site, name, domain, mm4Port, mm3Port, mm7Port, charging: join(site.folder, 'charging') };
}

/** What a command says; a command that fails is a failure of the test. */
export async function said(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runCli(args);
  assert.equal(code, 0, `angarium ${args.join(' ')}: ${stderr}`);
  return stdout;
}

/** Asks a running carrier. */
export const ask = (site: Site, ...args: readonly string[]): Promise<Ran> => runCli([...args, '--config', site.config]);

/** Asks a running carrier for JSON. */
export const asked = async <T>(site: Site, ...args: readonly string[]): Promise<T> =>
  JSON.parse(await said(...args, '--config', site.config, '--json')) as T;

/** Operators' objects: another carrier as a peer, and the route of its numbers to it. */
export const peerObjects = (far: CarrierSite, prefix: string, more: readonly string[] = []): string => `[[peer]]
name = "${far.name}"
domains = ["${far.domain}"]
hosts = ["127.0.0.1:${far.mm4Port}"]
retry = ["1s"]
${more.join('\n')}
[peer.identification]
networks = ["127.0.0.1"]
[peer.tls]
outgoing = "never"
[[route]]
name = "to-${far.name}"
match = { prefixes = ["${prefix}"] }
result = { kind = "peer", peer = "${far.name}" }
`;

/** Applies objects as an operator does. */
export async function apply(site: Site, objects: string, ...options: readonly string[]): Promise<string> {
  const file = join(site.folder, 'objects.toml');
  writeFileSync(file, objects);
  return said('apply', file, '--yes', '--config', site.config, ...options);
}

/** One event of a message's history, beside the facts of its kind. */
export interface HistoryEvent {
  readonly kind: string;
  readonly recipient?: string;
  readonly road?: string;
  readonly answer?: string;
  readonly outcome?: string;
  readonly verdict?: string;
  readonly status?: string;
  readonly reason?: string;
}

export interface History {
  readonly message: { readonly id: string; readonly sender: string };
  readonly deliveries: readonly { readonly recipient: string; readonly state: string; readonly reason?: string }[];
  readonly reports: readonly unknown[];
  readonly events: readonly HistoryEvent[];
}

export const historyOf = (site: Site, id: string): Promise<History> => asked(site, 'message', id);

/** Messages of a carrier, newest first. */
export const messagesOf = async (site: Site): Promise<readonly { readonly id: string; readonly sender: string }[]> =>
  (await asked<{ messages: { id: string; sender: string }[] }>(site, 'messages', '--limit', '1000')).messages;

/** Longer waits are in vain. Unit: milliseconds. Below the test runner's own limit, so that the failure names what was waited for. */
const WAIT_MS = 60_000;

/** Asks again and again until there is an answer; `what` names it when there is none. */
export async function until<T>(what: string, find: () => T | undefined | false | Promise<T | undefined | false>): Promise<T> {
  const giveUpAt = performance.now() + WAIT_MS;
  for (;;) {
    const found = await find();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > giveUpAt) assert.fail(`waited in vain for ${what}`);
    await sleep(50);
  }
}

export const sha256 = (octets: Uint8Array): string => createHash('sha256').update(octets).digest('hex');

/** Digests of the parts of content that are no presentation, in their order. */
export function digestsOf(content: Content): readonly string[] {
  const parts = decodeParts(content);
  assert.ok(parts.ok);
  return parts.value.filter(({ contentType }) => contentType.media !== 'application/smil').map(({ data }) => sha256(data));
}

export interface Phone extends Handset {
  readonly number: string;
  /** Every push, and every message that it fetched, oldest first. */
  readonly heard: readonly MmsPdu[];
  /** Digests of the attachments of each message that it fetched. */
  readonly digests: readonly (readonly string[])[];
}

/** A handset of a carrier that listens, fetches at once, and reports reading where that is wished. */
export async function phoneOf(site: Site, number: string): Promise<Phone> {
  const handset = createHandset({
    mmscUrl: `http://127.0.0.1:${site.mm1Port}/mms`,
    msisdn: number,
    identityHeader: 'x-msisdn',
    version: '1.2',
    userAgent: 'journey',
    timeoutMs: 60_000,
  });
  const heard: MmsPdu[] = [];
  const digests: (readonly string[])[] = [];
  const listener: Listener = listen({
    host: '127.0.0.1',
    port: site.labPort,
    msisdns: [number],
    onPush: async ({ pdu }) => {
      heard.push(pdu);
      if (pdu.kind !== 'm-notification-ind') return;
      const fetched = await handset.fetchContent(pdu.contentLocation);
      assert.ok(fetched.ok, 'the content is there');
      const conf = fetched.value.pdu;
      heard.push(conf);
      if (conf.content) digests.push(digestsOf(conf.content));
      await handset.notifyResp(pdu.transactionId, 'retrieved', true);
      const from = conf.from?.kind === 'address' ? conf.from.address : undefined;
      if (conf.readReport === true && conf.messageId !== undefined && from !== undefined)
        await handset.readReport({ messageId: conf.messageId, to: from.replace('/TYPE=PLMN', '') });
    },
  });
  await listener.ready;
  return {
    ...handset,
    number,
    heard,
    digests,
    close: async () => {
      await listener.close();
      await handset.close();
    },
  };
}

/** A charging record as it stands in a file. */
export type Written = ReturnType<typeof readLine>;

/** Lines of a carrier's charging files of one kind, in the order in which they were written, without the heads of CSV. */
export function chargingLines(site: CarrierSite, kind: 'jsonl' | 'csv'): readonly string[] {
  if (!existsSync(site.charging)) return [];
  const files = readdirSync(site.charging).filter((name) => name.endsWith(`.${kind}`) || name.endsWith(`.${kind}.part`));
  return files
    .sort()
    .flatMap((name) => readFileSync(join(site.charging, name), 'utf8').split(/\r?\n/))
    .filter((line) => line !== '' && !line.startsWith(COLUMNS[0]!));
}

/** What is looked at of a charging record. */
export interface ChargingRecord {
  readonly recordName: string;
  readonly recordId: string;
  readonly localSequenceNumber: number;
  readonly messageID: string;
  readonly recordExtensions?: {
    readonly answer?: { readonly code?: string; readonly text?: string };
    readonly transactionId?: string;
  };
}

export const chargingRecords = (site: CarrierSite): readonly ChargingRecord[] =>
  chargingLines(site, 'jsonl').map((line) => JSON.parse(line) as ChargingRecord);
