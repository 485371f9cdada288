/** Runs the whole program for a journey: on loopback, every port chosen by the system, its data in a folder that goes with the test. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Addresses } from '#app';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
export const CLI = join(ROOT, 'dist/app/cli.js');

/** What a finished command left behind. */
export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Program {
  readonly addresses: Addresses;
  readonly folder: string;
  /** Its configuration file. */
  readonly config: string;
  /** What it has logged so far. */
  readonly log: readonly LogLine[];
  /** Resolves with the first line that says this, when it has come. */
  logged(text: string): Promise<LogLine>;
  /** Runs the command line beside it. */
  run(...args: readonly string[]): Promise<Ran>;
  /** Sends a signal and waits for the end; the exit code, or null when the signal killed it. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

export type LogLine = Readonly<Record<string, unknown>> & { readonly level: string; readonly msg: string };

/** Runs `angarium` with these arguments to its end. */
export const runCli = (
  args: readonly string[],
  options: { readonly cwd?: string; readonly input?: Uint8Array } = {},
): Promise<Ran> =>
  new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [CLI, ...args],
      { ...(options.cwd === undefined ? {} : { cwd: options.cwd }) },
      (_, stdout, stderr) => resolve({ code: child.exitCode, stdout, stderr }),
    );
    child.stdin!.end(options.input);
  });

export const temporaryFolder = (): string => mkdtempSync(join(tmpdir(), 'angarium-journey-'));

/** Everything on ports of the system's choice, so that journeys can run side by side. */
const LOOPBACK = `
[mm1]
listen = "127.0.0.1:0"
[push.lab]
listen = "127.0.0.1:0"
[monitoring]
listen = "127.0.0.1:0"
`;

/** Starts the program; `extra` is further configuration, of tables that LOOPBACK does not have. Rejects when it does not come up. */
export async function startProgram(folder: string, extra = ''): Promise<Program> {
  const config = join(folder, 'angarium.toml');
  writeFileSync(config, `[data]\nfolder = "data"\n${LOOPBACK}${extra}`);
  const child = spawn(process.execPath, [CLI, 'start', '--config', config], { stdio: ['ignore', 'pipe', 'pipe'] });
  const log: LogLine[] = [];
  const bell = new EventEmitter();
  const logged = async (text: string): Promise<LogLine> => {
    for (;;) {
      const line = log.find(({ msg }) => msg === text);
      if (line) return line;
      await once(bell, 'line');
    }
  };
  createInterface({ input: child.stdout }).on('line', (line) => {
    log.push(JSON.parse(line) as LogLine);
    bell.emit('line');
  });
  const up = await Promise.race([logged('angarium is up'), failureOf(child, 'the program')]);
  return {
    addresses: up as unknown as Addresses,
    folder,
    config,
    log,
    logged,
    run: (...args) => runCli(args),
    async stop(signal = 'SIGTERM') {
      if (child.exitCode === null && child.signalCode === null) {
        const closed = once(child, 'close');
        child.kill(signal);
        await closed;
      }
      return child.exitCode;
    },
  };
}

/** Rejects when a program ends that should come up. `what`: the program, for the message. */
export function failureOf(child: ChildProcess, what: string): Promise<never> {
  let stderr = '';
  child.stderr!.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const failure = once(child, 'close').then(([code]) => {
    throw new Error(`${what} ended with ${code} before it was up: ${stderr}`);
  });
  // After it is up its end is nobody's surprise.
  failure.catch(() => {});
  return failure;
}

export const removeFolder = (folder: string): void => rmSync(folder, { recursive: true, force: true });
