import { openMemoryObjects } from './memory.js';
import { objectStoreContract } from './object-store.contract.js';

objectStoreContract('memory', async (now) => openMemoryObjects(now));
