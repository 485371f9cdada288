/** Two gates: one keeps the numbers, the other fetches them over its operator API and decides by them. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { removeFolder, runCli, temporaryFolder } from '../program.js';
import { configOf, type GateProgram, moForwardSm, Nodes, NUMBERS, putNumbers, SENDER, startGateProgram } from './gate-program.js';

const TOKEN = 'f'.repeat(32);
const folders: string[] = [];
const folder = (): string => {
  const made = temporaryFolder();
  folders.push(made);
  writeFileSync(join(made, 'token'), `${TOKEN}\n`);
  return made;
};
after(() => folders.forEach(removeFolder));

const KEEPER = configOf(
  'mode = "monitor"',
  '[operator]\nlisten = "127.0.0.1:0"\n[[operator.user]]\nname = "second"\nrole = "follower"\ntoken-file = "token"\n',
);
const followerConfig = (port: number, screening?: string): string =>
  configOf(
    screening,
    `[numbers]\nlag-alarm = "1s"\n[numbers.source]\nurl = "http://127.0.0.1:${port}"\ntoken-file = "token"\ninterval = "100ms"\n`,
  );

/** Stands before a gate's operator API, so that this can move, and be cut off in the midst of an answer. */
class Road {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  to = 0;
  /** Octets given to followers. */
  given = 0;
  /** Octets after which the road ends. */
  cutAt = Number.POSITIVE_INFINITY;

  private constructor() {
    this.#server = createServer((near) => {
      const far = connect(this.to, '127.0.0.1');
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(one);
        one.on('error', () => other.destroy());
        one.on('close', () => other.destroy());
      }
      near.on('data', (octets) => far.write(octets));
      far.on('data', (octets) => {
        this.given += octets.length;
        if (this.given > this.cutAt) this.cut();
        else near.write(octets);
      });
    });
  }

  static async open(): Promise<Road> {
    const road = new Road();
    road.#server.listen(0, '127.0.0.1');
    await once(road.#server, 'listening');
    return road;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
  }

  close(): void {
    this.cut();
    this.#server.close();
  }
}

async function startKeeper(at: string, road: Road): Promise<GateProgram> {
  const gate = await startGateProgram(at, KEEPER);
  road.to = ((await gate.logged('gate is up'))['operator'] as { port: number }).port;
  return gate;
}

/** The follower's own words about what it follows, once they are so. */
async function following(
  gate: GateProgram,
  isSo: (numbers: { state: string; following: Record<string, unknown> }, alarms: readonly string[]) => boolean,
) {
  for (;;) {
    const { numbers, alarms, reasons } = await gate.ask('GET', '/v1/status');
    if (isSo(numbers, alarms)) return { ...numbers, alarms, reasons };
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Where a sender's message comes out. */
async function outcome(nodes: Nodes, sender: string): Promise<string> {
  nodes.send('msc', moForwardSm(sender));
  return (await nodes.nextAt('msc', 'smsc', 'platform')).at;
}
const isUntil = async (nodes: Nodes, sender: string, at: string): Promise<void> => {
  while ((await outcome(nodes, sender)) !== at) await new Promise((resolve) => setTimeout(resolve, 20));
};

describe('a gate that follows the numbers of another', () => {
  it('decides by what is changed there: single numbers, full loads and a rollback; refuses changes, and names the keeper', async () => {
    const road = await Road.open();
    const at = folder();
    await putNumbers(at, NUMBERS);
    const keeper = await startKeeper(at, road);
    const gate = await startGateProgram(folder(), followerConfig(road.port));
    await following(gate, ({ state }) => state === 'ready');
    const nodes = await Nodes.connect(gate.port);
    assert.deepEqual([await outcome(nodes, SENDER.ported), await outcome(nodes, SENDER.own)], ['msc', 'smsc']);

    const ported = { portabilityType: 1, entity: 'rn', routingNumber: '4675001' };
    await keeper.ask('PUT', `/v1/numbers/${SENDER.own}`, ported);
    await isUntil(nodes, SENDER.own, 'msc');

    const source = new RegExp(`kept by http://127.0.0.1:${road.port}: change them, and follow them, there`);
    await assert.rejects(gate.ask('PUT', `/v1/numbers/${SENDER.own}`, ported), source);
    await assert.rejects(gate.ask('POST', '/v1/number-store/load', { file: '/x.csv' }), source);
    await assert.rejects(gate.ask('POST', '/v1/number-store/rollback', { load: 'x' }), source);
    await assert.rejects(gate.ask('GET', '/v1/follow'), source);

    writeFileSync(join(at, 'next.csv'), NUMBERS.replace(`${SENDER.ported},1,rn,4675001`, `${SENDER.ported},36,sp,`));
    await keeper.load(join(at, 'next.csv'));
    await isUntil(nodes, SENDER.ported, 'smsc');
    assert.equal(await outcome(nodes, SENDER.own), 'smsc', 'the whole load is another');
    const { versions } = await keeper.ask('GET', '/v1/number-store');
    await keeper.ask('POST', '/v1/number-store/rollback', { load: versions[0].load });
    await isUntil(nodes, SENDER.ported, 'msc');
    assert.equal(await outcome(nodes, SENDER.own), 'msc', 'changes made to the former load are there again');

    const metrics = await (await fetch(`${gate.monitoring}/metrics`)).text();
    assert.match(metrics, /angarium_gate_numbers_lag_changes 0\n/);
    assert.match(metrics, /angarium_gate_numbers_lag_seconds [0-9.]+\n/);
    await nodes.close();
    await Promise.all([gate.stop(), keeper.stop()]);
    road.close();
  });

  it('goes on fetching where it was when the keeper is killed in the midst of a snapshot, and is not ready before the first is whole', async () => {
    const road = await Road.open();
    const at = folder();
    const many = Array.from({ length: 900_000 }, (_, n) => `${46_710_000_000 + n},1,rn,4675001`).join('\n');
    await putNumbers(at, `${NUMBERS}${many}\n`);
    let keeper = await startKeeper(at, road);
    const loads = join(at, 'angarium-gate', 'numbers', 'loads');
    const load = readdirSync(loads)[0]!;
    const snapshot = readdirSync(join(loads, load)).find((name) => name.startsWith('snapshot'))!;
    const octets = statSync(join(loads, load, snapshot)).size;
    assert.ok(octets > 5 * 1024 * 1024, 'several pieces');

    road.cutAt = 5 * 1024 * 1024;
    const second = folder();
    const gate = await startGateProgram(second, followerConfig(road.port));
    const cut = await following(gate, ({ following: { failures } }) => (failures as number) > 0);
    keeper.signal('SIGKILL');
    await keeper.stop();
    assert.equal(cut.state, 'missing');
    assert.match(cut.reasons.join(), /numbers have not been fetched yet from http:/);
    assert.match(cut.alarms.join(), /numbers have never been fetched from http:/);
    const part = join(second, 'angarium-gate', 'numbers', 'loads', load, `${snapshot}.part`);
    const had = statSync(part).size;
    assert.ok(existsSync(part) && had >= 4 * 1024 * 1024 && had < octets);

    [road.given, road.cutAt] = [0, Number.POSITIVE_INFINITY];
    keeper = await startKeeper(at, road);
    await following(gate, ({ state }) => state === 'ready');
    assert.ok(
      road.given < octets - had + 512 * 1024,
      `${road.given} octets were given for the ${octets - had} that were missing`,
    );

    // The keeper goes: what was fetched goes on being answered by, and the lag is told.
    const nodes = await Nodes.connect(gate.port);
    await keeper.stop();
    const told = /numbers have been behind http:\S+ for \d+ s: .* does not answer/;
    await following(gate, (_, alarms) => told.test(alarms.join()));
    assert.equal(await outcome(nodes, '46710000007'), 'msc');
    await nodes.close();
    await gate.stop();

    // And after a new start without a keeper it answers at once.
    const again = await startGateProgram(second);
    const nodesAgain = await Nodes.connect(again.port);
    assert.equal(await outcome(nodesAgain, '46710000007'), 'msc');
    await nodesAgain.close();
    await again.stop();
    road.close();
  });

  it('does not reject by numbers that do not go with its mode, and does again when they do', async () => {
    const road = await Road.open();
    const at = folder();
    const good = `number,portability-type,entity,routing-number\n${SENDER.ported},1,rn,4675001\n`;
    await putNumbers(at, good);
    const keeper = await startKeeper(at, road);
    const second = folder();
    const config = followerConfig(road.port).replace('flow = "ported-out"', 'flow = "vstp"');
    const gate = await startGateProgram(second, config);
    await following(gate, ({ state }) => state === 'ready');
    const nodes = await Nodes.connect(gate.port);
    assert.equal(await outcome(nodes, SENDER.ported), 'msc');
    await keeper.ask('PUT', `/v1/numbers/${SENDER.own}`, { portabilityType: 36, entity: 'sp' });
    await isUntil(nodes, SENDER.ported, 'smsc');
    const { alarms } = await gate.ask('GET', '/v1/status');
    assert.match(alarms.join(), /rejects are monitored only: own-network \(SP\) records of a screened type/);
    await keeper.ask('PUT', `/v1/numbers/${SENDER.own}`, { portabilityType: 1, entity: 'rn', routingNumber: '4675001' });
    await isUntil(nodes, SENDER.own, 'msc');
    await nodes.close();
    await Promise.all([gate.stop(), keeper.stop()]);
    road.close();
  });

  it('has a command beside it for machines without a gate', async () => {
    const road = await Road.open();
    const at = folder();
    await putNumbers(at, NUMBERS);
    const keeper = await startKeeper(at, road);
    const from = `http://127.0.0.1:${road.port}`;
    const data = join(at, 'copy');
    const mirror = (...more: string[]) =>
      runCli(['numbers', 'mirror', '--from', from, '--token-file', join(at, 'token'), '--data', data, '--once', ...more]);
    const first = await mirror('--json');
    assert.equal(first.code, 0, first.stderr);
    assert.equal(JSON.parse(first.stdout).version.change, 0);
    await keeper.ask('PUT', '/v1/numbers/46700000055', { portabilityType: 1, entity: 'rn', routingNumber: 'D042' });
    assert.match((await mirror()).stdout, /^load 000001-[0-9a-f]{8}, change 1\n$/);
    assert.match((await runCli(['numbers', 'get', '46700000055', '--data', data])).stdout, /rn D042/);
    writeFileSync(join(at, 'wrong'), `${'x'.repeat(32)}\n`);
    const wrong = await runCli([
      'numbers',
      'mirror',
      '--from',
      from,
      '--token-file',
      join(at, 'wrong'),
      '--data',
      data,
      '--once',
    ]);
    assert.deepEqual([wrong.code, /refuses \(401\): a bearer token is needed here/.test(wrong.stderr)], [1, true], wrong.stderr);
    await keeper.stop();
    const gone = await mirror();
    assert.deepEqual([gone.code, /does not answer/.test(gone.stderr)], [1, true], gone.stderr);
    road.close();
  });
});
