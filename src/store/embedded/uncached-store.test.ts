/** The contract of the message store on the embedded store with memory too small to help: every answer comes from the rows. */
import { messageStoreContract } from '../../messaging/message-store.contract.js';
import { opener } from './opener.contract.js';

messageStoreContract(
  'embedded, nothing in memory',
  opener({
    cacheOctetsMax: 0,
    cacheMessagesMax: 0,
    dueWindowMax: 1,
    duePageRows: 2,
    roadWindowMax: 1,
    roadPageRows: 2,
    namesAtStartMax: 0,
  }),
);
