/** MAIL FROM and RCPT TO: their paths and parameters, each parameter a row of a table. RFC 5321 4.1.1.2, 4.1.1.3. */
import { err, LIMITS, ok, type Result } from '#base';
import type { SmtpNotify, SmtpRecipient, SmtpSender } from '../handler.js';
import { readPath, type SmtpPath } from '../path.js';
import type { SmtpReply } from '../reply.js';
import { decodeXtext } from '../xtext.js';

/** What a listener has offered: a parameter of anything else is answered 555. */
export interface Offered {
  readonly utf8: boolean;
  readonly dsn: boolean;
  readonly deliverBy: boolean;
  readonly auth: boolean;
}

const syntax = (text: string): SmtpReply => ({ code: 501, enhanced: '5.5.4', text });

type Draft<T> = { -readonly [K in keyof T]: T[K] };

/** `value` is undefined when the keyword stands alone. False: the value breaks the parameter's grammar. */
interface Parameter<T> {
  readonly offered: (offered: Offered) => boolean;
  readonly read: (value: string | undefined, into: Draft<T>) => boolean;
}

const always = (): boolean => true;

const MAIL_PARAMETERS: Readonly<Record<string, Parameter<SmtpSender>>> = {
  SIZE: {
    offered: always,
    read(value, into) {
      if (value === undefined || !/^\d{1,20}$/.test(value)) return false;
      into.size = Number(value);
      return true;
    },
  },
  BODY: {
    offered: always,
    read(value, into) {
      const body = value?.toUpperCase();
      into.is8bit = body === '8BITMIME';
      return body === '8BITMIME' || body === '7BIT';
    },
  },
  SMTPUTF8: {
    offered: ({ utf8 }) => utf8,
    read(value, into) {
      into.isUtf8 = true;
      return value === undefined;
    },
  },
  RET: {
    offered: ({ dsn }) => dsn,
    read(value, into) {
      const returns = value?.toUpperCase();
      if (returns !== 'FULL' && returns !== 'HDRS') return false;
      into.returns = returns;
      return true;
    },
  },
  ENVID: {
    offered: ({ dsn }) => dsn,
    read(value, into) {
      const id = value === undefined ? undefined : decodeXtext(value);
      if (id === undefined || !/^[ -~]+$/.test(id) || id.length > LIMITS.smtpEnvelopeIdOctetsMax) return false;
      into.envelopeId = id;
      return true;
    },
  },
  BY: {
    offered: ({ deliverBy }) => deliverBy,
    read(value, into) {
      const [, seconds, mode] = /^(-?\d{1,9});([NR])T?$/i.exec(value ?? '') ?? [];
      if (seconds === undefined || mode === undefined) return false;
      into.deliverBy = { seconds: Number(seconds), mode: mode.toUpperCase() as 'N' | 'R' };
      // RFC 2852 4: by-time must be positive where the mode is R.
      return into.deliverBy.mode === 'N' || into.deliverBy.seconds > 0;
    },
  },
  /** RFC 4954 5: who has handed it in, which nobody here asks. */
  AUTH: {
    offered: ({ auth }) => auth,
    read: (value) => value !== undefined && decodeXtext(value.replace(/^<>$/, '')) !== undefined,
  },
};

const NOTIFICATIONS: readonly SmtpNotify[] = ['SUCCESS', 'FAILURE', 'DELAY'];

const RCPT_PARAMETERS: Readonly<Record<string, Parameter<SmtpRecipient>>> = {
  NOTIFY: {
    offered: ({ dsn }) => dsn,
    read(value, into) {
      const wishes = (value ?? '').toUpperCase().split(',') as SmtpNotify[];
      if (wishes.length !== 1 || wishes[0] !== 'NEVER') {
        if (!wishes.every((it) => NOTIFICATIONS.includes(it)) || new Set(wishes).size !== wishes.length) return false;
      }
      into.notify = wishes;
      return true;
    },
  },
  ORCPT: {
    offered: ({ dsn }) => dsn,
    read(value, into) {
      const [, type, address] = /^([!-:<-~]{1,64});(.*)$/.exec(value ?? '') ?? [];
      const decoded = address === undefined ? undefined : decodeXtext(address);
      if (type === undefined || !decoded || !/^[ -~]+$/.test(decoded)) return false;
      into.originalRecipient = `${type};${decoded}`;
      return value!.length <= LIMITS.smtpOriginalRecipientOctetsMax;
    },
  },
};

function readParameters<T>(
  rest: string,
  rows: Readonly<Record<string, Parameter<T>>>,
  offered: Offered,
  into: Draft<T>,
): SmtpReply | undefined {
  const seen = new Set<string>();
  for (const word of rest.split(' ')) {
    if (word === '') continue;
    const equals = word.indexOf('=');
    const keyword = (equals < 0 ? word : word.slice(0, equals)).toUpperCase();
    const row = Object.hasOwn(rows, keyword) ? rows[keyword] : undefined;
    if (!row?.offered(offered)) return { code: 555, enhanced: '5.5.4', text: 'parameter not known' };
    if (seen.has(keyword)) return syntax('parameter given twice');
    seen.add(keyword);
    if (!row.read(equals < 0 ? undefined : word.slice(equals + 1), into)) return syntax('bad value of a parameter');
  }
  return undefined;
}

function pathOf(
  argument: string,
  keyword: string,
  isUtf8: boolean,
): Result<{ path: SmtpPath | undefined; rest: string }, SmtpReply> {
  if (argument.slice(0, keyword.length).toUpperCase() !== keyword) return err(syntax(`${keyword}<address> is wanted`));
  const read = readPath(argument.slice(keyword.length), isUtf8);
  return read.ok ? read : err({ code: 501, enhanced: keyword === 'TO:' ? '5.1.3' : '5.1.7', text: read.error });
}

/** The argument of MAIL, `FROM:<a@b.example> SIZE=1000`. The error is the answer. */
export function readMailFrom(argument: string, offered: Offered): Result<SmtpSender, SmtpReply> {
  // Whether the path is UTF-8 is said behind it. RFC 6531 3.4.
  const isUtf8 = offered.utf8 && / SMTPUTF8(?: |$)/i.test(argument);
  const read = pathOf(argument, 'FROM:', isUtf8);
  if (!read.ok) return read;
  const sender: Draft<SmtpSender> = { path: read.value.path, is8bit: false, isUtf8: false };
  const fault = readParameters(read.value.rest, MAIL_PARAMETERS, offered, sender);
  return fault === undefined ? ok(sender) : err(fault);
}

/** The argument of RCPT, `TO:<a@b.example> NOTIFY=NEVER`. The error is the answer. */
export function readRcptTo(argument: string, offered: Offered, isUtf8: boolean): Result<SmtpRecipient, SmtpReply> {
  const read = pathOf(argument, 'TO:', isUtf8);
  if (!read.ok) return read;
  if (read.value.path === undefined) return err({ code: 501, enhanced: '5.1.3', text: 'a recipient is wanted' });
  const recipient: Draft<SmtpRecipient> = { path: read.value.path };
  const fault = readParameters(read.value.rest, RCPT_PARAMETERS, offered, recipient);
  return fault === undefined ? ok(recipient) : err(fault);
}
