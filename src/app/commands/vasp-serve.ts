/** `angarium vasp serve`. */
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ProfileName, type Received, serveProvider } from '#endpoint/mm7';
import type { ListenAddress } from '../written-values.js';
import { Failure, octetsText, plain, say, sayJson } from './terminal.js';

export interface VaspServeCommand {
  readonly listen: ListenAddress;
  readonly profile: ProfileName;
  readonly save?: string;
  readonly json?: true;
}

const sha256 = (octets: Uint8Array): string => createHash('sha256').update(octets).digest('hex');

/** What came, in one line. */
function callText({ form, message, event, transactionId, unreadable }: Received): string {
  if (unreadable !== undefined) return `a call that cannot be read: ${plain(unreadable)}`;
  if (form === 'json') return `${plain(String(event?.['type']))} ${plain(transactionId)}`;
  switch (message?.kind) {
    case 'DeliverReq':
      return `DeliverReq ${plain(transactionId)} from ${plain(message.sender.value)}${message.subject ? `, subject: ${plain(message.subject)}` : ''}`;
    case 'DeliveryReportReq':
    case 'ReadReplyReq':
      return `${message.kind} ${plain(transactionId)}: message ${plain(message.messageId)} to ${plain(message.recipient.value)}: ${message.mmStatus}`;
    default:
      return `${message?.kind} ${plain(transactionId)}`;
  }
}

const shown = (call: Received): object => ({
  form: call.form,
  transactionId: call.transactionId,
  ...(call.message !== undefined && { message: call.message }),
  ...(call.event !== undefined && { event: { ...call.event, parts: undefined } }),
  parts: call.parts.map(({ data, ...part }) => ({ ...part, size: data.length, sha256: sha256(data) })),
});

/** A file name that stays in its folder, whatever the sender wrote. */
const fileName = (call: number, part: number, name: string | undefined): string =>
  `${call}-${part}-${(name ?? 'part')
    .replaceAll(/[^A-Za-z0-9._-]/g, '_')
    .replace(/^\.+/, '_')
    .slice(0, NAME_MAX)}`;
const NAME_MAX = 100;

/** Serves until it is told to end. */
export async function vaspServe({ listen, profile, save, json }: VaspServeCommand): Promise<void> {
  if (save !== undefined) await mkdir(save, { recursive: true });
  let calls = 0;
  let work = Promise.resolve();
  const tell = async (call: Received, number: number): Promise<void> => {
    if (json) sayJson(shown(call));
    else say(callText(call));
    for (const [i, { contentType, name, data }] of call.parts.entries()) {
      if (!json)
        say(`  ${[plain(contentType), octetsText(data.length), plain(name ?? '')].filter((word) => word !== '').join(', ')}`);
      if (save === undefined) continue;
      const path = join(save, fileName(number, i + 1, name));
      await writeFile(path, data);
      if (!json) say(`  saved ${path}`);
    }
  };
  const provider = await serveProvider({
    listen,
    profile,
    onReceived: (call) => {
      const number = ++calls;
      work = work.then(() => tell(call, number));
    },
  }).catch((e: NodeJS.ErrnoException) => {
    throw new Failure(`cannot listen on ${listen.host}:${listen.port} (${e.code ?? e.message})`);
  });
  process.stderr.write(`serving ${provider.url} as ${profile} (Ctrl-C ends)\n`);
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  await provider.close();
  await work;
}
