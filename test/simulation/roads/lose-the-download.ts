import { SECOND } from '../world/settings.js';
import { type ReceiveRoad, TRIES } from './road.js';

/** Loses the connection half-way through the content, and fetches again. */
export const loseTheDownload: ReceiveRoad = {
  name: 'loses the download',
  weight: 3,
  run: async (phone, notification) => {
    await phone.fetch(notification, phone.random.unit());
    await phone.sleep(phone.random.unit() * 20 * SECOND);
    if ((await phone.persist(TRIES, () => phone.fetch(notification))) !== 'done') return;
    await phone.persist(TRIES, () => phone.respond(notification.transactionId, 'retrieved'));
  },
};
