/** Short messages through a running gate: what is refused, redirected and relayed, and what happens when something around it fails. */
import assert from 'node:assert/strict';
import { readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import type { ProtocolData } from '#codec/m3ua';
import { decodeError } from '#codec/map';
import { decodeSccp } from '#codec/sccp';
import { decodeTcap } from '#codec/tcap';
import { removeFolder, temporaryFolder } from '../program.js';
import {
  configOf,
  type GateProgram,
  moForwardSm,
  Nodes,
  NUMBERS,
  PC,
  putNumbers,
  runGate,
  SENDER,
  startGateProgram,
  TITLE,
} from './gate-program.js';

const folders: string[] = [];
const folder = (): string => {
  const made = temporaryFolder();
  folders.push(made);
  return made;
};
after(() => folders.forEach(removeFolder));

/** A gate with numbers loaded. */
async function gateWithNumbers(config = configOf()): Promise<GateProgram> {
  const at = folder();
  await putNumbers(at, NUMBERS);
  return startGateProgram(at, config);
}

/** The error in an answer to an exchange: an End with a return error. */
function refusalIn({ userData }: ProtocolData): unknown {
  const message = decodeSccp(userData);
  assert.ok(message.ok);
  const tcap = decodeTcap(message.value.data);
  assert.ok(tcap.ok && tcap.value.kind === 'end');
  const [component] = tcap.value.components ?? [];
  assert.equal(component?.kind, 'returnError');
  const error = decodeError(component as never);
  assert.ok(error.ok);
  return error.value;
}

const isRelayed = async (nodes: Nodes, sender: string): Promise<void> => {
  const message = moForwardSm(sender);
  nodes.send('msc', message);
  assert.deepEqual(Buffer.from((await nodes.next('smsc')).userData).toString('hex'), Buffer.from(message).toString('hex'));
};
const isRefused = async (nodes: Nodes, sender: string): Promise<unknown> => {
  nodes.send('msc', moForwardSm(sender));
  return refusalIn(await nodes.next('msc'));
};

/** Keeps a program's loop busy by its operator API, with bodies that take long to read, until `ended`. */
function keepBusy(socketPath: string): { ended(): Promise<void> } {
  const body = Buffer.from(`{"scope":[${'0,'.repeat(2_000_000)}0]}`);
  let isOver = false;
  const ask = (): Promise<void> =>
    new Promise((resolve) => {
      const asked = request({ socketPath, method: 'PUT', path: '/v1/modes', headers: { 'content-type': 'application/json' } });
      asked.on('response', (answer) => answer.resume().on('close', resolve));
      asked.on('error', () => resolve());
      asked.end(body);
    });
  const busy = Array.from({ length: 6 }, async () => {
    while (!isOver) await ask();
  });
  return {
    async ended() {
      isOver = true;
      await Promise.all(busy);
    },
  };
}

describe('a gate that others reach', () => {
  const causeIn = ({ userData }: ProtocolData): number => {
    const message = decodeSccp(userData);
    assert.ok(message.ok && message.value.kind === 'UDTS');
    return message.value.returnCause;
  };

  it('serves who stands in its allow list, with what he may ask for, and gives others their messages back', async () => {
    const allow = `[[allow]]
name = "msc"
calling = ["${TITLE.msc}"]
operations = [46]
`;
    const refused = '[access]\nrefused = "return"\ncause = 7\n';
    const gate = await gateWithNumbers(configOf('mode = "monitor"', `${allow}${refused}`));
    const nodes = await Nodes.connect(gate.port);
    await isRelayed(nodes, SENDER.own);
    nodes.send('msc', moForwardSm(SENDER.own, TITLE.smsc, { calling: TITLE.foreign }));
    assert.equal(causeIn(await nodes.next('msc')), 7);
    assert.equal((await gate.ask('GET', '/v1/status')).counts['not-allowed'], 1);
    assert.equal((await gate.logged('not-allowed')).calling, TITLE.foreign);
    await nodes.close();
    await gate.stop();
  });

  it('sheds new dialogues of no selector when it cannot keep up, tells of it, and serves all again afterwards', async () => {
    const lags = 'level-1 = "5ms"\nlevel-2 = "9s"\nlevel-3 = "10s"';
    const config = configOf('mode = "monitor"').replace(/level-1 = .*\nlevel-2 = .*\nlevel-3 = .*/, lags);
    const gate = await gateWithNumbers(config);
    const nodes = await Nodes.connect(gate.port);
    const transit = moForwardSm(SENDER.own, TITLE.smsc, { nature: 3 });
    const busy = keepBusy(join(gate.folder, 'angarium-gate', 'gate.sock'));
    const level = await gate.logged('level of overload');
    assert.equal(level.overload, 1);
    let at = 'smsc';
    let data: ProtocolData;
    do {
      nodes.send('msc', transit);
      ({ at, data } = await nodes.nextAt('msc', 'smsc'));
    } while (at !== 'msc');
    assert.equal(causeIn(data), 6);
    await isRelayed(nodes, SENDER.own);
    await busy.ended();
    while (gate.log.findLast(({ msg }) => msg === 'level of overload')!.overload !== 0)
      await gate.logged('level of overload', gate.log.length);
    nodes.send('msc', transit);
    await nodes.next('smsc');
    assert.ok((await gate.ask('GET', '/v1/status')).counts['shed-pass-through'] > 0);
    await nodes.close();
    await gate.stop();
  });
});

describe('a gate with numbers', () => {
  it('refuses a ported sender, redirects a prepaid one, relays all others octet for octet, and can say why', async () => {
    const gate = await gateWithNumbers(
      configOf(
        'mode = "enforce"',
        '[numbers-http]\nlisten = "127.0.0.1:0"\nclients = ["127.0.0.1"]\n[enum]\nlisten = "127.0.0.1:0"\nclients = ["127.0.0.1"]\nname-servers = ["ns1.example.net"]\ncontact = "hostmaster.example.net"\n',
      ),
    );
    const nodes = await Nodes.connect(gate.port);
    assert.deepEqual(await isRefused(nodes, SENDER.ported), {
      error: 'sm-DeliveryFailure',
      parameter: { cause: 'subscriberNotSC-Subscriber' },
    });
    const prepaid = moForwardSm(SENDER.prepaid);
    nodes.send('msc', prepaid);
    const redirected = await nodes.next('platform');
    assert.deepEqual([redirected.opc, redirected.dpc], [PC.gate, PC.platform]);
    assert.equal(Buffer.from(redirected.userData).toString('hex'), Buffer.from(prepaid).toString('hex'));
    await isRelayed(nodes, SENDER.own);
    await isRelayed(nodes, '46700000077');
    // A ported sender at somebody else's service centre is none of our business.
    const abroad = moForwardSm(SENDER.ported, TITLE.foreign);
    nodes.send('msc', abroad);
    assert.equal(Buffer.from((await nodes.next('smsc')).userData).toString('hex'), Buffer.from(abroad).toString('hex'));

    const [kept] = (await gate.run('decisions', '--verdict', 'reject', '--json'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual(
      [kept.sender, kept.reason, kept.homeSmsc, kept.carried, kept.link],
      [SENDER.ported, 'ported-at-home-smsc', 'smsc-1', 'answered', 'msc'],
    );
    assert.match(await gate.run('decisions', '--number', SENDER.ported, '--steps'), /decision: reject at step 7/);
    assert.match(await gate.run('report'), /1 messages that the flow rejects, of 1 senders; 1 were stopped, 0 passed/);
    const explained = await gate.run('explain', '--from', SENDER.ported, '--smsc', TITLE.smsc);
    assert.match(explained, /decision: reject at step 7 \(ported-at-home-smsc\)/);

    const served = await (await fetch(`${gate.numbersHttp}/numbers/${SENDER.ported}`)).text();
    assert.match(served, /4675001/, 'others may ask for numbers');
    const metrics = await (await fetch(`${gate.monitoring}/metrics`)).text();
    assert.match(metrics, /angarium_gate_messages_total\{what="rejected"\} 1\n/);
    assert.match(
      metrics,
      /angarium_gate_decisions_by_outcome_total\{selector="mo-sms",home_smsc="smsc-1",outcome="tcap-error"\} 1\n/,
    );
    const rejected = await gate.logged('rejected');
    assert.equal(rejected['sender'], '*******0001', 'numbers are masked in the log');
    assert.ok(!JSON.stringify(gate.log).includes('a secret'));
    await nodes.close();
    assert.equal(await gate.stop(), 0);
  });

  it('answers the exchange while the service centre is away, and relays again when it is back', async () => {
    const gate = await gateWithNumbers();
    const [msc, smsc] = [await Nodes.connect(gate.port, 'msc', 'platform'), await Nodes.connect(gate.port, 'smsc')];
    const seen = gate.log.length;
    await smsc.close();
    await gate.logged('destination is now', seen);
    msc.send('msc', moForwardSm(SENDER.own));
    const back = decodeSccp((await msc.next('msc')).userData);
    assert.ok(back.ok && back.value.kind === 'UDTS', 'the message comes back');
    assert.deepEqual(await isRefused(msc, SENDER.ported), {
      error: 'sm-DeliveryFailure',
      parameter: { cause: 'subscriberNotSC-Subscriber' },
    });
    assert.match((await gate.ask('GET', '/v1/status')).alarms.join(), /link smsc is (down|inactive)/);
    const again = await Nodes.connect(gate.port, 'smsc');
    const message = moForwardSm(SENDER.own);
    msc.send('msc', message);
    assert.equal(Buffer.from((await again.next('smsc')).userData).toString('hex'), Buffer.from(message).toString('hex'));
    await Promise.all([msc.close(), again.close()]);
    await gate.stop();
  });

  it('loads another file while messages come, and none of them is lost or answered by half of it', async () => {
    const gate = await gateWithNumbers();
    const nodes = await Nodes.connect(gate.port);
    writeFileSync(join(gate.folder, 'next.csv'), NUMBERS.replace(`${SENDER.own},36,sp,`, `${SENDER.own},1,rn,4675002`));
    const loading = gate.load(join(gate.folder, 'next.csv'));
    let refused = 0;
    // By the old numbers the sender is ours, by the new ones he has left: each message meets one or the other.
    while (refused === 0) {
      const message = moForwardSm(SENDER.own);
      nodes.send('msc', message);
      const { at, data } = await nodes.nextAt('msc', 'smsc');
      if (at === 'smsc') assert.equal(Buffer.from(data.userData).toString('hex'), Buffer.from(message).toString('hex'));
      else {
        refusalIn(data);
        refused++;
      }
    }
    await loading;
    const { versions } = JSON.parse(await gate.run('numbers', 'status', '--json')) as {
      versions: { load: string; current: boolean }[];
    };
    assert.equal(versions.length, 2);
    await nodes.close();
    const back = versions.find(({ current }) => !current)!;
    await gate.ask('POST', '/v1/number-store/rollback', { load: back.load });
    const others = await Nodes.connect(gate.port);
    await isRelayed(others, SENDER.own);
    await others.close();
    await gate.stop();
  });
});

describe('a gate whose number store does not answer', () => {
  it('passes every message while there are no numbers, and raises the alarm', async () => {
    const gate = await startGateProgram(folder(), configOf());
    const nodes = await Nodes.connect(gate.port);
    await isRelayed(nodes, SENDER.ported);
    await gate.logged('numbers-not-ready');
    assert.match((await gate.ask('GET', '/v1/status')).alarms.join(), /number store missing/);
    assert.equal((await fetch(`${gate.monitoring}/readyz`)).status, 200);
    await nodes.close();
    await gate.stop();
  });

  it('refuses with a temporary error when it is told to, and says that it is not ready', async () => {
    const gate = await startGateProgram(folder(), configOf('mode = "enforce"\nwhen-numbers-unavailable = "refuse"'));
    const nodes = await Nodes.connect(gate.port);
    const refusal = (await isRefused(nodes, SENDER.own)) as { error: string };
    assert.equal(refusal.error, 'systemFailure');
    const ready = await fetch(`${gate.monitoring}/readyz`);
    assert.equal(ready.status, 503);
    assert.match(JSON.stringify(await ready.json()), /number store missing/);
    await nodes.close();
    await gate.stop();
  });

  it('starts with damaged numbers, passes, says so, and serves again after a new load', async () => {
    const first = await gateWithNumbers();
    await first.stop();
    const numbers = join(first.folder, 'angarium-gate', 'numbers');
    const snapshot = readdirSync(numbers, { recursive: true, encoding: 'utf8' }).find((name) => /snapshot/.test(name));
    assert.ok(snapshot, 'a snapshot is in the folder');
    truncateSync(join(numbers, snapshot), 100);
    const gate = await startGateProgram(first.folder);
    const nodes = await Nodes.connect(gate.port);
    await isRelayed(nodes, SENDER.ported);
    assert.match((await gate.ask('GET', '/v1/status')).alarms.join(), /number store damaged/);
    await gate.load(join(first.folder, 'numbers.csv'));
    assert.deepEqual(await isRefused(nodes, SENDER.ported), {
      error: 'sm-DeliveryFailure',
      parameter: { cause: 'subscriberNotSC-Subscriber' },
    });
    await nodes.close();
    await gate.stop();
  });
});

describe('a gate that operators steer', () => {
  it('stops rejecting above the ceiling and rejects again when an operator says so', async () => {
    const gate = await gateWithNumbers(
      configOf('mode = "enforce"\n[screening.ceiling]\npercent = 50\nmessages-min = 5\nwindow = "1h"'),
    );
    const nodes = await Nodes.connect(gate.port);
    for (let n = 0; n < 4; n++) await isRefused(nodes, SENDER.ported);
    await isRelayed(nodes, SENDER.ported);
    await gate.logged('ceiling-exceeded');
    assert.match((await gate.ask('GET', '/v1/status')).alarms.join(), /ceiling exceeded/);
    assert.equal((await gate.ask('POST', '/v1/ceiling/resume')).ceiling.exceeded, false);
    await isRefused(nodes, SENDER.ported);
    assert.deepEqual(
      (await gate.ask('GET', '/v1/audit')).entries.map(({ who, what }: Record<string, string>) => [who, what]),
      [['tester', 'ceiling resumed']],
    );
    await nodes.close();
    await gate.stop();
  });

  it('goes by the mode that an operator sets, also after a restart, until he takes it back', async () => {
    const gate = await gateWithNumbers();
    await gate.run('mode', 'monitor');
    await gate.stop();
    const again = await startGateProgram(gate.folder);
    const nodes = await Nodes.connect(again.port);
    await isRelayed(nodes, SENDER.ported);
    assert.match(await again.run('mode'), /all +monitor +set by .*; the configuration says enforce/);
    assert.match(await again.run('report'), /0 were stopped, 1 passed: enforcing would have stopped them/);
    await again.ask('PUT', '/v1/modes', { scope: 'all', mode: null });
    await isRefused(nodes, SENDER.ported);
    await assert.rejects(again.ask('PUT', '/v1/modes', { scope: 'all', mode: 'perhaps' }), /"perhaps" is no mode/);
    await assert.rejects(
      again.ask('PUT', '/v1/modes', { scope: 'all', mode: 'off', revision: 1 }),
      /revision 1 is not the latest/,
    );
    await assert.rejects(
      again.ask('PUT', '/v1/modes', { scope: 'selector', name: 'none', mode: 'off' }),
      /there is no selector "none"/,
    );
    const [last] = (await again.ask('GET', '/v1/audit')).entries;
    assert.deepEqual([last.who, last.what, last.before, last.after], ['tester', 'mode of all', 'monitor', null]);
    await nodes.close();
    await again.stop();
  });

  it('reads its configuration again at SIGHUP: all of it or nothing', async () => {
    const gate = await gateWithNumbers();
    const nodes = await Nodes.connect(gate.port);
    await isRefused(nodes, SENDER.ported);
    writeFileSync(gate.config, configOf().replace(`digits = "${TITLE.smsc}"`, 'digits = "46705000009"'));
    gate.signal('SIGHUP');
    await gate.logged('configuration loaded');
    await isRelayed(nodes, SENDER.ported);
    writeFileSync(gate.config, configOf().replace('set = "e164"', 'set = "none"'));
    gate.signal('SIGHUP');
    const { faults } = await gate.logged('configuration not loaded');
    assert.match(String(faults), /there is no set none/);
    await isRelayed(nodes, SENDER.ported);
    writeFileSync(gate.config, configOf().replace('port = 0', 'port = 0\nqueue-max = "2MB"'));
    assert.match(
      await gate.run('reload', '--dry-run'),
      /listener\[0\]\.queue-max: 1048576 becomes 2097152[\s\S]*waits for the next start: listener/,
    );
    await gate.ask('POST', '/v1/reload', {});
    await isRefused(nodes, SENDER.ported);
    await nodes.close();
    await gate.stop();
  });
});

describe('a gate that cannot start', () => {
  it('says why, in one message, and leaves nothing behind', async () => {
    const at = folder();
    const file = join(at, 'gate.toml');
    const start = async (config: string): Promise<string> => {
      writeFileSync(file, config);
      const { code, stdout, stderr } = await runGate('start', '--config', file);
      assert.deepEqual([code, stdout.includes('gate is up')], [1, false]);
      return stderr;
    };
    assert.match(await start(configOf('')), /screening\.mode: is missing, expected .*There is no default/);
    const gate = await startGateProgram(folder(), configOf());
    assert.match(
      await start(configOf().replace('port = 0', `port = ${gate.port}`)),
      /the gate cannot start: listener all: .*(in use|EADDRINUSE)/,
    );
    await gate.stop();
    rmSync(file);
    assert.match((await runGate('start', '--config', file)).stderr, /cannot be read \(ENOENT\)/);
  });

  it('refuses to enforce the literal flow while own subscribers look like ported ones, unless the types are written out', async () => {
    const gate = await gateWithNumbers();
    await gate.stop();
    const literal = configOf().replace('flow = "ported-out"', 'flow = "vstp"');
    writeFileSync(gate.config, literal);
    const { code, stderr } = await runGate('start', '--config', gate.config);
    assert.equal(code, 1);
    assert.match(stderr, /own-network \(SP\) records of a screened type: 1 numbers .* 36/);
    const written = await startGateProgram(
      gate.folder,
      literal.replace('mode = "enforce"', 'mode = "enforce"\nscreened-types = ["1"]'),
    );
    await written.stop();
  });
});
