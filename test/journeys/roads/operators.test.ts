/** What operators do about a carrier that is paused, removed or unknown, at a program that runs, by the command line. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { buildMessage } from '#endpoint/handset';
import { type Program, startProgram } from '../../kit/program.js';
import { apply, ask, type CarrierSite, historyOf, makeCarrier, type Phone, peerObjects, phoneOf, until } from './carriers.js';

const NORA = '46700000001';
const SVEN = '46730000002';

let north: CarrierSite;
let south: CarrierSite;
let nora: Phone;
let sven: Phone;
const programs: Program[] = [];
const closing: (() => Promise<unknown>)[] = [];

before(async () => {
  north = await makeCarrier({ name: 'north', own: '4670' });
  south = await makeCarrier({ name: 'south', own: '4673' });
  for (const site of [north, south]) {
    closing.push(() => site.remove());
    const program = await startProgram(site);
    programs.push(program);
    closing.push(() => program.end('SIGKILL'));
  }
  await apply(north, peerObjects(south, '4673'));
  await apply(south, peerObjects(north, '4670'));
  [nora, sven] = [await phoneOf(north, NORA), await phoneOf(south, SVEN)];
  closing.push(
    () => nora.close(),
    () => sven.close(),
  );
});
after(async () => {
  for (const close of closing.reverse()) await close();
});

const send = async (to: string, deliveryReport = false): Promise<string> => {
  const answer = await nora.send({ to: [to], content: buildMessage({ text: `to ${to}`, files: [] }), deliveryReport });
  assert.ok(answer.ok && answer.value.pdu.messageId !== undefined, JSON.stringify(answer));
  return answer.value.pdu.messageId;
};
const operator = async (...args: readonly string[]): Promise<string> => {
  const { code, stdout, stderr } = await ask(north, ...args);
  assert.equal(code, 0, stderr);
  return stdout;
};
const kindsOf = async (id: string): Promise<readonly string[]> => (await historyOf(north, id)).events.map(({ kind }) => kind);
const reportsOf = (id: string): readonly string[] =>
  nora.heard.flatMap((pdu) => (pdu.kind === 'm-delivery-ind' && pdu.messageId === id ? [String(pdu.status)] : []));

describe('a peer that an operator has paused', () => {
  it('gets nothing, and what is for it waits in sight; resumed, all of it goes out', async () => {
    await operator('peer', 'pause', 'south', '--reason', 'works on their side');
    const ids = [await send(SVEN), await send(SVEN), await send(SVEN)];
    const queue = await operator('peer', 'queue', 'south');
    for (const id of ids) assert.ok(queue.includes(id), `${id} in\n${queue}`);
    assert.match(await operator('peer', 'list'), /south\s+paused\s/);
    for (const id of ids) assert.ok(!(await kindsOf(id)).includes('handed-over'));
    assert.equal(sven.digests.length, 0);
    await operator('peer', 'resume', 'south');
    await until('all three at the handset', () => sven.digests.length === 3);
    assert.match(await operator('peer', 'list'), /south\s+active\s/);
  });

  it('is still paused after the program was killed and started again', async () => {
    await operator('peer', 'pause', 'south');
    const id = await send(SVEN);
    await programs[0]!.end('SIGKILL');
    programs[0] = await startProgram(north);
    closing.push(() => programs[0]!.end('SIGKILL'));
    assert.match(await operator('peer', 'list'), /south\s+paused\s/);
    assert.ok(!(await kindsOf(id)).includes('handed-over'));
    const before = sven.digests.length;
    await operator('peer', 'resume', 'south');
    await until('the message at the handset', () => sven.digests.length === before + 1);
  });

  it('can have a message expired, whose sender is told so', async () => {
    await operator('peer', 'pause', 'south');
    const [expired, kept] = [await send(SVEN, true), await send(SVEN)];
    assert.match(await operator('peer', 'expire', 'south', '--message', expired, '--reason', 'asked for'), /^1 delivery$/m);
    await until('the report', () => reportsOf(expired).length === 1);
    assert.deepEqual(reportsOf(expired), ['expired']);
    const before = sven.digests.length;
    await operator('peer', 'resume', 'south');
    await until('the other one', () => sven.digests.length > before);
    assert.ok((await kindsOf(kept)).includes('handed-over'));
    assert.ok(!(await kindsOf(expired)).includes('handed-over'));
  });
});

describe('a peer that is removed, or was never there', () => {
  it('cannot be removed while a route leads to it; without both, its numbers are refused with the reason in the history', async () => {
    const file = join(north.folder, 'none.toml');
    writeFileSync(file, '[[subscriber]]\nmsisdn = "46700000001"\n');
    const bad = await ask(north, 'apply', file, '--yes', '--prune', 'peer');
    assert.equal(bad.code, 1);
    assert.match(bad.stderr, /route to-south: result\.peer: there is no peer "south"/);
    await apply(north, '[[subscriber]]\nmsisdn = "46700000001"\n', '--prune', 'peer', '--prune', 'route');
    const answer = await nora.send({ to: [SVEN], content: buildMessage({ text: 'late', files: [] }) });
    assert.ok(answer.ok);
    assert.notEqual(answer.value.pdu.responseStatus, 0x80);
  });

  it('is told by name to whoever asks for it', async () => {
    for (const words of [
      ['peer', 'show', 'nobody'],
      ['peer', 'pause', 'nobody'],
      ['peer', 'queue', 'nobody'],
      ['peer', 'requeue', 'nobody'],
    ]) {
      const { code, stderr } = await ask(north, ...words);
      assert.equal(code, 1, words.join(' '));
      assert.match(stderr, /nobody/, words.join(' '));
    }
  });
});

describe('a peer at which nobody listens', () => {
  const dead = (site: CarrierSite): string => `${peerObjects(site, '4673')}
[[peer]]
name = "dead"
domains = ["mms.dead.example"]
hosts = ["127.0.0.1:1"]
retry = ["1h"]
identification = { networks = ["127.0.0.1"] }
tls = { outgoing = "never" }
[[route]]
name = "to-dead"
match = { prefixes = ["4674"] }
result = { kind = "peer", peer = "dead" }
`;

  it('loses no message: rerouted by the command line, it takes the road that there is now', async () => {
    await apply(north, dead(south));
    const id = await send('46740000001', true);
    await until('the first attempt', async () => (await kindsOf(id)).includes('handover-put-off'));
    assert.match(await operator('peer', 'requeue', 'dead'), /^1 delivery$/m);
    await until('the second attempt', async () => (await kindsOf(id)).filter((kind) => kind === 'handover-put-off').length === 2);
    // The far side of the new road refuses a number that is not its own: a road was taken, and the sender hears of it.
    await apply(
      north,
      dead(south).replace('result = { kind = "peer", peer = "dead" }', 'result = { kind = "peer", peer = "south" }'),
    );
    assert.match(await operator('peer', 'reroute', 'dead'), /^1 delivery$/m);
    await until('the report', () => reportsOf(id).length === 1);
    const { events } = await historyOf(north, id);
    const roads = events.filter(({ kind }) => kind === 'delivery-routed').map(({ road }) => road);
    assert.deepEqual(roads, ['peer:dead', 'peer:south']);
    assert.ok(events.some(({ kind, road }) => kind === 'delivery-rerouted' && road === 'peer:dead'));
  });
});
