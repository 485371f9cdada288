import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { decode, encode } from 'dns-packet';
import { MemoryNumbers } from '#portability';
import { startEnum } from './enum-server.js';
import { startNumbersHttp } from './http-server.js';
import type { Listener } from './ports.js';
import { ENUM, HTTP, NOW, nameOf, portsOf } from './samples.contract.js';

const numbers = new MemoryNumbers(() => NOW);
let now = NOW;
let dns: Listener;
let http: Listener;
before(async () => {
  const ports = portsOf(numbers, undefined, () => now);
  [dns, http] = await Promise.all([startEnum(ENUM, ports), startNumbersHttp(HTTP, ports)]);
});
after(() => Promise.all([dns.close(), http.close()]));

/** The regular expression of the first record, or how many records there are. */
async function byDns(digits: string): Promise<string> {
  const socket = createSocket('udp4');
  socket.send(
    encode({ type: 'query', id: 1, questions: [{ name: nameOf(digits), type: 'NAPTR' }] }),
    dns.address.port,
    '127.0.0.1',
  );
  const [octets] = (await once(socket, 'message')) as [Buffer];
  socket.close();
  const [record] = decode(octets).answers ?? [];
  return record?.type === 'NAPTR' ? record.data.regexp : 'none';
}
async function byHttp(digits: string): Promise<{ status: number; tag: string | null; entity: unknown }> {
  const response = await fetch(`http://127.0.0.1:${http.address.port}/numbers/${digits}`);
  const { entity } = (await response.json()) as { entity?: unknown };
  return { status: response.status, tag: response.headers.get('etag'), entity };
}

describe('numbers that change while they are asked for', () => {
  const range = { first: 393490000000, last: 393490009999 };
  const rn = (routingNumber: string) => ({ portabilityType: 1, entity: { kind: 'rn', routingNumber } as const });

  it('a range, a number of its own in it, and the end of a record are answered as soon as they are there', async () => {
    assert.deepEqual([await byDns('393490000001'), (await byHttp('393490000001')).status], ['none', 404]);

    assert.ok(numbers.applyNow([{ kind: 'set-range', ...range, record: { portabilityType: 0, entity: { kind: 'sp' } } }]).ok);
    assert.equal(await byDns('393490000001'), '!^.*$!tel:+393490000001;npdi!');
    const ours = await byHttp('393490000001');
    assert.deepEqual([ours.status, ours.entity], [200, { kind: 'sp' }]);

    const ported = { kind: 'set-number', number: 393490000001, record: rn('105'), validUntil: NOW + 1000 } as const;
    assert.ok(numbers.applyNow([ported]).ok);
    assert.equal(await byDns('393490000001'), '!^.*$!tel:+393490000001;npdi;rn=105;rn-context=+39!');
    const away = await byHttp('393490000001');
    assert.deepEqual(away.entity, { kind: 'rn', routingNumber: '105' });

    now = NOW + 2000;
    assert.equal(await byDns('393490000001'), '!^.*$!tel:+393490000001;npdi!');
    const back = await byHttp('393490000001');
    assert.deepEqual(back.entity, { kind: 'sp' });
    assert.equal(new Set([ours.tag, away.tag, back.tag]).size, 3);
  });
});
