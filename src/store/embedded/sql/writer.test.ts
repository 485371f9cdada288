/** The writer alone: what only shows between it and its files. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, it, mock } from 'node:test';
import { cutSuspectLog, writeSuspect } from './data-folder.js';
import type { OpenSql } from './driver.js';
import { openSql } from './libsql-driver.js';
import type { Group, ThreadData, WriterReply } from './protocol.js';
import { WalGauge } from './wal-gauge.js';
import { Writer } from './writer.js';

const settings: ThreadData['settings'] = {
  cacheOctets: 1_000_000,
  checkpointWaitMs: 10,
  freePagesMin: 1_000,
  freeShareMax: 0.2,
  vacuumStepPages: 10,
  scanRows: 10,
  pruneYoungMax: 10,
};

const groupOf = (number: number, ids: readonly string[], finishCheckpoint = false): Group => ({
  kind: 'group',
  number,
  messages: ids.flatMap((id) => [id, '[{},[]]', '[]']),
  inline: [],
  octets: new Uint8Array(),
  frames: [],
  deliveries: [],
  named: [],
  reports: [],
  work: [],
  finishCheckpoint,
  giveBackAll: false,
});

const withFolder = (body: (folder: string) => void) => (): void => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'angarium-writer-'));
  try {
    body(folder);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
};

function opened(folder: string, engine: OpenSql = openSql): Writer {
  const writer = new Writer({ folder, session: 's', role: 'writer', module: undefined, driverData: undefined, settings }, engine);
  const reply = writer.handle({ kind: 'open' });
  assert.equal(reply.kind, 'opened', JSON.stringify(reply));
  return writer;
}

function done(reply: WriterReply): WriterReply & { readonly kind: 'done' } {
  assert.equal(reply.kind, 'done', JSON.stringify(reply));
  return reply as WriterReply & { readonly kind: 'done' };
}

/** The folder as a crash would leave it: copied under the feet of its user. */
function crashed(folder: string): string {
  const copy = `${folder}-crashed`;
  fs.cpSync(folder, copy, { recursive: true });
  fs.rmSync(path.join(copy, 'lock'), { force: true });
  for (const name of fs.readdirSync(copy)) if (name.endsWith('-shm')) fs.rmSync(path.join(copy, name));
  return copy;
}

const ids = (folder: string, name = 'messages-1.db'): readonly unknown[] => {
  const sql = openSql(path.join(folder, name), { readOnly: false, busyTimeoutMs: 0, cacheOctets: 65_536 });
  const found = sql.prepare('SELECT id FROM message ORDER BY id').all([]).flat();
  sql.close();
  return found;
};

describe('the writer', () => {
  it(
    'says how much of the log is in use, also after it has been begun anew',
    withFolder((folder) => {
      const writer = opened(folder);
      const many = Array.from({ length: 500 }, (_, i) => `a${String(i).padStart(5, '0')}`);
      const { walOctets } = done(writer.handle(groupOf(1, many)));
      assert.equal(walOctets, fs.statSync(path.join(folder, 'messages-1.db-wal')).size);
      assert.equal(done(writer.handle(groupOf(2, ['b'], true))).walOctets, 0);
      const after = done(writer.handle(groupOf(3, ['c'])));
      assert.ok(after.walOctets > 0 && after.walOctets < walOctets);
      const gauge = new WalGauge(path.join(folder, 'messages-1.db'), 4_096);
      assert.equal(gauge.octets(), after.walOctets, 'a fresh look agrees');
      gauge.close();
      writer.handle({ kind: 'close' });
    }),
  );

  it(
    'loses nothing when a flush fails after a checkpoint that was complete: the mark stands behind all that was committed before',
    withFolder((folder) => {
      let failing = false;
      const fail = (): never => {
        throw Object.assign(new Error('injected'), { code: 'SQLITE_IOERR_FSYNC' });
      };
      const openFailing: OpenSql = (file, options) => {
        const sql = openSql(file, options);
        return {
          ...sql,
          commit: () => {
            if (!failing) return sql.commit();
            sql.rollback();
            return fail();
          },
          vacuumInto: (fresh) => (failing ? fail() : sql.vacuumInto(fresh)),
        };
      };
      const writer = opened(folder, openFailing);
      done(writer.handle(groupOf(1, ['a'])));
      done(writer.handle(groupOf(2, ['b'], true)));
      failing = true;
      assert.equal(writer.handle(groupOf(3, ['c'])).kind, 'failed');
      const { kind, settled } = writer.handle({ kind: 'recover', rebuild: true, group: 3 }) as WriterReply & { settled: boolean };
      assert.deepEqual([kind, settled], ['unrecovered', true]);
      const left = crashed(folder);
      failing = false;
      writer.handle({ kind: 'close' });
      opened(left).handle({ kind: 'close' });
      assert.deepEqual(ids(left), ['a', 'b']);
      fs.rmSync(left, { recursive: true });
    }),
  );

  it(
    'counts as used what transactions have committed, not what one that was given up has left behind it',
    withFolder((folder) => {
      const file = path.join(folder, 'messages-1.db');
      const sql = openSql(file, { readOnly: false, busyTimeoutMs: 0, cacheOctets: 65_536 });
      sql.exec('PRAGMA journal_mode=WAL');
      sql.prepare('PRAGMA wal_autocheckpoint=0').get([]);
      sql.exec('CREATE TABLE t (x)');
      const insert = sql.prepare('INSERT INTO t VALUES (?)');
      sql.begin();
      // More than the page cache holds: pages go to the log before the commit.
      for (let i = 0; i < 200; i++) insert.run([new Uint8Array(3_000)]);
      sql.rollback();
      sql.begin();
      insert.run(['small']);
      sql.commit();
      const gauge = new WalGauge(file, 4_096);
      const used = gauge.octets();
      const { logPages } = sql.checkpoint('passive');
      assert.ok(fs.statSync(`${file}-wal`).size > 100 * 4_096, 'the log has been written further');
      assert.equal(used, 32 + logPages * (24 + 4_096));
      assert.equal(gauge.lastGoodOctets(), used);
      gauge.close();
      sql.close();
    }),
  );

  it(
    'does not bring back at the next start what stands behind the mark of a failed flush, and loses nothing before it',
    withFolder((folder) => {
      const writer = opened(folder);
      const { walOctets } = done(writer.handle(groupOf(1, ['kept'])));
      done(writer.handle(groupOf(2, ['refused'])));
      const plain = crashed(folder);
      assert.deepEqual(ids(plain), ['kept', 'refused'], 'without the mark it would come back');
      fs.rmSync(plain, { recursive: true });

      writeSuspect(folder, 'messages-1.db', walOctets);
      const marked = crashed(folder);
      writer.handle({ kind: 'close' });
      const again = opened(marked);
      again.handle({ kind: 'close' });
      assert.deepEqual(ids(marked), ['kept']);
      assert.ok(!fs.existsSync(path.join(marked, 'SUSPECT')), 'the mark has done its work');
      fs.rmSync(marked, { recursive: true });
    }),
  );

  it(
    'deletes after a rebuild that failed the file of that try alone: what CURRENT names since an earlier try stays',
    withFolder((folder) => {
      let fails = false;
      const writer = opened(folder, (file, options) => {
        const inner = openSql(file, options);
        return {
          ...inner,
          vacuumInto: (target) => {
            if (!fails) return inner.vacuumInto(target);
            fs.writeFileSync(target, 'half a copy');
            throw Object.assign(new Error('injected'), { code: 'SQLITE_FULL' });
          },
        };
      });
      done(writer.handle(groupOf(1, ['kept'])));
      writeSuspect(folder, 'messages-1.db', 1_000_000);
      const { rmSync } = fs;
      mock.method(fs, 'rmSync', (file: fs.PathLike, ...rest: [fs.RmOptions?]) => {
        if (String(file).endsWith('SUSPECT')) throw new Error('the mark cannot be removed');
        rmSync(file, ...rest);
      });
      const recover = (): WriterReply => writer.handle({ kind: 'recover', rebuild: true, group: 1 });
      try {
        assert.equal(recover().kind, 'unrecovered');
      } finally {
        mock.restoreAll();
      }
      const current = (): string => fs.readFileSync(path.join(folder, 'CURRENT'), 'utf8');
      assert.equal(current(), 'messages-2.db\n', 'the first try had come as far as that');

      fails = true;
      assert.equal(recover().kind, 'unrecovered');
      assert.equal(current(), 'messages-2.db\n');
      const databases = fs.readdirSync(folder).filter((name) => name.endsWith('.db'));
      assert.deepEqual(databases.sort(), ['messages-1.db', 'messages-2.db']);
      const after = crashed(folder);
      writer.handle({ kind: 'close' });
      const again = opened(after);
      assert.equal(done(again.handle(groupOf(2, ['later']))).kind, 'done');
      again.handle({ kind: 'close' });
      assert.deepEqual(ids(after, 'messages-2.db'), ['kept', 'later']);
      fs.rmSync(after, { recursive: true });
    }),
  );

  it(
    'does not apply a mark to another database than the one it was made for',
    withFolder((folder) => {
      fs.writeFileSync(path.join(folder, 'messages-2.db-wal'), 'x'.repeat(100));
      writeSuspect(folder, 'messages-1.db', 10);
      cutSuspectLog(folder, 'messages-2.db');
      assert.equal(fs.statSync(path.join(folder, 'messages-2.db-wal')).size, 100);
    }),
  );

  it(
    'starts again in a folder whose first start was cut off before anything was promised',
    withFolder((folder) => {
      opened(folder).handle({ kind: 'close' });
      fs.rmSync(path.join(folder, 'CURRENT'));
      const writer = opened(folder);
      done(writer.handle(groupOf(1, ['a'])));
      writer.handle({ kind: 'close' });
      assert.deepEqual(ids(folder), ['a']);
    }),
  );
});
