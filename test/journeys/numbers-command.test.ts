/** `angarium numbers` from a file to an answer, as an operator types it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { openNumberStore } from '#store/numbers';
import { CLI } from './program.js';

describe('angarium numbers', () => {
  let folder: string;
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'angarium-numbers-cli-'));
  });
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  const run = (...words: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, 'numbers', ...words], { cwd: folder, encoding: 'utf8' });
    return { status, out: stdout, err: stderr };
  };
  const done = (...words: string[]): string => {
    const { status, out, err } = run(...words);
    assert.equal(status, 0, err);
    return out;
  };
  const put = (text: string): void => fs.writeFileSync(path.join(folder, 'a.csv'), text);

  it('imports a file after a dry run, answers, changes, goes back and writes it out again', () => {
    put('number,first,last,portability-type,entity,routing-number\n46700000001,,,1,rn,D042\n,46701000000,46701009999,36,sp,\n');
    const dry = JSON.parse(done('import', 'a.csv', '--dry-run', '--json')) as {
      numbers: number;
      oddities: { spScreened: number };
    };
    assert.deepEqual([dry.numbers, dry.oddities.spScreened], [1, 1]);
    assert.equal(fs.existsSync(path.join(folder, 'numbers')), false, 'a dry run makes nothing');
    assert.match(
      done('import', 'a.csv'),
      /1 numbers, 1 ranges[\s\S]*own network, of a screened type \(sp\) +1[\s\S]*load 000001-/,
    );
    assert.match(done('get', '+46700000001'), /portability type +1\nentity +rn D042\nfound by +the number itself/);
    assert.match(done('get', '46701000500'), /the range 46701000000-46701009999/);
    assert.deepEqual(JSON.parse(run('get', '46709999999', '--json').out), { found: false });
    assert.deepEqual([run('get', '46709999999').status, run('get', 'abc').status], [1, 2]);

    done('set', '46700000002', '--type', '1', '--rn', 'd043', '--from', '2026-12-01T02:00:00+01:00');
    assert.equal(run('get', '46700000002', '--at', '2026-12-01T00:59:59Z').status, 1);
    assert.match(done('get', '46700000002', '--at', '2026-12-01T01:00:00Z'), /rn D043[\s\S]*2026-12-01T01:00:00.000Z to -/);
    done('delete', '46701000000-46701009999');
    assert.equal(run('get', '46701000500').status, 1);
    assert.match(done('stats'), /type +entity +numbers +ranges\n1 +rn +2 +0\n/);
    const exported = done('export');
    assert.match(exported, /46700000002,,,1,rn,D043,2026-12-01T01:00:00.000Z,\n/);

    put(exported);
    done('import', 'a.csv');
    assert.equal((JSON.parse(done('versions', '--json')) as unknown[]).length, 2);
    assert.match(done('rollback'), /^load 000001-[0-9a-f]{8}, change 2\n$/);
    assert.match(done('versions'), /^\* +000001-[\s\S]*\n +000002-/);
    assert.match(done('verify'), /good, change 2\n[\s\S]*good, change 0\n/);
  });

  it('names the line of a fault, and says what wrong use is', () => {
    put('number,entity\n46700000001,sp\nx,sp\n');
    const { status, err } = run('import', 'a.csv');
    assert.equal(status, 1);
    assert.match(err, /^a\.csv:3: "x" is no number[\s\S]*1 faults: the file is not imported\n$/);
    assert.match(run('import', 'none.csv').err, /none\.csv/);
    assert.equal(run('import', 'none.csv', '--dry-run').status, 1);
    for (const wrong of [
      ['set', '1', '--type', '37'],
      ['set', '1', '--sp', '--rn', 'D1'],
      ['set', '1', '--rn', 'XYZ'],
      ['set', '10-5x'],
      ['set', '1', '--from', 'tomorrow'],
    ])
      assert.equal(run(...wrong).status, 2, wrong.join(' '));
    assert.match(run('stats').err, /holds no numbers/);
    assert.match(run('rollback').err, /no load before/);
  });

  it('changes nothing in a folder that another process holds, and says so; looking is allowed', async () => {
    done('set', '5', '--sp');
    const store = await openNumberStore({ folder: path.join(folder, 'numbers') });
    assert.ok(store.ok);
    try {
      const { status, err } = run('set', '6', '--sp');
      assert.equal(status, 1);
      assert.match(
        err,
        new RegExp(`^numbers: in use by process ${process.pid}, which is most likely a running gate: .*operator API`),
      );
      assert.match(done('get', '5'), /sp/);
    } finally {
      await store.value.close();
    }
  });

  it('says where the numbers are damaged', () => {
    done('set', '5', '--sp');
    const load = path.join(folder, 'numbers', 'loads', fs.readFileSync(path.join(folder, 'numbers', 'CURRENT'), 'utf8').trim());
    fs.truncateSync(path.join(load, fs.readdirSync(load).find((name) => name.startsWith('snapshot'))!), 50);
    assert.match(run('get', '5').err, /snapshot-0000000000000000: it is no snapshot, or its end is missing/);
    const { status, out, err } = run('verify');
    assert.deepEqual([status, err], [1, '1 of 1 loads damaged\n']);
    assert.match(out, /it is no snapshot/);
    assert.match(run('export').err, /it is no snapshot/);
  });
});
