/** `angarium peer`, `vasp`, `route`, `subscriber` and `objects` against a program's operator API, as an operator would use them. */
import assert from 'node:assert/strict';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { OBJECTS, type ObjectsBed, objectsBed } from './objects-bed.js';
import { runCli } from './program.js';

const who = userInfo().username;

let bed: ObjectsBed;
before(async () => {
  bed = await objectsBed();
  writeFileSync(bed.file('objects.toml'), OBJECTS);
  writeFileSync(bed.file('opb-password'), 'what opb says\n');
  writeFileSync(bed.file('acme-password'), 'what acme says\n');
  assert.equal((await bed.run('apply', 'objects.toml', '--yes', '--reason', 'first load')).code, 0);
  assert.equal((await bed.run('peer', 'pause', 'operator-b', '--reason', 'fire drill')).code, 0);
  assert.equal((await bed.run('peer', 'resume', 'operator-b')).code, 0);
});
after(() => bed.close());
const run = (...args: readonly string[]) => bed.run(...args);
const file = (name: string): string => bed.file(name);

describe('angarium peer, vasp, route, subscriber, objects', () => {
  it('list and show what there is, without secrets and without letting anybody write to the terminal', async () => {
    const list = await run('peer', 'list');
    assert.equal(list.stdout, 'operator-b  active  3 waiting, resting, no.[31m connection\n');
    const show = await run('peer', 'show', 'operator-b');
    assert.match(show.stdout, /identification\.password +"\*{8}"/);
    assert.match(show.stdout, /no trouble known/);
    assert.match((await run('vasp', 'list')).stdout, /^acme +active +0 waiting\n$/);
    assert.match((await run('route', 'list')).stdout, /^100 +to-b +active +peer operator-b +\{"prefixes":\["4670"\]\}\n$/);
    assert.doesNotMatch(show.stdout + (await run('vasp', 'show', 'acme', '--json')).stdout, /says/);
  });

  it('pause, drain and resume', async () => {
    assert.match((await run('peer', 'drain', 'operator-b')).stdout, /state = "active" -> "draining"/);
    assert.match((await run('vasp', 'pause', 'acme')).stdout, /state = "active" -> "paused"/);
    assert.match((await run('route', 'pause', 'to-b')).stdout, /state = "active" -> "paused"/);
    assert.equal(bed.objects.snapshot.routes.length, 0);
    const resumed = await Promise.all([
      run('peer', 'resume', 'operator-b'),
      run('vasp', 'resume', 'acme'),
      run('route', 'resume', 'to-b'),
    ]);
    for (const { stdout } of resumed) assert.match(stdout, /state = "(draining|paused)" -> "active"/);
    assert.equal((await run('peer', 'resume', 'operator-b')).stdout, 'nothing changes\n');
  });

  it('deal with what waits, and test', async () => {
    assert.equal((await run('peer', 'queue', 'operator-b')).stdout, '3 waiting, resting, no.[31m connection\n');
    assert.equal((await run('peer', 'expire', 'operator-b', '--reason', 'over')).stdout, '3 deliveries\n');
    const good = await run('peer', 'test', 'operator-b', '--recipient', '+46700000001');
    assert.deepEqual(
      [good.code, good.stdout],
      [0, '→ RCPT TO:<system-user@mms.opb.example>\n← 250 ok\nit takes the recipient\n'],
    );
    assert.equal((await run('peer', 'test', 'operator-b')).code, 1);
  });

  it('say something of a subscriber and leave the rest', async () => {
    const set = (...assignments: string[]) => run('subscriber', 'set', '+46700000001', ...assignments);
    assert.match(
      (await set('state=barred', 'handset.version=1.2', 'note=123', 'roads-out=["peer"]')).stdout,
      /^subscriber 46700000001: new/,
    );
    assert.match((await set('state=active', 'note=')).stdout, /state = "barred" -> "active"\n {2}- note = "123"\n$/);
    const show = await run('subscriber', 'show', '46700000001');
    assert.match(show.stdout, /handset\.version +"1\.2"/);
    assert.match(show.stdout, /roads-out +\["peer"\]/);
    const bad = await set('handset.version=9.9');
    assert.deepEqual([bad.code, /handset\.version: "?9\.9"? is not accepted/.test(bad.stderr)], [1, true]);
    assert.equal((await set('nonsense')).code, 2);
  });

  it('tell who changed what', async () => {
    const { stdout } = await run('objects', 'history', '--kind', 'peer', '--name', 'operator-b', '--limit', '100');
    assert.match(
      stdout,
      new RegExp(
        `^revision 2, 2026-01-01T00:00:00.000Z, ${who}: fire drill\\n {2}peer operator-b: changed\\n {4}~ state = `,
        'm',
      ),
    );
    assert.match(stdout, new RegExp(`^revision 1, .*, ${who}: first load\\n {2}peer operator-b: new\\n`, 'm'));
    assert.doesNotMatch(stdout, /vasp|says/);
  });

  it('end with 1 for what is not there and when no program answers, with 2 when used wrongly', async () => {
    assert.deepEqual(
      [(await run('peer', 'show', 'nobody')).stderr, (await run('route', 'pause', '../x')).code],
      ['refused: there is no peer "nobody"\n', 1],
    );
    const nobody = await runCli(['peer', 'list', '--socket', file('nobody.sock')], {});
    assert.deepEqual([nobody.code, /no program answers/.test(nobody.stderr)], [1, true]);
    for (const args of [
      ['objects', 'history', '--kind', 'pear'],
      ['apply', 'objects.toml', '--prune', 'pear'],
      ['peer', 'explode', 'x'],
      ['apply'],
    ])
      assert.equal((await run(...args)).code, 2, args.join(' '));
  });

  it('keep their files to their owner', () => {
    chmodSync(file('objects'), 0o700);
    assert.match(readFileSync(join(file('objects'), 'secrets.json'), 'utf8'), /what opb says/);
  });
});
