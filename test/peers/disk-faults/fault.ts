/** Makes the system calls of a running program fail or wait: strace attaches to it, and lets go of it when the fault is to end. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** SQLite and segments write with these, and nothing else of the program does: sockets and logs have no position. */
export const WRITES = 'pwrite64,pwritev,pwritev2';
export const FLUSHES = 'fsync,fdatasync';

export interface Fault {
  /** Lets go of the program: its calls reach the disk again. */
  end(): Promise<void>;
}

/**
 * Attaches to every thread of the process and tampers with `calls`. `how`: in strace's words, for instance `error=ENOSPC` or
 * `delay_enter=500000` (microseconds). With `when=1` the first call of every thread is meant. Rejects when tracing is not permitted.
 */
export async function injectFault(pid: number, calls: string, how: string): Promise<Fault> {
  const strace = spawn(
    'strace',
    ['-f', '-p', String(pid), '-o', '/dev/null', '-e', `trace=${calls}`, '-e', `inject=${calls}:${how}`],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  const exited = once(strace, 'exit');
  await attached(strace, exited);
  return {
    async end() {
      strace.kill('SIGINT');
      await exited;
    },
  };
}

/** strace announces that it has attached to all threads before it lets the first one go on. */
async function attached(strace: ChildProcess, exited: Promise<unknown>): Promise<void> {
  let text = '';
  const announced = new Promise<void>((resolve) => {
    strace.stderr!.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (/attached/.test(text)) resolve();
    });
  });
  await Promise.race([
    announced,
    exited.then(() => {
      throw new Error(`strace ended: ${text.trim()}`);
    }),
  ]);
}
