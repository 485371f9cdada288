/** Links of every role, on TCP and inside the process: up, messages both ways, down. */
import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { InProcessNetwork } from './in-process.js';
import type { ConnectSettings, ListenerSettings } from './settings.js';
import { messageOf, startNode, type TestNode, until } from './testbed.contract.js';

const nodes: TestNode[] = [];
afterEach(async () => {
  await Promise.all(nodes.splice(0).map((it) => it.stop()));
});

interface Ways {
  readonly listener: (protocol: 'm3ua' | 'ipa') => ListenerSettings;
  readonly connect: (port: number) => ConnectSettings;
  readonly start: (settings: Parameters<typeof startNode>[0]) => Promise<TestNode>;
}

const LOCAL = '127.0.0.1';
const fast = { firstMs: 10, mostMs: 20 };

const WAYS: Readonly<Record<string, () => Ways>> = {
  TCP: () => ({
    listener: (protocol) => ({ name: 'in', transport: 'tcp', protocol, localAddresses: [LOCAL], port: 0 }),
    connect: (remotePort) => ({ transport: 'tcp', remoteAddresses: [LOCAL], remotePort, reconnect: fast }),
    start: startAndKeep,
  }),
  'in-process pairs': () => inProcess(1),
  'in-process pairs with streams': () => inProcess(17),
};

function inProcess(streams: number): Ways {
  const network = new InProcessNetwork({ streams });
  return {
    listener: (protocol) => ({ name: 'in', transport: 'in-process', protocol, localAddresses: ['stp'], port: 2905 }),
    connect: (remotePort) => ({
      transport: 'in-process',
      localAddresses: [LOCAL],
      remoteAddresses: ['stp'],
      remotePort,
      reconnect: fast,
    }),
    start: (settings) => startAndKeep(settings, network),
  };
}

async function startAndKeep(settings: Parameters<typeof startNode>[0], network?: InProcessNetwork): Promise<TestNode> {
  const node = await startNode(settings, network === undefined ? {} : { inProcess: network });
  nodes.push(node);
  return node;
}

const match = { addresses: [LOCAL] };
const portOf = (node: TestNode): number => node.listening.get('in')!.port;
const isActive = (node: TestNode, name: string) => () => node.link(name)!.state === 'active';

for (const [name, ways] of Object.entries(WAYS))
  describe(`links on ${name}`, () => {
    it('ASP and gateway come up, carry DATA both ways with label and routing context, and leave in good order', async () => {
      const { listener, connect, start } = ways();
      const gateway = await start({
        listeners: [listener('m3ua')],
        gateway: { peers: [{ name: 'msc', listener: 'in', match }] },
        links: [{ role: 'gateway', name: 'as', routingContext: 11, trafficMode: 'override', peers: ['msc'] }],
      });
      const asp = await start({
        links: [{ role: 'asp', name: 'to-stp', routingContexts: [11], connect: connect(portOf(gateway)) }],
      });
      await until('both active', () => isActive(asp, 'to-stp')() && isActive(gateway, 'as')());
      assert.equal(asp.link('to-stp')!.transfer(messageOf('hello', 9)), 'taken');
      assert.equal(gateway.link('as')!.transfer(messageOf('answer', 3)), 'taken');
      await until('one each', () => asp.seen.received.length === 1 && gateway.seen.received.length === 1);
      assert.deepEqual(gateway.seen.received[0], {
        link: 'as',
        data: messageOf('hello', 9),
        text: 'hello',
        routingContext: 11,
      });
      assert.deepEqual(asp.seen.received[0]!.data, messageOf('answer', 3));
      await asp.stop();
      await until('the gateway sees it', () => gateway.link('as')!.state === 'down' || gateway.link('as')!.state === 'inactive');
      assert.deepEqual(asp.seen.states, ['to-stp inactive', 'to-stp active', 'to-stp inactive', 'to-stp down']);
    });

    it('IPSPs of the single exchange become active by one ASP Up and one ASP Active', async () => {
      const { listener, connect, start } = ways();
      const traffic = { routingContexts: [7] };
      const b = await start({
        listeners: [listener('m3ua')],
        links: [{ role: 'ipsp-single', name: 'b', ...traffic, accept: { listener: 'in', match } }],
      });
      const a = await start({ links: [{ role: 'ipsp-single', name: 'a', ...traffic, connect: connect(portOf(b)) }] });
      await until('both active', () => isActive(a, 'a')() && isActive(b, 'b')());
      a.link('a')!.transfer(messageOf('from a'));
      b.link('b')!.transfer(messageOf('from b'));
      await until('one each', () => a.seen.received.length === 1 && b.seen.received.length === 1);
      assert.deepEqual([...a.seen.texts, ...b.seen.texts], ['from b', 'from a']);
      assert.ok(b.link('b')!.counters.controlIn >= 2 && b.link('b')!.counters.controlIn <= 3);
    });

    it('IPSPs of the double exchange send while the other half is active', async () => {
      const { listener, connect, start } = ways();
      const b = await start({
        listeners: [listener('m3ua')],
        links: [
          {
            role: 'ipsp-double',
            name: 'b',
            routingContexts: [22],
            peerServers: [{ routingContext: 11 }],
            accept: { listener: 'in', match },
          },
        ],
      });
      const a = await start({
        links: [
          {
            role: 'ipsp-double',
            name: 'a',
            routingContexts: [11],
            peerServers: [{ routingContext: 22 }],
            connect: connect(portOf(b)),
          },
        ],
      });
      await until('both active', () => isActive(a, 'a')() && isActive(b, 'b')());
      a.link('a')!.transfer(messageOf('from a'));
      b.link('b')!.transfer(messageOf('from b'));
      await until('one each', () => a.seen.received.length === 1 && b.seen.received.length === 1);
      assert.deepEqual(
        [a.seen.received[0]!.routingContext, b.seen.received[0]!.routingContext],
        [11, 22],
        'each names the server of the receiver',
      );
      assert.equal(a.link('a')!.transfer(messageOf('nowhere'), 99), 'not-active');
    });

    it('IPA: the unit name is asked for and acknowledged; SCCP goes both ways under the point codes of the link', async () => {
      const { listener, connect, start } = ways();
      const b = await start({
        listeners: [listener('ipa')],
        links: [
          {
            role: 'ipa',
            name: 'b',
            ownPointCode: 20,
            peerPointCode: 10,
            accept: { listener: 'in', match: { unitName: 'msc-1' } },
          },
        ],
      });
      const settings = { role: 'ipa', name: 'a', ownPointCode: 10, peerPointCode: 20, unitName: 'msc-1' } as const;
      const a = await start({ links: [{ ...settings, connect: connect(portOf(b)) }] });
      await until('both active', () => isActive(a, 'a')() && isActive(b, 'b')());
      const inSequence = Uint8Array.of(0x09, 0x81, 3, 0xaa);
      for (let i = 0; i < 3; i++) a.link('a')!.transfer({ ...messageOf(''), userData: inSequence });
      b.link('b')!.transfer({ ...messageOf(''), userData: Uint8Array.of(0x09, 0x00, 3) });
      await until('all', () => a.seen.received.length === 1 && b.seen.received.length === 3);
      assert.deepEqual(
        b.seen.received.map((it) => it.data),
        Array.from({ length: 3 }, () => ({ opc: 10, dpc: 20, si: 3, ni: 2, mp: 0, sls: 0, userData: inSequence })),
      );
      const { opc, dpc, userData } = a.seen.received[0]!.data;
      assert.deepEqual([opc, dpc, userData], [20, 10, Uint8Array.of(0x09, 0x00, 3)]);
    });

    it('a peer that takes the place of another gets the traffic; the other one is told and closed', async () => {
      const { listener, connect, start } = ways();
      const gateway = await start({
        listeners: [listener('m3ua')],
        gateway: { peers: [{ name: 'msc', listener: 'in', match }] },
        links: [{ role: 'gateway', name: 'as', routingContext: 11, trafficMode: 'override', peers: ['msc'] }],
      });
      const slow = { ...connect(portOf(gateway)), reconnect: { firstMs: 60_000, mostMs: 60_000, jitter: 0 } };
      const first = await start({ links: [{ role: 'asp', name: 'x', routingContexts: [11], connect: slow }] });
      await until('the first is active', isActive(first, 'x'));
      const second = await start({ links: [{ role: 'asp', name: 'x', routingContexts: [11], connect: slow }] });
      await until('the second is active', isActive(second, 'x'));
      await until('the first is down', () => first.link('x')!.state === 'down');
      await until('the server is active again', isActive(gateway, 'as'));
      gateway.link('as')!.transfer(messageOf('to the second'));
      await until('it came', () => second.seen.received.length === 1);
      assert.equal(first.seen.received.length, 0);
      assert.equal(gateway.link('as')!.counters.associationsLost, 1);
    });
  });

describe('a gateway with several peers', () => {
  const asp = (port: number, name: string) => ({
    role: 'asp' as const,
    name,
    routingContexts: [11],
    connect: { transport: 'tcp' as const, remoteAddresses: [LOCAL], remotePort: port, reconnect: fast },
  });

  async function gatewayWith(trafficMode: 'loadshare' | 'broadcast' | 'override', names: readonly string[]) {
    const gateway = await startAndKeep({
      listeners: [{ name: 'in', transport: 'tcp', protocol: 'm3ua', localAddresses: [LOCAL], port: 0 }],
      gateway: {
        recoveryMs: 200,
        peers: names.map((name, i) => ({ name, listener: 'in', match: { aspIdentifier: i + 1 } })),
      },
      links: [{ role: 'gateway', name: 'as', routingContext: 11, trafficMode, peers: names }],
    });
    const asps: TestNode[] = [];
    for (const [i, name] of names.entries()) {
      const node = await startAndKeep({ links: [{ ...asp(portOf(gateway), name), aspIdentifier: i + 1 }] });
      await until(`${name} is up`, () => node.link(name)!.state === 'active');
      asps.push(node);
    }
    return { gateway, asps };
  }

  it('shares load by signalling link selection, and what has one selection goes one way in order', async () => {
    const { gateway, asps } = await gatewayWith('loadshare', ['a', 'b']);
    for (let i = 0; i < 40; i++) gateway.link('as')!.transfer(messageOf(`${i}`, i % 4));
    await until('all', () => asps.reduce((sum, it) => sum + it.seen.received.length, 0) === 40);
    for (const { seen } of asps) {
      assert.equal(seen.received.length, 20);
      const numbers = seen.texts.map(Number);
      assert.deepEqual(
        numbers,
        [...numbers].sort((x, y) => x - y),
      );
      assert.equal(new Set(seen.received.map((it) => it.data.sls % 2)).size, 1);
    }
  });

  it('sends each message to all in broadcast', async () => {
    const { gateway, asps } = await gatewayWith('broadcast', ['a', 'b', 'c']);
    assert.equal(gateway.link('as')!.transfer(messageOf('to all')), 'taken');
    await until('all', () => asps.every((it) => it.seen.received.length === 1));
    assert.deepEqual(
      asps.map((it) => it.seen.texts),
      [['to all'], ['to all'], ['to all']],
    );
  });

  it('keeps messages for T(r) when the last peer has gone, and gives them back when nobody comes', async () => {
    const { gateway, asps } = await gatewayWith('override', ['a']);
    await asps[0]!.stop();
    await until('pending', () => gateway.link('as')!.state === 'inactive');
    assert.equal(gateway.link('as')!.transfer(messageOf('kept')), 'taken');
    await until('given back', () => gateway.seen.returned.length === 1);
    assert.deepEqual(gateway.seen.returned, [{ link: 'as', text: 'kept', reason: 'recovery-timeout' }]);
    assert.equal(gateway.link('as')!.state, 'down');
    assert.equal(gateway.link('as')!.transfer(messageOf('refused')), 'not-active');
  });

  it('tells active ASPs of destinations, and they tell their user', async () => {
    const { gateway, asps } = await gatewayWith('loadshare', ['a', 'b']);
    gateway.announce(77, { reachability: 'unavailable', congestionLevel: 0 });
    gateway.announce(77, { reachability: 'available', congestionLevel: 2 });
    await until('news', () => asps.every((it) => it.seen.news.length >= 3));
    for (const [i, { seen }] of asps.entries())
      assert.deepEqual(seen.news, [
        { link: 'ab'[i], kind: 'unavailable', pointCode: 77, mask: 0 },
        { link: 'ab'[i], kind: 'available', pointCode: 77, mask: 0 },
        { link: 'ab'[i], kind: 'congested', pointCode: 77, mask: 0, congestionLevel: 2 },
      ]);
  });
});
