/** `angarium apply`, `peer`, `vasp`, `route`, `subscriber` and `objects` against a program's operator API, as an operator would use them. */
import assert from 'node:assert/strict';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { silentLog, silentMeter } from '#base';
import type { ObjectStore } from '#directory';
import { type OperatorApi, startOperatorApi } from '#operator';
import { openObjectStore } from '#store/objects';
import { type Ran, removeFolder, runCli, temporaryFolder } from './program.js';

const folder = temporaryFolder();
const socket = join(folder, 'operator.sock');
const file = (name: string): string => join(folder, name);
const run = (...args: readonly string[]): Promise<Ran> => runCli([...args, '--socket', socket], { cwd: folder });
const who = userInfo().username;

let objects: ObjectStore;
let api: OperatorApi;
before(async () => {
  objects = await openObjectStore({ folder: file('objects') }, { now: () => Date.UTC(2026, 0, 1), log: silentLog });
  api = await startOperatorApi(
    { socket, hosts: [], origins: [] },
    {
      messages: { history: async () => undefined, list: async () => [] },
      objects,
      status: async () => assert.fail('nobody asks'),
      roads: {
        roads: async () => [
          { road: 'peer:operator-b', waiting: 3, awaiting: 0, underWay: 0, state: 'resting', reason: 'no\u001b[31m connection' },
        ],
        waitingFor: async () => [],
        actOnRoad: async () => ({ done: 3 }),
      },
      testPeer: async (_, recipient) => ({
        ok: recipient !== undefined,
        text: recipient === undefined ? 'refused' : 'it takes the recipient',
        dialogue: [
          { from: 'us', text: 'RCPT TO:<system-user@mms.opb.example>' },
          { from: 'them', text: '250 ok' },
        ],
      }),
      log: silentLog,
      meter: silentMeter,
    },
  );
});
after(async () => {
  await api.close();
  await objects.close();
  removeFolder(folder);
});

const OBJECTS = `
[[peer]]
name = "operator-b"
domains = ["mms.opb.example"]
hosts = ["mx.opb.example"]

[peer.identification]
networks = ["192.0.2.0/24"]
user = "opb"
password = { file = "opb-password" }

[[vasp]]
name = "acme"
vasp-id = "acme"
short-codes = ["12345"]

[vasp.identification]
user = "acme"
passwords = [{ file = "acme-password" }]

[[route]]
name = "to-b"
match = { prefixes = ["4670"] }
result = { kind = "peer", peer = "operator-b" }
`;

describe('angarium apply', () => {
  it('shows the difference, changes nothing in a dry run, then all of it; secrets come from files beside it and are not shown', async () => {
    writeFileSync(file('objects.toml'), OBJECTS);
    writeFileSync(file('opb-password'), 'what opb says\nsecond line\n');
    writeFileSync(file('acme-password'), 'what acme says\n');
    const dry = await run('apply', 'objects.toml', '--dry-run');
    assert.equal(dry.code, 0, dry.stderr);
    assert.match(dry.stdout, /^peer operator-b: new\n/);
    assert.match(dry.stdout, /identification\.password = "\(secret\)"/);
    assert.match(dry.stdout, /^route to-b: new$/m);
    assert.match(dry.stderr, /remark: vasp acme: delivery\.url: is absent/);
    assert.equal(objects.snapshot.revision, 0);

    const done = await run('apply', 'objects.toml', '--yes', '--reason', 'first load');
    assert.equal(done.code, 0, done.stderr);
    assert.match(done.stdout, /applied: revision 1\n$/);
    assert.equal(objects.snapshot.peer('operator-b')!.identification.password, 'what opb says');
    assert.doesNotMatch(dry.stdout + dry.stderr + done.stdout + done.stderr, /what (opb|acme) says/);

    const again = await run('apply', 'objects.toml', '--yes');
    assert.deepEqual([again.code, again.stdout], [0, 'nothing changes\n']);
  });

  it('asks somebody at a terminal, and where nobody is, wants --yes', async () => {
    writeFileSync(file('more.toml'), '[[subscriber]]\nmsisdn = "46700000001"\n');
    const { code, stderr } = await run('apply', 'more.toml');
    assert.equal(code, 2);
    assert.match(stderr, /--yes/);
    assert.equal(objects.list('subscriber').length, 0);
  });

  it('tells every fault with its line, and changes nothing', async () => {
    writeFileSync(
      file('bad.toml'),
      [
        '[[peer]]',
        'name = "operator-c"',
        'domains = ["mms.opb.example"]',
        '[peer.limits]',
        'size-mux = "1MB"',
        'rate-in-max = "fast"',
        '',
        '[[route]]',
        'name = "r"',
        'result = { kind = "vasp" }',
      ].join('\n'),
    );
    const { code, stdout, stderr } = await run('apply', 'bad.toml', '--yes');
    assert.deepEqual([code, stdout], [1, '']);
    assert.deepEqual(
      stderr
        .trim()
        .split('\n')
        .map((line) => /^bad\.toml:([0-9]+): (\S+): /.exec(line)?.slice(1)),
      [
        ['5', 'peer[0].limits.size-mux'],
        ['6', 'peer[0].limits.rate-in-max'],
        ['10', 'route[0].result.vasp'],
      ],
    );
  });

  it('tells what is wrong between objects with the line of the object in the file, and by name of one that is not in it', async () => {
    writeFileSync(file('twin.toml'), '[[peer]]\nname = "twin"\ndomains = [\n  "other.example",\n  "MMS.opb.example",\n]\n');
    const twin = await run('apply', 'twin.toml', '--yes');
    assert.match(
      twin.stderr,
      /^twin\.toml:3: peer\[0\]\.domains: the domain "mms\.opb\.example" is also that of peer operator-b\n$/,
    );
    writeFileSync(file('none.toml'), '[[peer]]\nname = "operator-c"\ndomains = ["mms.opc.example"]\n');
    const none = await run('apply', 'none.toml', '--yes', '--prune', 'peer');
    assert.deepEqual([none.code, none.stderr], [1, 'none.toml: route to-b: result.peer: there is no peer "operator-b"\n']);
  });

  it('says what is no TOML, no kind of object, no list and no file', async () => {
    for (const [text, said] of [
      ['[[peer', /^x\.toml:1: no TOML: /],
      [
        '[[pear]]\nname = "a"\n',
        /^x\.toml:1: pear(\[0\])?: no kind of object, expected one of peer, .*; did you mean "peer"\?\n$/,
      ],
      ['peer = 1\n', /^x\.toml:1: peer: is no list of tables, expected \[\[peer\]\]\n$/],
      ['[peer]\nname = "a"\n', /^x\.toml:1: peer: is no list of tables/],
      ['peer = [1]\n', /^x\.toml:1: peer\[0\]: is no table\n$/],
      [
        '[[vasp]]\nname = "v"\n[vasp.identification]\npasswords = [{ file = "no-such-file" }]\n',
        /^x\.toml:4: vasp\[0\]\.identification\.passwords(\[0\])?: ".*no-such-file" cannot be read \(ENOENT\)\n$/,
      ],
      ['[[peer]]\nname = 2026-01-01\n', /^x\.toml:2: peer\[0\]\.name: /],
    ] as const) {
      writeFileSync(file('x.toml'), text);
      const { code, stderr } = await run('apply', 'x.toml', '--yes');
      assert.equal(code, 1, text);
      assert.match(stderr, said);
    }
    assert.match((await run('apply', 'absent.toml')).stderr, /^absent\.toml: cannot be read \(ENOENT\)\n$/);
  });

  it('keeps what somebody has paused', async () => {
    assert.equal((await run('peer', 'pause', 'operator-b', '--reason', 'fire drill')).code, 0);
    writeFileSync(file('objects.toml'), OBJECTS.replace('hosts = ["mx.opb.example"]', 'hosts = ["mx2.opb.example"]'));
    const { stdout } = await run('apply', 'objects.toml', '--yes');
    assert.match(
      stdout,
      /^peer operator-b: changed\n {2}~ hosts = \["mx.opb.example"\] -> \["mx2.opb.example"\]\napplied: revision 3\n$/,
    );
    assert.equal(objects.snapshot.peer('operator-b')!.state, 'paused');
    await run('peer', 'resume', 'operator-b');
  });
});

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
    for (const [group, name] of [
      ['peer', 'operator-b'],
      ['vasp', 'acme'],
    ] as const) {
      assert.match((await run(group, 'drain', name)).stdout, /state = "active" -> "draining"/);
      assert.match((await run(group, 'pause', name)).stdout, /state = "draining" -> "paused"/);
      assert.match((await run(group, 'resume', name)).stdout, /state = "paused" -> "active"/);
      assert.equal((await run(group, 'resume', name)).stdout, 'nothing changes\n');
    }
    assert.match((await run('route', 'pause', 'to-b')).stdout, /state = "active" -> "paused"/);
    assert.equal(objects.snapshot.routes.length, 0);
    assert.match((await run('route', 'resume', 'to-b')).stdout, /"paused" -> "active"/);
  });

  it('deal with what waits, and test', async () => {
    assert.equal((await run('peer', 'queue', 'operator-b')).stdout, '3 waiting, resting, no.[31m connection\n');
    for (const action of ['reroute', 'requeue', 'expire'])
      assert.equal((await run('peer', action, 'operator-b')).stdout, '3 deliveries\n');
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
      (await set('state=barred', 'handset.mms=no', 'note=123', 'roads-out=["peer"]')).stdout,
      /^subscriber 46700000001: new/,
    );
    assert.match((await set('state=active', 'note=')).stdout, /state = "barred" -> "active"\n {2}- note = "123"\n$/);
    const show = await run('subscriber', 'show', '46700000001');
    assert.match(show.stdout, /handset\.mms +"no"/);
    assert.match(show.stdout, /roads-out +\["peer"\]/);
    const bad = await set('handset.mms=perhaps');
    assert.deepEqual([bad.code, /handset\.mms: "perhaps" is not accepted/.test(bad.stderr)], [1, true]);
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
    const nobody = await runCli(['peer', 'list', '--socket', file('nobody.sock')], { cwd: folder });
    assert.deepEqual([nobody.code, /no program answers/.test(nobody.stderr)], [1, true]);
    for (const args of [
      ['objects', 'history', '--kind', 'pear'],
      ['apply', 'x.toml', '--prune', 'pear'],
      ['peer', 'explode', 'x'],
      ['apply'],
    ])
      assert.equal((await run(...args)).code, 2, args.join(' '));
  });

  it('keep their files to their owner', () => {
    chmodSync(file('objects'), 0o700);
    assert.match(readFileSync(join(folder, 'objects', 'secrets.json'), 'utf8'), /what opb says/);
  });
});

describe('what is printed of objects', () => {
  it('stands in docs/objects.md and docs/openapi.json as printed', async () => {
    for (const [args, page] of [
      [['objects', 'reference'], 'docs/objects.md'],
      [['objects', 'openapi'], 'docs/openapi.json'],
    ] as const) {
      const { stdout } = await runCli(args);
      assert.ok(
        stdout === readFileSync(new URL(`../../../${page}`, import.meta.url), 'utf8'),
        `${page} is not what angarium ${args.join(' ')} prints`,
      );
    }
  });
});
