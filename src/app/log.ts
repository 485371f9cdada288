/**
 * The log: one line per event on standard output, JSON for machines or readable for terminals. Written off the path of the requests;
 * `close` at the end of the process. Numbers and addresses stand in fields of agreed names (see base/observe.ts) and are masked by name.
 */
import { pino } from 'pino';
import { type Log, type LogFields, maskNumber } from '#base';
import { type Address, addressText } from '#messaging';

export interface LogConfig {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly format: 'json' | 'line';
  readonly numbers: 'masked' | 'full';
}

/** The log together with what the program must do at its end. */
export interface OpenLog extends Log {
  /** Resolves when all that has been logged is written. What is logged later is lost. */
  close(): Promise<void>;
}

/** Octets that wait for a slow reader of standard output; what comes on top of them is dropped. Source: some seconds of a busy log. */
const WAITING_MAX = 16 * 1024 * 1024;

/** Lines are gathered to this size before they are written, or for FLUSH_MS: one call of the system for each line would show in a profile. */
const GATHERED_OCTETS = 8 * 1024;
/** How long a line may wait to be written. Unit: milliseconds; short enough for a person who watches. */
const FLUSH_MS = 50;

/** Fields that hold a number or an address. The list is base/observe.ts's. */
const ADDRESS_FIELDS: ReadonlySet<string> = new Set(['msisdn', 'sender', 'recipient', 'claimed']);

/** Fields that hold the key of a delivery: whoever knows all of it can fetch the content, whatever the setting for numbers. */
const KEY_FIELDS: ReadonlySet<string> = new Set(['delivery', 'key']);

/**
 * Characters shown of a key: its 8 of time, and of its 14 random ones the first 3, which tell the deliveries of one message from each other.
 * The other 11, 66 bits, are what nobody can guess.
 */
const KEY_SHOWN = 11;

const isAddress = (value: unknown): value is Address => typeof value === 'object' && value !== null && 'kind' in value;

/** Digits of numbers but the last four, and all of a mailbox but its domain, become asterisks; text of any other kind becomes asterisks whole. */
export function maskText(text: string): string {
  const number = /^(\+?)([0-9][-0-9 .()]*)(\/TYPE=[A-Z]+)?$/i.exec(text);
  if (number) return `${number[1]}${maskNumber(number[2]!.replace(/[^0-9]/g, ''))}${number[3] ?? ''}`;
  const mailbox = /^[^@]+(@[^@]+)$/.exec(text);
  return mailbox ? `***${mailbox[1]}` : '*'.repeat(text.length);
}

function maskAddress(address: Address): string {
  switch (address.kind) {
    case 'short-code':
      return address.code;
    case 'number':
    case 'email':
    case 'unknown':
      return maskText(addressText(address));
  }
}

/** The fields as they may be written: addresses as text, and masked unless `numbers` is full. */
export function writable(fields: LogFields, numbers: LogConfig['numbers']): LogFields {
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value instanceof Error) kept[name] = pino.stdSerializers.err(value);
    else if (KEY_FIELDS.has(name)) kept[name] = `${String(value).slice(0, KEY_SHOWN)}...`;
    else if (!ADDRESS_FIELDS.has(name) || value === undefined) kept[name] = value;
    else if (isAddress(value)) kept[name] = numbers === 'full' ? addressText(value) : maskAddress(value);
    else kept[name] = numbers === 'full' ? value : maskText(String(value));
  }
  return kept;
}

const fieldText = (value: unknown): string => {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return /^[^\s"=]+$/.test(text) ? text : JSON.stringify(text);
};

/** A JSON line of the log as a readable one: `12:03:04.123 info  message-accepted messageId=... size=...`; an error's stack follows on lines of its own. */
export function readableLine(json: string): string {
  const { level, time, msg, ...fields } = JSON.parse(json) as { level: string; time: string; msg: string } & Record<
    string,
    unknown
  >;
  let stacks = '';
  const words = Object.entries(fields).flatMap(([name, value]) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${name}=${fieldText(value)}`];
    if ('stack' in value && 'message' in value) {
      stacks += `${String(value.stack)}\n`;
      return [`${name}=${fieldText(value.message)}`];
    }
    return Object.entries(value).map(([inner, its]) => `${name}.${inner}=${fieldText(its)}`);
  });
  return `${[time.slice(11, 23), level.padEnd(5), msg, ...words].join(' ')}\n${stacks}`;
}

/** The time field of a line, made once for each millisecond. */
function timestamps(): () => string {
  let at = 0;
  let text = '';
  return () => {
    const now = Date.now();
    if (now !== at) {
      at = now;
      text = `,"time":"${new Date(now).toISOString()}"`;
    }
    return text;
  };
}

/**
 * Opens the log on a file descriptor (1 is standard output). A log that cannot be written, because its disk is full or its reader has gone,
 * does not end the program: lines wait up to WAITING_MAX and are tried again, and `complain` hears of it once for each time it begins.
 */
export function openLog(
  config: LogConfig,
  descriptor = 1,
  complain = (text: string): void => void process.stderr.write(`${text}\n`),
): OpenLog {
  const destination = pino.destination({
    dest: descriptor,
    sync: false,
    minLength: GATHERED_OCTETS,
    periodicFlush: FLUSH_MS,
    maxLength: WAITING_MAX,
  });
  const stream = config.format === 'json' ? destination : { write: (json: string) => destination.write(readableLine(json)) };
  const logger = pino(
    {
      level: config.level,
      base: null,
      timestamp: timestamps(),
      formatters: { level: (label) => ({ level: label }) },
    },
    stream as typeof destination,
  );
  let broken = false;
  destination.on('error', (e: NodeJS.ErrnoException) => {
    if (!broken) complain(`the log cannot be written: ${e.code ?? e.message}`);
    broken = true;
  });
  destination.on('write', () => {
    broken = false;
  });
  let closed = false;
  const at = (level: LogConfig['level']) => (fields: LogFields, text: string) => {
    if (!closed && logger.isLevelEnabled(level)) logger[level](writable(fields, config.numbers), text);
  };
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    close: () =>
      new Promise((resolve) => {
        closed = true;
        // What cannot be written now is lost: nobody may wait for a reader that has gone.
        const giveUp = (): void => {
          destination.destroy();
          resolve();
        };
        if (broken) return giveUp();
        destination.once('error', giveUp);
        destination.once('close', resolve);
        destination.end();
      }),
  };
}
