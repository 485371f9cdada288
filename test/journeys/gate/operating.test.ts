/** What operators do to a running gate, and what must hold whatever they do. */
import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { appendFileSync, copyFileSync, mkdirSync, rmdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { z } from 'zod';
import { type Associations, createAssociations } from '#association';
import { silentLog } from '#base';
import { createM3uaFramer, decodeM3ua, encodeM3ua, type M3uaMessage } from '#codec/m3ua';
import { ApiConnection } from '#operator';
import { removeFolder, temporaryFolder } from '../program.js';
import {
  configOf,
  type GateProgram,
  importsOf,
  NUMBERS,
  PC,
  putNumbers,
  runGate,
  SENDER,
  startGateProgram,
  TITLE,
} from './gate-program.js';

const folders: string[] = [];
const aFolder = (): string => {
  const folder = temporaryFolder();
  folders.push(folder);
  return folder;
};
const running: GateProgram[] = [];
const started = async (config: string, numbers?: string): Promise<GateProgram> => {
  const folder = aFolder();
  if (numbers !== undefined) await putNumbers(folder, numbers);
  const gate = await startGateProgram(folder, config);
  running.push(gate);
  return gate;
};
after(async () => {
  for (const gate of running) await gate.stop();
  for (const folder of folders) removeFolder(folder);
});

const vstp = (mode: string): string => configOf(`mode = "${mode}"`).replace('flow = "ported-out"', 'flow = "vstp"');
const CLEAN = 'number,portability-type,entity,routing-number\n46700000001,0,rn,4675001\n';
const OWN = `${CLEAN}46700000002,0,sp,\n`;

describe('a gate that enforces the flow vstp', () => {
  it('goes back to no load that holds own-network records of a screened type', async () => {
    const gate = await started(vstp('monitor'), OWN);
    const [own] = (await gate.ask('GET', '/v1/number-store')).versions;
    writeFileSync(join(gate.folder, 'clean.csv'), CLEAN);
    await gate.load(join(gate.folder, 'clean.csv'));
    await gate.ask('PUT', '/v1/modes', { scope: 'all', mode: 'enforce' });
    await assert.rejects(gate.ask('POST', '/v1/number-store/rollback', { load: own.load }), /own-network \(SP\) records/);
    assert.equal((await gate.ask('GET', `/v1/numbers/${SENDER.prepaid}`)).stored, false);
  });

  it('takes no change that puts in such a record, since it could not start again with it', async () => {
    const gate = await started(vstp('enforce'), CLEAN);
    await assert.rejects(
      gate.ask('PUT', `/v1/numbers/${SENDER.prepaid}`, { portabilityType: 0, entity: 'sp' }),
      /own-network \(SP\) records/,
    );
    await gate.ask('PUT', `/v1/numbers/${SENDER.own}`, { portabilityType: 0, entity: 'rn', routingNumber: '4675001' });
  });
});

describe('what operators change', () => {
  it('stands in the audit log, changes of numbers too, and a line that a crash has cut hides nothing', async () => {
    const gate = await started(configOf(), NUMBERS);
    appendFileSync(join(gate.folder, 'angarium-gate', 'audit.jsonl'), '{"at":"2026-01-01T00:00:00.000Z","who":"x"');
    await gate.ask('PUT', `/v1/numbers/${SENDER.own}`, { portabilityType: 1, entity: 'rn', routingNumber: '4675001' });
    const { entries } = await gate.ask('GET', '/v1/audit');
    assert.deepEqual([entries[0].who, entries[0].what], ['tester', 'numbers changed']);
    assert.ok(!JSON.stringify(entries).includes(SENDER.own));
  });

  it('is one full load at a time, also when two are asked for at once', async () => {
    const gate = await started(configOf(), NUMBERS);
    const file = join(importsOf(gate.folder), 'numbers.csv');
    copyFileSync(join(gate.folder, 'numbers.csv'), file);
    const socket = join(gate.folder, 'angarium-gate', 'gate.sock');
    const connections = [1, 2].map(() => new ApiConnection({ socket }));
    const both = await Promise.all(connections.map((its) => its.request('POST', '/v1/number-store/load', z.unknown(), { file })));
    for (const its of connections) await its.close();
    assert.deepEqual(both.map(({ ok }) => ok).sort(), [false, true]);
  });

  it('is loaded from the folder for that alone, whatever a name or a link says', async () => {
    const gate = await started(configOf(), NUMBERS);
    const imports = importsOf(gate.folder);
    const file = join(gate.folder, 'numbers.csv');
    symlinkSync(file, join(imports, 'link.csv'));
    symlinkSync(gate.folder, join(imports, 'folder'));
    mkdirSync(`${imports}-not`);
    copyFileSync(file, join(`${imports}-not`, 'numbers.csv'));
    const others = [
      file,
      '/etc/passwd',
      '../../../numbers.csv',
      '../imports-not/numbers.csv',
      'link.csv',
      'folder/numbers.csv',
      'none.csv',
      '.',
      '',
    ];
    for (const name of others) {
      const why = name === '' ? /file/ : /no file .* in .*imports \(numbers\.imports\), and no other is read/;
      await assert.rejects(gate.ask('POST', '/v1/number-store/load', { file: name }), why, name);
    }
    copyFileSync(file, join(imports, 'here.csv'));
    symlinkSync(join(imports, 'here.csv'), join(imports, 'today.csv'));
    await gate.run('numbers', 'load', 'today.csv', '--dry-run');
    await gate.run('numbers', 'load', join(imports, 'here.csv'));
  });

  it('is what an explanation goes by: a mode that an operator has set holds there too', async () => {
    const gate = await started(configOf(), NUMBERS);
    await gate.ask('PUT', '/v1/modes', { scope: 'all', mode: 'monitor' });
    const { stdout } = await runGate('explain', '--config', gate.config, '--from', SENDER.ported, '--smsc', TITLE.smsc);
    assert.match(stdout, /mode monitor/);
    assert.match(stdout, /carried out: passed/);
  });

  it('changes which platforms the metrics tell', async () => {
    const gate = await started(configOf(), NUMBERS);
    writeFileSync(gate.config, configOf().replaceAll('"in-1"', '"in-2"'));
    await gate.ask('POST', '/v1/reload', {});
    const text = await (await fetch(`${gate.monitoring}/metrics`)).text();
    assert.deepEqual(text.match(/platform="[^"]*"/g), ['platform="in-2"']);
  });
});

describe('a gate whose audit log cannot be written', () => {
  const metric = async (gate: GateProgram, name: string): Promise<string | undefined> =>
    new RegExp(`^${name} (.*)$`, 'm').exec(await (await fetch(`${gate.monitoring}/metrics`)).text())?.[1];

  it('stops rejecting when an operator says so, with an alarm, and writes the act as soon as it can', async () => {
    const gate = await started(configOf(), NUMBERS);
    const log = join(gate.folder, 'angarium-gate', 'audit.jsonl');
    mkdirSync(log);
    const { rows } = await gate.ask('PUT', '/v1/modes', { scope: 'all', mode: 'monitor' });
    assert.equal(rows[0].mode, 'monitor');
    const { mode, alarms } = await gate.ask('GET', '/v1/status');
    assert.equal(mode, 'monitor');
    assert.match(alarms.join(), /audit log cannot be written \(EISDIR\); acts that were carried out and wait to be written: 1/);
    assert.equal((await gate.logged('carried out though the audit log cannot be written')).who, 'tester');
    assert.equal(await metric(gate, 'angarium_gate_audit_unwritten'), '1');
    assert.equal(await metric(gate, 'angarium_gate_audit_fault'), '1');

    rmdirSync(log);
    await gate.ask('PUT', '/v1/modes', { scope: 'all', mode: 'enforce' });
    const { entries } = await gate.ask('GET', '/v1/audit');
    assert.deepEqual(
      entries.map(({ what, after }: { what: string; after: string }) => [what, after]),
      [
        ['mode of all', 'enforce'],
        ['mode of all', 'monitor'],
      ],
    );
    assert.equal(await metric(gate, 'angarium_gate_audit_fault'), '0');
  });

  it('refuses what would reject more, and what changes the numbers, with the reason', async () => {
    const gate = await started(configOf('mode = "monitor"'), NUMBERS);
    mkdirSync(join(gate.folder, 'angarium-gate', 'audit.jsonl'));
    const why = /audit log cannot be written \(EISDIR\), and nothing is changed/;
    await assert.rejects(gate.ask('PUT', '/v1/modes', { scope: 'all', mode: 'enforce' }), why);
    await assert.rejects(gate.ask('POST', '/v1/ceiling/resume'), why);
    await assert.rejects(gate.ask('POST', '/v1/reload', {}), why);
    await assert.rejects(gate.ask('PUT', `/v1/numbers/${SENDER.own}`, { portabilityType: 36, entity: 'sp' }), why);
    copyFileSync(join(gate.folder, 'numbers.csv'), join(importsOf(gate.folder), 'numbers.csv'));
    await assert.rejects(gate.ask('POST', '/v1/number-store/load', { file: 'numbers.csv' }), why);
    assert.equal((await gate.ask('GET', '/v1/status')).mode, 'monitor');
  });
});

describe('a gate that cannot start', () => {
  const refused = async (folder: string, pattern: RegExp): Promise<void> => {
    writeFileSync(join(folder, 'gate.toml'), configOf('mode = "monitor"', `[data]\nfolder = "${join(folder, 'data')}"\n`));
    const { code, stderr } = await runGate('start', '--config', join(folder, 'gate.toml'));
    assert.equal(code, 1);
    assert.match(stderr, pattern);
    assert.equal(stderr.trimEnd().split('\n').length, 1, stderr);
  };

  it('says in one line that its data folder cannot be made', async () => {
    const folder = aFolder();
    writeFileSync(join(folder, 'data'), '');
    await refused(folder, /data folder/);
  });

  it('says in one line that the key of hashed numbers cannot be read, and takes no key that is cut short', async () => {
    const folder = aFolder();
    mkdirSync(join(folder, 'data', 'number-hash.key'), { recursive: true });
    await refused(folder, /number-hash\.key/);
    const other = aFolder();
    mkdirSync(join(other, 'data'));
    writeFileSync(join(other, 'data', 'number-hash.key'), 'short');
    await refused(other, /number-hash\.key.*32 octets/);
  });
});

describe('gate explain --against', () => {
  it('tells that a message would leave with another title, though by the same link to the same node', async () => {
    const folder = aFolder();
    const now = join(folder, 'now.toml');
    const then = join(folder, 'then.toml');
    const config = configOf('mode = "monitor"');
    writeFileSync(now, config);
    writeFileSync(then, config.replace('digits = ""\n', 'digits = ""\nnew-tt = 9\n'));
    const { stdout, stderr } = await runGate(
      'explain',
      '--config',
      now,
      '--against',
      then,
      '--from',
      SENDER.own,
      '--smsc',
      TITLE.smsc,
    );
    assert.equal(stderr, '');
    assert.match(stdout, /1 of 1 messages would be treated differently/);
  });
});

/** An exchange that asks the gate for destinations (DAUD). */
async function auditor(gate: GateProgram): Promise<{
  ask(pointCode: number): Promise<string>;
  /** Sends DATA for a user part of the gate's, and gives what it says of it. */
  use(user: number): Promise<M3uaMessage>;
  close(): Promise<void>;
}> {
  const socket = connect(gate.port, '127.0.0.1');
  const framer = createM3uaFramer();
  const came: M3uaMessage[] = [];
  const bell = new EventEmitter();
  socket.on('data', (octets: Buffer) => {
    const frames = framer.push(octets);
    for (const frame of frames.ok ? frames.value : []) {
      const message = decodeM3ua(frame);
      if (message.ok) came.push(message.value);
    }
    bell.emit('change');
  });
  const next = async (isIt: (message: M3uaMessage) => boolean): Promise<M3uaMessage> => {
    for (;;) {
      const found = came.find(isIt);
      if (found !== undefined) return found;
      await once(bell, 'change');
    }
  };
  await once(socket, 'connect');
  socket.write(encodeM3ua({ kind: 'ASPUP', aspIdentifier: 1 }));
  await next(({ kind }) => kind === 'ASPUP_ACK');
  socket.write(encodeM3ua({ kind: 'ASPAC', routingContext: [1] }));
  await next(({ kind }) => kind === 'ASPAC_ACK');
  return {
    async use(si) {
      const protocolData = { opc: PC.msc, dpc: PC.gate, si, ni: 2, mp: 0, sls: 0, userData: new Uint8Array(4) };
      socket.write(encodeM3ua({ kind: 'DATA', routingContext: [1], protocolData }));
      return next(({ kind }) => kind === 'DUPU');
    },
    async ask(pointCode) {
      came.splice(0);
      socket.write(encodeM3ua({ kind: 'DAUD', routingContext: [1], affectedPointCodes: [{ mask: 0, pointCode }] }));
      const isIt = (message: M3uaMessage): boolean =>
        'affectedPointCodes' in message && message.affectedPointCodes[0]?.pointCode === pointCode;
      return (await next(isIt)).kind;
    },
    async close() {
      const closed = once(socket, 'close');
      socket.end();
      await closed;
    },
  };
}

describe('the gate as a signalling gateway', () => {
  it('says whether a way leads to a destination, also to one that a reload has brought or taken away', async () => {
    const gate = await started(configOf());
    const exchange = await auditor(gate);
    assert.deepEqual([await exchange.ask(PC.smsc), await exchange.ask(77)], ['DUNA', 'DUNA']);
    writeFileSync(gate.config, configOf(undefined, '[[route]]\npoint-code = "77"\nvia = [{ link = "msc" }]\n'));
    await gate.ask('POST', '/v1/reload', {});
    assert.equal(await exchange.ask(77), 'DAVA');
    writeFileSync(gate.config, configOf());
    await gate.ask('POST', '/v1/reload', {});
    assert.equal(await exchange.ask(77), 'DUNA');
    await exchange.close();
  });

  it('says to who sends for a user part that it does not have that there is none', async () => {
    const gate = await started(configOf());
    const exchange = await auditor(gate);
    const said = await exchange.use(5);
    assert.ok(said.kind === 'DUPU');
    assert.deepEqual(said.affectedPointCodes, [{ mask: 0, pointCode: PC.gate }]);
    assert.deepEqual(said.userCause, { user: 5, cause: 1 });
    await exchange.close();
  });
});

/** A signalling gateway that leads to point code 78 and not to 77. */
async function aGateway(): Promise<Associations> {
  const made = createAssociations(
    {
      listeners: [{ name: 'in', transport: 'tcp', protocol: 'm3ua', localAddresses: ['127.0.0.1'], port: 0 }],
      gateway: { peers: [{ name: 'gate', listener: 'in', match: { addresses: ['127.0.0.1'] } }] },
      links: [{ role: 'gateway', name: 'gate', routingContext: 9, trafficMode: 'loadshare', peers: ['gate'] }],
    },
    { log: silentLog, user: { onTransfer: () => {}, onState: () => {}, onDestination: () => {}, onUndeliverable: () => {} } },
  );
  if (!made.ok) throw new Error(made.error.text);
  made.value.announce(78, { reachability: 'available', congestionLevel: 0 });
  const opened = await made.value.start();
  if (!opened.ok) throw new Error(opened.error.text);
  return made.value;
}

describe('the gate as an ASP of a signalling gateway', () => {
  it('asks for the destinations there as soon as it is active, and tells of each change of the link once', async () => {
    const gateway = await aGateway();
    const link = `[[link]]
name = "stp"
role = "asp"
transport = "tcp"
remote-addresses = ["127.0.0.1"]
remote-port = ${gateway.listening.get('in')!.port}
routing-contexts = [9]
`;
    const behind = ['77', '78'].map((pc) => `[[route]]\npoint-code = "${pc}"\nvia = [{ link = "stp" }]\n`).join('');
    const gate = await started(configOf(undefined, `${link}${behind}`));
    const first = await gate.logged('the network says of a destination');
    const second = await gate.logged('the network says of a destination', gate.log.indexOf(first) + 1);
    assert.deepEqual(
      [first, second].map(({ pointCode, news }) => [pointCode, news]),
      [
        [77, 'unavailable'],
        [78, 'available'],
      ],
    );
    const changes = gate.log.filter((line) => line.link === 'stp' && line.state === 'active');
    assert.deepEqual(
      changes.map(({ msg }) => msg),
      ['link changed its state'],
    );
    await gateway.stop(0);
  });
});
