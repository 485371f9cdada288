/**
 * A machine inside the machine whose kernel has SCTP: User-Mode Linux, a kernel that runs as a plain process. No virtualisation, root or network
 * is needed; it has one processor and only its own loopback. What it measures of speed means nothing: every system call stops a process twice.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Sources, not output: the script is not compiled. */
const root = fileURLToPath(new URL('../../../../', import.meta.url));
const INIT = join(root, 'test/peers/sctp-guest/init.sh');
const MEMORY = '768M';

export interface GuestRun {
  /** Exit code of the command; undefined when the guest ended without one, or was ended. */
  readonly status: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** What the guest's kernel said. */
  readonly console: string;
  /** A file that the command wrote into `$OUT`; undefined when there is none. */
  file(name: string): Buffer | undefined;
  /** Removes the files. */
  remove(): void;
}

/** Runs a shell command in the guest, in the folder of this project. */
export async function runInGuest(command: string, limitMs: number): Promise<GuestRun> {
  const out = mkdtempSync(join(tmpdir(), 'angarium-guest-'));
  writeFileSync(join(out, 'command'), `${command}\n`);
  const args = [`mem=${MEMORY}`, 'root=/dev/root', 'rootfstype=hostfs', 'rootflags=/', 'ro', 'quiet', `init=${INIT}`];
  const handed = [`GUEST_OUT=${out}`, `GUEST_CWD=${root}`];
  // Descriptor 1 is its console; HOME is where it keeps its state.
  const child = spawn('linux.uml', [...args, ...handed, 'con=null', 'con0=null,fd:1', 'con1=null'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, HOME: out, PATH: `${process.env['PATH']}:/usr/sbin:/sbin` },
    detached: true,
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece: Buffer) => (said += piece.toString()));
  // The guest's processes are processes of the machine, all in this group.
  const timer = setTimeout(() => process.kill(-child.pid!, 'SIGKILL'), limitMs);
  await new Promise<void>((resolve, reject) => {
    child.once('close', () => resolve());
    child.once('error', reject);
  }).finally(() => clearTimeout(timer));
  const file = (name: string): Buffer | undefined => {
    try {
      return readFileSync(join(out, name));
    } catch (e) {
      if ((e as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw e;
    }
  };
  const text = (name: string): string => file(name)?.toString() ?? '';
  const status = text('status').trim();
  return {
    status: status === '' ? undefined : Number(status),
    stdout: text('stdout'),
    stderr: text('stderr'),
    console: said,
    file,
    remove: () => rmSync(out, { recursive: true, force: true }),
  };
}
