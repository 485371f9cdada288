import { type SendRoad, TRIES } from './road.js';

/** Comes by a way on which the network does not say who it is: nothing is taken from it. Then by the right one. */
export const sendUnnamed: SendRoad = {
  name: 'sends unnamed',
  weight: 1,
  run: async (phone, sent) => {
    await phone.submit(sent, { unnamed: true });
    await phone.persist(TRIES, () => phone.submit(sent));
  },
};
