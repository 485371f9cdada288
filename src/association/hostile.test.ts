/** Peers that do not read, send without end, fall silent, come and go, or send what is no M3UA: on TCP, each beside a peer that behaves. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect as connectTcp, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, it } from 'node:test';
import { createM3uaFramer, decodeM3ua, encodeM3ua, type M3uaMessage } from '#codec/m3ua';
import { READ_OCTETS_PER_TURN } from './bounds.js';
import type { AssociationPorts } from './create.js';
import type { GatewayLinkSettings } from './settings.js';
import { LineLog, messageOf, startNode, type TestNode, until } from './testbed.contract.js';

const LOCAL = '127.0.0.1';
const QUEUE_OCTETS = 262_144;
const nodes: TestNode[] = [];
const sockets: Socket[] = [];
const servers: Server[] = [];

afterEach(async () => {
  for (const it of sockets.splice(0)) it.destroy();
  for (const it of servers.splice(0)) it.close();
  await Promise.all(nodes.splice(0).map((it) => it.stop(200)));
});

async function keep(node: Promise<TestNode>): Promise<TestNode> {
  nodes.push(await node);
  return node;
}

const serverLink = (name: string, routingContext: number): GatewayLinkSettings => ({
  role: 'gateway',
  name,
  routingContext,
  trafficMode: 'override',
  peers: [name],
});

/** A gateway with two application servers: `bad`, which a raw socket serves as ASP 1, and `good`, which a node of ours serves as ASP 2. */
async function gateway(ports: Partial<AssociationPorts> = {}): Promise<{ node: TestNode; port: number; good: TestNode }> {
  const match = (aspIdentifier: number) => ({ listener: 'in', match: { aspIdentifier } });
  const node = await keep(
    startNode(
      {
        listeners: [
          { name: 'in', transport: 'tcp', protocol: 'm3ua', localAddresses: [LOCAL], port: 0, queueOctetsMax: QUEUE_OCTETS },
        ],
        gateway: {
          peers: [
            { name: 'bad', ...match(1) },
            { name: 'good', ...match(2) },
          ],
          beatMs: 0,
        },
        links: [serverLink('bad', 1), serverLink('good', 2)],
      },
      ports,
    ),
  );
  const { port } = node.listening.get('in')!;
  const connect = { transport: 'tcp', remoteAddresses: [LOCAL], remotePort: port } as const;
  const good = await keep(
    startNode({ links: [{ role: 'asp', name: 'good', routingContexts: [2], aspIdentifier: 2, beatMs: 0, connect }] }),
  );
  await until('the good one is active', () => node.link('good')!.state === 'active');
  return { node, port, good };
}

/** A raw ASP: what it reads is decoded; `say` writes messages. */
class RawAsp {
  readonly socket: Socket;
  readonly heard: M3uaMessage[] = [];
  private readonly framer = createM3uaFramer();

  constructor(port: number) {
    this.socket = connectTcp({ host: LOCAL, port });
    this.socket.on('error', () => {});
    this.socket.on('data', (piece) => {
      const cut = this.framer.push(piece);
      assert.ok(cut.ok);
      for (const octets of cut.value) {
        const decoded = decodeM3ua(octets);
        assert.ok(decoded.ok);
        this.heard.push(decoded.value);
      }
    });
    sockets.push(this.socket);
  }

  say(...messages: readonly M3uaMessage[]): void {
    this.socket.write(Buffer.concat(messages.map((it) => encodeM3ua(it))));
  }

  async becomeActive(): Promise<void> {
    this.say({ kind: 'ASPUP', aspIdentifier: 1 }, { kind: 'ASPAC', routingContext: [1] });
    await until('the raw ASP is active', () => this.heard.some((it) => it.kind === 'ASPAC_ACK'));
  }

  get dataHeard(): number {
    return this.heard.filter((it) => it.kind === 'DATA').length;
  }
}

async function goodGoesOn(node: TestNode, good: TestNode): Promise<void> {
  const before = [good.seen.received.length, node.seen.texts.filter((it) => it === 'from good').length];
  assert.equal(node.link('good')!.transfer(messageOf('to good')), 'taken');
  assert.equal(good.link('good')!.transfer(messageOf('from good')), 'taken');
  await until('traffic of the other link goes on', () => {
    const now = [good.seen.received.length, node.seen.texts.filter((it) => it === 'from good').length];
    return now[0] === before[0]! + 1 && now[1] === before[1]! + 1;
  });
}

describe('a peer', () => {
  it('whose window is closed fills its queue to the bound and no further; nothing else slows, and it drains when it reads again', async () => {
    const { node, port, good } = await gateway();
    const bad = new RawAsp(port);
    await bad.becomeActive();
    bad.socket.pause();
    const link = node.link('bad')!;
    const message = messageOf('x'.repeat(150));
    await until('full', () => {
      for (let i = 0; i < 2_000; i++) if (link.transfer(message) === 'full') return true;
      return false;
    });
    const taken = link.counters.messagesOut;
    assert.ok(link.queuedOctets <= QUEUE_OCTETS && link.queuedOctets > QUEUE_OCTETS - 400);
    const before = process.memoryUsage().arrayBuffers;
    for (let i = 0; i < 100_000; i++) link.transfer(message);
    assert.ok(process.memoryUsage().arrayBuffers - before < 1_000_000, 'refused messages cost no memory');
    assert.equal(link.counters.messagesOut, taken);
    assert.equal(link.counters.discards.full, 100_001);
    await goodGoesOn(node, good);
    bad.socket.resume();
    await until('drained', () => node.seen.drained >= 1);
    await until('all that was taken has come', () => bad.dataHeard === taken);
    assert.equal(link.transfer(message), 'taken');
  });

  it('that asks without end and reads no answer is let go, with the reason in the log', async () => {
    const log = new LineLog();
    const { node, port, good } = await gateway({ log });
    const bad = new RawAsp(port);
    await bad.becomeActive();
    bad.socket.pause();
    const beat = encodeM3ua({ kind: 'BEAT', heartbeatData: new Uint8Array(4_000) });
    const many = Buffer.concat(Array.from({ length: 250 }, () => beat));
    const flood = (): void => {
      while (!bad.socket.destroyed && bad.socket.write(many));
    };
    bad.socket.on('drain', flood);
    flood();
    await until('let go', () => node.link('bad')!.counters.associationsLost === 1);
    assert.ok(log.lines.some((it) => it.fields['reason'] === 'peer-does-not-read'));
    await goodGoesOn(node, good);
  });

  it('that floods does not keep others from being heard', async () => {
    const { node, port, good } = await gateway();
    const bad = new RawAsp(port);
    await bad.becomeActive();
    const count = 60_000;
    const data = encodeM3ua({ kind: 'DATA', routingContext: [1], protocolData: messageOf('flood'.repeat(40)) });
    bad.socket.write(Buffer.concat(Array.from({ length: count }, () => data)));
    let flood = 0;
    let floodWhenGoodWasHeard = -1;
    let inTurn = 0;
    let mostInTurn = 0;
    node.seen.onMessage = (link) => {
      if (link.name === 'good') {
        floodWhenGoodWasHeard = flood;
        return;
      }
      // The good one speaks as soon as the flood has begun, in a turn of its own.
      if (flood++ === 0) setImmediate(() => good.link('good')!.transfer(messageOf('from good')));
      if (inTurn++ === 0)
        setImmediate(() => {
          mostInTurn = Math.max(mostInTurn, inTurn);
          inTurn = 0;
        });
      // A user that takes its time, so that the kernel's buffer never runs dry.
      for (const end = performance.now() + 0.004; performance.now() < end; );
    };
    await until('all has come', () => node.seen.received.length === count + 1);
    assert.ok(floodWhenGoodWasHeard > 0 && floodWhenGoodWasHeard < count, `heard after ${floodWhenGoodWasHeard}`);
    // What is left of a read that passes the bound, and one that Node has begun, come on top.
    assert.ok(mostInTurn * data.length <= READ_OCTETS_PER_TURN + 2 * 65_536, `${mostInTurn} messages in one turn`);
  });

  it('whose octets come one by one is understood', async () => {
    const { node, port } = await gateway();
    const bad = new RawAsp(port);
    await bad.becomeActive();
    bad.socket.setNoDelay(true);
    const octets = encodeM3ua({ kind: 'DATA', routingContext: [1], protocolData: messageOf('piecemeal') });
    for (const octet of octets) {
      bad.socket.write(Uint8Array.of(octet));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await until('it has come', () => node.seen.received.length === 1);
    assert.equal(node.seen.texts[0], 'piecemeal');
  });

  it('that sends what is no M3UA is let go; messages before it count, others are not concerned', async () => {
    const log = new LineLog();
    const { node, port, good } = await gateway({ log });
    const bad = new RawAsp(port);
    await bad.becomeActive();
    const data = encodeM3ua({ kind: 'DATA', routingContext: [1], protocolData: messageOf('before') });
    bad.socket.write(Buffer.concat([data, Buffer.from('GET / HTTP/1.1\r\n\r\n')]));
    await until('let go', () => node.link('bad')!.counters.associationsLost === 1);
    assert.deepEqual(node.seen.texts, ['before']);
    assert.ok(log.lines.some((it) => it.fields['reason'] === 'unreadable'));
    await goodGoesOn(node, good);
  });

  it('that sends DATA before it is active, or for another server, gets none of it through; it is counted by reason', async () => {
    const { node, port } = await gateway();
    const bad = new RawAsp(port);
    const data = (context: number): M3uaMessage => ({
      kind: 'DATA',
      routingContext: [context],
      protocolData: messageOf('no'),
    });
    bad.say({ kind: 'ASPUP', aspIdentifier: 1 }, data(1));
    await until('up', () => bad.heard.some((it) => it.kind === 'ASPUP_ACK'));
    await bad.becomeActive();
    bad.say(data(2), data(99));
    await until('answered', () => bad.heard.filter((it) => it.kind === 'ERR').length >= 2);
    assert.deepEqual(node.seen.received, []);
    const { discards } = node.link('bad')!.counters;
    assert.deepEqual([discards['not-active'], discards['unknown-routing-context']], [1, 2]);
  });
});

describe('an ASP of ours', () => {
  /** A gateway made of a raw server: `answers` says what it does with each message. */
  async function rawGateway(answers: (message: M3uaMessage, socket: Socket) => M3uaMessage | undefined): Promise<number> {
    const server = createServer((socket) => {
      sockets.push(socket);
      const framer = createM3uaFramer();
      socket.on('error', () => {});
      socket.on('data', (piece) => {
        const cut = framer.push(piece);
        assert.ok(cut.ok);
        for (const octets of cut.value) {
          const decoded = decodeM3ua(octets);
          assert.ok(decoded.ok);
          const answer = answers(decoded.value, socket);
          if (answer !== undefined) socket.write(encodeM3ua(answer));
        }
      });
    });
    servers.push(server);
    server.listen(0, LOCAL);
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }

  const aspTo = (remotePort: number, beatMs: number, ports: Partial<AssociationPorts> = {}) => {
    const connect = { transport: 'tcp', remoteAddresses: [LOCAL], remotePort, reconnect: { firstMs: 5, mostMs: 10 } } as const;
    return keep(startNode({ links: [{ role: 'asp', name: 'a', routingContexts: [1], beatMs, connect }] }, ports));
  };

  const behave = (message: M3uaMessage): M3uaMessage | undefined =>
    message.kind === 'ASPUP' || message.kind === 'ASPAC' || message.kind === 'BEAT'
      ? ({ ...message, kind: `${message.kind}_ACK` } as M3uaMessage)
      : undefined;

  it('gives up a gateway that has fallen silent, and comes back when it speaks again', async () => {
    const log = new LineLog();
    let isSilent = false;
    const port = await rawGateway((message) => (isSilent ? undefined : behave(message)));
    const asp = await aspTo(port, 100, { log });
    await until('active', () => asp.link('a')!.state === 'active');
    isSilent = true;
    await until('given up', () => asp.link('a')!.counters.associationsLost >= 1);
    assert.ok(log.lines.some((it) => it.fields['reason'] === 'silent'));
    isSilent = false;
    await until('active again', () => asp.link('a')!.state === 'active');
  });

  it('survives a gateway that comes and goes, and tells each change of state once', async () => {
    let closings = 0;
    const port = await rawGateway((message, socket) => {
      if (message.kind === 'ASPAC' && closings < 20) {
        closings++;
        socket.destroy();
        return undefined;
      }
      return behave(message);
    });
    const asp = await aspTo(port, 0);
    await until('active', () => asp.link('a')!.state === 'active');
    const { counters } = asp.link('a')!;
    assert.deepEqual([counters.associationsUp, counters.associationsLost], [21, 20]);
    assert.equal(counters.stateChanges, asp.seen.states.length);
    asp.seen.states.forEach((it, i) => {
      assert.notEqual(it, asp.seen.states[i - 1]);
    });
  });

  it('whose user throws goes on with the next message, and says so in the log once', async () => {
    const log = new LineLog();
    const port = await rawGateway((message, socket) => {
      if (message.kind === 'ASPAC')
        setImmediate(() => {
          for (const text of ['one', 'two', 'three'])
            socket.write(encodeM3ua({ kind: 'DATA', routingContext: [1], protocolData: messageOf(text) }));
        });
      return behave(message);
    });
    const asp = await aspTo(port, 0, { log });
    asp.seen.onMessage = (_, data) => {
      if (new TextDecoder().decode(data.userData) !== 'three') throw new Error('a bug');
    };
    await until('the third has come', () => asp.seen.received.length === 1);
    assert.equal(asp.link('a')!.counters.discards['user-fault'], 2);
    assert.equal(log.lines.filter((it) => it.text.includes('has thrown')).length, 1);
  });
});
