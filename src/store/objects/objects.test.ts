/** Objects in a folder: the contract, what survives, what is cut off, and what is refused. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { open } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, describe, it, mock } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { silentLog } from '#base';
import type { ObjectStore } from '#directory';
import { aPeer, aVasp, PASSWORD } from '../../directory/fixtures.contract.js';
import { done, objectStoreContract, put, remove } from '../../directory/object-store.contract.js';
import { secretAt } from './crash-child.contract.js';
import { Damage, lineOf, wholeLines } from './lines.js';
import { openObjectStore } from './open.js';

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'angarium-objects-'));
after(() => fs.rmSync(root, { recursive: true }));
let folders = 0;
const newFolder = (): string => path.join(root, String(folders++));
const opened = (folder: string, more: { logOctetsMax?: number; logsMax?: number } = {}): Promise<ObjectStore> =>
  openObjectStore({ folder, ...more }, { now: () => 1_000, log: silentLog });

objectStoreContract('in a folder', (now) => openObjectStore({ folder: newFolder() }, { now, log: silentLog }));
objectStoreContract('in a folder, with a new log after every set', (now) =>
  openObjectStore({ folder: newFolder(), logOctetsMax: 1 }, { now, log: silentLog }),
);

const logs = (folder: string): string[] => fs.readdirSync(folder).filter((name) => name.endsWith('.log'));
const newestLog = (folder: string): string => path.join(folder, logs(folder).sort().at(-1)!);

describe('objects in a folder', () => {
  it('are there again, with revision, history and secrets', async () => {
    const folder = newFolder();
    const first = await opened(folder);
    await done(first, [put('peer', aPeer()), put('vasp', aVasp())]);
    await done(first, [put('peer', aPeer({ note: 'x' }))]);
    const shown = [first.list('peer'), first.list('vasp'), await first.history({ limit: 10 })];
    await first.close();
    const second = await opened(folder);
    assert.deepEqual([second.list('peer'), second.list('vasp'), await second.history({ limit: 10 })], shown);
    assert.equal(second.snapshot.revision, 2);
    assert.deepEqual(second.snapshot.vasp('acme')!.identification.passwords, [PASSWORD]);
    assert.deepEqual((await done(second, [put('vasp', aVasp())])).differences, []);
    await second.close();
  });

  it('stand in files that only their owner may read, secrets apart from all else', async () => {
    const folder = newFolder();
    const store = await opened(folder);
    await done(store, [put('vasp', aVasp())]);
    await store.close();
    for (const name of fs.readdirSync(folder)) {
      const file = path.join(folder, name);
      assert.equal(fs.statSync(file).mode & 0o777, 0o600, name);
      assert.equal(fs.readFileSync(file, 'utf8').includes(PASSWORD), name === 'secrets.json', name);
    }
  });

  it('have permissions narrowed that somebody has widened', async () => {
    const folder = newFolder();
    await (await opened(folder)).close();
    const store = await opened(folder);
    await done(store, [put('vasp', aVasp())]);
    await store.close();
    fs.chmodSync(path.join(folder, 'secrets.json'), 0o644);
    await (await opened(folder)).close();
    assert.equal(fs.statSync(path.join(folder, 'secrets.json')).mode & 0o777, 0o600);
  });

  it('leave no replaced or removed secret on the disk', async () => {
    const folder = newFolder();
    const store = await opened(folder);
    await done(store, [put('vasp', aVasp())]);
    await done(store, [put('vasp', aVasp({ identification: { user: 'acme', passwords: ['the second one'] } }))]);
    const onDisk = (): string =>
      fs
        .readdirSync(folder)
        .map((name) => fs.readFileSync(path.join(folder, name), 'utf8'))
        .join();
    assert.doesNotMatch(onDisk(), new RegExp(PASSWORD));
    assert.match(onDisk(), /the second one/);
    await done(store, [remove('vasp', 'acme')]);
    assert.doesNotMatch(onDisk(), /the second one/);
    await store.close();
  });

  it('go on in a new log when one is long, keep their history across logs, and drop the oldest', async () => {
    const folder = newFolder();
    const store = await opened(folder, { logOctetsMax: 1, logsMax: 6 });
    for (let turn = 1; turn <= 30; turn++) await done(store, [put('peer', aPeer({ note: `turn ${turn}` }))]);
    const history = await store.history({ limit: 100 });
    assert.equal(logs(folder).length, 6);
    assert.equal(history[0]!.revision, 30);
    assert.ok(history.length > 4 && history.length < 30);
    assert.deepEqual(
      history.map(({ revision }) => revision),
      history.map((_, index) => 30 - index),
    );
    assert.deepEqual(
      (await store.history({ limit: 2, before: 30 })).map(({ revision }) => revision),
      [29, 28],
    );
    await store.close();
    const again = await opened(folder, { logOctetsMax: 1, logsMax: 6 });
    assert.equal(again.snapshot.peer('operator-b')!.note, 'turn 30');
    await again.close();
  });
});

describe('a log of objects that a crash has cut', () => {
  it('opens, wherever it was cut, with the sets that are whole, and goes on', async () => {
    const folder = newFolder();
    const store = await opened(folder);
    const ends = [fs.statSync(newestLog(folder)).size];
    for (const msisdn of ['46700000001', '46700000002']) {
      await done(store, [put('subscriber', { msisdn })]);
      ends.push(fs.statSync(newestLog(folder)).size);
    }
    await store.close();
    const whole = fs.readFileSync(newestLog(folder));
    for (let cut = ends[1]! - 2; cut <= whole.length; cut++) {
      fs.writeFileSync(newestLog(folder), whole.subarray(0, cut));
      const again = await opened(folder);
      const revision = ends.filter((end) => end <= cut).length - 1;
      assert.equal(again.snapshot.revision, revision, `cut at ${cut}`);
      await done(again, [put('subscriber', { msisdn: '46700000003' })]);
      await again.close();
      const third = await opened(folder);
      assert.equal(third.snapshot.revision, revision + 1, `after a change behind a cut at ${cut}`);
      await third.close();
    }
  });

  it('opens when octets of noise stand behind its last set', async () => {
    const folder = newFolder();
    const store = await opened(folder);
    await done(store, [put('peer', aPeer())]);
    await store.close();
    for (const noise of ['\0'.repeat(4096), 'deadbeef {"revision":2}\n', '\n\n', 'x']) {
      const before = fs.readFileSync(newestLog(folder));
      fs.appendFileSync(newestLog(folder), noise);
      const again = await opened(folder);
      assert.equal(again.snapshot.revision, 1, JSON.stringify(noise.slice(0, 20)));
      await again.close();
      assert.deepEqual(fs.readFileSync(newestLog(folder)), before);
    }
  });

  it('is refused as damaged when an octet of a flushed set has changed, and left as it is', async () => {
    const folder = newFolder();
    const store = await opened(folder);
    for (const note of ['one', 'two', 'three']) await done(store, [put('peer', aPeer({ note }))]);
    await store.close();
    const file = newestLog(folder);
    const octets = fs.readFileSync(file);
    octets[octets.indexOf('two')] = 0x54;
    fs.writeFileSync(file, octets);
    await assert.rejects(opened(folder), (e: Error) => e.name === 'Damage' && /octet [0-9]+ is damaged/.test(e.message));
    assert.deepEqual(fs.readFileSync(file), octets);
  });

  it('is refused when a secret that an object refers to is gone', async () => {
    const folder = newFolder();
    const store = await opened(folder);
    await done(store, [put('vasp', aVasp())]);
    await store.close();
    fs.rmSync(path.join(folder, 'secrets.json'));
    await assert.rejects(opened(folder), /vasp acme: identification\.passwords/);
  });

  it('is not confused by a new log, or a file of secrets, that was half made', async () => {
    const folder = newFolder();
    const store = await opened(folder);
    await done(store, [put('vasp', aVasp())]);
    await store.close();
    fs.writeFileSync(path.join(folder, 'objects-000000000009.log.new'), 'half');
    fs.writeFileSync(path.join(folder, 'secrets.json.new'), '{"half');
    const again = await opened(folder);
    assert.equal(again.snapshot.revision, 1);
    assert.deepEqual(
      fs.readdirSync(folder).filter((name) => name.endsWith('.new')),
      [],
    );
    await again.close();
  });
});

describe('lines of a log', () => {
  it('are read, cut off or called damaged, whatever octets stand there', () => {
    const line = fc.oneof(
      fc.jsonValue().map((value) => lineOf(value)),
      fc.uint8Array({ maxLength: 40 }).map((octets) => Buffer.from(octets)),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 6 }), (lines) => {
        const octets = Buffer.concat(lines);
        try {
          const whole = wholeLines('log', octets);
          assert.ok(whole.octets <= octets.length);
          assert.deepEqual(wholeLines('log', octets.subarray(0, whole.octets)), whole);
        } catch (e) {
          if (!(e instanceof Damage)) throw e;
        }
      }),
    );
  });
});

describe('a disk that fails under objects', () => {
  /** The prototype of open files, whose methods can be made to fail. */
  const files = async (): Promise<Record<'write' | 'datasync' | 'sync', () => Promise<unknown>>> => {
    const handle = await open(fileURLToPath(import.meta.url));
    await handle.close();
    return Object.getPrototypeOf(handle);
  };
  const failing = (code: string) => () => Promise.reject(Object.assign(new Error(code), { code }));

  it('refuses a set that could not be written, keeps what was, and takes the next one', async () => {
    const folder = newFolder();
    const store = await opened(folder);
    await done(store, [put('peer', aPeer())]);
    const write = mock.method(await files(), 'write', failing('ENOSPC'));
    const outcome = await store.change({ who: 'eva', seen: 1, changes: [put('peer', aPeer({ note: 'x' }))] });
    write.mock.restore();
    assert.ok(!outcome.ok && outcome.error.kind === 'unavailable' && outcome.error.text.includes('ENOSPC'));
    assert.equal(store.snapshot.revision, 1);
    await done(store, [put('peer', aPeer({ note: 'y' }))]);
    await store.close();
    const again = await opened(folder);
    assert.equal(again.snapshot.peer('operator-b')!.note, 'y');
    await again.close();
  });

  it('acknowledges nothing more once a flush has failed', async () => {
    const store = await opened(newFolder());
    const flush = mock.method(await files(), 'datasync', failing('EIO'));
    const change = () => store.change({ who: 'eva', seen: 0, changes: [put('peer', aPeer())] });
    const first = await change();
    flush.mock.restore();
    const second = await change();
    for (const outcome of [first, second])
      assert.ok(!outcome.ok && outcome.error.kind === 'unavailable' && outcome.error.text.includes('EIO'));
    assert.equal(store.snapshot.revision, 0);
    await store.close();
  });

  it('keeps a set whose log could not be followed by a new one, says so, and tries again later', async () => {
    const folder = newFolder();
    const warned: string[] = [];
    const log = { ...silentLog, warn: (_: unknown, text: string) => void warned.push(text) };
    const store = await openObjectStore({ folder, logOctetsMax: 1 }, { now: () => 0, log });
    const sync = mock.method(await files(), 'sync', failing('ENOSPC'));
    let turn = 0;
    while (warned.length === 0) await done(store, [put('peer', aPeer({ note: `turn ${++turn}` }))]);
    sync.mock.restore();
    assert.equal(logs(folder).length, 1);
    while (logs(folder).length === 1) await done(store, [put('peer', aPeer({ note: `turn ${++turn}` }))]);
    await store.close();
    const again = await opened(folder);
    assert.deepEqual([again.snapshot.revision, again.snapshot.peer('operator-b')!.note], [turn, `turn ${turn}`]);
    await again.close();
  });

  for (const failed of [2, 3])
    it(`loses no set where beginning the new log fails after it stands there under its name (at flush ${failed})`, async () => {
      const folder = newFolder();
      const warned: string[] = [];
      const log = { ...silentLog, warn: (_: unknown, text: string) => void warned.push(text) };
      const store = await openObjectStore({ folder, logOctetsMax: 1 }, { now: () => 0, log });
      const prototype = await files();
      const whole = prototype.sync;
      let flushes = 0;
      // First the new file, then its folder, then its end as the log that is being written.
      const sync = mock.method(prototype, 'sync', function (this: unknown) {
        flushes += 1;
        return flushes === failed ? failing('EIO')() : whole.call(this);
      });
      // A large set, so that the small one behind it begins no new log.
      const many = Array.from({ length: 40 }, (_, i) => put('subscriber', { msisdn: String(46700000000 + i) }));
      await done(store, many);
      sync.mock.restore();
      assert.equal(warned.length, 1);
      const outcome = await store.change({ who: 'eva', seen: 0, changes: [put('peer', aPeer())] });
      await store.close();
      const again = await opened(folder);
      assert.equal(again.snapshot.revision, outcome.ok ? 2 : 1);
      await again.close();
    });

  it('acknowledges nothing more where a log that was begun could not be taken back', async () => {
    const folder = newFolder();
    const store = await openObjectStore({ folder, logOctetsMax: 1 }, { now: () => 0, log: silentLog });
    const prototype = await files();
    const whole = prototype.sync;
    let flushes = 0;
    const sync = mock.method(prototype, 'sync', function (this: unknown) {
      flushes += 1;
      return flushes >= 2 ? failing('EIO')() : whole.call(this);
    });
    await done(
      store,
      Array.from({ length: 40 }, (_, i) => put('subscriber', { msisdn: String(46700000000 + i) })),
    );
    sync.mock.restore();
    const outcome = await store.change({ who: 'eva', seen: 0, changes: [put('peer', aPeer())] });
    assert.ok(!outcome.ok && outcome.error.kind === 'unavailable' && outcome.error.text.includes('EIO'));
    await store.close();
    const again = await opened(folder);
    assert.equal(again.snapshot.revision, 1);
    await again.close();
  });

  it('refuses a set whose secrets could not be written', async () => {
    const store = await opened(newFolder());
    const sync = mock.method(await files(), 'sync', failing('EIO'));
    const outcome = await store.change({ who: 'eva', seen: 0, changes: [put('vasp', aVasp())] });
    sync.mock.restore();
    assert.ok(!outcome.ok && outcome.error.kind === 'unavailable' && outcome.error.text.includes('secrets'));
    await done(store, [put('vasp', aVasp())]);
    await store.close();
  });
});

describe('objects under kill -9', () => {
  const child = fileURLToPath(new URL('./crash-child.contract.js', import.meta.url));
  const ROUNDS = 4;

  it('have every acknowledged set, with its secrets, after each round', async () => {
    const folder = newFolder();
    let acknowledged = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const process = spawn(globalThis.process.execPath, [child, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
      let text = '';
      process.stdout.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
      });
      while (text.split('\n').length < 10 && process.exitCode === null) await sleep(5);
      await sleep(Math.random() * 100);
      process.kill('SIGKILL');
      await once(process, 'close');
      const last = Number(text.slice(0, text.lastIndexOf('\n')).split('\n').at(-1));
      assert.ok(last > acknowledged, 'the child was acknowledged something');
      acknowledged = last;
      const store = await opened(folder, { logOctetsMax: 6_000 });
      const { revision } = store.snapshot;
      assert.ok(revision === last || revision === last + 1, `${revision} after ${last}`);
      for (const { name, identification, note } of store.snapshot.vasps)
        assert.deepEqual(identification.passwords, [secretAt(name, Number(note!.slice('turn '.length)))]);
      assert.ok(store.snapshot.vasps.some(({ note }) => note === `turn ${last}`));
      await store.close();
    }
  });
});
