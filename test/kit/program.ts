/** The real program as a child process on loopback, for journeys that stop, kill or starve it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const CLI = join(fileURLToPath(new URL('../../..', import.meta.url)), 'dist/app/cli.js');
/** A start that takes longer is a failure. Unit: milliseconds. Generous, because strace slows it many times. */
const START_TIMEOUT_MS = 60_000;

export interface Site {
  /** Temporary folder that holds configuration and data. */
  readonly folder: string;
  readonly data: string;
  readonly config: string;
  readonly mm1Port: number;
  readonly labPort: number;
  readonly monitoringPort: number;
  remove(): Promise<void>;
}

/** A port that was free a moment ago. Journeys need fixed ones: content addresses outlive a restart. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** A folder and configuration for one program, which logs warnings only. `sections` adds keys, as TOML lines by section name. */
export async function makeSite(
  sections: Readonly<Record<string, readonly string[]>> = {},
  logLevel: 'info' | 'warn' = 'warn',
): Promise<Site> {
  const folder = await mkdtemp(join(tmpdir(), 'angarium-site-'));
  const [mm1Port, labPort, monitoringPort] = [await freePort(), await freePort(), await freePort()];
  const data = join(folder, 'data');
  const base: Record<string, string[]> = {
    data: [`folder = "${data}"`],
    log: [`level = "${logLevel}"`, 'format = "json"'],
    mm1: [`listen = "127.0.0.1:${mm1Port}"`],
    'push.lab': [`listen = "127.0.0.1:${labPort}"`],
    monitoring: [`listen = "127.0.0.1:${monitoringPort}"`],
  };
  for (const [section, lines] of Object.entries(sections)) (base[section] ??= []).push(...lines);
  const config = join(folder, 'angarium.toml');
  await writeFile(
    config,
    Object.entries(base)
      .map(([name, lines]) => `[${name}]\n${lines.join('\n')}\n`)
      .join('\n'),
  );
  return { folder, data, config, mm1Port, labPort, monitoringPort, remove: () => rm(folder, { recursive: true, force: true }) };
}

export interface Program {
  readonly process: ChildProcess;
  /** What it has written to standard error and output so far. */
  output(): string;
  /** Sends the signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<void>;
}

/** Starts the program and waits until it answers ready. `wrapper`: a command that runs it, for instance strace with its options. */
export async function startProgram(site: Site, wrapper: readonly string[] = []): Promise<Program> {
  const [command, ...rest] = [...wrapper, process.execPath, CLI, 'start', '--config', site.config];
  const child = spawn(command!, rest, { stdio: ['ignore', 'pipe', 'pipe'], detached: wrapper.length > 0 });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream!.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = once(child, 'exit');
  try {
    await untilReady(site, () =>
      child.exitCode === null && child.signalCode === null ? undefined : `it ended at once:\n${output}`,
    );
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
  return {
    process: child,
    output: () => output,
    async end(signal) {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      await ended;
    },
  };
}

/** Waits until the program answers ready. Rejects when `ended` gives a reason, or when it takes too long. */
export async function untilReady(site: Site, ended: () => string | undefined): Promise<void> {
  const giveUpAt = performance.now() + START_TIMEOUT_MS;
  while (!(await isReady(site))) {
    const reason = ended();
    if (reason !== undefined) throw new Error(`the program did not start: ${reason}`);
    if (performance.now() > giveUpAt) throw new Error(`the program was not ready in ${START_TIMEOUT_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function isReady(site: Site): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${site.monitoringPort}/readyz`);
    await answer.arrayBuffer();
    return answer.ok;
  } catch (error) {
    if (error instanceof TypeError) return false; // fetch's word for a refused connection
    throw error;
  }
}
