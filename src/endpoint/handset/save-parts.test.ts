import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { makeContent } from '#codec/mms';
import type { Part } from '#codec/wsp';
import { saveParts } from './save-parts.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'angarium-parts-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const part = (overrides: Partial<Part>, media = 'image/jpeg', parameters: Record<string, string> = {}): Part => ({
  contentType: { media, parameters },
  headers: [],
  data: Uint8Array.of(1, 2, 3),
  ...overrides,
});

const MIXED = { media: 'application/vnd.wap.multipart.mixed', parameters: {} };

async function savedNames(parts: Part[]): Promise<string[]> {
  const saved = await saveParts({ content: makeContent(parts, MIXED) }, join(folder, 'in'));
  assert.ok(saved.ok);
  return saved.value.map((it) => basename(it.path));
}

describe('parts saved to a folder', () => {
  it('are the octets that came, with their type', async () => {
    const saved = await saveParts({ content: makeContent([part({ contentLocation: 'a.jpg' })], MIXED) }, folder);
    assert.ok(saved.ok);
    assert.deepEqual(saved.value, [
      { path: join(folder, 'a.jpg'), contentType: { media: 'image/jpeg', parameters: {} }, octets: 3 },
    ]);
    assert.deepEqual([...(await readFile(join(folder, 'a.jpg')))], [1, 2, 3]);
  });

  it('are named by location, else name, else file name, else id, else position', async () => {
    const names = await savedNames([
      part({ contentLocation: 'a.jpg', contentId: '<x>' }, 'image/jpeg', { name: 'b.jpg' }),
      part({ contentId: '<x>' }, 'image/jpeg', { name: 'c.jpg' }),
      part({}, 'image/jpeg', { filename: 'd.jpg' }),
      part({ contentId: '<e.jpg>' }),
      part({}),
      part({}, 'application/x-own'),
    ]);
    assert.deepEqual(names, ['a.jpg', 'c.jpg', 'd.jpg', 'e.jpg', 'part-5.jpg', 'part-6.bin']);
  });

  it('stay in the folder whatever they call themselves', async () => {
    const names = await savedNames(
      [
        '../../etc/passwd',
        '..\\..\\x.jpg',
        '/abs.jpg',
        '..',
        '.',
        '.hidden',
        'a\0b.jpg',
        'CON',
        'x/',
        'a\u202egpj.exe',
        'n'.repeat(500),
      ].map((contentLocation) => part({}, 'image/jpeg', { name: contentLocation.replace(/\0/g, '\u0001') })),
    );
    assert.deepEqual(names.slice(0, 10), [
      'passwd.jpg',
      'x.jpg',
      'abs.jpg',
      'part-4.jpg',
      'part-5.jpg',
      'hidden.jpg',
      'a_b.jpg',
      '_CON.jpg',
      'part-9.jpg',
      'a_gpj.exe',
    ]);
    assert.ok(Buffer.byteLength(names[10]!) <= 255);
    assert.deepEqual(await readdir(folder), ['in']);
  });

  it('keep letters of any script', async () => {
    assert.deepEqual(await savedNames([part({}, 'image/jpeg', { name: 'Grüße 写真.jpg' })]), ['Grüße 写真.jpg']);
  });

  it('never replace a file or follow a link', async () => {
    await writeFile(join(folder, 'a.jpg'), 'mine');
    await symlink(join(folder, 'elsewhere'), join(folder, 'a-2.jpg'));
    const saved = await saveParts(
      { content: makeContent([part({ contentLocation: 'a.jpg' }), part({ contentLocation: 'a.jpg' })], MIXED) },
      folder,
    );
    assert.ok(saved.ok);
    assert.deepEqual(
      saved.value.map((it) => basename(it.path)),
      ['a-3.jpg', 'a-4.jpg'],
    );
    assert.equal(await readFile(join(folder, 'a.jpg'), 'utf8'), 'mine');
  });

  it('are one file when the content is no multipart', async () => {
    const octets = Uint8Array.of(0x83, 0x68, 0x69);
    const saved = await saveParts(
      { content: { type: { media: 'text/plain', parameters: {} }, octets, body: octets.subarray(1) } },
      folder,
    );
    assert.ok(saved.ok);
    assert.equal(await readFile(saved.value[0]!.path, 'utf8'), 'hi');
  });

  it('are none when the answer has no content', async () => {
    assert.deepEqual(await saveParts({}, folder), { ok: true, value: [] });
  });

  it('are not written at all when the content cannot be taken apart', async () => {
    const octets = Uint8Array.of(0xa3, 0x05, 0x01);
    const saved = await saveParts({ content: { type: MIXED, octets, body: octets.subarray(1) } }, join(folder, 'in'));
    assert.ok(!saved.ok);
    assert.deepEqual(await readdir(folder), []);
  });
});
