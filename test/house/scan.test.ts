import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { exportsOf, importsOf, tokenise } from './scan.js';

const specifiers = (source: string) => importsOf(tokenise(source)).map(({ form, specifier }) => `${form} ${specifier}`);
const texts = (source: string) => tokenise(source).map(({ text }) => text);

describe('the scanner', () => {
  it('finds every form of import', () => {
    const source = `
      import a from './a.js';
      import type { B } from './b.js';
      import c, { type D, e as f } from '#base';
      import * as g from "node:fs";
      import './side.js';
      export { h } from './h.js';
      export type { I } from './i.js';
      export * from './j.js';
      export type * from './k.js';
      export * as l from './l.js';
      const m = await import('./m.js');
      type N = import('./n.js').N;
      const o = new Worker(new URL('./o.js', import.meta.url));
      const p = require('p');
      const q = await import(name);`;
    assert.deepEqual(specifiers(source), [
      'import ./a.js',
      'import ./b.js',
      'import #base',
      'import node:fs',
      'side-effect ./side.js',
      'export-from ./h.js',
      'export-from ./i.js',
      'export-star ./j.js',
      'export-star ./k.js',
      'export-star ./l.js',
      'dynamic ./m.js',
      'dynamic ./n.js',
      'worker-url ./o.js',
      'dynamic p',
      'dynamic null',
    ]);
  });

  it('is not fooled by comments, strings, templates and regular expressions', () => {
    const source = [
      "// import './comment.js'",
      "/* import './block.js' */",
      'const a = "import \'./string.js\'";',
      "const b = `import './template.js' ${`import './inner.js'`} import './tail.js'`;",
      "const c = /import '.\\/regex.js'['/]/u;",
      'const d = 4 / 2; const e = d / 2;',
      "import './real.js';",
    ].join('\n');
    assert.deepEqual(specifiers(source), ['side-effect ./real.js']);
  });

  it('does not take import.meta, a method or a member named import for an import', () => {
    assert.deepEqual(specifiers("const a = import.meta.url; b.import('./x.js'); const c = { import: 1 };"), []);
  });

  it('reads code inside a template and goes on with the template after it', () => {
    assert.deepEqual(texts('`a${ { b: `c` } }d` + e'), ['a', '{', 'b', ':', 'c', '}', 'd', '+', 'e']);
  });

  it('tells a division from a regular expression', () => {
    assert.deepEqual(
      tokenise('x = a / b / c; y = /[/]"/g.test(z); return /q/')
        .filter(({ kind }) => kind === 'regex')
        .map(({ text }) => text),
      ['/[/]"/g', '/q/'],
    );
  });

  it('counts lines through comments and templates of several lines', () => {
    const line = tokenise('/*\n\n*/ a\n`\n${b}\n`\nc').map(({ text, line }) => `${text.trim()}${line}`);
    assert.deepEqual(line, ['a3', '4', 'b5', '5', 'c7']);
  });

  it('lists exported names, declared and re-exported, under the name that others see', () => {
    const source = `
      export const A = 1; export interface B {} export type C = 1; export async function d() {}
      export abstract class E {} export { f, g as H, type I } from './x.js'; export type { J };`;
    assert.deepEqual(exportsOf(tokenise(source)), ['A', 'B', 'C', 'd', 'E', 'f', 'H', 'I', 'J']);
  });
});
