/** Every rule of the house, held against a planted breach: a rule that cannot fail holds nothing. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  circleBreaches,
  disabledTests,
  documentBreaches,
  importBreaches,
  purityBreaches,
  textBreaches,
  unusedFiles,
  unusedLimits,
} from './rules.js';
import { treeOf } from './tree.js';

const PACKAGES = { dependencies: ['fastify'], devDependencies: ['fast-check'] };
const FACES = {
  'src/base/index.ts': "export { ok } from './ok.js';",
  'src/base/ok.ts': 'export const ok = 1;',
  'src/messaging/index.ts': "export { submit } from './submit.js';",
  'src/messaging/submit.ts': "import { ok } from '#base'; export const submit = ok;",
  'src/messaging/store.contract.ts': "import { submit } from './submit.js'; export const contract = submit;",
  'src/store/memory/index.ts': "import { submit } from '#messaging'; export const open = submit;",
};
/** The breaches of the sound tree above with one file more, without their place. */
const planted = (path: string, text: string) =>
  importBreaches(treeOf({ ...FACES, [path]: text }), PACKAGES).map((line) => line.replace(/^[^ ]+ /, ''));

describe('the import table', () => {
  it('finds nothing in a sound tree', () => {
    const tree = treeOf(FACES);
    assert.deepEqual(importBreaches(tree, PACKAGES), []);
    assert.deepEqual(circleBreaches(tree), []);
    assert.deepEqual(purityBreaches(tree), []);
  });

  it('refuses a room that the table does not give', () => {
    assert.deepEqual(planted('src/messaging/x.ts', "import { open } from '#store/memory';"), [
      '#store/memory: messaging may not import store/memory',
    ]);
    assert.deepEqual(planted('src/store/embedded/x.ts', "import type { Open } from '#store/memory';"), [
      '#store/memory: store/embedded may not import store/memory',
    ]);
    assert.deepEqual(planted('src/base/x.ts', "const m = await import('#messaging');"), [
      '#messaging: base may not import messaging',
    ]);
  });

  it('refuses a way into a room beside its face', () => {
    assert.deepEqual(planted('src/store/embedded/x.ts', "import '../../messaging/submit.js';"), [
      '../../messaging/submit.js: a room is entered by its face',
    ]);
    assert.deepEqual(planted('src/store/embedded/x.test.ts', "import '../../messaging/submit.js';"), [
      '../../messaging/submit.js: a room is entered by its face',
    ]);
  });

  it('refuses the own face, by name and by path', () => {
    assert.deepEqual(planted('src/messaging/x.ts', "import '#messaging';"), ['#messaging: nobody imports the own face']);
    assert.deepEqual(planted('src/messaging/x.ts', "export { submit } from './index.js';"), [
      './index.js: nobody imports the own face',
    ]);
  });

  it('refuses an export of everything, of types too', () => {
    assert.deepEqual(planted('src/operator/index.ts', "export type * from './x.js';"), [
      './x.js: a list of names is wanted, not everything',
    ]);
  });

  it('refuses I/O modules and packages in pure rooms, and packages that are not declared', () => {
    assert.deepEqual(planted('src/messaging/x.ts', "import { readFileSync } from 'node:fs';"), [
      'node:fs: messaging is a pure room',
    ]);
    assert.deepEqual(planted('src/codec/mms/x.ts', "import fastify from 'fastify';"), ['fastify: codec/mms is a pure room']);
    assert.deepEqual(planted('src/operator/x.ts', "import fastify from 'fastify'; import fs from 'fs'; import 'fast-check';"), [
      'fs: not among the dependencies of package.json',
      'fast-check: not among the dependencies of package.json',
    ]);
    assert.deepEqual(planted('src/messaging/x.test.ts', "import 'node:fs'; import 'fast-check';"), []);
  });

  it('refuses tests and contracts in production, and lets tests of other rooms borrow a contract', () => {
    assert.deepEqual(planted('src/messaging/x.ts', "import './store.contract.js';"), [
      './store.contract.js: production code does not import tests',
    ]);
    assert.deepEqual(planted('src/store/memory/x.test.ts', "import '../../messaging/store.contract.js';"), []);
  });

  it('refuses what it cannot follow: computed imports, missing files, files outside the rooms', () => {
    assert.deepEqual(planted('src/operator/x.ts', 'await import(name);'), [
      'import: a computed import cannot be held against the table',
    ]);
    assert.deepEqual(planted('src/operator/x.ts', "import './gone.js';"), ['./gone.js: src/operator/gone.ts does not exist']);
    assert.deepEqual(planted('src/operator/x.ts', "import '#messaging/submit';"), [
      '#messaging/submit: src/messaging/submit/index.ts does not exist',
    ]);
    assert.deepEqual(planted('src/util/x.ts', ''), ['stands in no room of the table']);
  });
});

describe('the other rules', () => {
  it('find circles between files, over types too', () => {
    const tree = treeOf({
      'src/base/a.ts': "import type { B } from './b.js'; export type A = B;",
      'src/base/b.ts': "import './c.js'; export type B = 1;",
      'src/base/c.ts': "import { a } from './a.js';",
    });
    assert.deepEqual(circleBreaches(tree), ['a circle: src/base/a.ts -> src/base/b.ts -> src/base/c.ts -> src/base/a.ts']);
  });

  it('find circles between rooms whose files make none', () => {
    const tree = treeOf({
      'src/codec/wsp/index.ts': "import '#codec/mms';",
      'src/codec/mms/index.ts': '',
      'src/codec/mms/x.ts': "import '#codec/wsp';",
    });
    assert.deepEqual(circleBreaches(tree), ['a circle: codec/wsp -> codec/mms -> codec/wsp']);
  });

  for (const use of [
    'Date.now()',
    'new Date()',
    'new Date',
    'Math.random()',
    'performance.now()',
    'setTimeout(f, 1)',
    'process.exit()',
    'Buffer.from(x)',
    'globalThis.x',
  ]) {
    it(`refuse ${use} in a pure room, and only there`, () => {
      assert.equal(purityBreaches(treeOf({ 'src/messaging/x.ts': `const y = ${use};` })).length, 1);
      assert.deepEqual(purityBreaches(treeOf({ 'src/store/memory/x.ts': `const y = ${use};` })), []);
      assert.deepEqual(purityBreaches(treeOf({ 'src/messaging/x.test.ts': `const y = ${use};` })), []);
    });
  }

  it('let a pure room name its members as it likes and make a Date of a given instant', () => {
    const text = 'interface P { readonly process: number; console?: string } const d = new Date(at); x.process.y; // Date.now()';
    assert.deepEqual(purityBreaches(treeOf({ 'src/messaging/x.ts': text })), []);
  });

  it('find the file that nothing uses, and know programs, faces, tests and workers as users', () => {
    const tree = treeOf({
      'src/app/cli.ts': "import './program.js';",
      'src/app/program.ts': "new Worker(new URL('./worker.js', import.meta.url));",
      'src/app/worker.ts': '',
      'src/base/index.ts': "import './used.js';",
      'src/base/used.ts': '',
      'src/base/fixture.ts': '',
      'src/base/used.test.ts': "import './fixture.js';",
      'src/base/forgotten.ts': "import './also-forgotten.js';",
      'src/base/also-forgotten.ts': '',
    });
    assert.deepEqual(unusedFiles(tree, ['src/app/cli.ts']), [
      'src/base/forgotten.ts: nothing uses this file',
      'src/base/also-forgotten.ts: nothing uses this file',
    ]);
  });

  it('find the limit that only tests and comments name', () => {
    const tree = treeOf({
      'src/base/limits.ts': 'export const LIMITS = { readMax: 1, forgottenMax: 2 };',
      'src/messaging/x.ts': "import { LIMITS } from '#base'; // LIMITS.forgottenMax\nconst max = LIMITS.readMax;",
      'src/messaging/x.test.ts': 'LIMITS.forgottenMax',
    });
    assert.deepEqual(unusedLimits(tree, ['readMax', 'forgottenMax']), [
      'src/base/limits.ts: forgottenMax: nothing reads this limit',
    ]);
  });

  it('find tests that are switched off, and leave a stated condition alone', () => {
    const found = (text: string) => disabledTests(treeOf({ 'test/x.test.ts': text })).length;
    for (const off of [
      'it.skip("a", f)',
      'describe.only("a", f)',
      't.todo()',
      'f(); t.skip("a")',
      'if (x) return t.skip()',
      'it("a", { skip: true }, f)',
      'it("a", { todo: why }, f)',
    ]) {
      assert.equal(found(off), 1, off);
    }
    assert.equal(
      found('it("a", { skip: !isLinux && "needs /proc" }, f); if (x()) return t.skip("no /proc"); reader.skip(4); list.only'),
      0,
    );
  });

  it('find paths of a machine and notes of unfinished work', () => {
    assert.deepEqual(textBreaches({ 'a.md': 'see\n/ho\u006de/someone/notes' }), ['a.md:2: /ho\u006de/someone/notes']);
    assert.deepEqual(textBreaches({ 'a.ts': '// TO\u0044O: later' }), ['a.ts:1: TO\u0044O']);
    assert.deepEqual(textBreaches({ 'a.md': 'https://host/work/x and src/work/y' }), []);
  });

  it('find names in a document that do not exist, and leave commands and wire names alone', () => {
    const named = {
      files: ['src/messaging/submit.ts', 'src/messaging/index.ts', 'docs/glossary.md'],
      tree: treeOf({
        'src/messaging/submit.ts': 'export interface MessageStore { put(): void } export function createMessaging() {}',
      }),
    };
    const found = (text: string) => documentBreaches('A.md', text, named).map((line) => /`(.*)`/.exec(line)?.[1]);
    const sound =
      '`messaging/submit` `src/messaging/` `#messaging` `docs/glossary.md` `MessageStore.put` `createMessaging()` `npm test` `m-send.req` `submit.ts` `kill -9`';
    assert.deepEqual(found(sound), []);
    assert.deepEqual(found('`messaging/gone` `#gone` `gone.ts` `MessageGone` `MessageStore.gone` `createGone()`'), [
      'messaging/gone',
      '#gone',
      'gone.ts',
      'MessageGone',
      'MessageStore.gone',
      'createGone()',
    ]);
  });
});
