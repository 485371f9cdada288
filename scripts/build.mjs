/**
 * `npm run build`: removes from dist/ what has no source any more, then compiles.
 * The compiler never deletes its output; a room's face imported by `#name` resolves through dist/, so a stale file would still be
 * found there, and shipped.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { compiled, filesUnder, root } from './sources.mjs';

/** `typescript` itself is 6, the last one with an interface for programs: typedoc reads the sources by it. 7 compiles. */
const TYPESCRIPT = join(root, 'node_modules/typescript7/bin/tsc');
/** What the compiler makes of one source, in place of `.js`. */
const OUTPUTS = ['.js', '.js.map', '.d.ts', '.d.ts.map'];
/** The library's reference, written by `npm run docs`. */
const REFERENCE = 'dist/api/';

const expected = new Set(
  ['src', 'test', 'bench']
    .flatMap(filesUnder)
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .flatMap((file) => OUTPUTS.map((ending) => compiled(file).replace(/\.js$/, ending))),
);
for (const file of filesUnder('dist')) {
  if (!expected.has(file) && !file.endsWith('.tsbuildinfo') && !file.startsWith(REFERENCE)) rmSync(join(root, file));
}

if (!existsSync(TYPESCRIPT)) {
  console.error('build: the compiler is not installed; run `npm ci` first');
  process.exit(2);
}
process.exitCode =
  spawnSync(process.execPath, [TYPESCRIPT, '-b', ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' }).status ?? 1;

// npx makes a command runnable once, when it first links to it; a fresh build in a folder that it knows already would not be.
const { bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
for (const file of Object.values(bin)) if (existsSync(join(root, file))) chmodSync(join(root, file), 0o755);
