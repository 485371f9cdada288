/** `angarium peer send`. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LeafSource, MimeSource } from '#codec/mime';
import type { Mm4Pdu } from '#codec/mm4';
import { decodeParts } from '#codec/mms';
import { LAB_PROFILES, type LabCarrier, type LabReceived } from '#endpoint/carrier';
import { buildMessage } from '#endpoint/handset';
import { carrierOf, type PeerOptions, saidTo } from './peer-words.js';
import { Failure, plain, WrongUse } from './terminal.js';

export interface PeerSendCommand extends PeerOptions {
  readonly from: string;
  readonly to: readonly string[];
  readonly envelope?: readonly string[];
  readonly text?: string;
  readonly file: readonly string[];
  readonly subject?: string;
  readonly deliveryReport?: true;
  readonly readReport?: true;
  readonly hide?: true;
  readonly acknowledge: boolean;
  readonly transactionId?: string;
  readonly messageId?: string;
  readonly wait: number;
}

/** Text and files as parts, with the presentation that a handset would write. */
async function bodyOf(text: string | undefined, files: readonly string[]): Promise<MimeSource> {
  const attached = await Promise.all(
    files.map(async (file) => {
      const data = await readFile(file).catch((e: NodeJS.ErrnoException) => {
        throw new Failure(`${file}: cannot be read (${e.code ?? e.message})`);
      });
      return { name: basename(file), data };
    }),
  );
  const content = buildMessage({ ...(text !== undefined && { text }), files: attached });
  const parts = decodeParts(content);
  if (!parts.ok) throw new Failure(parts.error.text);
  const leaves = parts.value.map(
    ({ contentType, contentId, contentLocation, data }): LeafSource => ({
      kind: 'leaf',
      type: contentType,
      ...(contentId !== undefined && { contentId: contentId.replace(/^<|>$/g, '') }),
      ...(contentLocation !== undefined && { contentLocation }),
      data,
    }),
  );
  const start = leaves[0]?.contentId;
  const parameters = { type: 'application/smil', ...(start !== undefined && { start: `<${start}>` }) };
  return { kind: 'multipart', type: { media: 'multipart/related', parameters }, parts: leaves };
}

/** What was asked for, and by which mail it is there. */
function awaited(options: PeerSendCommand, { transactionId, messageId }: Extract<Mm4Pdu, { kind: 'MM4_forward.REQ' }>) {
  const recipients = (options.envelope ?? options.to).length;
  const response = ({ pdu }: LabReceived): boolean => pdu?.kind === 'MM4_forward.RES' && pdu.transactionId === transactionId;
  const report = ({ pdu }: LabReceived): boolean => pdu?.kind === 'MM4_delivery_report.REQ' && pdu.messageId === messageId;
  return ({ received }: LabCarrier): boolean =>
    (!options.acknowledge || received.some(response)) &&
    (!options.deliveryReport || received.filter(report).length >= recipients);
}

/** Between two looks at what has come. Unit: milliseconds. */
const LOOK_MS = 50;

/** Sends, waits, and says whether the message was taken. */
export async function send(options: PeerSendCommand): Promise<void> {
  const { from, to, envelope, text, file, subject, transactionId, messageId } = options;
  if (text === undefined && file.length === 0) throw new WrongUse('nothing to send: give --text, --file or both');
  const body = await bodyOf(text, file);
  const carrier = await carrierOf(options, LAB_PROFILES.good);
  try {
    const { pdu, outcome } = await carrier.send({
      from,
      to,
      ...(envelope && { envelope }),
      body,
      headers: {
        ackRequest: options.acknowledge,
        ...(subject !== undefined && { subject }),
        ...(options.deliveryReport && { deliveryReport: true }),
        ...(options.readReport && { readReply: true }),
        ...(options.hide && { senderVisibility: 'hide' }),
        ...(transactionId !== undefined && { transactionId }),
        ...(messageId !== undefined && { messageId }),
      },
    });
    if (outcome.recipients.some(({ kind }) => kind !== 'taken')) throw new Failure(`not taken: ${plain(saidTo(outcome))}`);
    const isThere = awaited(options, pdu);
    const end = performance.now() + options.wait;
    while (!isThere(carrier) && performance.now() < end) await sleep(LOOK_MS);
    if (!isThere(carrier)) throw new Failure(`nothing more has come within ${options.wait / 1000} s`);
    const refusal = carrier.received.find(
      ({ pdu: one }) => one?.kind === 'MM4_forward.RES' && one.transactionId === pdu.transactionId && one.status !== 'Ok',
    );
    if (refusal !== undefined) throw new Failure('refused in the answer');
  } finally {
    await carrier.close();
  }
}
