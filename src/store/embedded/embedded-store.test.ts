/** The contracts of the ports on the embedded store, opened again after each test's work. */
import fs from 'node:fs';
import { silentLog, silentMeter } from '#base';
import { handsetStoreContract } from '../../messaging/handset-store.contract.js';
import { messageStoreContract } from '../../messaging/message-store.contract.js';
import { openEmbeddedStore } from './open.js';
import { newFolder, opener } from './opener.contract.js';

messageStoreContract('embedded', opener({}));
handsetStoreContract('embedded', async () => {
  const folder = newFolder();
  const store = await openEmbeddedStore({
    folder,
    log: silentLog,
    meter: silentMeter,
    settings: { cacheHandsetsMax: 0, handsetDelayMs: 1 },
  });
  return {
    store: store.handsets,
    close: async () => {
      await store.close();
      fs.rmSync(folder, { recursive: true });
    },
  };
});
