/** What the scripts know of the tree: where sources are and where the compiler puts them. */
import { existsSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of package.json, without a final slash. */
export const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');

/** Files under a folder of the repository, relative to its root, sorted; none when there is no such folder. */
export function filesUnder(folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath ?? entry.path, entry.name)))
    .sort();
}

/** `src/base/x.ts` becomes `dist/base/x.js`, `test/house.test.ts` becomes `dist/test/house.test.js`. */
export function compiled(source) {
  return source
    .replace(/^src\//, '')
    .replace(/^/, 'dist/')
    .replace(/\.ts$/, '.js');
}

/** The way back, from an absolute path; a path that is no output comes back relative to the root. */
export function sourceOf(path) {
  const inside = relative(root, path);
  if (!inside.startsWith('dist/')) return inside;
  const source = inside.slice('dist/'.length).replace(/\.js$/, '.ts');
  return /^(test|bench)\//.test(source) ? source : `src/${source}`;
}
