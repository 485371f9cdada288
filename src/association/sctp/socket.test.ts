/** What needs no kernel with SCTP: the structures, the queue, and what is said where there is none. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { silentLog } from '#base';
import { LineLog } from '../testbed.contract.js';
import { ERRNO, errnoText, type Libc } from './libc.js';
import { MessageQueue } from './queue.js';
import { SctpSockets } from './socket.js';
import { readAddress, SCTP_OPTION, SOL_SOCKET, socketAddresses } from './structures.js';

const refuse = (): never => assert.fail('not called here');

/** A C library whose socket() fails with an errno, or gives descriptor 3; options are kept, and granted up to `most`. */
function libcWith(errno: number, most = 0): Libc & { readonly opened: number[] } {
  const options = new Map<string, Buffer>();
  const opened: number[] = [];
  const grant = (level: number, name: number, value: Buffer): number => {
    const FORCE = 33;
    if (level === SOL_SOCKET && name === FORCE) return -1;
    options.set(`${level} ${name}`, level === SOL_SOCKET ? doubled(Math.min(value.readInt32LE(0), most)) : value);
    return 0;
  };
  return {
    opened,
    socket: (domain) => {
      opened.push(domain);
      return errno === 0 ? 3 : -1;
    },
    setsockopt: (_, level, name, value) => grant(level, name, value),
    getsockopt: (_, level, name, value, length) => {
      const kept = options.get(`${level} ${name}`);
      if (kept === undefined) return -1;
      length.writeUInt32LE(kept.copy(value), 0);
      return 0;
    },
    errno: () => errno,
    listen: refuse,
    accept4: refuse,
    sendmsg: refuse,
    recvmsg: refuse,
    shutdown: refuse,
    close: refuse,
    write: refuse,
    read: refuse,
    eventfd: refuse,
    epoll_create1: refuse,
    epoll_ctl: refuse,
    epoll_wait: refuse,
    epollWaitLater: refuse,
    addressOf: refuse,
  };
}

function doubled(value: number): Buffer {
  const b = Buffer.alloc(4);
  b.writeInt32LE(value * 2, 0);
  return b;
}

describe('a machine', () => {
  it('whose kernel has no SCTP is told which module to load', () => {
    const opened = new SctpSockets(libcWith(ERRNO.EPROTONOSUPPORT), silentLog).open(['192.0.2.1'], undefined, 'x');
    assert.ok(!opened.ok && opened.error.kind === 'no-sctp');
    assert.match(opened.error.text, /modprobe sctp/);
  });

  it('without IPv6 gets a socket of IPv4 where any address will do', () => {
    const libc = libcWith(ERRNO.EAFNOSUPPORT);
    assert.equal(new SctpSockets(libc, silentLog).open([], undefined, 'x').ok, false);
    assert.deepEqual(libc.opened, [10, 2]);
  });

  it('that grants a smaller receive buffer than was asked for is warned about, with what to raise', () => {
    const log = new LineLog();
    const opened = new SctpSockets(libcWith(0, 212_992), log).open(['192.0.2.1'], undefined, 'x');
    assert.ok(opened.ok);
    const warning = log.lines.find((it) => it.text.includes('receive buffer'));
    assert.deepEqual(warning?.fields, { of: 'x', asked: 4_194_304, granted: 212_992, raise: 'net.core.rmem_max' });
  });

  it('that grants all is not warned about', () => {
    const log = new LineLog();
    assert.ok(new SctpSockets(libcWith(0, 8_388_608), log).open(['192.0.2.1'], undefined, 'x').ok);
    assert.deepEqual(log.lines, []);
  });
});

describe('addresses of sockets', () => {
  it('are read as they were written, IPv4 inside IPv6 as IPv4', () => {
    const written: Readonly<Record<string, string>> = {
      '10.9.1.2': '10.9.1.2',
      '255.255.255.255': '255.255.255.255',
      '2001:db8::1': '2001:db8::1',
      '::1': '::1',
      '::': '::',
      'fe80:0:0:0:1:2:3:4': 'fe80::1:2:3:4',
      '::ffff:192.0.2.1': '192.0.2.1',
      '1::': '1::',
    };
    const packed = socketAddresses(Object.keys(written), 2905);
    const found: string[] = [];
    for (let at = 0; at < packed.length; ) {
      const read = readAddress(packed, at);
      assert.ok(read !== undefined && read.port === 2905);
      found.push(read.address);
      at = read.next;
    }
    assert.deepEqual(found, Object.values(written));
  });

  it('of other families are none', () => {
    assert.equal(readAddress(Buffer.alloc(28), 0), undefined);
  });
});

describe('what waits for a socket', () => {
  const queueOf = (octets: number): MessageQueue => new MessageQueue(octets, () => 4096);

  it('goes in order, each with its stream, and is bounded with room beyond for control', () => {
    const queue = queueOf(100);
    queue.claim(60, 3)!.fill(1, queue.claimedAt, queue.claimedAt + 60);
    assert.equal(queue.claim(41, 4), undefined);
    assert.ok(queue.force(new Uint8Array(41), 0));
    assert.equal(queue.force(new Uint8Array(65_536), 0), false);
    assert.deepEqual([queue.queuedOctets, queue.queuedMessages], [101, 2]);
    assert.equal(queue.takeDrained(), false);
    const { ends, streams } = queue.head!;
    assert.deepEqual([ends[0], ends[1], streams[0], streams[1]], [60, 101, 3, 0]);
    queue.sent();
    assert.ok(queue.takeDrained() && !queue.takeDrained(), 'said once');
    queue.sent();
    assert.equal(queue.head, undefined);
    assert.deepEqual([queue.queuedOctets, queue.queuedMessages], [0, 0]);
  });

  it('may be longer than a piece, and many', () => {
    const queue = queueOf(10_000_000);
    const sizes = [65_000, 65_600, 8, ...Array.from({ length: 3_000 }, (_, i) => 8 + (i % 50))];
    for (const size of sizes) assert.ok(queue.claim(size, 1)!.length >= queue.claimedAt + size);
    const found: number[] = [];
    for (let head = queue.head; head !== undefined; head = queue.head) {
      found.push(head.ends[head.done]! - (head.done === 0 ? 0 : head.ends[head.done - 1]!));
      queue.sent();
    }
    assert.deepEqual(found, sizes);
  });
});

it('errors of the kernel are said by name, unknown ones by number; options have the numbers of linux/sctp.h', () => {
  assert.match(errnoText(111), /^ECONNREFUSED/);
  assert.equal(errnoText(4_000), 'errno 4000');
  assert.deepEqual([SCTP_OPTION.bindAdd, SCTP_OPTION.connect, SCTP_OPTION.receiveInfo], [100, 110, 32]);
});
