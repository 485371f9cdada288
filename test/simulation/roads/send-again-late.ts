import { MINUTE } from '../world/settings.js';
import { type SendRoad, TRIES } from './road.js';

/** Sends the same octets again when the window is over: it is a new message. */
export const sendAgainLate: SendRoad = {
  name: 'sends again late',
  weight: 1,
  run: async (phone, sent) => {
    await phone.persist(TRIES, () => phone.submit(sent));
    await phone.sleep(4 * MINUTE);
    await phone.persist(TRIES, () => phone.submit(sent));
  },
};
