/**
 * Reads what strace wrote about a program: its file and socket calls in order, with every octet they carried.
 *
 * Made with `strace -f -y -xx -s <large> -e trace=<CALLS>`. A call has two instants, counted in lines of the log: when it was entered and
 * when it returned. Between the two anything may have happened, and the disk model takes it so.
 */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

/** The calls that change files or speak to peers; everything else is noise. */
export const CALLS = [
  'openat',
  'write',
  'writev',
  'pwrite64',
  'pwritev',
  'pwritev2',
  'fsync',
  'fdatasync',
  'ftruncate',
  'rename',
  'renameat',
  'renameat2',
  'unlink',
  'unlinkat',
  'sendto',
  'sendmsg',
] as const;

export interface Call {
  readonly name: string;
  /** Line of the log on which it was entered, and on which it returned; equal when strace printed one line. */
  readonly entered: number;
  readonly returned: number;
  /** Path of the file it works on; `socket:[…]` for sockets; of the first path for rename and unlink. */
  readonly path: string;
  /** Second path of a rename. */
  readonly target?: string;
  readonly fd: number;
  readonly octets: Buffer;
  /** File position of a positional write, length of a truncation; undefined for a write at the descriptor's own position. */
  readonly position?: number;
  readonly flags: string;
  readonly result: number;
}

const unhex = (text: string): Buffer => Buffer.from(text.replaceAll('\\x', ''), 'hex');
const unhexPath = (text: string): string => (text.startsWith('\\x') ? unhex(text).toString('utf8') : text);

const STRINGS = /"((?:\\x[0-9a-f]{2})*)"/g;

function toCall(name: string, args: string, result: number, entered: number, returned: number): Call {
  const strings = [...args.matchAll(STRINGS)].map((m) => m[1]!);
  const descriptor = /^(-?\d+)<([^>]*)>/.exec(args);
  const base = { name, entered, returned, result, flags: '', octets: Buffer.alloc(0) };
  if (name === 'openat') {
    const opened = strings[0] === undefined ? '' : unhex(strings[0]).toString('utf8');
    return { ...base, path: opened, fd: result, flags: args.slice(args.lastIndexOf('"') + 1) };
  }
  if (name.startsWith('rename') || name.startsWith('unlink')) {
    const paths = strings.map((s) => unhex(s).toString('utf8'));
    return { ...base, path: paths[0] ?? '', fd: -1, ...(paths[1] === undefined ? {} : { target: paths[1] }) };
  }
  const path = descriptor ? unhexPath(descriptor[2]!) : '';
  const fd = descriptor ? Number(descriptor[1]) : -1;
  const octets = Buffer.concat(strings.map(unhex));
  if (name === 'ftruncate') return { ...base, path, fd, position: Number(/,\s*(\d+)\s*$/.exec(args)?.[1]) };
  if (name === 'pwrite64' || name === 'pwritev')
    return { ...base, path, fd, octets, position: Number(/,\s*(\d+)\s*$/.exec(args)?.[1]) };
  if (name === 'pwritev2') return { ...base, path, fd, octets, position: Number(/,\s*(\d+),\s*[^,]*$/.exec(args)?.[1]) };
  return { ...base, path, fd, octets };
}

/** All calls of the log in the order in which they were entered. Throws on a cut string: then the log was made with too small a size. */
export async function readStraceLog(file: string): Promise<readonly Call[]> {
  const calls: Call[] = [];
  const open = new Map<string, { name: string; args: string; entered: number }>();
  let line = 0;
  for await (const text of createInterface({ input: createReadStream(file, 'latin1'), crlfDelay: Number.POSITIVE_INFINITY })) {
    line++;
    if (/"\.\.\./.test(text)) throw new Error(`strace cut a string on line ${line}`);
    const whole = /^(\d+)\s+(\w+)\((.*)\)\s+= (-?\d+)/s.exec(text);
    if (whole && !text.includes(' resumed>')) {
      calls.push(toCall(whole[2]!, whole[3]!, Number(whole[4]), line, line));
      continue;
    }
    const begun = /^(\d+)\s+(\w+)\((.*) <unfinished \.\.\.>$/s.exec(text);
    if (begun) {
      open.set(begun[1]!, { name: begun[2]!, args: begun[3]!, entered: line });
      continue;
    }
    const resumed = /^(\d+)\s+<\.\.\. (\w+) resumed>(.*)\)\s+= (-?\d+)/s.exec(text);
    if (!resumed) continue;
    const start = open.get(resumed[1]!);
    if (start === undefined) continue;
    open.delete(resumed[1]!);
    calls.push(toCall(start.name, start.args + resumed[3]!, Number(resumed[4]), start.entered, line));
  }
  // Entered, never returned: the process was killed inside. The write may have happened.
  for (const start of open.values()) calls.push(toCall(start.name, start.args, 0, start.entered, Number.POSITIVE_INFINITY));
  return calls.sort((a, b) => a.entered - b.entered);
}
