import { SECOND } from '../world/settings.js';
import { readLater } from './read-later.js';
import { allowance, type ReceiveRoad, TRIES } from './road.js';

/** Immediate retrieval: fetches, then answers the notification. MMS_CTR 8.2. */
export const retrieveAtOnce: ReceiveRoad = {
  name: 'retrieves at once',
  weight: 10,
  run: async (phone, notification) => {
    const key = notification.transactionId;
    if ((await phone.persist(TRIES, () => phone.fetch(notification))) !== 'done') return;
    await phone.sleep(phone.random.unit() * 2 * SECOND);
    const reportAllowed = allowance(phone);
    await phone.persist(TRIES, () => phone.respond(key, 'retrieved', reportAllowed));
    await readLater(phone, key);
  },
};
