/** Opens embedded stores for the contracts' suites, each in a folder of its own. Not part of the program. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import Database from 'libsql';
import { silentLog, silentMeter } from '#base';
import type { OpenedMessageStore } from '../../messaging/message-store.contract.js';
import { type EmbeddedStore, openEmbeddedStore } from './open.js';
import type { EmbeddedSettings } from './settings.js';

export const newFolder = (): string => fs.mkdtempSync(path.join(os.tmpdir(), 'angarium-store-'));

/** Changes an octet of the stored content of `id`, in the row or in the segment, with the store none the wiser. */
function damage(folder: string, id: string): void {
  const name = fs.readFileSync(path.join(folder, 'CURRENT'), 'utf8').trim();
  const sql = new Database(path.join(folder, name));
  const row = sql.prepare('SELECT segment, position FROM frame WHERE id=?').get([id]) as
    | { segment: number; position: number }
    | undefined;
  if (row) {
    const file = path.join(folder, 'segments', `${String(row.segment).padStart(10, '0')}.seg`);
    const fd = fs.openSync(file, 'r+');
    fs.writeSync(fd, Buffer.from('X'), 0, 1, row.position + 5_000);
    fs.closeSync(fd);
  } else {
    sql.prepare("UPDATE inline_content SET octets = CAST('X' || substr(octets, 2) AS BLOB) WHERE id=?").run([id]);
  }
  sql.close();
}

export const opener =
  (settings: Partial<EmbeddedSettings>) =>
  async (monotonic: () => number): Promise<OpenedMessageStore> => {
    const folder = newFolder();
    const open = (): Promise<EmbeddedStore> =>
      openEmbeddedStore({ folder, log: silentLog, meter: silentMeter, monotonic, settings });
    let store = await open();
    return {
      store: store.messages,
      reopen: async () => {
        await store.close();
        store = await open();
        return store.messages;
      },
      ...(settings.cacheOctetsMax === 0 ? { damage: async (id) => damage(folder, id) } : {}),
      close: async () => {
        await store.close();
        fs.rmSync(folder, { recursive: true });
      },
    };
  };
