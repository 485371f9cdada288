/** The real program under a benchmark: pinned to its core, logging as it does by default, but into nothing. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { CLI, makeSite, type Site, untilReady } from '../../test/kit/program.js';
import { pinned, SERVER_CORE } from '../harness/index.js';

export interface RunningMmsc {
  readonly site: Site;
  readonly pid: number;
  stop(): Promise<void>;
}

/** Starts the program on a folder of its own, or again on that of `site`. `stop` leaves the folder; `site.remove()` takes it away. */
export async function startMmsc(site?: Site): Promise<RunningMmsc> {
  const place = site ?? (await makeSite({}, 'info'));
  const start = pinned(SERVER_CORE, process.execPath, [CLI, 'start', '--config', place.config]);
  // Standard output goes to /dev/null: formatting and writing the log is part of the program's cost, reading it is not.
  const child = spawn(start.command, start.args, { stdio: 'ignore' });
  const ended = once(child, 'exit');
  await untilReady(place, () => (child.exitCode === null ? undefined : `ended with ${child.exitCode}`));
  return {
    site: place,
    pid: child.pid!,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
