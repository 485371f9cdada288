/** The contract of the event log on the embedded store, and what is its own: switched off, rebuilt from an older copy, written by the change itself. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { silentLog, silentMeter } from '#base';
import type { Message } from '#messaging';
import { eventLogContract, type OpenedLog } from '../../messaging/event-log.contract.js';
import { aMessage } from '../../messaging/fixtures.contract.js';
import { type EmbeddedStore, openEmbeddedStore } from './open.js';

const open = (folder: string, logEvents = true): Promise<EmbeddedStore> =>
  openEmbeddedStore({ folder, log: silentLog, meter: silentMeter, logEvents });

const opened = (folder: string, store: EmbeddedStore): OpenedLog => ({
  messages: store.messages,
  events: store.events!,
  reopen: async () => {
    await store.close();
    return opened(folder, await open(folder));
  },
  close: async () => {
    await store.close();
    fs.rmSync(folder, { recursive: true });
  },
});

const newFolder = (): string => fs.mkdtempSync(path.join(os.tmpdir(), 'angarium-log-'));

eventLogContract('embedded', async () => {
  const folder = newFolder();
  return opened(folder, await open(folder));
});

describe('the event log of the embedded store', () => {
  let folder: string;
  beforeEach(() => {
    folder = newFolder();
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  async function accept(store: EmbeddedStore): Promise<Message> {
    const message = aMessage();
    const { id: messageId, sender, size } = message;
    const event = { kind: 'message-accepted', messageId, sender, size, recipients: 1, at: 1000 } as const;
    await store.messages.accept(message, [new Uint8Array(5)], [], [], [event]);
    return message;
  }

  it('is not kept unless it is asked for, and switching it off frees what it held', async () => {
    let store = await open(folder);
    const message = await accept(store);
    await store.close();
    store = await open(folder, false);
    assert.equal(store.events, undefined);
    await accept(store);
    assert.equal(await store.messages.prune(Number.MAX_SAFE_INTEGER, 10), 2);
    assert.equal(await store.messages.message(message.id), undefined);
    await store.close();
    store = await open(folder);
    await accept(store);
    assert.equal((await store.events!.changesAfter(0, 10)).length, 1);
    await store.close();
  });

  it('gives no place again after its folder was restored from an older copy', async () => {
    let store = await open(folder);
    await accept(store);
    await store.close();
    const copy = newFolder();
    fs.cpSync(folder, copy, { recursive: true });
    store = await open(folder);
    await accept(store);
    const newest = (await store.events!.changesAfter(0, 10)).at(-1)!.place;
    await store.close();
    const restored = await open(copy);
    await accept(restored);
    assert.ok((await restored.events!.changesAfter(0, 10)).at(-1)!.place > newest);
    await restored.close();
    fs.rmSync(copy, { recursive: true });
  });
});
