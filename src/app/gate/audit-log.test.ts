import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { type Log, silentLog } from '#base';
import { AuditLog } from './audit-log.js';

const folder = mkdtempSync(join(tmpdir(), 'angarium-audit-'));
after(() => rmSync(folder, { recursive: true, force: true }));

let count = 0;
/** A log that cannot be written until the folder in its place is removed. */
function blocked(log: Log = silentLog): { readonly audit: AuditLog; readonly file: string } {
  const own = join(folder, String(++count));
  const audit = new AuditLog(own, log);
  const file = join(own, 'audit.jsonl');
  mkdirSync(file);
  return { audit, file };
}
const entry = (what: string) => ({ at: 0, who: 'anna', what });
const written = (file: string): string[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as { what: string }).what);

describe('AuditLog', () => {
  it('writes what was carried out without it once it can, in the order of the acts, and not what was refused', async () => {
    const { audit, file } = blocked();
    await audit.note(entry('one'));
    assert.equal((await audit.write(entry('refused'))).ok, false);
    await audit.note(entry('two'));
    assert.equal(audit.unwritten, 2);
    rmdirSync(file);
    await audit.retry();
    assert.deepEqual([audit.fault, audit.unwritten], [undefined, 0]);
    assert.deepEqual(written(file), ['one', 'two']);
  });

  it('has no fault any more when there is room again, though nothing waited', async () => {
    const { audit, file } = blocked();
    await audit.write(entry('refused'));
    assert.match(audit.fault ?? '', /EISDIR/);
    rmdirSync(file);
    await audit.retry();
    assert.equal(audit.fault, undefined);
    assert.deepEqual((await audit.last()).entries, []);
  });

  it('keeps a bounded number of them; what it cannot keep or write to the end is said to be lost, with what it was', async () => {
    const said: string[] = [];
    const { audit } = blocked({
      ...silentLog,
      error: (fields, text) => void said.push(`${text}: ${(fields as { entry?: string }).entry}`),
    });
    await Promise.all(Array.from({ length: 1_002 }, (_, i) => audit.note(entry(`act ${i}`))));
    assert.deepEqual([audit.unwritten, audit.lost], [1_000, 2]);
    await audit.close();
    assert.equal(audit.lost, 1_002);
    const lost = said.filter((text) => text.startsWith('an entry of the audit log is lost'));
    assert.equal(lost.length, 1_002);
    assert.match(lost[0]!, /"who":"anna","what":"act 0"/);
  });

  it('shows the newest entries of a file of any size, and reads no more of it than it shows', async () => {
    const own = join(folder, String(++count));
    const audit = new AuditLog(own, silentLog);
    const file = join(own, 'audit.jsonl');
    appendFileSync(file, `${JSON.stringify({ at: '', who: 'anna', what: 'old' })}\n`);
    const large = `${JSON.stringify({ at: '', who: 'anna', what: 'x'.repeat(300_000) })}\n`;
    for (let i = 0; i < 5; i++) appendFileSync(file, large);
    await audit.write(entry('newest'));
    const { entries } = await audit.last();
    assert.equal(entries[0]!.what, 'newest');
    assert.equal(entries.length, 4, 'the newest, and three of the large ones that are whole in the last megabyte');
  });
});
