/** `angarium numbers mirror`: a gate's numbers in a folder of another machine, for programs there that follow it. */
import { readFileSync } from 'node:fs';
import { keepCopy, type NumberCopy, SourceAway } from '#store/numbers';
import { secretFrom } from '../config-checks.js';
import { type RemoteNumbers, remoteNumbers } from '../gate/remote-numbers.js';
import { openLog } from '../log.js';
import { durationMs } from '../written-values.js';
import { ending, OTHERS_MASK } from './process-life.js';
import { Failure, say, sayJson, WrongUse } from './terminal.js';

export interface MirrorCommand {
  readonly from: string;
  readonly tokenFile: string;
  readonly authorities?: string;
  readonly interval: string;
  readonly data: string;
  readonly once?: true;
  readonly json?: true;
}

function fileOf<T>(file: string, reader: (file: string) => T): T {
  try {
    return reader(file);
  } catch (e) {
    throw new Failure(`${file}: cannot be read (${(e as NodeJS.ErrnoException).code ?? String(e)})`);
  }
}

function sourceOf({ from, tokenFile, authorities }: MirrorCommand): RemoteNumbers {
  const token = fileOf(tokenFile, secretFrom);
  const trusted = authorities === undefined ? {} : { authorities: fileOf(authorities, (file) => readFileSync(file, 'utf8')) };
  return remoteNumbers({ url: new URL(from).origin, token, ...trusted });
}

export async function mirror(options: MirrorCommand): Promise<void> {
  const { data: folder, once = false, json = false } = options;
  const intervalMs = durationMs(options.interval);
  if (intervalMs === undefined || intervalMs === 0)
    throw new WrongUse('--interval: expected digits and ms, s, m, h or d, for instance "1s"');
  const source = sourceOf(options);
  process.umask(process.umask() | OTHERS_MASK);
  const log = openLog({ level: once ? 'warn' : 'info', format: json ? 'json' : 'line', numbers: 'masked' });
  const copy = keepCopy({ source, folder, intervalMs, log: once ? { ...log, warn: () => {} } : log });
  if (!copy.ok) {
    await source.close();
    throw new Failure(`${folder}: in use by ${copy.error.pid === undefined ? 'another process' : `process ${copy.error.pid}`}`);
  }
  try {
    await (once ? fetchOnce(copy.value, json) : keepOn(copy.value, () => log.info({ folder, from: options.from }, 'fetching')));
  } finally {
    await source.close();
    await copy.value.close();
    await log.close();
  }
}

async function fetchOnce(copy: NumberCopy, json: boolean): Promise<void> {
  try {
    const { load, version } = await copy.fetch();
    if (json) sayJson({ load, ...(version === undefined ? {} : { version }) });
    else say(`load ${load}${version === undefined ? '' : `, change ${version.change}`}`);
  } catch (e) {
    const { code, message } = e as NodeJS.ErrnoException;
    if (!(e instanceof SourceAway) && code === undefined) throw e;
    throw new Failure(`${message}; what has been fetched stays, and the next attempt goes on from there`);
  }
}

/** Until a signal. */
async function keepOn(copy: NumberCopy, begun: () => void): Promise<void> {
  const ended = ending();
  begun();
  copy.start();
  await ended;
}
