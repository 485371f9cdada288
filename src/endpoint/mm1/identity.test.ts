import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { describe, it } from 'node:test';
import { createIdentity, FIRST_ONLY, isLoopback, readMsisdn } from './identity.js';

const network = createIdentity({
  mode: 'network',
  headers: ['X-MSISDN', 'X-Up-Calling-Line-Id'],
  gateways: ['10.1.0.0/16', '2001:db8:1::/48', '::ffff:192.0.2.0/120', '198.51.100.7'],
  clients: [
    { network: '10.9.0.128/25', firstMsisdn: '46700000000' },
    { network: '2001:db8:9::/64', firstMsisdn: '46800000000' },
  ],
});

const callerAt = (address: string, headers: Record<string, string> = {}) => network.caller(network.peer(address), headers);

/** The parser refuses two of these, or they would end the request. */
const NOT_TWICE: ReadonlySet<string> = new Set(['host', 'content-length']);

describe('identity by the network', () => {
  it('believes a configured header from a listed gateway, by the address of the socket', () => {
    assert.deepEqual(callerAt('10.1.2.3', { 'x-msisdn': '46701234567' }), { msisdn: '46701234567' });
    assert.deepEqual(callerAt('198.51.100.7', { 'x-up-calling-line-id': '46701234567' }), { msisdn: '46701234567' });
    assert.deepEqual(callerAt('2001:db8:1::5', { 'x-msisdn': '46701234567' }), { msisdn: '46701234567' });
  });

  it('takes an IPv4-mapped IPv6 peer for the IPv4 address it is, and a mapped network for the IPv4 network', () => {
    assert.deepEqual(callerAt('::ffff:10.1.2.3', { 'x-msisdn': '46701234567' }), { msisdn: '46701234567' });
    assert.deepEqual(callerAt('192.0.2.9', { 'x-msisdn': '46701234567' }), { msisdn: '46701234567' });
    assert.equal(callerAt('192.0.3.9', { 'x-msisdn': '46701234567' }).msisdn, undefined);
  });

  it('strips an identity header from everybody else and says so', () => {
    assert.deepEqual(callerAt('10.2.0.1', { 'x-msisdn': '46701234567' }), {
      disbelieved: { header: 'x-msisdn', claimed: '46701234567', why: 'not-a-gateway' },
    });
    assert.deepEqual(callerAt('10.2.0.1'), {});
  });

  it('does not look at X-Forwarded-For or headers that are not configured', () => {
    assert.deepEqual(callerAt('10.2.0.1', { 'x-forwarded-for': '10.1.0.1', 'x-nokia-msisdn': '46701234567' }), {});
    assert.deepEqual(callerAt('10.1.0.1', { 'x-nokia-msisdn': '46701234567' }), {});
  });

  it('counts fixed numbers from the first address of the client network', () => {
    assert.deepEqual(callerAt('10.9.0.128'), { msisdn: '46700000000' });
    assert.deepEqual(callerAt('10.9.0.255'), { msisdn: '46700000127' });
    assert.deepEqual(callerAt('::ffff:10.9.0.129'), { msisdn: '46700000001' });
    assert.deepEqual(callerAt('10.9.0.127'), {});
    assert.deepEqual(callerAt('2001:db8:9::10'), { msisdn: '46800000016' });
  });

  it('keeps the fixed number of a client that claims another one in a header', () => {
    assert.deepEqual(callerAt('10.9.0.129', { 'x-msisdn': '46709999999' }), {
      msisdn: '46700000001',
      disbelieved: { header: 'x-msisdn', claimed: '46709999999', why: 'not-a-gateway' },
    });
  });

  it('has no number for an address so far up that the number would be none', () => {
    assert.deepEqual(callerAt('2001:db8:9::ffff:ffff:ffff:ffff'), {});
  });

  it('believes neither of two headers that disagree, nor one that is there twice', () => {
    const contradicting = callerAt('10.1.0.1', { 'x-msisdn': '46701234567', 'x-up-calling-line-id': '46709999999' });
    assert.equal(contradicting.msisdn, undefined);
    assert.equal(contradicting.disbelieved?.why, 'contradiction');
    const twice = callerAt('10.1.0.1', { 'x-msisdn': '46701234567, 46709999999' });
    assert.equal(twice.msisdn, undefined);
    assert.equal(twice.disbelieved?.why, 'not-a-number');
  });

  it('believes two headers that agree', () => {
    assert.deepEqual(callerAt('10.1.0.1', { 'x-msisdn': '46701234567', 'x-up-calling-line-id': '+46701234567' }), {
      msisdn: '46701234567',
    });
  });

  it('refuses headers of which only the first is seen when there are two: a handset could write its own before the gateway does', async () => {
    for (const name of ['From', 'user-agent', 'authorization'])
      assert.throws(
        () => createIdentity({ mode: 'network', headers: ['x-msisdn', name], gateways: [], clients: [] }),
        new RegExp(name),
      );
    // What Node really does with two of each.
    const server = createServer((request, response) => response.end(JSON.stringify(request.headers))).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const twice = (name: string): string => `${name}: 1\r\n${name}: 2\r\n`;
    const socket = connect(port, '127.0.0.1');
    socket.write(
      `GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${FIRST_ONLY.filter((name) => !NOT_TWICE.has(name))
        .map(twice)
        .join('')}${twice('x-msisdn')}\r\n`,
    );
    let text = '';
    for await (const octets of socket) text += octets;
    server.close();
    const { 'x-msisdn': joined, ...rest } = JSON.parse(text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1));
    assert.equal(joined, '1, 2');
    for (const name of FIRST_ONLY) if (!NOT_TWICE.has(name)) assert.equal(rest[name], '1', name);
  });

  it('knows nobody when the peer has gone before its address was read', () => {
    assert.deepEqual(network.peer(undefined), { kind: 'stranger' });
  });

  it('refuses entries that are no network or no number, and names them', () => {
    const entry = (gateways: string[], firstMsisdn: string) => () =>
      createIdentity({ mode: 'network', headers: [], gateways, clients: [{ network: '10.0.0.0/8', firstMsisdn }] });
    assert.throws(entry(['10.0.0.0/33'], '46700000000'), /"10\.0\.0\.0\/33" is no network/);
    assert.throws(entry(['gateway.example'], '46700000000'), /"gateway\.example" is no network/);
    assert.throws(entry([], '+46700000000'), /"\+46700000000" is no number/);
  });

  it('counts from the first address of a network that is written with another address of it', () => {
    const identity = createIdentity({
      mode: 'network',
      headers: [],
      gateways: [],
      clients: [{ network: '10.9.0.77/24', firstMsisdn: '46700000000' }],
    });
    assert.deepEqual(identity.caller(identity.peer('10.9.0.5'), {}), { msisdn: '46700000005' });
  });
});

describe('identity in the laboratory', () => {
  const lab = createIdentity({ mode: 'lab', header: 'X-MSISDN' });

  it('believes the configured header from anybody', () => {
    assert.deepEqual(lab.caller(lab.peer('127.0.0.1'), { 'x-msisdn': '46701234567' }), { msisdn: '46701234567' });
    assert.deepEqual(lab.caller(lab.peer('127.0.0.1'), {}), {});
  });
});

describe('numbers in headers', () => {
  for (const value of ['46701234567', '+46701234567', '46701234567/TYPE=PLMN', '+46701234567/type=plmn', ' +46 70 123 45 67 '])
    it(`reads "${value}"`, () => assert.equal(readMsisdn(value), '46701234567'));

  for (const value of [
    '',
    '0701234567',
    '1234',
    '1234567890123456',
    '46701234567,46701234568',
    'tel:+46701234567',
    '46701234567/TYPE=IPv4',
    '++46701234567',
    '46701234567\t',
    'alice@example.com',
    '４６７０１２３４５６７',
  ])
    it(`refuses ${JSON.stringify(value)}`, () => assert.equal(readMsisdn(value), undefined));
});

describe('loopback', () => {
  for (const host of ['127.0.0.1', '127.9.9.9', '::1', 'localhost', '::ffff:127.0.0.1'])
    it(`is ${host}`, () => assert.equal(isLoopback(host), true));
  for (const host of ['0.0.0.0', '::', '10.0.0.1', 'mmsc.example', ''])
    it(`is not "${host}"`, () => assert.equal(isLoopback(host), false));
});
