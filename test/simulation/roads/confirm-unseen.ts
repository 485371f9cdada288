import { type ReceiveRoad, TRIES } from './road.js';

/** Confirms without having fetched: the server believes it. */
export const confirmUnseen: ReceiveRoad = {
  name: 'confirms without fetching',
  weight: 1,
  run: async (phone, notification) => {
    await phone.persist(TRIES, () => phone.respond(notification.transactionId, 'retrieved'));
  },
};
