/** Runs the mmsc until it is told to stop. */
import { toLogConfig } from '../config-parts.js';
import { openLog } from '../log.js';
import { type RunningMmsc, startMmsc } from '../mmsc.js';
import { StartFailure } from '../start-failure.js';
import { VERSION } from '../version.js';
import { loadConfig } from './load-config.js';
import { Failure } from './terminal.js';

/** A signal within this time is the first one once more: npm and shells hand on what the terminal has sent too. Unit: milliseconds. */
const SAME_SIGNAL_MS = 1_000;

/** What others may not do with what the program makes: messages are for owner and group. Beside what the umask of whoever starts it says. */
const UMASK = 0o027;

/** Resolves with the first of the signals that end a program; a second one ends it at once. */
const ending = (): Promise<NodeJS.Signals> =>
  new Promise((resolve) => {
    let first: number | undefined;
    const end = (signal: NodeJS.Signals): void => {
      first ??= performance.now();
      if (performance.now() - first > SAME_SIGNAL_MS) process.exit(1);
      resolve(signal);
    };
    process.on('SIGTERM', end);
    process.on('SIGINT', end);
  });

export interface StartCommand {
  readonly config?: string;
  /** The log as JSON, whatever the configuration says. */
  readonly json?: true;
}

/** Resolves never: the process ends with it. Throws a Failure when the program cannot start. */
export async function start(options: StartCommand): Promise<void> {
  const config = loadConfig(options.config);
  const logConfig = toLogConfig(config, process.stdout.isTTY);
  const log = openLog(options.json ? { ...logConfig, format: 'json' } : logConfig);
  process.umask(process.umask() | UMASK);
  // From here on: a signal that comes while the program is starting waits until it can be closed in order.
  const ended = ending();
  let running: RunningMmsc;
  try {
    running = await startMmsc(config, { log });
  } catch (e) {
    await log.close();
    if (e instanceof StartFailure) throw new Failure(`angarium cannot start: ${e.message}`);
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
