/** `angarium phone watch`. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DeliveryInd, NotificationInd, ReadOrigInd } from '#codec/mms';
import { type Handset, type ListenEvent, listen, type ReceivedPush } from '#endpoint/handset';
import type { ListenAddress } from '../written-values.js';
import { pduJson } from './pdu-json.js';
import { addressText, handsetOf, must, type PhoneOptions, retrieve } from './phone-handset.js';
import { Failure, octetsText, plain, say, sayJson } from './terminal.js';

export interface WatchCommand extends PhoneOptions {
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

/** Listens until it is told to end, or once. */
export async function watch(options: WatchCommand): Promise<void> {
  const handset = handsetOf(options, options.number);
  let trouble: unknown;
  /** Why listening has ended. */
  let reason = `another phone listens for +${options.number} now`;
  let end = (): void => {};
  const done = new Promise<void>((resolve) => {
    end = resolve;
  });
  let work = Promise.resolve();

  let isLost = false;
  const onEvent = (event: ListenEvent): void => {
    const told = process.stderr;
    if (event.kind === 'listening') {
      isLost = false;
      told.write(`listening for +${options.number} (Ctrl-C ends)\n`);
    } else if (event.kind === 'disconnected') {
      const text = `no push server at ${options.push.host}:${options.push.port} (${event.reason})`;
      // Without another try it is what the command ends with; of many tries the first is told.
      if (event.retryInMs === undefined) reason = text;
      else if (!isLost) told.write(`${text}, trying again until there is one\n`);
      isLost = true;
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
  if (endedBy === 'listener') throw new Failure(reason);
}
