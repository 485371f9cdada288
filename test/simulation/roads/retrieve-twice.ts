import { SECOND } from '../world/settings.js';
import { type ReceiveRoad, TRIES } from './road.js';

/** Fetches and confirms, and does both again. */
export const retrieveTwice: ReceiveRoad = {
  name: 'retrieves twice',
  weight: 2,
  run: async (phone, notification) => {
    for (let i = 0; i < 2; i++) {
      await phone.persist(TRIES, () => phone.fetch(notification));
      await phone.persist(TRIES, () => phone.respond(notification.transactionId, 'retrieved'));
      await phone.sleep(phone.random.unit() * 30 * SECOND);
    }
  },
};
