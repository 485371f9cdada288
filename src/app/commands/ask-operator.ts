/** Asks a running program by its operator API, and says the answers in words. */
import type { Result } from '#base';
import {
  type HistoryView,
  type MessagesView,
  type MessageView,
  OperatorClient,
  type OperatorError,
  type OperatorTarget,
  type StatusView,
} from '#operator';
import { operatorSocket, secretFrom } from '../config-checks.js';
import { loadConfig } from './load-config.js';
import { Failure, octetsText, plain, table, WrongUse } from './terminal.js';

/** Where the program is. */
export interface Where {
  readonly config?: string;
  readonly socket?: string;
  readonly url?: string;
  readonly tokenFile?: string;
}

/** Where the API of a program is. */
export function target(where: Where): OperatorTarget {
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

export const placeText = (its: OperatorTarget): string => ('socket' in its ? its.socket : its.url);

/** Asks once and closes; refusals become failures. */
export async function ask<T>(where: Where, question: (client: OperatorClient) => Promise<Result<T, OperatorError>>): Promise<T> {
  const its = target(where);
  const client = new OperatorClient(its);
  try {
    const answer = await question(client);
    if (answer.ok) return answer.value;
    if (answer.error.kind === 'refused') throw new Failure(`refused: ${answer.error.text}`);
    throw new Failure(
      `no program answers at ${placeText(its)} (${answer.error.text}); is angarium running, and is this its --config?`,
    );
  } finally {
    await client.close();
  }
}

/** One line for each, columns under each other. */
export const messagesText = ({ messages }: MessagesView): string => table(messages.map(messageRow));

const messageRow = (message: MessageView): string[] => [
  message.id,
  message.acceptedAt,
  message.sender,
  octetsText(message.size),
  message.recipients.map(({ address }) => plain(address)).join(' '),
];

export function historyText({ message, deliveries, reports, events }: HistoryView): string {
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

export function statusText(status: StatusView): string {
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
