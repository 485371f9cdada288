/** `angarium vasp send`. */
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { contentToMime } from '#codec/mime';
import { dialectFromTag, type Mm7Address, type SubmitReq, type SubmitRsp } from '#codec/mm7';
import { decodeParts, readContent } from '#codec/mms';
import { contentTypeText } from '#codec/wsp';
import { type AttachedFile, buildMessage } from '#endpoint/handset';
import { callRelay, callSoap, type Login, type RelayAddress } from '#endpoint/mm7';
import { Failure, octetsText, plain, say, sayJson, WrongUse } from './terminal.js';

export interface VaspSendCommand {
  readonly url: string;
  readonly form: 'soap' | 'json';
  readonly user?: string;
  readonly passwordEnv?: string;
  readonly login: Login['method'];
  readonly vaspId?: string;
  readonly vasId?: string;
  readonly sender?: string;
  readonly to: readonly string[];
  readonly text?: string;
  readonly file: readonly string[];
  readonly subject?: string;
  readonly serviceCode?: string;
  readonly deliveryReport?: true;
  readonly readReport?: true;
  readonly transactionId?: string;
  readonly schema: string;
  readonly timeout: number;
  readonly json?: true;
}

/** Up to six digits are a short code. */
const SHORT_CODE = /^[0-9]{1,6}$/;

const addressOf = (text: string): Mm7Address => ({
  kind: text.includes('@') ? 'RFC2822Address' : SHORT_CODE.test(text) ? 'ShortCode' : 'Number',
  value: text,
});

function loginOf({ login, user, passwordEnv }: VaspSendCommand): Login {
  if (login === 'none' || (login === 'basic' && user === undefined)) return { method: 'none' };
  const secret = passwordEnv === undefined ? undefined : process.env[passwordEnv];
  if (secret === undefined) throw new WrongUse('no password: name a variable of the environment by --password-env');
  if (login === 'bearer') return { method: 'bearer', token: secret };
  if (user === undefined) throw new WrongUse('no user: give --user');
  return { method: login, user, password: secret };
}

const attached = (files: readonly string[]): Promise<AttachedFile[]> =>
  Promise.all(
    files.map(async (file) => {
      const data = await readFile(file).catch((e: NodeJS.ErrnoException) => {
        throw new Failure(`${file}: cannot be read (${e.code ?? e.message})`);
      });
      return { name: basename(file), data };
    }),
  );

/** What came of it: whether it was accepted, in words, and as data. */
interface Sent {
  readonly accepted: boolean;
  readonly text: string;
  readonly data: object;
}

const definite = <T extends object>(members: { readonly [K in keyof T]: T[K] | undefined }): T =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as T;

async function sendSoap(options: VaspSendCommand, relay: RelayAddress, octets: Uint8Array): Promise<Sent> {
  const dialect = dialectFromTag(options.schema);
  const message = definite<SubmitReq>({
    kind: 'SubmitReq',
    version: dialect.version,
    senderIdentification: definite({
      vaspId: options.vaspId,
      vasId: options.vasId,
      senderAddress: options.sender === undefined ? undefined : addressOf(options.sender),
    }),
    recipients: { to: options.to.map(addressOf) },
    serviceCode: options.serviceCode,
    deliveryReport: options.deliveryReport,
    readReply: options.readReport,
    subject: options.subject,
  } as { readonly [K in keyof SubmitReq]: SubmitReq[K] | undefined });
  const content = contentToMime(octets, { transport: 'binary' });
  if (!content.ok) throw new Failure(content.error.text);
  const { http, reading, unreadable } = await callSoap(
    relay,
    options.transactionId ?? randomUUID(),
    message,
    dialect,
    content.value,
  );
  if (reading === undefined) throw new Failure(`the answer cannot be read (HTTP ${http}): ${plain(unreadable?.text ?? '')}`);
  const answer = reading.message;
  const status = answer.kind === 'Fault' ? answer.error?.status : (answer as SubmitRsp).status;
  const messageId = answer.kind === 'SubmitRsp' ? answer.messageId : undefined;
  const words =
    status === undefined ? `HTTP ${http}` : `${status.code} ${status.text}${status.details ? `: ${status.details}` : ''}`;
  return {
    accepted: messageId !== undefined,
    text: messageId === undefined ? words : `message ${messageId}, ${words}`,
    data: { http, ...answer },
  };
}

async function sendJson(options: VaspSendCommand, relay: RelayAddress, octets: Uint8Array): Promise<Sent> {
  const content = readContent(octets);
  const parts = content.ok ? decodeParts(content.value) : content;
  if (!parts.ok) throw new Failure(parts.error.text);
  const body = {
    transactionId: options.transactionId ?? randomUUID(),
    ...definite({
      vasId: options.vasId,
      sender: options.sender,
      subject: options.subject,
      serviceCode: options.serviceCode,
      deliveryReport: options.deliveryReport,
      readReport: options.readReport,
    }),
    to: options.to,
    parts: parts.value.map((part) =>
      definite({
        contentType: contentTypeText(part.contentType),
        contentId: part.contentId?.replace(/^<(.*)>$/, '$1'),
        name: part.contentLocation,
        data: Buffer.from(part.data).toString('base64'),
      }),
    ),
  };
  const piece = Buffer.from(JSON.stringify(body), 'utf8');
  const answer = await callRelay(relay, 'POST', { contentType: 'application/json', pieces: [piece], octets: piece.length });
  const text = Buffer.from(answer.body).toString('utf8');
  let data: { readonly messageId?: string; readonly title?: string; readonly detail?: string };
  try {
    data = JSON.parse(text);
  } catch (e) {
    if (!(e instanceof SyntaxError)) throw e;
    throw new Failure(`the answer is no JSON (HTTP ${answer.http})`);
  }
  const accepted = data.messageId !== undefined;
  return { accepted, text: accepted ? `message ${data.messageId}` : `HTTP ${answer.http} ${data.title}: ${data.detail}`, data };
}

/** Submits, and says whether the message was accepted. */
export async function vaspSend(options: VaspSendCommand): Promise<void> {
  const { text, file } = options;
  if (text === undefined && file.length === 0) throw new WrongUse('nothing to send: give --text, --file or both');
  const { octets } = buildMessage({ ...(text === undefined ? {} : { text }), files: await attached(file) });
  const relay: RelayAddress = { url: options.url, login: loginOf(options), timeoutMs: options.timeout };
  const sent = await (options.form === 'soap' ? sendSoap : sendJson)(options, relay, octets).catch((e: NodeJS.ErrnoException) => {
    if (e instanceof Failure || e.code === undefined) throw e;
    throw new Failure(`not sent: the relay cannot be reached (${e.code})`);
  });
  if (options.json) sayJson({ accepted: sent.accepted, answer: sent.data });
  if (!sent.accepted) {
    if (!options.json) throw new Failure(`refused: ${plain(sent.text)}`);
    process.exitCode = 1;
    return;
  }
  if (!options.json) say(`accepted: ${plain(sent.text)}, ${octetsText(octets.length)}`);
}
