/**
 * The library as its users get it: the tarball, unpacked into the node_modules of a project of their own that holds nothing else. What
 * runs and compiles there needs no dependency and no types of Node.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const CORPUS = join(ROOT, 'test/corpus/mms-pdus');
const NOTIFICATION = join(CORPUS, 'jolla-m-notification-3-ind.mms');
const SUBMISSION = join(CORPUS, 'gen-aosp-send-req-2.mms');

const USER = `
import { decodeParts, decodePdu, encodePdu, type DeliveryInd, type MmsPdu, toText } from 'angarium/codec/mms';
import { decodePush, type ContentType, type Part, type Result, type WspDecodeError } from 'angarium/codec/wsp';

export const report: DeliveryInd = {
  kind: 'm-delivery-ind', version: '1.2', messageId: 'm1', to: ['+46700000002/TYPE=PLMN'], date: 1_234_567_890_000, status: 'retrieved',
};
export const octets: Uint8Array = encodePdu(report);
export function show(pdu: MmsPdu): string {
  switch (pdu.kind) {
    case 'm-retrieve-conf': {
      const parts = pdu.content === undefined ? undefined : decodeParts(pdu.content);
      const found: readonly Part[] = parts?.ok ? parts.value : [];
      return found.map((part): ContentType['media'] => part.contentType.media).join();
    }
    case 'm-send-req':
      return pdu.to.join();
    default:
      return toText(pdu, { masked: true });
  }
}
const pushed: Result<unknown, WspDecodeError> = decodePush(octets);
const pdu = decodePdu(octets);
export const text: string = pdu.ok ? show(pdu.value) : pushed.ok ? pdu.error.kind : pdu.error.text;
`;

/** What the compiler must refuse: it shows that the types are seen, and are not \`any\`. */
const WRONG = `
import { decodePdu } from 'angarium/codec/mms';
export const status: string = decodePdu(new Uint8Array()).value.status;
`;

const RESOLUTIONS = {
  nodenext: { module: 'nodenext', moduleResolution: 'nodenext' },
  bundler: { module: 'esnext', moduleResolution: 'bundler' },
};

describe('the library in a project of its user', () => {
  let project = '';
  const write = (name: string, text: string) => {
    mkdirSync(dirname(join(project, name)), { recursive: true });
    writeFileSync(join(project, name), text);
  };
  const run = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: project });
    return { status, stdout: stdout.toString(), stderr: stderr.toString() };
  };
  const evaluate = (code: string) => run('--input-type=module', '--eval', code);

  before(() => {
    project = mkdtempSync(join(tmpdir(), 'angarium-user-'));
    write('package.json', '{ "type": "module" }');
    const output = execFileSync('npm', ['pack', '--json', '--loglevel=error', `--pack-destination=${project}`], { cwd: ROOT });
    const [{ filename }] = JSON.parse(output.toString()) as [{ filename: string }];
    mkdirSync(join(project, 'node_modules/angarium'), { recursive: true });
    execFileSync('tar', ['-xzf', filename, '-C', 'node_modules/angarium', '--strip-components=1'], { cwd: project });
  });
  after(() => rmSync(project, { recursive: true, force: true }));

  it('decodes a PDU with no other package installed', () => {
    write(
      'user.js',
      `import { readFileSync } from 'node:fs';
       import { decodePdu, toText } from 'angarium/codec/mms';
       const pdu = decodePdu(readFileSync(process.argv[2]));
       console.log(pdu.ok ? toText(pdu.value) : pdu.error.text);`,
    );
    const { status, stdout, stderr } = run('user.js', NOTIFICATION);
    assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
    assert.match(stdout, /^m-notification-ind .*\n {2}X-Mms-Transaction-Id: Ad0b9pXNC_Be1I_VQ\n/);
  });

  it('is all that the examples need', () => {
    cpSync(join(ROOT, 'examples/codec'), join(project, 'examples'), { recursive: true });
    const examples = readdirSync(join(project, 'examples')).filter((name) => name.endsWith('.mjs'));
    assert.equal(examples.length, 5);
    for (const example of examples) {
      const { status, stderr } = run(join('examples', example), ...(example === 'notify.mjs' ? [] : [SUBMISSION]));
      assert.deepEqual({ status, stderr }, { status: 0, stderr: '' }, example);
    }
  });

  it('is had by require() as well, where Node has it for modules (20.19, 22.12 and later)', () => {
    write(
      'user.cjs',
      `const { decodePdu } = require('angarium/codec/mms');
       import('angarium/codec/mms').then((module) => console.log(module.decodePdu === decodePdu));`,
    );
    const { status, stdout } = run('user.cjs');
    assert.deepEqual({ status, stdout }, { status: 0, stdout: 'true\n' });
  });

  it('is entered by its named doors only', () => {
    for (const name of ['angarium', 'angarium/base', 'angarium/dist/codec/mms/index.js', 'angarium/codec/mms/decode.js']) {
      const { status, stderr } = evaluate(`await import('${name}')`);
      assert.equal(status, 1, name);
      assert.match(stderr, /ERR_PACKAGE_PATH_NOT_EXPORTED/, name);
    }
    assert.equal(evaluate(`await import('angarium/codec/mms'); await import('angarium/codec/wsp')`).status, 0);
  });

  for (const [compiler, name] of [
    ['typescript7', 'the compiler we build with'],
    ['typescript', 'the one before it'],
  ] as const)
    for (const [resolution, options] of Object.entries(RESOLUTIONS))
      it(`has types for ${name}, strict, resolved as ${resolution}, with the language's own library alone`, () => {
        const compilerOptions = { ...options, strict: true, exactOptionalPropertyTypes: true, noEmit: true };
        const project = { ...compilerOptions, target: 'es2023', lib: ['es2023'], types: [], skipLibCheck: false };
        write('tsconfig.json', JSON.stringify({ compilerOptions: project, files: ['user.ts', 'wrong.ts'] }));
        write('user.ts', USER);
        write('wrong.ts', WRONG);
        const { stdout, stderr } = run(join(ROOT, 'node_modules', compiler, 'bin/tsc'), '-p', '.', '--pretty', 'false');
        assert.equal(stderr, '');
        assert.match(stdout, /^wrong\.ts\(3,\d+\): error TS2339: Property 'value' does not exist on type '[^\n]+\n( [^\n]+\n)*$/);
      });

  it('brings the program, which runs with its dependencies installed', () => {
    const manifest = JSON.parse(readFileSync(join(project, 'node_modules/angarium/package.json'), 'utf8')) as {
      bin: { angarium: string };
      dependencies: Record<string, string>;
    };
    for (const dependency of Object.keys(manifest.dependencies))
      symlinkSync(join(ROOT, 'node_modules', dependency), join(project, 'node_modules', dependency), 'dir');
    const { status, stdout, stderr } = run(join('node_modules/angarium', manifest.bin.angarium), 'decode', 'mms', NOTIFICATION);
    assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
    assert.match(stdout, /^m-notification-ind /);
  });
});
