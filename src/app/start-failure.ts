/** What the programs share when they start and stop: what cannot be had is said in words, and nobody waits for ever. */

/** Something that the program needs and cannot have: a port, a folder. The message says all that an operator needs. */
export class StartFailure extends Error {
  override readonly name = 'StartFailure';
  /** Key of the configuration that asks for it, with dots between tables. Absent: no single key does. */
  readonly key: string | undefined;

  constructor(message: string, { key, ...options }: ErrorOptions & { readonly key?: string | undefined } = {}) {
    super(message, options);
    this.key = key;
  }
}

/** A part of the program that one key of the configuration asks for. */
export interface KeyedPart {
  readonly key: string;
  /** Its value as the operator would write it. */
  readonly value: string;
}

/** What the system's error codes mean for somebody who starts a program. */
const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the address is in use',
  EADDRNOTAVAIL: 'this machine has no such address',
  EACCES: 'not permitted',
  EPERM: 'not permitted',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of the path is no folder',
  ENOTFOUND: 'the name is not known',
};

/** Opens one part of the program, named in words or by its key; what the system refuses becomes a StartFailure, a bug stays one. */
export async function opened<T>(part: string | KeyedPart, open: () => T | Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (e) {
    if (e instanceof TypeError || e instanceof RangeError || e instanceof ReferenceError) throw e;
    const { message, cause } = e as Error;
    const code = (e as NodeJS.ErrnoException).code ?? (cause as NodeJS.ErrnoException | undefined)?.code;
    const [what, key] = typeof part === 'string' ? [part, undefined] : [`${part.key} "${part.value}"`, part.key];
    const why = code !== undefined && code in REASONS ? `${REASONS[code]} (${code})` : message;
    throw new StartFailure(`${what}: ${why}`, { cause: e, key });
  }
}

/** Resolves when `ending` has ended or the time is over; true when it was in time. Rejects as `ending` does. */
export async function within(ms: number, ending: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  try {
    return await Promise.race([ending.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
