/** Child processes of a benchmark: pinned to a core, measured by /proc, ended by their own handle. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** The program under test runs here. */
export const SERVER_CORE = 0;
/** The load generator runs here. */
export const GENERATOR_CORE = 1;
/** How long a started program may take to say that it is ready. Unit: ms. */
const READY_MS = 20_000;
/** How long a program may take to stop before it is killed. Unit: ms. */
const STOP_MS = 10_000;
/** Unit of utime and stime in /proc/PID/stat: USER_HZ, 100 a second on every Linux of today (proc(5)). */
const TICK_MS = 10;

let pins: boolean | undefined;

/** Whether `taskset` is here and there are two cores to tell apart. */
export function canPin(): boolean {
  pins ??= availableParallelism() > 1 && spawnSync('taskset', ['--version']).status === 0;
  return pins;
}

/** The command, started on one core where that is possible. */
export function pinned(core: number, command: string, args: readonly string[]): { command: string; args: string[] } {
  return canPin() ? { command: 'taskset', args: ['-c', String(core), command, ...args] } : { command, args: [...args] };
}

/** `cpuMs`: user and system time of all threads since the start. `rssBytes`, `rssPeakBytes`: resident memory, now and at most. */
export interface Usage {
  readonly cpuMs: number;
  readonly rssBytes: number;
  readonly rssPeakBytes: number;
}

/** Reads /proc; CPU time is counted in steps of 10 ms, so measure over seconds. Throws where there is no /proc or no such process. */
export function readUsage(pid: number): Usage {
  // The second field is the program's name in parentheses and may hold spaces: count from the last parenthesis.
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kilobytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0);
  return {
    cpuMs: (Number(fields[11]) + Number(fields[12])) * TICK_MS,
    rssBytes: kilobytes('VmRSS') * 1024,
    rssPeakBytes: kilobytes('VmHWM') * 1024,
  };
}

/** A child that has said it is ready. `ready`: what matched, for ports and addresses. */
export interface Running {
  readonly pid: number;
  readonly child: ChildProcess;
  readonly ready: RegExpExecArray;
  /** Asks it to stop (SIGTERM), waits, and kills it when it does not. */
  stop(): Promise<void>;
}

/** `readyMs`: how long it may take to be ready. Unit: ms. */
export interface StartOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly readyMs?: number;
}

/** Starts a program on the server's core and waits until its standard output or error matches. Rejects when it ends before that. */
export function startProcess(
  command: string,
  args: readonly string[],
  readyWhen: RegExp,
  { readyMs = READY_MS, ...options }: StartOptions = {},
): Promise<Running> {
  const start = pinned(SERVER_CORE, command, args);
  // taskset replaces itself by the program, so the child's id is the program's.
  const child = spawn(start.command, start.args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  return new Promise((resolve, reject) => {
    let output = '';
    let settled = false;
    const fail = (why: string) => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      child.kill('SIGKILL');
      reject(new Error(`${command} ${args.join(' ')}: ${why}\n${output}`));
    };
    const timer = setTimeout(() => fail(`not ready after ${readyMs} ms`), readyMs);
    const read = (chunk: Buffer) => {
      // After it is ready the pipes are only drained, lest a talkative program blocks on a full one.
      if (settled) return;
      output += chunk.toString();
      const ready = readyWhen.exec(output);
      if (ready === null) return;
      settled = true;
      clearTimeout(timer);
      const stop = async () => {
        child.kill('SIGTERM');
        const killer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
        await ended;
        clearTimeout(killer);
      };
      resolve({ pid: child.pid!, child, ready, stop });
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('error', (e) => fail(e.message));
    child.once('close', (code, signal) => fail(`ended early (${signal ?? code})`));
  });
}
