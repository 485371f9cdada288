import { handsetStoreContract } from '../../messaging/handset-store.contract.js';
import { messageStoreContract } from '../../messaging/message-store.contract.js';
import { openMemoryStore } from './memory-store.js';

messageStoreContract('memory', async (monotonic) => ({ store: openMemoryStore({ monotonic }).messages }));
handsetStoreContract('memory', async () => ({ store: openMemoryStore().handsets }));
