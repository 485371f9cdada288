/** `angarium messages`, `angarium message ID` and `angarium status`: what a running program knows, by its operator API. */
import type { Command } from 'commander';
import type { Result } from '#base';
import {
  type HistoryView,
  type MessageView,
  OperatorClient,
  type OperatorError,
  type OperatorTarget,
  type StatusView,
} from '#operator';
import { operatorSocket, secretFrom } from '../config-checks.js';
import { loadConfig } from './config.js';
import { countOption, Failure, httpOption, octetsText, plain, say, sayJson, table, WrongUse } from './terminal.js';

const MESSAGE_ID = /^[-0-9A-Z_a-z]{22}$/;

interface Where {
  readonly config?: string;
  readonly socket?: string;
  readonly url?: string;
  readonly tokenFile?: string;
  readonly json?: true;
}

function target(where: Where): OperatorTarget {
  if (where.url !== undefined) {
    if (where.tokenFile === undefined) throw new WrongUse('--url needs --token-file: on TCP every request must carry the token');
    try {
      return { url: where.url, token: secretFrom(where.tokenFile) };
    } catch (e) {
      throw new Failure(`${where.tokenFile}: cannot be read (${(e as NodeJS.ErrnoException).code ?? String(e)})`);
    }
  }
  return { socket: where.socket ?? operatorSocket(loadConfig(where.config)) };
}

/** Asks once and closes; refusals become failures. */
async function ask<T>(where: Where, question: (client: OperatorClient) => Promise<Result<T, OperatorError>>): Promise<T> {
  const its = target(where);
  const client = new OperatorClient(its);
  try {
    const answer = await question(client);
    if (answer.ok) return answer.value;
    if (answer.error.kind === 'refused') throw new Failure(`refused: ${answer.error.text}`);
    const place = 'socket' in its ? its.socket : its.url;
    throw new Failure(`no program answers at ${place} (${answer.error.text}); is angarium running, and is this its --config?`);
  } finally {
    await client.close();
  }
}

const whereOptions = (command: Command): Command =>
  command
    .option('--config <file>', 'configuration of the running program; without it, the laboratory defaults of this folder')
    .option('--socket <path>', 'its operator socket, in place of --config')
    .option('--url <url>', 'its operator API on TCP, in place of --config', httpOption)
    .option('--token-file <file>', 'with --url: file with the bearer token in its first line')
    .option('--json', 'print JSON instead');

const messageRow = (message: MessageView): string[] => [
  message.id,
  message.acceptedAt,
  message.sender,
  octetsText(message.size),
  message.recipients.map(({ address }) => plain(address)).join(' '),
];

function historyText({ message, deliveries, reports, events }: HistoryView): string {
  const wishes = [message.deliveryReport ? 'delivery report' : '', message.readReport ? 'read report' : ''].filter(
    (wish) => wish !== '',
  );
  const facts: [string, string][] = [
    ['message', message.id],
    ['from', `${plain(message.sender)}${message.senderHidden ? ' (hidden from the recipients)' : ''}`],
    ...message.recipients.map(({ field, address }): [string, string] => [field, plain(address)]),
    ['content', `${plain(message.contentType)}, ${octetsText(message.size)}`],
    ['accepted', `${message.acceptedAt} by ${message.interface} ${message.version}`],
    ['expires', message.expiresAt],
    ['asked for', wishes.join(', ') || 'no reports'],
  ];
  if (message.deliverAt > message.acceptedAt) facts.splice(-2, 0, ['not before', message.deliverAt]);
  const states = deliveries.map(({ recipient, state, attempts, dueAt, reason }) => [
    plain(recipient),
    state,
    `${attempts} ${attempts === 1 ? 'push' : 'pushes'}`,
    [dueAt ? `next at ${dueAt}` : '', reason ? plain(reason) : ''].filter((part) => part !== '').join(', '),
  ]);
  const waiting = reports.map(({ about, recipient, says, dueAt }) => [
    `${about} report`,
    plain(recipient),
    says,
    `next at ${dueAt}`,
  ]);
  const happened = events.map(({ at, kind, recipient, ...rest }) => [
    at,
    kind,
    recipient ? plain(recipient) : '',
    Object.entries(rest)
      .map(([name, value]) => `${name}=${plain(String(value))}`)
      .join(' '),
  ]);
  const blocks = [table(facts), table(states), ...(waiting.length > 0 ? [table(waiting)] : []), table(happened)];
  return blocks.map((block) => block.replaceAll(/ +$/gm, '')).join('\n\n');
}

function statusText(status: StatusView): string {
  return table([
    ['angarium', status.version],
    ['started', `${status.startedAt}, ${status.uptimeSeconds} s ago`],
    ['ready', status.ready ? 'yes' : `no: ${status.reasons.join('; ')}`],
    [
      'store',
      `${status.store.writable ? 'writable' : `not writable: ${status.store.reason ?? 'no reason given'}`}, ${octetsText(status.store.diskBytes)} on disk`,
    ],
    ['next due', status.queue.nextDueAt ?? 'nothing waits'],
  ]);
}

export function addMessagesCommands(program: Command): void {
  whereOptions(program.command('messages').description('list messages, newest first'))
    .option('--sender <address>', 'only messages from this number or mailbox')
    .option('--recipient <address>', 'only messages to this number or mailbox')
    .option('--before <id>', 'only messages older than this one, for paging')
    .option('--limit <count>', 'how many', countOption, 50)
    .addHelpText(
      'after',
      '\nColumns: id, time of acceptance, sender, size, recipients.\n\nExamples:\n  angarium messages --recipient +46700000002\n  angarium messages --config /etc/angarium/angarium.toml --limit 5 --json',
    )
    .action(async (options: Where & { sender?: string; recipient?: string; before?: string; limit: number }) => {
      const { sender, recipient, before, limit } = options;
      const query = {
        ...(sender === undefined ? {} : { sender }),
        ...(recipient === undefined ? {} : { recipient }),
        ...(before === undefined ? {} : { before }),
        limit,
      };
      const page = await ask(options, (client) => client.messages(query));
      if (options.json) sayJson(page);
      else if (page.messages.length > 0) say(table(page.messages.map(messageRow)));
      else process.stderr.write('no messages\n');
    });

  whereOptions(program.command('message').description('tell the whole history of one message'))
    .argument('<id>', 'its id: from the answer to the sender, the log, or `angarium messages`')
    // An id may begin with a hyphen and would be taken for an option.
    .allowUnknownOption()
    .addHelpText('after', '\nExit code 1 when there is no such message.\n\nExample:\n  angarium message AZC1xQ9lXyzdVh3dG4q7Kw')
    .action(async (id: string, options: Where) => {
      if (!MESSAGE_ID.test(id)) throw new WrongUse(`"${plain(id)}" is no message id, expected 22 characters`);
      const history = await ask(options, (client) => client.message(id));
      if (options.json) sayJson(history);
      else say(historyText(history));
    });

  whereOptions(program.command('status').description('tell how a running program is')).action(async (options: Where) => {
    const status = await ask(options, (client) => client.status());
    if (options.json) sayJson(status);
    else say(statusText(status));
  });
}
