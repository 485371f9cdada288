/** A headless Chromium that opens one page, in a folder of its own that goes with it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** How long the browser may take to end when asked, before it is made to. Unit: milliseconds. */
const END_MS = 5_000;

const OPTIONS = [
  '--headless',
  '--no-sandbox', // continuous integration runs as root, where Chromium's sandbox refuses to start
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-breakpad',
  '--no-first-run',
  '--no-proxy-server',
];

export interface Browser {
  /** What it has written to standard output and error so far. */
  output(): string;
  /** Resolves when it has ended by itself, which it does only when it could not start or broke down. */
  readonly ended: Promise<unknown>;
  close(): Promise<void>;
}

export async function openBrowser(url: string): Promise<Browser> {
  const folder = await mkdtemp(join(tmpdir(), 'angarium-chromium-'));
  const child = spawn('chromium', [...OPTIONS, `--user-data-dir=${join(folder, 'profile')}`, url], {
    env: { ...process.env, HOME: folder, XDG_CONFIG_HOME: folder, XDG_CACHE_HOME: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true, // a process group of its own, which can be ended whole
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = once(child, 'close');
  return {
    output: () => output,
    ended,
    async close() {
      const isOpen = () => child.exitCode === null && child.signalCode === null;
      if (isOpen()) child.kill('SIGTERM');
      const lastResort = setTimeout(() => killGroup(child.pid!), END_MS);
      await ended;
      clearTimeout(lastResort);
      killGroup(child.pid!);
      await rm(folder, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}

/** Ends every process of a group, if there still is one. */
function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (e) {
    if ((e as NodeJS.ErrnoException).code !== 'ESRCH') throw e;
  }
}
