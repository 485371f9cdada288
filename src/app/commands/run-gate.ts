/** Runs the gate until it is told to stop; SIGHUP has it read its configuration again. */

import { readGateConfig } from '../gate/config-file.js';
import { gateSocket, toLogConfig } from '../gate/config-parts.js';
import { type RunningGate, startGate } from '../gate.js';
import { openLog } from '../log.js';
import { StartFailure } from '../start-failure.js';
import { VERSION } from '../version.js';
import { loadGate } from './load-gate.js';
import { ending, OTHERS_MASK } from './process-life.js';
import type { StartCommand } from './run-mmsc.js';
import { Failure } from './terminal.js';

/** Resolves never: the process ends with it. Throws a Failure when the gate cannot start. */
export async function startGateCommand(
  options: Required<Pick<StartCommand, 'config'>> & Pick<StartCommand, 'json'>,
): Promise<void> {
  const file = loadGate(options.config);
  const logConfig = toLogConfig(file.config, process.stdout.isTTY);
  const log = openLog(options.json ? { ...logConfig, format: 'json' } : logConfig);
  process.umask(process.umask() | OTHERS_MASK);
  const ended = ending();
  let running: RunningGate | undefined;
  process.on('SIGHUP', () => {
    running?.reload().then(
      (result) => {
        if (!result.ok) log.error({ faults: result.error.text }, 'configuration not loaded');
      },
      (e: unknown) => log.error({ err: e }, 'configuration not loaded'),
    );
  });
  try {
    running = await startGate(file, { log, reread: () => readGateConfig(options.config) });
  } catch (e) {
    await log.close();
    if (e instanceof StartFailure) throw new Failure(`the gate cannot start: ${e.message}`);
    throw e;
  }
  log.info({ version: VERSION, edition: file.version, socket: gateSocket(file.config), ...running.addresses }, 'gate is up');
  const signal = await ended;
  log.info({ signal }, 'stopping');
  await running.close();
  log.info({}, 'stopped');
  await log.close();
  process.exit(0);
}
