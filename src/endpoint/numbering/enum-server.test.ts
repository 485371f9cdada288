import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { after, describe, it } from 'node:test';
import { decode, encode } from 'dns-packet';
import { LIMITS, type LogFields, silentLog } from '#base';
import type { EnumConfig } from './config.js';
import { startEnum } from './enum-server.js';
import type { Listener } from './ports.js';
import { Counts, ENUM, FewNumbers, nameOf, portsOf } from './samples.contract.js';

const PORTED = '393490000001';
const opened: Listener[] = [];
after(async () => {
  for (const it of opened) await it.close();
});

async function serving(config: Partial<EnumConfig> = {}, numbers = new FewNumbers(), log = silentLog) {
  const counts = new Counts();
  const server = await startEnum({ ...ENUM, ...config }, { ...portsOf(numbers, counts), log });
  opened.push(server);
  return { server, counts, port: server.address.port };
}
let nextId = 1;
const queryOf = (digits: string): Buffer =>
  encode({ type: 'query', id: nextId++ & 0xffff, questions: [{ name: nameOf(digits), type: 'NAPTR' }] });
const rcodeOf = (octets: Uint8Array): string => (decode(Buffer.from(octets)) as unknown as { rcode: string }).rcode;

/** Sends datagrams, and another query at last: what has come before its answer is all that came. */
async function overUdp(port: number, queries: readonly Uint8Array[], host = '127.0.0.1'): Promise<Buffer[]> {
  const socket = createSocket(host === '::1' ? 'udp6' : 'udp4');
  const answers: Buffer[] = [];
  const mark = queryOf('3');
  const done = new Promise<void>((resolve) => {
    socket.on('message', (octets) => {
      if (octets.readUInt16BE(0) === mark.readUInt16BE(0)) resolve();
      else answers.push(octets);
    });
  });
  for (const query of queries) await new Promise((resolve) => socket.send(query, port, host, resolve));
  await new Promise((resolve) => socket.send(mark, port, host, resolve));
  await done;
  socket.close();
  return answers;
}
const framed = (octets: Uint8Array): Buffer => Buffer.concat([Buffer.from([octets.length >>> 8, octets.length & 0xff]), octets]);

/** Writes, and gives the answers until there are `count` of them or the connection ends. */
async function overTcp(port: number, writes: readonly Uint8Array[], count: number): Promise<Buffer[]> {
  const socket = connect(port, '127.0.0.1');
  const answers: Buffer[] = [];
  await once(socket, 'connect');
  let held: Buffer = Buffer.alloc(0);
  const done = new Promise<void>((resolve) => {
    socket.on('close', resolve);
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      held = Buffer.concat([held, chunk]);
      while (held.length >= 2 && held.length >= 2 + held.readUInt16BE(0)) {
        answers.push(held.subarray(2, 2 + held.readUInt16BE(0)));
        held = held.subarray(2 + held.readUInt16BE(0));
      }
      if (answers.length >= count) resolve();
    });
  });
  for (const octets of writes) await new Promise((resolve) => socket.write(octets, resolve));
  await done;
  socket.destroy();
  return answers;
}

describe('ENUM by UDP', () => {
  it('answers queries, the good and the bad, and counts them by result', async () => {
    const { port, counts } = await serving();
    const answers = await overUdp(port, [queryOf(PORTED), queryOf('393490009999'), Buffer.alloc(12), Buffer.from('no DNS')]);
    assert.deepEqual(answers.map(rcodeOf).sort(), ['FORMERR', 'NOERROR', 'NXDOMAIN']);
    assert.deepEqual(Object.fromEntries(counts.by), {
      'udp found': 1,
      'udp nxdomain': 1,
      'udp malformed': 1,
      'udp dropped': 1,
      'udp no-data': 1,
    });
  });

  it('serves IPv6', async () => {
    const { port } = await serving({ listen: { host: '::1', port: 0 } });
    assert.deepEqual((await overUdp(port, [queryOf(PORTED)], '::1')).map(rcodeOf), ['NOERROR']);
  });

  it('is silent towards strangers', async () => {
    const { port, counts } = await serving({ clients: { ...ENUM.clients, networks: ['192.0.2.0/24'] } });
    const socket = createSocket('udp4');
    socket.on('message', () => assert.fail('a stranger has an answer'));
    await new Promise((resolve) => socket.send(queryOf(PORTED), port, '127.0.0.1', resolve));
    while (counts.by.get('udp stranger') !== 1) await new Promise((resolve) => setTimeout(resolve, 5));
    socket.close();
    assert.deepEqual([...counts.by.keys()], ['udp stranger']);
  });

  it('sends every second query of who asks too often to TCP, and drops the others', async () => {
    const { port, counts } = await serving({ clients: { ...ENUM.clients, ratePerSecond: 0.001, burst: 2 } });
    const socket = createSocket('udp4');
    const answers: Buffer[] = [];
    socket.on('message', (octets) => answers.push(octets));
    const queries = Array.from({ length: 12 }, () => queryOf(PORTED));
    for (const query of queries) await new Promise((resolve) => socket.send(query, port, '127.0.0.1', resolve));
    // Another source's answer comes when all of these have been sent; what was sent on loopback is there.
    const other = createSocket('udp4').bind(0, '127.0.0.2');
    await once(other, 'listening');
    other.send(queryOf(PORTED), port, '127.0.0.1');
    await once(other, 'message');
    while (answers.length < 7) await once(socket, 'message');
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
    other.close();
    socket.close();
    assert.equal(answers.length, 7);
    const truncated = answers.filter((it) => (decode(it) as unknown as { flag_tc: boolean }).flag_tc);
    assert.deepEqual([counts.by.get('udp found'), counts.by.get('udp too-often'), truncated.length], [3, 10, 5]);
    for (const it of truncated) assert.equal(it.length, queries[0]!.length);
  });

  it('does not look at queries longer than any can be', async () => {
    const { port, counts } = await serving();
    const long = Buffer.concat([queryOf(PORTED), Buffer.alloc(LIMITS.enumQueryOctetsMax)]);
    assert.deepEqual(await overUdp(port, [long]), []);
    assert.equal(counts.by.get('udp dropped'), 1);
  });

  it('answers a fault of its own as one, says it to the operator, and goes on', async () => {
    const numbers = new FewNumbers();
    const lines: [LogFields, string][] = [];
    const { port, counts } = await serving({}, numbers, { ...silentLog, error: (fields, text) => lines.push([fields, text]) });
    numbers.fault = new Error('a bug');
    assert.deepEqual((await overUdp(port, [queryOf(PORTED)])).map(rcodeOf), ['SERVFAIL']);
    assert.deepEqual([counts.by.get('udp failed'), lines.map(([fields]) => fields['error'])], [1, [numbers.fault]]);
    numbers.fault = undefined;
    assert.deepEqual((await overUdp(port, [queryOf(PORTED)])).map(rcodeOf), ['NOERROR']);
  });
});

describe('ENUM by TCP', () => {
  it('answers several queries of one connection, however they are cut', async () => {
    const { port } = await serving();
    const stream = Buffer.concat([queryOf(PORTED), queryOf('393490009999'), queryOf('393490000002')].map(framed));
    const pieces = Array.from({ length: stream.length }, (_, i) => stream.subarray(i, i + 1));
    for (const writes of [[stream], [stream.subarray(0, 30), stream.subarray(30)], pieces])
      assert.deepEqual((await overTcp(port, writes, 3)).map(rcodeOf), ['NOERROR', 'NXDOMAIN', 'NOERROR']);
  });

  it('gives whole what UDP cannot', async () => {
    const { port } = await serving({
      services: ['sip', 'pstn:sip', 'pstn:tel'],
      sipHost: `${'a'.repeat(60)}.${'b'.repeat(40)}.net`,
    });
    const query = queryOf(PORTED);
    const [cut] = await overUdp(port, [query]);
    const [whole] = await overTcp(port, [framed(query)], 1);
    assert.deepEqual([decode(cut!).answers?.length, decode(whole!).answers?.length], [0, 3]);
  });

  it('ends connections that send what is no query, ask too often, or come from strangers', async () => {
    const closes = async (config: Partial<EnumConfig>, writes: readonly Uint8Array[]): Promise<[number, Counts]> => {
      const { port, counts } = await serving(config);
      return [(await overTcp(port, writes, 99)).length, counts];
    };
    const [long, counted] = await closes({}, [Buffer.from([0xff, 0xff, 1, 2])]);
    assert.deepEqual([long, counted.by.get('tcp dropped')], [0, 1]);
    assert.equal((await closes({}, [framed(Buffer.from('an answer?'))]))[0], 0);
    const often = { clients: { ...ENUM.clients, ratePerSecond: 0.001, burst: 2 } };
    const [answers, limited] = await closes(often, [Buffer.concat(Array.from({ length: 5 }, () => framed(queryOf(PORTED))))]);
    assert.deepEqual([answers <= 2, limited.by.get('tcp found'), limited.by.get('tcp too-often')], [true, 2, 1]);
    const [none, strange] = await closes({ clients: { ...ENUM.clients, networks: [] } }, []);
    assert.deepEqual([none, strange.by.get('tcp stranger')], [0, 1]);
  });

  it('lets one source have its share of the connections and no more, and others theirs', async () => {
    const { port, counts } = await serving({ clients: { ...ENUM.clients, networks: ['127.0.0.0/8'] } });
    const mine: Socket[] = [];
    for (let i = 0; i < LIMITS.enumConnectionsPerSourceMax; i++) {
      const socket = connect({ port, host: '127.0.0.1' });
      mine.push(socket);
      const answered = once(socket, 'data');
      socket.write(framed(queryOf(PORTED)));
      await answered;
    }
    assert.deepEqual(await overTcp(port, [framed(queryOf(PORTED))], 1), []);
    assert.equal(counts.by.get('tcp too-many-connections'), 1);
    const other = connect({ port, host: '127.0.0.1', localAddress: '127.0.0.2' });
    const answered = once(other, 'data');
    other.write(framed(queryOf(PORTED)));
    await answered;
    const gone = mine.map((socket) => once(socket, 'close'));
    for (const socket of [...mine, other]) socket.destroy();
    await Promise.all(gone);
    const answers = async (): Promise<number> => (await overTcp(port, [framed(queryOf(PORTED))], 1)).length;
    while ((await answers()) === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  });

  it('ends a connection whose client reads nothing', async () => {
    const { port, counts } = await serving({ clients: { ...ENUM.clients, ratePerSecond: 1e9, burst: 1e9 } });
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.pause();
    socket.on('error', () => {});
    const many = Buffer.concat(Array.from({ length: 500 }, () => framed(queryOf(PORTED))));
    const ended = new Promise((resolve) => socket.on('close', resolve));
    while (counts.by.get('tcp overload') === undefined)
      await new Promise((resolve) => (socket.destroyed ? resolve(0) : socket.write(many, resolve)));
    socket.resume();
    await ended;
    assert.equal(counts.by.get('tcp overload'), 1);
  });

  it('closes with open connections, and the port is free again', async () => {
    const { server, port } = await serving();
    const socket: Socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    const ended = once(socket, 'close');
    socket.on('error', () => {});
    await server.close();
    await ended;
    const again = await serving({ listen: { host: '127.0.0.1', port } });
    assert.equal(again.port, port);
    await assert.rejects(serving({ listen: { host: '127.0.0.1', port } }), /EADDRINUSE/);
  });
});
