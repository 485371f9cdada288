/** `angarium phone send|watch|fetch`: a handset on the command line. Its defaults fit a program that was started without a configuration. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Command, Option } from 'commander';
import {
  type DeliveryInd,
  decodeParts,
  type NotificationInd,
  RESPONSE_STATUS,
  RETRIEVE_STATUS,
  type ReadOrigInd,
  type RetrieveConf,
  type StatusTable,
} from '#codec/mms';
import {
  type AttachedFile,
  buildMessage,
  createHandset,
  type Handset,
  type HandsetFault,
  type ListenEvent,
  listen,
  type ReceivedPush,
  type SendOptions,
  saveParts,
} from '#endpoint/handset';
import type { ListenAddress } from '../config-values.js';
import { VERSION } from '../version.js';
import { pduJson } from './pdu-json.js';
import {
  addressOption,
  durationOption,
  Failure,
  httpOption,
  numberOption,
  octetsText,
  plain,
  say,
  sayJson,
  WrongUse,
} from './terminal.js';

/** Where a program without configuration listens. */
const MMSC = 'http://127.0.0.1:8514/mms';
const PUSH = '127.0.0.1:8515';
const IDENTITY_HEADER = 'x-msisdn';

/** What most handsets in use speak. */
const MMS_VERSION = '1.2';

/** How long one exchange may take. Unit: milliseconds. Source: handsets give up after one to two minutes. */
const TIMEOUT_MS = 60_000;

/** Characters of a text part that are shown. Source: a screen's worth; `--save` has the rest. */
const TEXT_SHOWN_MAX = 300;

const OK = 128;

interface PhoneOptions {
  readonly mmsc: string;
  readonly identityHeader: string;
  readonly mmsVersion: string;
  readonly json?: true;
}

const phoneOptions = (command: Command): Command =>
  command
    .option('--mmsc <url>', 'MMSC address', httpOption, MMSC)
    .option('--identity-header <name>', 'header that tells the laboratory our number', IDENTITY_HEADER)
    .addOption(
      new Option('--mms-version <version>', 'version that the handset speaks')
        .choices(['1.0', '1.1', '1.2', '1.3'])
        .default(MMS_VERSION),
    )
    .option('--json', 'print JSON, one object a line');

const handsetOf = (options: PhoneOptions, msisdn: string): Handset =>
  createHandset({
    mmscUrl: options.mmsc,
    msisdn,
    identityHeader: options.identityHeader,
    version: options.mmsVersion,
    userAgent: `angarium-phone/${VERSION}`,
    timeoutMs: TIMEOUT_MS,
  });

function faultText(fault: HandsetFault): string {
  switch (fault.kind) {
    case 'unreachable':
      return `the MMSC cannot be reached (${fault.reason})`;
    case 'timeout':
      return `the MMSC has not answered within ${fault.timeoutMs / 1000} s`;
    case 'answer-too-large':
      return `the answer has more than ${fault.octetsMax} octets`;
    case 'http-status':
      return `the MMSC answers with HTTP ${fault.status}${fault.reason ? ` (${fault.reason})` : ''}`;
    case 'no-answer-pdu':
      return `the answer is none (${fault.reason})`;
  }
}

const statusText = (statuses: StatusTable, status: number, text: string | undefined): string =>
  `${statuses[status]?.name ?? 'an unassigned status'} (${status})${text ? `: ${plain(text)}` : ''}`;

async function attached(files: readonly string[]): Promise<AttachedFile[]> {
  return Promise.all(
    files.map(async (file) => {
      const data = await readFile(file).catch((e: NodeJS.ErrnoException) => {
        throw new Failure(`${file}: cannot be read (${e.code ?? e.message})`);
      });
      return { name: basename(file), data };
    }),
  );
}

interface SendCommand extends PhoneOptions {
  readonly from: string;
  readonly to: readonly string[];
  readonly cc: readonly string[];
  readonly bcc: readonly string[];
  readonly file: readonly string[];
  readonly text?: string;
  readonly subject?: string;
  readonly deliveryReport?: true;
  readonly readReport?: true;
  readonly expiry?: number;
  readonly deliverAfter?: number;
  readonly priority?: 'low' | 'normal' | 'high';
  readonly hide?: true;
}

const seconds = (ms: number): { readonly kind: 'relative'; readonly seconds: number } => ({
  kind: 'relative',
  seconds: Math.ceil(ms / 1000),
});

async function send(options: SendCommand): Promise<void> {
  const { from, to, cc, bcc, file, text, subject, expiry, deliverAfter, priority } = options;
  if (to.length + cc.length + bcc.length === 0) throw new WrongUse('nobody to send to: give --to, --cc or --bcc');
  if (text === undefined && file.length === 0) throw new WrongUse('nothing to send: give --text, --file or both');
  const content = buildMessage({ ...(text === undefined ? {} : { text }), files: await attached(file) });
  const wishes: SendOptions = {
    to,
    cc,
    bcc,
    content,
    ...(subject === undefined ? {} : { subject }),
    ...(options.deliveryReport ? { deliveryReport: true } : {}),
    ...(options.readReport ? { readReport: true } : {}),
    ...(expiry === undefined ? {} : { expiry: seconds(expiry) }),
    ...(deliverAfter === undefined ? {} : { deliveryTime: seconds(deliverAfter) }),
    ...(priority === undefined ? {} : { priority }),
    ...(options.hide ? { hide: true } : {}),
  };
  const handset = handsetOf(options, from);
  const answer = await handset.send(wishes);
  await handset.close();
  if (!answer.ok) throw new Failure(`not sent: ${faultText(answer.error)}`);

  const { pdu } = answer.value;
  const status = statusText(RESPONSE_STATUS, pdu.responseStatus, pdu.responseText);
  // Partial success is an acceptance: the message has an id and some recipients get it. MMS_ENC 1.3 7.3.48.
  const accepted = pdu.messageId !== undefined;
  if (options.json) sayJson({ accepted, status, ...(pduJson(pdu) as object) });
  if (!accepted) {
    if (!options.json) throw new Failure(`refused: ${status}`);
    process.exitCode = 1;
    return;
  }
  if (options.json) return;
  say(`accepted: message ${plain(pdu.messageId)}, ${octetsText(content.octets.length)}`);
  if (pdu.responseStatus !== OK) say(`not for everybody: ${status}`);
}

/** What a retrieval brought, for the terminal. */
async function tellContent(pdu: RetrieveConf, save: string | undefined): Promise<void> {
  const sender = pdu.from?.kind === 'address' ? addressText(pdu.from.address) : 'somebody who hides his number';
  say(`from ${sender}${pdu.subject ? `, subject: ${plain(pdu.subject)}` : ''}`);
  if (pdu.content === undefined) throw new Failure('the answer has no content');
  const parts = decodeParts(pdu.content);
  if (!parts.ok) throw new Failure(`the content cannot be taken apart: ${parts.error.text}`);
  for (const { contentType, contentLocation, data } of parts.value) {
    const name = contentLocation ?? contentType.parameters['name'] ?? '';
    say(`  ${[plain(contentType.media), octetsText(data.length), plain(name)].filter((word) => word !== '').join(', ')}`);
    if (contentType.media === 'text/plain') say(`    ${plain(new TextDecoder().decode(data.subarray(0, TEXT_SHOWN_MAX)))}`);
  }
  if (save === undefined) return;
  const saved = await saveParts(pdu, save);
  if (saved.ok) for (const { path } of saved.value) say(`  saved ${path}`);
}

/** An address of the wire as people write it. */
const addressText = (address: string): string => plain(address.replace(/\/TYPE=[A-Z]+$/i, ''));

type Outcome = { readonly retrieved: RetrieveConf } | { readonly refused: string };

/** Gets the content and says what came. */
async function retrieve(handset: Handset, url: string, save: string | undefined, json: boolean): Promise<Outcome> {
  const answer = await handset.fetchContent(url);
  if (!answer.ok) return { refused: faultText(answer.error) };
  const { pdu } = answer.value;
  if (pdu.retrieveStatus !== undefined && pdu.retrieveStatus !== OK) {
    return { refused: statusText(RETRIEVE_STATUS, pdu.retrieveStatus, pdu.retrieveText) };
  }
  if (!json) {
    await tellContent(pdu, save);
    return { retrieved: pdu };
  }
  const saved = save === undefined ? undefined : await saveParts(pdu, save);
  sayJson({ ...(pduJson(pdu) as object), ...(saved?.ok ? { saved: saved.value.map(({ path }) => path) } : {}) });
  return { retrieved: pdu };
}

const must = (what: string, told: Awaited<ReturnType<Handset['notifyResp']>>): void => {
  if (!told.ok) throw new Failure(`${what}: ${faultText(told.error)}`);
};

interface WatchCommand extends PhoneOptions {
  readonly number: string;
  readonly push: ListenAddress;
  readonly save?: string;
  readonly once?: true;
  readonly defer?: true;
  readonly reject?: true;
  readonly readReport?: true;
  readonly reports: boolean;
}

/** A handset that gets pushes: deals with one, and says so. Throws a Failure when the MMSC does not play along. */
async function dealWith(handset: Handset, pdu: ReceivedPush['pdu'], options: WatchCommand): Promise<void> {
  if (options.json) sayJson(pduJson(pdu));
  switch (pdu.kind) {
    case 'm-notification-ind':
      return notified(handset, pdu, options);
    case 'm-delivery-ind':
      return options.json ? undefined : say(deliveryText(pdu));
    case 'm-read-orig-ind':
      return options.json ? undefined : say(readText(pdu));
  }
}

const deliveryText = (pdu: DeliveryInd): string =>
  `delivery report: message ${plain(pdu.messageId)} to ${pdu.to.map(addressText).join(', ')}: ${pdu.status}${pdu.statusText ? ` (${plain(pdu.statusText)})` : ''}`;

const readText = (pdu: ReadOrigInd): string =>
  `read report: message ${plain(pdu.messageId)} by ${pdu.from.kind === 'address' ? addressText(pdu.from.address) : 'somebody'}: ${pdu.readStatus}`;

async function notified(handset: Handset, pdu: NotificationInd, options: WatchCommand): Promise<void> {
  const tell = options.json ? (): void => {} : say;
  tell(`notification: a message of ${octetsText(pdu.messageSize)} waits at ${plain(pdu.contentLocation)}`);
  if (options.defer || options.reject) {
    const status = options.defer ? 'deferred' : 'rejected';
    must('the answer was not taken', await handset.notifyResp(pdu.transactionId, status, options.reports));
    tell(
      options.defer
        ? `deferred; get it with: angarium phone fetch --number ${options.number} ${plain(pdu.contentLocation)}`
        : 'rejected',
    );
    return;
  }
  const outcome = await retrieve(handset, pdu.contentLocation, options.save, options.json ?? false);
  if ('refused' in outcome) throw new Failure(`not retrieved: ${outcome.refused}`);
  must('the acknowledgement was not taken', await handset.notifyResp(pdu.transactionId, 'retrieved', options.reports));
  tell('retrieved and acknowledged');
  const { readReport, messageId, from } = outcome.retrieved;
  if (!options.readReport || !readReport || messageId === undefined || from?.kind !== 'address') return;
  must('the read report was not taken', await handset.readReport({ messageId, to: from.address }));
  tell('read report sent');
}

async function watch(options: WatchCommand): Promise<void> {
  const handset = handsetOf(options, options.number);
  let trouble: unknown;
  let end = (): void => {};
  const done = new Promise<void>((resolve) => {
    end = resolve;
  });
  let work = Promise.resolve();

  const onEvent = (event: ListenEvent): void => {
    const told = process.stderr;
    if (event.kind === 'listening') told.write(`listening for +${options.number} (Ctrl-C ends)\n`);
    else if (event.kind === 'disconnected') {
      told.write(
        `no push server at ${options.push.host}:${options.push.port} (${event.reason})${event.retryInMs === undefined ? '' : ', trying again'}\n`,
      );
    } else if (event.kind === 'not-understood') told.write(`a push that is not understood: ${plain(event.reason)}\n`);
  };
  const listener = listen({
    ...options.push,
    msisdns: [options.number],
    reconnect: !options.once,
    onEvent,
    // The push is confirmed when this returns; what it leads to may take longer than the push server waits for.
    onPush: ({ pdu }) => {
      work = work
        .then(() => dealWith(handset, pdu, options))
        .then(
          () => {
            if (options.once) end();
          },
          (e: unknown) => {
            if (e instanceof Failure && !options.once) process.stderr.write(`${e.message}\n`);
            else {
              trouble = e;
              end();
            }
          },
        );
    },
  });
  process.once('SIGINT', () => end());
  process.once('SIGTERM', () => end());
  const endedBy = await Promise.race([done.then(() => 'us' as const), listener.ended.then(() => 'listener' as const)]);
  // The last confirmation goes out in the turn after the callback's.
  await nextTurn();
  await listener.close();
  await work;
  await handset.close();
  if (trouble !== undefined) throw trouble;
  if (endedBy === 'listener')
    throw new Failure(`listening for +${options.number} has ended: it is listened for elsewhere, or the push server is gone`);
}

interface FetchCommand extends PhoneOptions {
  readonly number: string;
  readonly save?: string;
  readonly acknowledge: boolean;
  readonly reports: boolean;
}

async function fetchContent(url: string, options: FetchCommand): Promise<void> {
  const handset = handsetOf(options, options.number);
  try {
    const outcome = await retrieve(handset, url, options.save, options.json ?? false);
    if ('refused' in outcome) throw new Failure(`not retrieved: ${outcome.refused}`);
    const { transactionId } = outcome.retrieved;
    if (!options.acknowledge || transactionId === undefined) return;
    must('the acknowledgement was not taken', await handset.acknowledge(transactionId, options.reports));
    if (!options.json) say('retrieved and acknowledged');
  } finally {
    await handset.close();
  }
}

export function addPhoneCommands(program: Command): void {
  const phone = program.command('phone').description('play a handset: send, wait for messages, fetch one');

  phoneOptions(phone.command('send').description('send a message and show the answer'))
    .requiredOption('--from <number>', 'our number', numberOption)
    .option('--to <address...>', 'recipients: numbers or mailboxes', [])
    .option('--cc <address...>', 'recipients of a copy', [])
    .option('--bcc <address...>', 'recipients whom the others do not see', [])
    .option('--text <text>', 'a text')
    .option('--file <path...>', 'pictures, sounds or other files, shown in this order', [])
    .option('--subject <text>', 'the subject')
    .option('--delivery-report', 'ask for delivery reports')
    .option('--read-report', 'ask for read reports')
    .option('--expiry <duration>', 'how long it may wait for the recipient, for instance 30m or 2d', durationOption)
    .option('--deliver-after <duration>', 'notify the recipients not before this time has passed', durationOption)
    .addOption(new Option('--priority <priority>').choices(['low', 'normal', 'high']))
    .option('--hide', 'hide our number from the recipients')
    .addHelpText(
      'after',
      '\nExit code 0 when the message was accepted, 1 when it was refused or nobody answered.\n\nExamples:\n  angarium phone send --from 46700000001 --to +46700000002 --text hello --file picture.jpg\n  angarium phone send --from 46700000001 --to +46700000002 +46700000003 --text hello --delivery-report --json',
    )
    .action(send);

  phoneOptions(phone.command('watch').description('wait for messages and reports, and deal with them as a handset does'))
    .requiredOption('--number <number>', 'our number', numberOption)
    .option('--push <host:port>', "the laboratory's push server", addressOption, addressOption(PUSH))
    .option('--save <folder>', 'save the parts of what is retrieved')
    .option('--once', 'end after the first push has been dealt with')
    .option('--defer', 'do not retrieve: answer that it is wanted later')
    .option('--reject', 'do not retrieve: answer that it is not wanted')
    .option('--read-report', 'report reading, where the sender has asked for it')
    .option('--no-reports', 'do not allow the sender a delivery report')
    .addHelpText(
      'after',
      '\nShows notifications, retrieves and acknowledges at once, shows delivery and read reports. Ctrl-C ends.\n\nExamples:\n  angarium phone watch --number 46700000002 --save inbox\n  angarium phone watch --number 46700000002 --defer --once',
    )
    .action(watch);

  phoneOptions(phone.command('fetch').description('retrieve a message by the address of its notification, and acknowledge it'))
    .argument('<url>', 'content address', httpOption)
    .requiredOption('--number <number>', 'our number', numberOption)
    .option('--save <folder>', 'save the parts')
    .option('--no-acknowledge', 'retrieve only')
    .option('--no-reports', 'do not allow the sender a delivery report')
    .addHelpText('after', '\nExample:\n  angarium phone fetch --number 46700000002 --save inbox http://127.0.0.1:8514/m/KEY')
    .action(fetchContent);
}
