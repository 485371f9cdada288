/**
 * Readiness of foreign descriptors: Node cannot watch them. One thread of libuv's pool waits in epoll_wait for all of them; as long as there is
 * something to do, the loop asks without waiting instead, once a turn, which costs a microsecond and no change of thread.
 */
import type { Libc } from './libc.js';

/** Events taken at once. The rest comes with the next call. */
const EVENTS_MAX = 64;
const EVENT_OCTETS = process.arch === 'x64' ? 12 : 16;
const DATA_AT = process.arch === 'x64' ? 4 : 8;
const ADD = 1;
const DELETE = 2;
const MODIFY = 3;
/** EFD_NONBLOCK and EFD_CLOEXEC; EPOLL_CLOEXEC. */
const EVENTFD_FLAGS = 0o2004000;
const CLOEXEC = 0o2000000;

export const READABLE = 1;
export const WRITABLE = 4;

/** Told of what its descriptor is ready for: READABLE, WRITABLE, or with errors both. */
export type Ready = (events: number) => void;

/** EPOLLERR and EPOLLHUP: reading or writing says what is wrong. */
const TROUBLE = 0x8 | 0x10;

export class Poller {
  private readonly libc: Libc;
  private readonly epoll: number;
  private readonly wakeFd: number;
  private readonly watchers = new Map<number, Ready>();
  private readonly events = Buffer.allocUnsafeSlow(EVENTS_MAX * EVENT_OCTETS);
  private readonly eventsAt: number;
  private readonly scratch = Buffer.allocUnsafeSlow(16);
  private readonly scratchAt: number;
  private isWaiting = false;
  private isLooking = false;
  private readonly onExit = (): void => this.wake();

  constructor(libc: Libc) {
    this.libc = libc;
    this.eventsAt = libc.addressOf(this.events);
    this.scratchAt = libc.addressOf(this.scratch);
    this.epoll = libc.epoll_create1(CLOEXEC);
    this.wakeFd = libc.eventfd(0, EVENTFD_FLAGS);
    this.control(ADD, this.wakeFd, READABLE);
  }

  private control(operation: number, fd: number, events: number): void {
    this.scratch.fill(0);
    this.scratch.writeUInt32LE(events, 0);
    this.scratch.writeUInt32LE(fd, DATA_AT);
    this.libc.epoll_ctl(this.epoll, operation, fd, this.scratchAt);
  }

  /** Watches from now on. As long as anything is watched, the process lives. */
  add(fd: number, events: number, ready: Ready): void {
    this.watchers.set(fd, ready);
    this.control(ADD, fd, events);
    // The thread in epoll_wait would keep a process that exits from ending.
    if (this.watchers.size === 1) process.on('exit', this.onExit);
    this.look();
  }

  /** Nothing, when it is not watched. */
  change(fd: number, events: number): void {
    if (this.watchers.has(fd)) this.control(MODIFY, fd, events);
  }

  /** Before the descriptor is closed. */
  remove(fd: number): void {
    if (!this.watchers.delete(fd)) return;
    this.control(DELETE, fd, 0);
    if (this.watchers.size > 0) return;
    process.off('exit', this.onExit);
    this.wake();
  }

  private wake(): void {
    this.scratch.writeBigUInt64LE(1n, 0);
    this.libc.write(this.wakeFd, this.scratchAt, 8);
  }

  private look(): void {
    if (this.isWaiting || this.isLooking) return;
    this.isLooking = true;
    setImmediate(this.lookNow);
  }

  private readonly lookNow = (): void => {
    this.isLooking = false;
    if (this.isWaiting || this.watchers.size === 0) return;
    const count = this.libc.epoll_wait(this.epoll, this.eventsAt, EVENTS_MAX, 0);
    if (count > 0) {
      this.serve(count);
      this.look();
      return;
    }
    this.isWaiting = true;
    this.libc.epollWaitLater(this.epoll, this.eventsAt, EVENTS_MAX, -1, this.waited);
  };

  private readonly waited = (count: number): void => {
    this.isWaiting = false;
    if (count > 0) this.serve(count);
    this.look();
  };

  private serve(count: number): void {
    for (let i = 0; i < count; i++) {
      const at = i * EVENT_OCTETS;
      const events = this.events.readUInt32LE(at);
      const fd = this.events.readUInt32LE(at + DATA_AT);
      if (fd === this.wakeFd) this.libc.read(this.wakeFd, this.scratchAt, 8);
      else this.watchers.get(fd)?.((events & TROUBLE) === 0 ? events : events | READABLE | WRITABLE);
    }
  }
}
