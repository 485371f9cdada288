/**
 * What is played inside the guest, on the kernel's SCTP: our ASPs with osmo-stp as their gateway, and our gateway with our ASP. Each scene is a
 * sentence and a function that throws where it does not hold.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  type AssociationSettings,
  type Associations,
  type ConnectSettings,
  createAssociations,
  type DestinationNews,
  type LinkUser,
} from '#association';
import { type Log, silentLog } from '#base';
import type { ProtocolData } from '#codec/m3ua';

/** When a scene gives up waiting: the guest is slow. Unit: milliseconds. */
const PATIENCE_MS = 25_000;
/** Bound of the queue towards osmo-stp, whose small window lets it drain slowly. */
const QUEUE_OCTETS = 65_536;
const STP = { remoteAddresses: ['10.9.1.1', '10.9.2.1'], remotePort: 2905 } as const;
/** 1.1.1 and 2.2.2 in the format 3-8-3. */
const PC_A = 2057;
const PC_B = 4114;
const UDT = Buffer.from('0980030e190b12080012049343090000100b120800110493431932540602aabb', 'hex');
const CONFIGURATION = fileURLToPath(new URL('../../../../test/peers/sctp-guest/osmo-stp.cfg', import.meta.url));

async function until(what: string, holds: () => boolean): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (!holds()) {
    assert.ok(Date.now() < end, `waited in vain: ${what}; said: ${open.map((it) => it.said.join('\n')).join('\n--\n')}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

interface Node extends Associations {
  readonly received: { readonly data: ProtocolData; readonly octets: Buffer }[];
  readonly news: DestinationNews[];
  readonly said: string[];
  drained: number;
}

const open: Node[] = [];

async function start(settings: AssociationSettings): Promise<Node> {
  const received: Node['received'][number][] = [];
  const news: DestinationNews[] = [];
  const said: string[] = [];
  const say = (fields: object, text: string): void => void said.push(`${text} ${JSON.stringify(fields)}`);
  const log: Log = { ...silentLog, info: say, warn: say };
  const user: LinkUser = {
    onTransfer: (_, data) => void received.push({ data, octets: Buffer.from(data.userData) }),
    onState: () => {},
    onDestination: (_, it) => void news.push(it),
    onUndeliverable: () => {},
    onDrained: () => void node.drained++,
  };
  const made = createAssociations(settings, { log, user });
  assert.ok(made.ok, made.ok ? '' : made.error.text);
  const node: Node = Object.assign(made.value, { received, news, said, drained: 0 });
  const started = await node.start();
  assert.ok(started.ok, started.ok ? '' : started.error.text);
  open.push(node);
  return node;
}

let stp: ChildProcess | undefined;

async function startStp(): Promise<ChildProcess> {
  stp = spawn('osmo-stp', ['-c', CONFIGURATION], { stdio: 'ignore' });
  await until('osmo-stp listens', () => readFileSync('/proc/net/sctp/eps', 'utf8').includes(' 2905 '));
  return stp;
}

async function endStp(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
  if (stp === undefined) return;
  const ended = new Promise((resolve) => stp!.once('exit', resolve));
  stp.kill(signal);
  await ended;
  stp = undefined;
}

const reconnect = { firstMs: 200, mostMs: 400 };
const sctp = { heartbeatMs: 500, rtoMaxMs: 1_000, pathRetriesMax: 2 };
const connectA: ConnectSettings = {
  transport: 'sctp',
  localAddresses: ['10.9.1.2', '10.9.2.2'],
  localPort: 11001,
  ...STP,
  reconnect,
  sctp,
};
const connectB: ConnectSettings = { ...connectA, localAddresses: ['10.9.1.3'], localPort: 11002, remoteAddresses: ['10.9.1.1'] };

const aspA = (beatMs = 0) => {
  const connect = { ...connectA, queueOctetsMax: QUEUE_OCTETS };
  return start({ links: [{ role: 'asp', name: 'a', routingContexts: [11], trafficMode: 'override', beatMs, connect }] });
};
const aspB = () =>
  start({ links: [{ role: 'asp', name: 'b', routingContexts: [22], trafficMode: 'loadshare', connect: connectB }] });
const isActive = (node: Node, name: string) => () => node.link(name)!.state === 'active';

const messageTo = (opc: number, dpc: number, sls: number, userData: Uint8Array = UDT): ProtocolData => ({
  opc,
  dpc,
  si: 3,
  ni: 0,
  mp: 0,
  sls,
  userData,
});

async function both(): Promise<{ a: Node; b: Node }> {
  await startStp();
  const a = await aspA();
  const b = await aspB();
  await until('both are active', () => isActive(a, 'a')() && isActive(b, 'b')());
  return { a, b };
}

export const SCENES: Readonly<Record<string, () => Promise<void>>> = {
  'our ASP comes up with osmo-stp, and stays up while BEAT goes both ways': async () => {
    await startStp();
    const a = await aspA(500);
    await until('active', isActive(a, 'a'));
    const before = a.link('a')!.counters.controlIn;
    await until('five answers to BEAT', () => a.link('a')!.counters.controlIn >= before + 5);
    assert.equal(a.link('a')!.state, 'active');
    assert.equal(a.link('a')!.counters.associationsLost, 0);
    assert.ok(a.associations()[0]!.streams > 1);
  },

  'DATA goes both ways between two of our ASPs through osmo-stp, octet for octet': async () => {
    const { a, b } = await both();
    for (let sls = 0; sls < 16; sls++) {
      assert.equal(a.link('a')!.transfer(messageTo(PC_A, PC_B, sls)), 'taken');
      assert.equal(b.link('b')!.transfer(messageTo(PC_B, PC_A, sls)), 'taken');
    }
    await until('all have come', () => a.received.length === 16 && b.received.length === 16);
    const slsOf = (node: Node) => node.received.map(({ data }) => data.sls).sort((x, y) => x - y);
    for (const [node, opc, dpc] of [
      [b, PC_A, PC_B],
      [a, PC_B, PC_A],
    ] as const) {
      assert.deepEqual(slsOf(node), [...Array(16).keys()]);
      for (const { data, octets } of node.received) {
        assert.deepEqual([data.opc, data.dpc, data.si], [opc, dpc, 3]);
        assert.equal(octets.toString('hex'), UDT.toString('hex'));
      }
    }
  },

  'osmo-stp tells by DUNA that the other application server is gone, and by DAVA that it is back': async () => {
    const { a, b } = await both();
    await b.stop();
    await until('unavailable', () => a.news.some((it) => it.kind === 'unavailable' && it.pointCode === PC_B));
    await aspB();
    await until('available', () => a.news.at(-1)?.kind === 'available' && a.news.at(-1)?.pointCode === PC_B);
  },

  'an association lost with its gateway is made again, and carries traffic': async () => {
    const { a, b } = await both();
    await endStp();
    await until('both are down', () => [a.link('a')!, b.link('b')!].every((it) => it.state === 'down'));
    assert.equal(a.link('a')!.transfer(messageTo(PC_A, PC_B, 1)), 'not-active');
    await startStp();
    await until('both are active again', () => isActive(a, 'a')() && isActive(b, 'b')());
    a.link('a')!.transfer(messageTo(PC_A, PC_B, 1));
    await until('it has come', () => b.received.length === 1);
    assert.equal(a.link('a')!.counters.associationsLost, 1);
    assert.equal(a.link('a')!.counters.associationsUp, 2);
  },

  'one of two paths fails: traffic goes on over the other, and the operator is told of both turns': async () => {
    const { a, b } = await both();
    assert.deepEqual([...a.associations()[0]!.addresses].sort(), ['10.9.1.1', '10.9.2.1']);
    const primary = a.associations()[0]!.addresses[0]!;
    execFileSync('ip', ['address', 'del', `${primary}/32`, 'dev', 'lo']);
    try {
      await until('the path is seen to be down', () =>
        a.said.some((it) => it.startsWith('path is down') && it.includes(primary)),
      );
      if (primary === '10.9.1.1') {
        assert.equal(a.link('a')!.state, 'active');
        assert.equal(a.link('a')!.transfer(messageTo(PC_A, PC_A, 3)), 'taken');
        await until('it has come back to us by the other path', () => a.received.length === 1);
      }
      assert.equal(a.link('a')!.counters.associationsLost, 0);
    } finally {
      execFileSync('ip', ['address', 'add', `${primary}/32`, 'dev', 'lo']);
    }
    await until('the path is up again', () => a.said.some((it) => it.startsWith('path is up') && it.includes(primary)));
    assert.equal(a.link('a')!.counters.associationsLost, 0);
    await until('b is active', isActive(b, 'b'));
  },

  'a gateway that reads nothing fills the queue to its bound; the link says full, others go on, and drains when it reads':
    async () => {
      const { a, b } = await both();
      const gateway = await start(ownGateway(2906));
      const c = await start(ownAsp(2906));
      await until('our own pair is active', isActive(c, 'c'));
      const link = a.link('a')!;
      stp!.kill('SIGSTOP');
      try {
        await until('full', () => {
          for (let i = 0; i < 500; i++) if (link.transfer(messageTo(PC_A, PC_B, i % 16)) === 'full') return true;
          return false;
        });
        assert.ok(link.queuedOctets <= QUEUE_OCTETS);
        for (let i = 0; i < 100; i++) assert.equal(link.transfer(messageTo(PC_A, PC_B, 1)), 'full');
        c.link('c')!.transfer(messageTo(1, 2, 4));
        await until('the other association goes on', () => gateway.received.length === 1);
      } finally {
        stp!.kill('SIGCONT');
      }
      await until('drained', () => a.drained === 1);
      await until('what was taken has come', () => b.received.length === link.counters.messagesOut);
    },

  'our gateway serves our ASP over several addresses: order holds within a selection, streams are many': async () => {
    const gateway = await start(ownGateway(2907));
    const c = await start(ownAsp(2907));
    await until('active', isActive(c, 'c'));
    const count = 2_000;
    let sent = 0;
    await until('all are taken', () => {
      while (sent < count) {
        const octets = Buffer.from(`${sent}`.padEnd(150, '.'));
        if (c.link('c')!.transfer(messageTo(1, 2, sent % 16, octets)) !== 'taken') return false;
        sent++;
      }
      return true;
    });
    await until('all have come', () => gateway.received.length === count);
    const last = new Map<number, number>();
    for (const { data, octets } of gateway.received) {
      const number = Number.parseInt(octets.toString(), 10);
      assert.ok(number > (last.get(data.sls) ?? -1), 'out of order');
      last.set(data.sls, number);
    }
    assert.equal(last.size, 16);
    assert.equal(gateway.associations()[0]!.addresses.length, 2);
    gateway.link('as')!.transfer(messageTo(2, 1, 7));
    await until('the way back', () => c.received.length === 1);
  },

  'a message of the largest size goes whole': async () => {
    const gateway = await start(ownGateway(2908));
    const c = await start(ownAsp(2908));
    await until('active', isActive(c, 'c'));
    const octets = Buffer.alloc(65_519, 7);
    assert.equal(c.link('c')!.transfer(messageTo(1, 2, 0, octets)), 'taken');
    assert.equal(c.link('c')!.transfer(messageTo(1, 2, 0, Buffer.alloc(65_520))), 'too-long');
    await until('it has come', () => gateway.received.length === 1);
    assert.ok(gateway.received[0]!.octets.equals(octets));
  },

  'a listener on an address that is taken, or none of the machine, is refused in one sentence': async () => {
    await start(ownGateway(2909));
    for (const [settings, text] of [
      [ownGateway(2909), /^listener in: cannot listen on .*2909: EADDRINUSE/],
      [ownGateway(2910, ['192.0.2.1']), /^listener in: cannot listen on 192\.0\.2\.1:2910: EADDRNOTAVAIL/],
    ] as const) {
      const made = createAssociations(settings, {
        log: silentLog,
        user: { onTransfer() {}, onState() {}, onDestination() {}, onUndeliverable() {} },
      });
      assert.ok(made.ok);
      const started = await made.value.start();
      assert.ok(!started.ok && started.error.kind === 'address-refused');
      assert.match(started.error.text, text);
    }
  },
};

function ownGateway(port: number, localAddresses: readonly string[] = ['10.9.1.1', '10.9.2.1']): AssociationSettings {
  return {
    listeners: [{ name: 'in', transport: 'sctp', protocol: 'm3ua', localAddresses, port }],
    gateway: { peers: [{ name: 'c', listener: 'in', match: { addresses: ['10.9.0.0/16'] } }] },
    links: [{ role: 'gateway', name: 'as', routingContext: 33, trafficMode: 'loadshare', peers: ['c'] }],
  };
}

function ownAsp(remotePort: number): AssociationSettings {
  const connect: ConnectSettings = {
    transport: 'sctp',
    localAddresses: ['10.9.1.4', '10.9.2.4'],
    remoteAddresses: ['10.9.1.1', '10.9.2.1'],
    remotePort,
    reconnect,
  };
  return { links: [{ role: 'asp', name: 'c', routingContexts: [33], connect }] };
}

/** Ends what a scene has left, whether it held or not. */
export async function clearStage(): Promise<void> {
  await Promise.all(open.splice(0).map((it) => it.stop(1_000)));
  await endStp();
}

export function prepareStage(): void {
  for (const address of ['10.9.1.1', '10.9.2.1', '10.9.1.2', '10.9.2.2', '10.9.1.3', '10.9.1.4', '10.9.2.4'])
    execFileSync('ip', ['address', 'add', `${address}/32`, 'dev', 'lo']);
}
