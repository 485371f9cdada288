/** The repository as the house rules see it: the texts of its files by path. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Import, importsOf, type Token, tokenise } from './scan.js';

/** The folder of package.json; this file runs from dist/test/house/. */
export const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** What is not ours or not text for people: never read. */
const LEFT_OUT = new Set(['.git', 'node_modules', 'dist', 'angarium-data', '.tmp']);
/** Larger files are data, not source. Unit: octets. */
const FILE_MAX = 1 << 20;

export type Source = {
  readonly path: string;
  readonly text: string;
  readonly tokens: readonly Token[];
  readonly imports: readonly Import[];
};
/** TypeScript files by path from the root, with forward slashes. */
export type Tree = ReadonlyMap<string, Source>;

/** A tree of given files; tests plant their breaches with it. */
export function treeOf(files: Readonly<Record<string, string>>): Tree {
  const sources = Object.entries(files).map(([path, text]): Source => {
    const tokens = tokenise(text);
    return { path, text, tokens, imports: importsOf(tokens) };
  });
  return new Map(sources.map((source) => [source.path, source]));
}

/** Paths of all files of the repository but the left out, sorted. */
export function allFiles(root: string = ROOT): string[] {
  const found: string[] = [];
  const walk = (folder: string) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (LEFT_OUT.has(entry.name)) continue;
      const path = join(folder, entry.name);
      if (entry.isDirectory()) walk(path);
      else if (entry.isFile()) found.push(relative(root, path));
    }
  };
  walk(root);
  return found.sort();
}

/** The texts among the files: no NUL octet, no larger than 1 MB. */
export function textFiles(root: string = ROOT): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const path of allFiles(root)) {
    if (statSync(join(root, path)).size > FILE_MAX) continue;
    const text = readFileSync(join(root, path), 'utf8');
    if (!text.includes('\0')) texts[path] = text;
  }
  return texts;
}

export const isTest = (path: string): boolean => path.endsWith('.test.ts');
export const isContract = (path: string): boolean => path.endsWith('.contract.ts');
export const isProduction = (path: string): boolean => path.startsWith('src/') && !isTest(path) && !isContract(path);
