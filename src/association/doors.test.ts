/** Who is let in by a listener, and as whom: addresses, ports, ASP identifiers, unit names, certificates. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectTcp, createServer } from 'node:net';
import { afterEach, describe, it } from 'node:test';
import { silentLog } from '#base';
import { FALSE_MSC, FALSE_STP, MSC, OTHER, STP } from './certificates.contract.js';
import { createAssociations } from './create.js';
import type { TlsMaterial } from './port.js';
import type { AssociationSettings, ConnectSettings, ListenerSettings, PeerMatch } from './settings.js';
import { LineLog, messageOf, nodeOf, Recorder, startNode, type TestNode, until } from './testbed.contract.js';

const LOCAL = '127.0.0.1';
const nodes: TestNode[] = [];
afterEach(async () => {
  await Promise.all(nodes.splice(0).map((it) => it.stop(200)));
});
async function keep(node: Promise<TestNode>): Promise<TestNode> {
  nodes.push(await node);
  return node;
}

const listener = (more: Partial<ListenerSettings> = {}): ListenerSettings => ({
  name: 'in',
  transport: 'tcp',
  protocol: 'm3ua',
  localAddresses: [LOCAL],
  port: 0,
  ...more,
});

/** A gateway whose peers are recognised as the rows say; each serves a link of its own name. */
function gatewayWith(matches: Readonly<Record<string, PeerMatch>>, more: Partial<ListenerSettings>, log: LineLog) {
  const names = Object.keys(matches);
  const peers = names.map((name) => ({ name, listener: 'in', match: matches[name]! }));
  const links = names.map((name, i) => ({
    role: 'gateway' as const,
    name,
    routingContext: i + 1,
    trafficMode: 'override' as const,
    peers: [name],
  }));
  return keep(startNode({ listeners: [listener(more)], gateway: { peers }, links }, { log }));
}

const reconnect = { firstMs: 20, mostMs: 50 };
function asp(gateway: TestNode, more: { aspIdentifier?: number; connect?: Partial<ConnectSettings>; log?: LineLog } = {}) {
  const { connect, log, ...settings } = more;
  const { port } = gateway.listening.get('in')!;
  const to: ConnectSettings = { transport: 'tcp', remoteAddresses: [LOCAL], remotePort: port, reconnect, ...connect };
  const link = { role: 'asp' as const, name: 'asp', routingContexts: [], ...settings, connect: to };
  return keep(startNode({ links: [link] }, { log: log ?? new LineLog() }));
}

const refusals = (log: LineLog) => log.lines.filter((it) => it.text === 'association refused').map((it) => it.fields['why']);

describe('a listener', () => {
  it('ends connections from addresses that its list does not allow, before anything is read', async () => {
    const log = new LineLog();
    const gateway = await gatewayWith({ msc: { addresses: [LOCAL] } }, { allow: ['10.0.0.0/8', '192.0.2.7'] }, log);
    const one = await asp(gateway);
    await until('refused', () => log.lines.some((it) => it.text.includes('not allowed')));
    assert.equal(one.link('asp')!.state, 'down');
    assert.deepEqual(gateway.associations(), []);
  });

  it('lets in who comes from an allowed range', async () => {
    const gateway = await gatewayWith({ msc: { addresses: ['127.0.0.0/8'] } }, { allow: ['127.0.0.0/24'] }, new LineLog());
    const one = await asp(gateway);
    await until('active', () => one.link('asp')!.state === 'active');
    assert.equal(gateway.associations()[0]!.name, 'msc');
  });

  it('sends away who comes from where nobody is expected', async () => {
    const log = new LineLog();
    const gateway = await gatewayWith({ msc: { addresses: ['192.0.2.0/24'] } }, {}, log);
    await asp(gateway);
    await until('refused', () => refusals(log).includes('nobody is expected from there'));
  });

  it('tells peers of one address apart by their ASP identifiers, and sends away the others', async () => {
    const log = new LineLog();
    const gateway = await gatewayWith({ a: { aspIdentifier: 7 }, b: { aspIdentifier: 8, addresses: [LOCAL] } }, {}, log);
    const b = await asp(gateway, { aspIdentifier: 8 });
    await until('b is up', () => gateway.link('b')!.state === 'active');
    const a = await asp(gateway, { aspIdentifier: 7 });
    await until('a is up', () => gateway.link('a')!.state === 'active');
    gateway.link('a')!.transfer(messageOf('for a'));
    gateway.link('b')!.transfer(messageOf('for b'));
    await until('one each', () => a.seen.received.length === 1 && b.seen.received.length === 1);
    assert.deepEqual([a.seen.texts, b.seen.texts], [['for a'], ['for b']]);
    const stranger = await asp(gateway, { aspIdentifier: 9 });
    const nameless = await asp(gateway);
    await until('told why', () => [stranger, nameless].every((it) => it.link('asp')!.counters.associationsLost > 0));
    assert.ok(refusals(log).some((it) => String(it).includes('did not say who it is')));
    assert.deepEqual(
      gateway
        .associations()
        .map((it) => it.name)
        .sort(),
      ['a', 'b'],
    );
  });

  it('tells peers of one address apart by their ports', async () => {
    const probe = createServer().listen(0, LOCAL);
    await once(probe, 'listening');
    const { port } = probe.address() as { port: number };
    await new Promise((resolve) => probe.close(resolve));
    const gateway = await gatewayWith({ a: { port }, b: { addresses: [LOCAL] } }, {}, new LineLog());
    const a = await asp(gateway, { connect: { localAddresses: [LOCAL], localPort: port } });
    await until('a is up', () => gateway.link('a')!.state === 'active');
    assert.equal(a.link('asp')!.state, 'active');
    assert.equal(gateway.link('b')!.state, 'down');
  });

  it('refuses the ASP Up of a peer that the operator has blocked', async () => {
    const settings: AssociationSettings = {
      listeners: [listener()],
      gateway: { peers: [{ name: 'msc', listener: 'in', match: { addresses: [LOCAL] }, isBlocked: true }] },
      links: [{ role: 'gateway', name: 'as', routingContext: 1, trafficMode: 'override', peers: ['msc'] }],
    };
    const gateway = await keep(startNode(settings));
    const one = await asp(gateway);
    await until('an ERR', () => one.link('asp')!.counters.complaints > 0);
    assert.equal(one.link('asp')!.state, 'down');
  });

  it('of IPA takes the unit name that it expects and no other', async () => {
    const accept = (unitName: string) => ({ listener: 'in', match: { unitName } });
    const log = new LineLog();
    const pointCodes = { ownPointCode: 1, peerPointCode: 2 };
    const node = await keep(
      startNode(
        {
          listeners: [listener({ protocol: 'ipa' })],
          links: [{ role: 'ipa', name: 'right', ...pointCodes, accept: accept('right') }],
        },
        { log },
      ),
    );
    const connect: ConnectSettings = {
      transport: 'tcp',
      remoteAddresses: [LOCAL],
      remotePort: node.listening.get('in')!.port,
      reconnect,
    };
    const wrong = await keep(startNode({ links: [{ role: 'ipa', name: 'x', unitName: 'wrong', ...pointCodes, connect }] }));
    await until('refused', () => wrong.link('x')!.counters.associationsLost > 0);
    assert.equal(node.link('right')!.state, 'down');
    const right = await keep(startNode({ links: [{ role: 'ipa', name: 'x', unitName: 'right', ...pointCodes, connect }] }));
    await until('active', () => right.link('x')!.state === 'active' && node.link('right')!.state === 'active');
  });

  it('whose port is taken makes the start an error, and leaves nothing open', async () => {
    const first = await gatewayWith({ msc: { addresses: [LOCAL] } }, {}, new LineLog());
    const { port } = first.listening.get('in')!;
    const settings: AssociationSettings = {
      listeners: [listener({ name: 'free' }), listener({ port })],
      gateway: { peers: [{ name: 'msc', listener: 'in', match: { addresses: [LOCAL] } }] },
      links: [{ role: 'gateway', name: 'as', routingContext: 1, trafficMode: 'override', peers: ['msc'] }],
    };
    const node = nodeOf(settings);
    const started = await node.start();
    assert.ok(!started.ok && started.error.kind === 'address-refused');
    assert.match(started.error.text, /^listener in: cannot listen on 127\.0\.0\.1:\d+: .*EADDRINUSE/);
    const freed = node.listening.get('free')!.port;
    const socket = connectTcp({ host: LOCAL, port: freed });
    const [e] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
    assert.equal(e.code, 'ECONNREFUSED');
  });
});

describe('TLS', () => {
  const peerName = 'stp.example';
  const match = { certificateName: 'msc.example' };

  const pair = async (
    server: TlsMaterial,
    client: (TlsMaterial & { peerName: string }) | undefined,
    expected: PeerMatch = match,
  ) => {
    const [log, clientLog] = [new LineLog(), new LineLog()];
    const gateway = await gatewayWith({ msc: expected }, { tls: server }, log);
    const one = await asp(gateway, { log: clientLog, connect: client === undefined ? {} : { tls: client } });
    return { gateway, one, log, clientLog };
  };

  it('lets in who shows a certificate of the authority with the expected name', async () => {
    const { gateway, one } = await pair(STP, { ...MSC, peerName });
    await until('active', () => one.link('asp')!.state === 'active' && gateway.link('msc')!.state === 'active');
    assert.deepEqual(gateway.associations()[0]!.certificateNames, ['msc.example']);
    one.link('asp')!.transfer(messageOf('by TLS'));
    await until('it came', () => gateway.seen.texts[0] === 'by TLS');
  });

  const failures: Readonly<Record<string, () => ReturnType<typeof pair>>> = {
    'a client whose certificate is of another authority': () => pair(STP, { ...FALSE_MSC, peerName }),
    'a server whose certificate is of another authority': () => pair(FALSE_STP, { ...MSC, peerName }),
    'a server whose certificate has another name': () => pair(STP, { ...MSC, peerName: 'other.example' }),
    'a client that trusts another authority only': () => pair(STP, { ...MSC, authorities: OTHER, peerName }),
    'a client whose certificate has another name than is expected': () =>
      pair(STP, { ...STP, peerName }, { certificateName: 'msc.example' }),
    'a client without TLS': () => pair(STP, undefined),
  };
  for (const [title, make] of Object.entries(failures))
    it(`never comes up with ${title}`, async () => {
      const { gateway, one } = await make();
      const { counters } = one.link('asp')!;
      await until('refused several times', () => counters.connectFailures + counters.associationsLost >= 3);
      assert.ok(!one.seen.states.includes('asp active') && gateway.associations().length === 0);
    });

  it('is never given up by a client whose server does not speak it', async () => {
    const gateway = await gatewayWith({ msc: { addresses: [LOCAL] } }, {}, new LineLog());
    const one = await asp(gateway, { connect: { tls: { ...MSC, peerName } } });
    await until('refused several times', () => one.link('asp')!.counters.connectFailures >= 3);
    assert.equal(one.link('asp')!.counters.associationsUp, 0);
  });

  it('material that cannot be used, or no authority, makes the start an error', async () => {
    for (const tls of [
      { ...STP, key: MSC.key },
      { ...STP, certificate: 'nonsense' },
      { ...STP, authorities: '' },
    ]) {
      const settings: AssociationSettings = {
        listeners: [listener({ tls })],
        gateway: { peers: [{ name: 'msc', listener: 'in', match: { addresses: [LOCAL] } }] },
        links: [{ role: 'gateway', name: 'as', routingContext: 1, trafficMode: 'override', peers: ['msc'] }],
      };
      const started = await nodeOf(settings).start();
      assert.ok(!started.ok);
      assert.match(started.error.text, /^listener in: TLS material cannot be used: /);
    }
  });
});

describe('settings that contradict themselves', () => {
  it('are all said at once', () => {
    const connect: ConnectSettings = { transport: 'sctp', remoteAddresses: [], remotePort: 1, tls: { ...MSC, peerName: 'x' } };
    const made = createAssociations(
      {
        listeners: [listener({ allow: ['10.0.0.0/33'] }), listener({ name: 'ipa', protocol: 'ipa', transport: 'sctp' })],
        gateway: { peers: [{ name: 'lonely', listener: 'nowhere', match: {} }] },
        links: [
          { role: 'asp', name: 'x', routingContexts: [], connect },
          { role: 'asp', name: 'x', routingContexts: [], connect: { ...connect, remoteAddresses: ['192.0.2.1'] } },
          { role: 'gateway', name: 'g', routingContext: 1, trafficMode: 'override', peers: ['nobody'] },
          {
            role: 'ipsp-double',
            name: 'd',
            routingContexts: [],
            accept: { listener: 'in', match: { certificateName: 'y', unitName: 'z' } },
          },
        ],
      },
      { log: silentLog, user: new Recorder() },
    );
    assert.ok(!made.ok && made.error.kind === 'settings');
    assert.deepEqual(made.error.text.split('\n'), [
      'link x is there twice',
      'listener in: 10.0.0.0/33 is neither an address nor a range',
      'listener ipa: IPA is for TCP only',
      'link x: no remote address is given',
      'link x: TLS is for TCP only',
      'link x: TLS is for TCP only',
      'link d: listener in has no TLS to show a certificate name',
      'link d: M3UA has no unit names',
      "link d: the double exchange needs the peer's application servers",
      'peer lonely: there is no listener nowhere',
      'peer lonely serves no link',
      'link g: there is no peer nobody',
    ]);
  });
});
