/** `angarium apply` against a program's operator API, as an operator would use it; and what is printed of objects. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { OBJECTS, type ObjectsBed, objectsBed } from './objects-bed.js';
import { runCli } from './program.js';

let bed: ObjectsBed;
before(async () => {
  bed = await objectsBed();
});
after(() => bed.close());
const run = (...args: readonly string[]) => bed.run(...args);
const file = (name: string): string => bed.file(name);

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
    assert.equal(bed.objects.snapshot.revision, 0);

    const done = await run('apply', 'objects.toml', '--yes', '--reason', 'first load');
    assert.equal(done.code, 0, done.stderr);
    assert.match(done.stdout, /applied: revision 1\n$/);
    assert.equal(bed.objects.snapshot.peer('operator-b')!.identification.password, 'what opb says');
    assert.doesNotMatch(dry.stdout + dry.stderr + done.stdout + done.stderr, /what (opb|acme) says/);

    const again = await run('apply', 'objects.toml', '--yes');
    assert.deepEqual([again.code, again.stdout], [0, 'nothing changes\n']);
  });

  it('asks somebody at a terminal, and where nobody is, wants --yes', async () => {
    writeFileSync(file('more.toml'), '[[subscriber]]\nmsisdn = "46700000001"\n');
    const { code, stderr } = await run('apply', 'more.toml');
    assert.equal(code, 2);
    assert.match(stderr, /--yes/);
    assert.equal(bed.objects.list('subscriber').length, 0);
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

  it('keeps what somebody has paused', async () => {
    assert.equal((await run('peer', 'pause', 'operator-b', '--reason', 'fire drill')).code, 0);
    writeFileSync(file('objects.toml'), OBJECTS.replace('hosts = ["mx.opb.example"]', 'hosts = ["mx2.opb.example"]'));
    const { stdout } = await run('apply', 'objects.toml', '--yes');
    assert.match(
      stdout,
      /^peer operator-b: changed\n {2}~ hosts = \["mx.opb.example"\] -> \["mx2.opb.example"\]\napplied: revision 3\n$/,
    );
    assert.equal(bed.objects.snapshot.peer('operator-b')!.state, 'paused');
    await run('peer', 'resume', 'operator-b');
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
