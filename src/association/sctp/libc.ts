/**
 * The calls of the C library that kernel SCTP needs, by koffi. Everything that is handed over by address lies in buffers that this room keeps
 * alive; nothing here allocates, and nothing of the kernel's structures is known above this folder.
 */
import { err, ok, type Result } from '#base';
import type { TransportError } from '../port.js';

type Call = (...args: readonly (number | Buffer | null)[]) => number;

/** Negative: failed, and `errno` says why. Addresses are numbers: those of x86-64 and arm64 fit 48 bits. */
export interface Libc {
  socket(domain: number, type: number, protocol: number): number;
  listen(fd: number, backlog: number): number;
  accept4(fd: number, address: null, length: null, flags: number): number;
  setsockopt(fd: number, level: number, name: number, value: Buffer, length: number): number;
  getsockopt(fd: number, level: number, name: number, value: Buffer, length: Buffer): number;
  sendmsg(fd: number, message: number, flags: number): number;
  recvmsg(fd: number, message: number, flags: number): number;
  shutdown(fd: number, how: number): number;
  close(fd: number): number;
  write(fd: number, from: number, octets: number): number;
  read(fd: number, to: number, octets: number): number;
  eventfd(initial: number, flags: number): number;
  epoll_create1(flags: number): number;
  epoll_ctl(epoll: number, operation: number, fd: number, event: number): number;
  epoll_wait(epoll: number, events: number, count: number, timeoutMs: number): number;
  /** The same on a thread of libuv's pool. */
  epollWaitLater(epoll: number, events: number, count: number, timeoutMs: number, done: (count: number) => void): void;
  /** Of the call before. */
  errno(): number;
  /** Where a buffer's octets lie, as long as it lives. It must be one of its own, `Buffer.allocUnsafeSlow`. */
  addressOf(buffer: Buffer): number;
}

const SIGNATURES = {
  socket: 'int socket(int, int, int)',
  listen: 'int listen(int, int)',
  accept4: 'int accept4(int, void *, void *, int)',
  setsockopt: 'int setsockopt(int, int, int, void *, uint32_t)',
  getsockopt: 'int getsockopt(int, int, int, void *, void *)',
  sendmsg: 'long sendmsg(int, intptr_t, int)',
  recvmsg: 'long recvmsg(int, intptr_t, int)',
  shutdown: 'int shutdown(int, int)',
  close: 'int close(int)',
  write: 'long write(int, intptr_t, size_t)',
  read: 'long read(int, intptr_t, size_t)',
  eventfd: 'int eventfd(uint32_t, int)',
  epoll_create1: 'int epoll_create1(int)',
  epoll_ctl: 'int epoll_ctl(int, int, int, intptr_t)',
} as const;

/** Errors of Linux by number that this folder tells apart or names. Source: asm-generic/errno.h. */
export const ERRNO = { EAGAIN: 11, EPROTONOSUPPORT: 93, EAFNOSUPPORT: 97, ENOSYS: 38, EINPROGRESS: 115, EINTR: 4 } as const;

const ERRNO_TEXTS: Readonly<Record<number, string>> = {
  1: 'EPERM, not permitted',
  4: 'EINTR, interrupted',
  11: 'EAGAIN, try again',
  13: 'EACCES, permission denied',
  22: 'EINVAL, invalid argument',
  23: 'ENFILE, too many open files in the system',
  24: 'EMFILE, too many open files',
  32: 'EPIPE, the association has ended',
  38: 'ENOSYS, not implemented',
  93: 'EPROTONOSUPPORT, protocol not supported',
  97: 'EAFNOSUPPORT, address family not supported',
  98: 'EADDRINUSE, address already in use',
  99: 'EADDRNOTAVAIL, address is none of this machine',
  101: 'ENETUNREACH, network is unreachable',
  103: 'ECONNABORTED, association aborted',
  104: 'ECONNRESET, association reset by the peer',
  105: 'ENOBUFS, no buffers',
  110: 'ETIMEDOUT, timed out',
  111: 'ECONNREFUSED, nobody listens there',
  113: 'EHOSTUNREACH, no route to host',
};

export const errnoText = (errno: number): string => ERRNO_TEXTS[errno] ?? `errno ${errno}`;

/** What the structures of this folder were written for. */
const ARCHITECTURES: readonly string[] = ['x64', 'arm64'];

let loaded: Promise<Result<Libc, TransportError>> | undefined;

/** Loads once. An error where there is no binary for this machine. */
export function loadLibc(): Promise<Result<Libc, TransportError>> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<Result<Libc, TransportError>> {
  const { platform, arch } = process;
  if (platform !== 'linux' || !ARCHITECTURES.includes(arch))
    return err(noKoffi(`kernel SCTP is built for Linux on x86-64 and arm64; this is ${platform} on ${arch}`));
  try {
    const { default: koffi } = await import('koffi');
    return ok(bind(koffi));
  } catch (e) {
    return err(noKoffi(`koffi cannot be loaded, which kernel SCTP is called through: ${e instanceof Error ? e.message : e}`));
  }
}

const noKoffi = (text: string): TransportError => ({
  kind: 'no-koffi',
  text: `${text}; install without --omit=optional, or use TCP`,
});

/** The part of koffi that is used. */
interface Koffi {
  load(path: null): { func(definition: string): unknown };
  errno(): number;
  address(value: unknown): bigint;
}

type AsyncCall = Call & { async(...args: readonly unknown[]): void };

function bind(koffi: Koffi): Libc {
  // Null is the program itself, into which the C library is linked: its file has another name on every system.
  const library = koffi.load(null);
  const calls = Object.fromEntries(Object.entries(SIGNATURES).map(([name, it]) => [name, library.func(it)])) as unknown as Record<
    keyof typeof SIGNATURES,
    Call
  >;
  const epollWait = library.func('int epoll_wait(int, intptr_t, int, int)') as AsyncCall;
  return {
    ...(calls as unknown as Omit<Libc, 'epoll_wait' | 'epollWaitLater' | 'errno' | 'addressOf'>),
    epoll_wait: epollWait,
    epollWaitLater: (epoll, events, count, timeoutMs, done) =>
      epollWait.async(epoll, events, count, timeoutMs, (_: unknown, found: number) => done(found)),
    errno: () => koffi.errno(),
    addressOf: (buffer) => Number(koffi.address(buffer)),
  };
}
