/** The documents name what exists: files, folders, metrics and keys of the configuration. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { isProduction, ROOT, textFiles } from './tree.js';

const texts = textFiles();
/** Findings tell of other programs' files. */
const documents = Object.entries(texts).filter(([path]) => path.endsWith('.md') && !path.startsWith('docs/findings/'));
const production = Object.entries(texts)
  .filter(([path]) => isProduction(path))
  .map(([, text]) => text)
  .join('\n');

/** `file: word` for each match of the pattern's first group that is not right. */
const wrong = (pattern: RegExp, isRight: (word: string, path: string) => boolean, among = documents): string[] =>
  among.flatMap(([path, text]) =>
    [...text.matchAll(pattern)].filter(([, word]) => !isRight(word!, path)).map(([, word]) => `${path}: ${word}`),
  );

describe('the documents', () => {
  it('link to what is there', () => {
    assert.ok(documents.length > 5);
    const isThere = (link: string, path: string) => existsSync(join(ROOT, dirname(path), link.replace(/#.*$/, '')));
    assert.deepEqual(wrong(/\]\((?!https?:|#)([^)]+)\)/g, isThere), []);
  });

  it('name files and folders that exist', () => {
    // NAME in a path stands for any.
    const exists = (path: string) => /[/][A-Z]+\./.test(path) || existsSync(join(ROOT, path.replace(/\/\*+$/, '')));
    assert.deepEqual(wrong(/`((?:src|test|docs|bench|scripts|examples|\.ci)\/[-\w./*]+)`/g, exists), []);
  });

  it('name tests by titles that are there, in docs/faults-of-roads.md', () => {
    const text = texts['docs/faults-of-roads.md']!;
    const named = [...text.matchAll(/`([\w./-]+\.test\.ts)`((?:,? "[^"]+")+)/g)].flatMap(([, file, titles]) =>
      [...titles!.matchAll(/"([^"]+)"/g)].map(([, title]) => [file!, title!] as const),
    );
    assert.ok(named.length > 80);
    assert.equal(named.length, text.split('\n').flatMap((line) => line.split('|')[3]?.match(/"[^"]+"/g) ?? []).length);
    assert.deepEqual(
      named.filter(([file, title]) => !texts[file]?.includes(title)),
      [],
    );
  });

  it('name metrics that the program has', () => {
    assert.deepEqual(
      wrong(/\b(angarium_[a-z_]+)\b/g, (name) => production.includes(`'${name}'`)),
      [],
    );
  });

  it('name keys that the configuration has', () => {
    const reference = texts['docs/configuration.md']!;
    const sections = new Set([...reference.matchAll(/^## \[+([a-z1.]+)\]+$/gm)].map(([, name]) => name!));
    assert.ok(sections.has('mm1.identity'));
    const has = (key: string) => {
      const table = key.slice(0, key.lastIndexOf('.'));
      const [, keys = ''] =
        new RegExp(`^## \\[+${table.replace('.', '\\.')}\\]+\n([^]*?)(?=^## |$(?![^]))`, 'm').exec(reference) ?? [];
      return sections.has(key) || keys.includes(`| \`${key.slice(table.length + 1)}\` |`);
    };
    assert.ok(has('messages.push-retry') && has('push.lab') && !has('messages.no-such-key'));
    const keys = /`((?:data|program|log|mm1|numbering|messages|push|operator|monitoring)\.[a-z][-a-z.]*)(?: = [^`]*)?`/g;
    const about = documents.filter(([path]) => /^(README|CHANGELOG|docs\/(operations|decisions\/.*))\.md$/.test(path));
    assert.deepEqual(
      wrong(keys, (key) => key === 'operator.sock' || has(key), about),
      [],
    );
  });
});
