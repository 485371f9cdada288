import { type SendRoad, TRIES } from './road.js';

/** Repeats the same octets until something definite is heard, as handsets do. */
export const sendUntilAnswered: SendRoad = {
  name: 'sends until answered',
  weight: 10,
  run: async (phone, sent) => {
    await phone.persist(TRIES, () => phone.submit(sent));
  },
};
