/** Runs the mmsc until it is told to stop. */
import { lineOfKey } from '../config-document.js';
import { toLogConfig } from '../config-parts.js';
import { openLog } from '../log.js';
import { type RunningMmsc, startMmsc } from '../mmsc.js';
import { StartFailure } from '../start-failure.js';
import { VERSION } from '../version.js';
import { loadConfig } from './load-config.js';
import { ending, OTHERS_MASK } from './process-life.js';
import { Failure } from './terminal.js';

export interface StartCommand {
  readonly config?: string;
  /** The log as JSON, whatever the configuration says. */
  readonly json?: true;
}

/** `file:line: ` of the key that asks for what cannot be had; empty where no file or no line of it does. */
function placeOf({ key }: StartFailure, file: string | undefined): string {
  const line = key === undefined || file === undefined ? undefined : lineOfKey(file, key);
  return line === undefined ? '' : `${file}:${line}: `;
}

/** Resolves never: the process ends with it. Throws a Failure when the program cannot start. */
export async function start(options: StartCommand): Promise<void> {
  const config = loadConfig(options.config);
  const logConfig = toLogConfig(config, process.stdout.isTTY);
  const log = openLog(options.json ? { ...logConfig, format: 'json' } : logConfig);
  process.umask(process.umask() | OTHERS_MASK);
  // From here on: a signal that comes while the program is starting waits until it can be closed in order.
  const ended = ending();
  let running: RunningMmsc;
  try {
    running = await startMmsc(config, { log });
  } catch (e) {
    await log.close();
    if (e instanceof StartFailure) throw new Failure(`angarium cannot start: ${placeOf(e, options.config)}${e.message}`);
    throw e;
  }
  log.info({ version: VERSION, data: config.data.folder, ...running.addresses }, 'angarium is up');
  const signal = await ended;
  log.info({ signal }, 'stopping');
  await running.close();
  log.info({}, 'stopped');
  await log.close();
  // Whatever did not end in time must not keep the process alive.
  process.exit(0);
}
