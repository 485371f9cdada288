/**
 * Writes docs/conformance/DOCUMENT.md from the titles of test/conformance/DOCUMENT/*.test.ts, as the tests report them when they run.
 *
 *   node scripts/conformance.mjs [--check]
 *
 * `--check` writes nothing and fails when a committed file is not what the tests say. A document may be introduced by
 * test/conformance/DOCUMENT/preface.md: its full name, and what of it is not supported. It may have test/conformance/DOCUMENT/subjects.ts,
 * which exports `tables` of what the document defines; the page then shows for each subject which tests name it, and a subject that no
 * title names is a failure.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { run } from 'node:test';
import { pathToFileURL } from 'node:url';
import { compiled, filesUnder, root } from './sources.mjs';

const check = process.argv.includes('--check');
// A test may start this script; the runner would otherwise take itself for a part of that test and report nothing.
delete process.env.NODE_TEST_CONTEXT;

const documents = new Map();
for (const file of filesUnder('test/conformance').filter((path) => path.endsWith('.test.ts'))) {
  const document = file.split('/')[2];
  documents.set(document, [...(documents.get(document) ?? []), file]);
}

const pages = new Map();
for (const [document, files] of documents) pages.set(`docs/conformance/${document}.md`, await page(document, files));
/** The heading of a document's page. */
const titleOf = (document) => pages.get(`docs/conformance/${document}.md`).split('\n', 1)[0].replace(/^# /, '');
const list = [...documents.keys()].map((document) => `- [${titleOf(document)}](${document}.md)\n`).join('');
pages.set(
  'docs/conformance/README.md',
  `# Conformance\n\nWhat the tests show, document by document and clause by clause. Written by \`npm run conformance\`, not by hand.\n\n${list || 'No document yet.\n'}`,
);

const stale = filesUnder('docs/conformance').filter((file) => !pages.has(file));
const changed = [...pages].filter(
  ([file, text]) => !existsSync(join(root, file)) || readFileSync(join(root, file), 'utf8') !== text,
);
if (check) {
  for (const file of [...stale, ...changed.map(([path]) => path)])
    console.error(`${file} is not what the tests say; run \`npm run conformance\``);
  process.exitCode = stale.length + changed.length > 0 ? 1 : process.exitCode;
} else {
  for (const file of stale) rmSync(join(root, file));
  mkdirSync(join(root, 'docs/conformance'), { recursive: true });
  for (const [file, text] of changed) writeFileSync(join(root, file), text);
}

/** A section for each test file, headed by its clause and name; a line for each test, indented under its suites. */
async function page(document, files) {
  const preface = join(root, 'test/conformance', document, 'preface.md');
  const head = existsSync(preface) ? readFileSync(preface, 'utf8').trimEnd() : `# ${document}`;
  const sections = [];
  for (const file of files) {
    const [, clause, name] = /^([A-Z]?[\d.]*\d)?-?(.*)\.test\.ts$/.exec(basename(file));
    const titles = await titlesOf(file);
    sections.push({ heading: [clause, name.replaceAll('-', ' ')].filter(Boolean).join(' '), file, titles });
  }
  const lists = sections.map(({ heading, file, titles }) => `## ${heading}\n\n\`${file}\`\n\n${titles.join('\n')}`);
  const all = [
    head,
    '<!-- Written by scripts/conformance.mjs from the titles of the tests. -->',
    ...(await tablesOf(document, sections)),
    ...lists,
  ];
  return `${all.join('\n\n')}\n`;
}

/** The document's subjects, each with the sections that test it. */
async function tablesOf(document, sections) {
  const source = `test/conformance/${document}/subjects.ts`;
  if (!existsSync(join(root, source))) return [];
  const { tables } = await import(pathToFileURL(join(root, compiled(source))));
  return tables.map(({ heading, columns, subjects }) => {
    const rows = subjects.map(({ cells, words }) => row([...cells, testsOf(document, words, sections)]));
    return [`## ${heading}\n`, row([...columns, 'tests']), row([...columns, ''].map(() => '---')), ...rows].join('\n');
  });
}

function row(cells) {
  return `| ${cells.join(' | ')} |`;
}

/** `[7.3 header fields](#73-header-fields) 4`: how many titles of each section hold the words, with a link in GitHub's form. */
function testsOf(document, words, sections) {
  const literal = words.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const whole = new RegExp(`(?<![\\w-])${literal}(?![\\w-])`);
  const found = sections
    .map(({ heading, titles }) => ({ heading, count: titles.filter((title) => whole.test(title)).length }))
    .filter(({ count }) => count > 0);
  if (found.length === 0) {
    console.error(`test/conformance/${document}: no title names ${words}`);
    process.exitCode = 1;
  }
  const anchor = (heading) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-');
  return found.map(({ heading, count }) => `[${heading}](#${anchor(heading)}) ${count}`).join(', ');
}

function titlesOf(file) {
  const titles = [];
  return new Promise((resolve, reject) => {
    const output = join(root, compiled(file));
    const stream = run({ files: [output] });
    stream.on('test:start', ({ nesting, name }) => {
      if (name !== output) titles.push(`${'  '.repeat(nesting)}- ${name.replace(/\s+/g, ' ')}`);
    });
    stream.on('test:fail', ({ name }) => {
      console.error(`${file}: ${name}: failed`);
      process.exitCode = 1;
    });
    stream.once('error', reject);
    stream.once('end', () => resolve(titles));
    stream.resume();
  });
}
