import { MINUTE } from '../world/settings.js';
import { readLater } from './read-later.js';
import { allowance, type ReceiveRoad, TRIES } from './road.js';

/** Deferred retrieval: says so, fetches later, and acknowledges. MMS_CTR 8.2. */
export const retrieveDeferred: ReceiveRoad = {
  name: 'retrieves later',
  weight: 6,
  run: async (phone, notification) => {
    const key = notification.transactionId;
    const reportAllowed = allowance(phone);
    await phone.persist(TRIES, () => phone.respond(key, 'deferred', reportAllowed));
    await phone.sleep(phone.random.unit() * 4 * MINUTE);
    if ((await phone.persist(TRIES, () => phone.fetch(notification))) !== 'done') return;
    if (phone.random.chance(0.9)) await phone.persist(TRIES, () => phone.acknowledge(key, reportAllowed));
    await readLater(phone, key);
  },
};
