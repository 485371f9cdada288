import { allowance, type ReceiveRoad, TRIES } from './road.js';

/** Does not want it; may say so twice, or change its mind, when it is too late. */
export const reject: ReceiveRoad = {
  name: 'rejects',
  weight: 3,
  run: async (phone, notification) => {
    const key = notification.transactionId;
    const reportAllowed = allowance(phone);
    await phone.persist(TRIES, () => phone.respond(key, 'rejected', reportAllowed));
    if (phone.random.chance(0.3)) await phone.respond(key, 'rejected', reportAllowed);
    if (phone.random.chance(0.2)) await phone.fetch(notification);
    if (phone.random.chance(0.2)) await phone.respond(key, 'retrieved', reportAllowed);
  },
};
