/** `angarium phone send`. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { RESPONSE_STATUS } from '#codec/mms';
import { type AttachedFile, buildMessage, type SendOptions } from '#endpoint/handset';
import { pduJson } from './pdu-json.js';
import { faultText, handsetOf, OK, type PhoneOptions, statusText } from './phone-handset.js';
import { Failure, octetsText, plain, say, sayJson, WrongUse } from './terminal.js';

export interface SendCommand extends PhoneOptions {
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

const seconds = (ms: number): { readonly kind: 'relative'; readonly seconds: number } => ({
  kind: 'relative',
  seconds: Math.ceil(ms / 1000),
});

/** Sends, and says whether the message was accepted. */
export async function send(options: SendCommand): Promise<void> {
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
