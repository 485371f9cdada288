/** Holds the sources against the import table (house/rooms.ts) and the rules of the house (house/rules.ts). */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { LIMITS } from '#base';
import { ROOMS } from './house/rooms.js';
import {
  circleBreaches,
  circles,
  disabledTests,
  documentBreaches,
  importBreaches,
  purityBreaches,
  textBreaches,
  unusedFiles,
  unusedLimits,
} from './house/rules.js';
import { allFiles, ROOT, textFiles, treeOf } from './house/tree.js';

const texts = textFiles();
const tree = treeOf(Object.fromEntries(Object.entries(texts).filter(([path]) => /^(src|test|bench)\/.*\.ts$/.test(path))));
const manifest = JSON.parse(texts['package.json']!) as {
  bin: Record<string, string>;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
};
const programs = Object.values(manifest.bin).map((output) => output.replace(/^dist\//, 'src/').replace(/\.js$/, '.ts'));

describe('the house', () => {
  it('is seen whole: the scan finds the sources and their imports', () => {
    assert.ok([...tree.keys()].filter((path) => path.startsWith('src/')).length > 20);
    assert.ok([...tree.values()].some(({ imports }) => imports.some(({ specifier }) => specifier === '#base')));
  });

  it('has an import table without circles, in which pure rooms use pure rooms only', () => {
    assert.deepEqual(circles(new Map(Object.entries(ROOMS).map(([room, row]) => [room, new Set(row.mayImport)]))), []);
    const impure = Object.entries(ROOMS).filter(
      ([, row]) => row.pure && row.mayImport.some((other) => ROOMS[other]?.pure !== true),
    );
    assert.deepEqual(impure, []);
  });

  it('lets every import keep to the table, and rooms be entered by their faces only', () => {
    const packages = { dependencies: Object.keys(manifest.dependencies), devDependencies: Object.keys(manifest.devDependencies) };
    assert.deepEqual(importBreaches(tree, packages), []);
  });

  it('has no circle between files or between rooms', () => {
    assert.deepEqual(circleBreaches(tree), []);
  });

  it('keeps clocks, timers, chance and the host out of the pure rooms', () => {
    assert.deepEqual(purityBreaches(tree), []);
  });

  it('has no file that nothing uses', () => {
    assert.deepEqual(unusedFiles(tree, programs), []);
  });

  it('has no limit that nothing reads', () => {
    assert.deepEqual(unusedLimits(tree, Object.keys(LIMITS)), []);
  });

  it('has no test that is switched off', () => {
    assert.deepEqual(disabledTests(tree), []);
  });

  it('names no path of the machine it was written on and leaves nothing to be done later', () => {
    assert.deepEqual(textBreaches(texts), []);
  });

  it('has an ARCHITECTURE.md in which every file, face and exported name exists', () => {
    const text = existsSync(join(ROOT, 'ARCHITECTURE.md')) ? texts['ARCHITECTURE.md']! : '';
    assert.deepEqual(documentBreaches('ARCHITECTURE.md', text, { files: allFiles(), tree }), []);
  });
});
