/** The contract of the event log in memory. */
import { eventLogContract } from '../../messaging/event-log.contract.js';
import { logEvents } from './event-log.js';
import { openMemoryStore } from './memory-store.js';

eventLogContract('memory', async () => ({ ...logEvents(openMemoryStore().messages), close: async () => {} }));
