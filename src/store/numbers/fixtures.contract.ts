/** What the tests of this room share: folders that go away, and changes that say little. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { NumberChange } from '#portability';
import { rn } from '../../portability/numbers.contract.js';
import { type NumberStoreOptions, openNumberStore } from './open.js';
import type { NumberStore } from './store.js';

const folders: string[] = [];
export const newFolder = (): string => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'angarium-numbers-'));
  folders.push(folder);
  return folder;
};
export const removeFolders = (): void => {
  for (const folder of folders.splice(0)) fs.rmSync(folder, { recursive: true, force: true });
};

export async function opened(folder: string, options: Omit<NumberStoreOptions, 'folder'> = {}): Promise<NumberStore> {
  const store = await openNumberStore({ folder, ...options });
  assert.ok(store.ok, JSON.stringify(store));
  if (store.value.state === 'missing') await store.value.startEmpty();
  return store.value;
}

export const set = (number: number, routingNumber = 'D001'): NumberChange & { readonly kind: 'set-number' } => ({
  kind: 'set-number',
  number,
  record: rn(1, routingNumber),
});
export const apply = async (store: NumberStore, ...changes: NumberChange[]): Promise<void> => {
  const done = await store.apply(changes);
  assert.ok(done.ok, JSON.stringify(done));
};
export const put = (file: string, text: string): string => {
  fs.writeFileSync(file, text);
  return file;
};
export const settingsOf = (file: string) => ({ file, source: path.basename(file), screenedTypes: [0, 1, 2, 36] });

/** The one file of the current load whose name begins so. */
export function partOf(folder: string, name: string): string {
  const load = path.join(folder, 'loads', fs.readFileSync(path.join(folder, 'CURRENT'), 'utf8').trim());
  const files = fs.readdirSync(load).filter((file) => file.startsWith(name));
  assert.equal(files.length, 1, files.join());
  return path.join(load, files[0]!);
}
