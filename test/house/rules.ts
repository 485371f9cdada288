/** The rules of the house, each a function from a tree to its breaches: lines for people, empty when all is well. */
import { posix } from 'node:path';
import { ROOMS, roomOf } from './rooms.js';
import { exportsOf, type Import } from './scan.js';
import { isContract, isProduction, isTest, type Source, type Tree } from './tree.js';

/** The one source that stands in no room: what the pure rooms may know of their host. */
const OUTSIDE_ROOMS = 'src/pure.d.ts';

type Target =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'package'; readonly name: string }
  | { readonly kind: 'node' }
  | { readonly kind: 'nowhere' };

/** Where an import leads. A face is the index of its room. */
function targetOf(from: string, specifier: string): Target {
  if (specifier.startsWith('#')) return { kind: 'file', path: `src/${specifier.slice(1)}/index.ts` };
  if (specifier.startsWith('node:')) return { kind: 'node' };
  if (!specifier.startsWith('.'))
    return {
      kind: 'package',
      name: specifier
        .split('/')
        .slice(0, specifier.startsWith('@') ? 2 : 1)
        .join('/'),
    };
  if (!specifier.endsWith('.js')) return { kind: 'nowhere' };
  return { kind: 'file', path: posix.join(posix.dirname(from), specifier).replace(/\.js$/, '.ts') };
}

/** `dependencies`: packages that ship; `devDependencies`: packages of tests and benchmarks only. */
export type Packages = { readonly dependencies: readonly string[]; readonly devDependencies: readonly string[] };

/** Imports that the table, the faces or the packages do not allow. */
export function importBreaches(tree: Tree, packages: Packages): string[] {
  const breaches: string[] = [];
  for (const source of tree.values()) {
    if (source.path.startsWith('src/') && source.path !== OUTSIDE_ROOMS && roomOf(source.path) === undefined) {
      breaches.push(`${source.path}: stands in no room of the table`);
    }
    for (const one of source.imports) {
      const why = importBreach(tree, source, one, packages);
      if (why !== undefined) breaches.push(`${source.path}:${one.line}: ${one.specifier ?? 'import'}: ${why}`);
    }
  }
  return breaches;
}

function importBreach(tree: Tree, source: Source, one: Import, packages: Packages): string | undefined {
  const production = isProduction(source.path);
  const room = roomOf(source.path);
  if (one.specifier === null) return 'a computed import cannot be held against the table';
  if (one.form === 'export-star') return 'a list of names is wanted, not everything';
  const target = targetOf(source.path, one.specifier);
  if (target.kind === 'nowhere') return 'a relative import ends in .js';
  if (target.kind === 'node') return production && room !== undefined && ROOMS[room]!.pure ? `${room} is a pure room` : undefined;
  if (target.kind === 'package') {
    const allowed = room === undefined || !ROOMS[room]!.pure || ROOMS[room]!.packages?.includes(target.name);
    if (production && !allowed) return `${room} is a pure room`;
    if (packages.dependencies.includes(target.name)) return undefined;
    if (!production && packages.devDependencies.includes(target.name)) return undefined;
    return 'not among the dependencies of package.json';
  }
  if (!tree.has(target.path)) return `${target.path} does not exist`;
  if (production && (isTest(target.path) || isContract(target.path))) return 'production code does not import tests';
  const targetRoom = roomOf(target.path);
  const byFace = one.specifier.startsWith('#');
  if (room === undefined) return byFace || targetRoom === undefined ? undefined : 'a room is entered by its face';
  if (targetRoom === undefined) return 'leads out of the rooms';
  if (targetRoom === room) return byFace || target.path === `src/${room}/index.ts` ? 'nobody imports the own face' : undefined;
  // Tests may borrow any room by its face, and any contract suite as it stands beside its port.
  if (!production) return byFace || isContract(target.path) ? undefined : 'a room is entered by its face';
  if (!byFace) return 'a room is entered by its face';
  return ROOMS[room]!.mayImport.includes(targetRoom) ? undefined : `${room} may not import ${targetRoom}`;
}

/** Circles of imports, between files and between rooms; types count. */
export function circleBreaches(tree: Tree): string[] {
  const files = new Map<string, Set<string>>();
  const rooms = new Map<string, Set<string>>();
  const link = (graph: Map<string, Set<string>>, from: string, to: string) =>
    graph.set(from, (graph.get(from) ?? new Set()).add(to));
  for (const source of tree.values()) {
    for (const path of filesImported(source).filter(() => isProduction(source.path))) {
      link(files, source.path, path);
      const [from, to] = [roomOf(source.path), roomOf(path)];
      if (from !== undefined && to !== undefined && from !== to) link(rooms, from, to);
    }
  }
  return [...circles(files), ...circles(rooms)];
}

function filesImported(source: Source): string[] {
  return source.imports.flatMap((one) => {
    const target = one.specifier === null ? undefined : targetOf(source.path, one.specifier);
    return target?.kind === 'file' ? [target.path] : [];
  });
}

/** One line for each way back that a depth-first walk meets. */
export function circles(graph: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (node: string, trail: readonly string[]) => {
    const seenAt = trail.indexOf(node);
    if (seenAt >= 0) {
      found.push(`a circle: ${[...trail.slice(seenAt), node].join(' -> ')}`);
      return;
    }
    if (done.has(node)) return;
    for (const next of graph.get(node) ?? []) visit(next, [...trail, node]);
    done.add(node);
  };
  for (const node of graph.keys()) visit(node, []);
  return found;
}

/** What a pure room must not say, even where the compiler would let it: `Date` and `Math` belong to the language. */
const IMPURE = new Set(
  'performance setTimeout setInterval setImmediate clearTimeout clearInterval queueMicrotask process Buffer globalThis crypto fetch console require eval'.split(
    ' ',
  ),
);

/** Clocks, timers, chance and the host in the production files of pure rooms. */
export function purityBreaches(tree: Tree): string[] {
  const breaches: string[] = [];
  for (const { path, tokens } of tree.values()) {
    const room = roomOf(path);
    if (room === undefined || !ROOMS[room]!.pure || !isProduction(path)) continue;
    tokens.forEach((token, i) => {
      const text = (offset: number) => tokens[i + offset]?.text ?? '';
      if (token.kind !== 'word' || text(-1) === '.' || text(-1) === '?.') return;
      const isMember = (text(1) === ':' || (text(1) === '?' && text(2) === ':')) && /^([{,;(]|readonly)$/.test(text(-1));
      const clock =
        token.text === 'Date' &&
        ((text(1) === '.' && text(2) === 'now') ||
          (text(1) === '(' && text(2) === ')') ||
          (text(-1) === 'new' && text(1) !== '('));
      const chance = token.text === 'Math' && text(1) === '.' && text(2) === 'random';
      if (clock || chance || (IMPURE.has(token.text) && !isMember))
        breaches.push(`${path}:${token.line}: ${token.text}: ${room} is a pure room`);
    });
  }
  return breaches;
}

/** Sources that no program, face, test or benchmark leads to. `programs`: entry points, as paths of sources. */
export function unusedFiles(tree: Tree, programs: readonly string[]): string[] {
  const reached = new Set<string>();
  const visit = (path: string) => {
    const source = tree.get(path);
    if (source === undefined || reached.has(path)) return;
    reached.add(path);
    filesImported(source).forEach(visit);
  };
  programs.forEach(visit);
  for (const room of Object.keys(ROOMS)) visit(`src/${room}/index.ts`);
  for (const path of tree.keys()) if (isTest(path)) visit(path);
  return [...tree.keys()]
    .filter((path) => path.startsWith('src/') && path !== OUTSIDE_ROOMS && !reached.has(path))
    .map((path) => `${path}: nothing uses this file`);
}

/** Rows of LIMITS that no production file reads. */
export function unusedLimits(tree: Tree, rows: readonly string[]): string[] {
  const read = new Set<string>();
  for (const { path, tokens } of tree.values()) {
    if (!isProduction(path) || path === 'src/base/limits.ts' || !tokens.some((token) => token.text === 'LIMITS')) continue;
    for (const token of tokens) if (token.kind === 'word') read.add(token.text);
  }
  return rows.filter((row) => !read.has(row)).map((row) => `src/base/limits.ts: ${row}: nothing reads this limit`);
}

/**
 * Tests switched off. A test that needs what a machine or a store may lack says so by `{ skip: condition && 'reason' }` or by
 * `if (condition) return t.skip('reason')`.
 */
export function disabledTests(tree: Tree): string[] {
  const breaches: string[] = [];
  for (const { path, tokens } of tree.values()) {
    if (!isTest(path) && !isContract(path)) continue;
    tokens.forEach((token, i) => {
      if (!/^(skip|only|todo)$/.test(token.text) || token.kind !== 'word') return;
      const before = tokens[i - 1]?.text;
      const [colon, value] = [tokens[i + 1], tokens[i + 2]];
      const conditional =
        token.text === 'skip' && tokens[i - 3]?.text === 'return' && tokens[i - 4]?.text === ')' && value?.kind === 'string';
      const called = !conditional && before === '.' && /^(it|test|describe|suite|t|context)$/.test(tokens[i - 2]?.text ?? '');
      const option =
        /^[{,]$/.test(before ?? '') &&
        colon?.text === ':' &&
        (value?.kind === 'string' || value?.text === 'true' || token.text !== 'skip');
      if (called || option) breaches.push(`${path}:${token.line}: ${token.text}: a test is run or removed`);
    });
  }
  return breaches;
}

/** Where a text betrays the machine it was written on, or leaves work to somebody later. */
export function textBreaches(texts: Readonly<Record<string, string>>): string[] {
  const MACHINE_PATH = /(?<![\w.:/-])\/(?:work|root|home\/[a-z]+|Users\/[A-Za-z]+)\/[\w.-]+/;
  const LATER = /\b(?:TO[D]O|FIX[M]E|X[X]X)\b/;
  return Object.entries(texts)
    .filter(([path]) => path !== 'LICENSE' && path !== 'package-lock.json' && !path.startsWith('test/corpus/'))
    .flatMap(([path, text]) =>
      text.split('\n').flatMap((line, i) => {
        const found = MACHINE_PATH.exec(line) ?? (path.endsWith('.ts') || path.endsWith('.mjs') ? LATER.exec(line) : null);
        return found === null ? [] : [`${path}:${i + 1}: ${found[0]}`];
      }),
    );
}

/** What a document may point at. `files`: all paths of the repository. */
export type Named = { readonly files: readonly string[]; readonly tree: Tree };

/**
 * Names between backticks that do not exist: paths (from the root or from src/, `.ts` may be left out), faces (`#codec/mms`) and
 * exported names (`createMessaging`, `MessageStore.put`). Words that are none of these (commands, PDU names, routes) are not judged.
 */
export function documentBreaches(document: string, text: string, named: Named): string[] {
  const paths = new Set(named.files);
  for (const file of named.files)
    for (let folder = posix.dirname(file); folder !== '.'; folder = posix.dirname(folder)) paths.add(folder);
  const baseNames = new Set(named.files.map((file) => posix.basename(file)));
  const sources = [...named.tree.values()].filter(({ path }) => path.startsWith('src/'));
  const exported = new Set(sources.flatMap(({ tokens }) => exportsOf(tokens)));
  const words = new Set(sources.flatMap(({ tokens }) => tokens.filter(({ kind }) => kind === 'word').map((token) => token.text)));
  const exists = (path: string) =>
    ['', 'src/'].some((from) => ['', '.ts'].some((end) => paths.has(`${from}${path.replace(/\/$/, '')}${end}`)));

  const withoutBlocks = text.replace(/^```[\s\S]*?^```/gm, '');
  return [...withoutBlocks.matchAll(/`([^`\n]+)`/g)]
    .map((match) => match[1]!)
    .filter((name) => {
      if (/^#[\w/-]+$/.test(name)) return !paths.has(`src/${name.slice(1)}/index.ts`);
      if (/^[\w.-]+\/[\w./-]*$/.test(name)) return !exists(name);
      if (/^[\w.-]+\.(ts|mjs|json|toml|md)$/.test(name)) return !baseNames.has(name);
      const [, first, member] = /^([A-Za-z_$][\w$]*)(?:\.([\w$]+))?(?:\(\))?$/.exec(name) ?? [];
      // One lower-case word is a room, a command or a word of the language; a hump or capital makes it a name of ours.
      if (first === undefined || !/[a-z][A-Z]|^[A-Z]/.test(first)) return false;
      return !exported.has(first) || (member !== undefined && !words.has(member));
    })
    .map((name) => `${document}: \`${name}\` does not exist`);
}
