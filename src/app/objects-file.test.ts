/** Files of objects: what is said of them before anybody is asked. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { faultText } from './config-document.js';
import { parseObjects, readObjects } from './objects-file.js';

const folder = mkdtempSync(join(tmpdir(), 'angarium-objects-file-'));
after(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'x.toml');

const faults = (text: string): string => {
  const read = parseObjects(text, 'x.toml');
  return read.ok ? '' : read.error.map(faultText).join('\n');
};

describe('a file of objects', () => {
  it('is refused with lines when it is no TOML, names no kind, has no list, or has what JSON cannot carry', () => {
    for (const [text, said] of [
      ['[[peer', /^x\.toml:1: no TOML: /],
      ['\n[[pear]]\nname = "a"\n', /^x\.toml:2: pear: no kind of object, expected one of peer, .*; did you mean "peer"\?$/],
      ['peer = 1\n', /^x\.toml:1: peer: is no list of tables, expected \[\[peer\]\]$/],
      ['[peer]\nname = "a"\n', /^x\.toml:1: peer: is no list of tables/],
      ['peer = [1]\n', /^x\.toml:1: peer\[0\]: is no table$/],
      ['[[peer]]\nname = 2026-01-01\n', /^x\.toml:2: peer\[0\]\.name: is a date/],
      ['[[peer]]\nname = "a"\nhops-max = inf\n', /^x\.toml:3: peer\[0\]\.hops-max: Infinity is no number/],
      [
        '[[vasp]]\nname = "v"\n[vasp.identification]\npasswords = [{ file = "no-such-file" }]\n',
        /^x\.toml:4: vasp.*no-such-file" cannot be read \(ENOENT\)$/,
      ],
    ] as const)
      assert.match(faults(text), said);
    const absent = readObjects(join(folder, 'absent.toml'));
    assert.ok(!absent.ok && /absent\.toml: cannot be read \(ENOENT\)$/.test(faultText(absent.error[0]!)));
  });

  it('takes secrets from the first line of other files and certificates from the whole, only where keys are for these', () => {
    writeFileSync(join(folder, 'secret'), 'first\nsecond\n');
    writeFileSync(
      file,
      '[[peer]]\nname = "a"\nnote = { file = "secret" }\nauth = { password = { file = "secret" } }\n[peer.tls]\nauthorities = { file = "secret" }\n',
    );
    const read = readObjects(file);
    assert.ok(read.ok);
    const [peer] = read.value.objects.peer!;
    assert.deepEqual(JSON.parse(JSON.stringify(peer)), {
      name: 'a',
      note: { file: 'secret' },
      auth: { password: 'first' },
      tls: { authorities: 'first\nsecond\n' },
    });
  });
});
