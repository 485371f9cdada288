import { SECOND } from '../world/settings.js';
import { type SendRoad, TRIES } from './road.js';

/** Loses the connection while it sends; tries again, or not. */
export const abortUpload: SendRoad = {
  name: 'aborts an upload',
  weight: 2,
  run: async (phone, sent) => {
    await phone.submit(sent, { endsAt: phone.random.unit() });
    if (phone.random.chance(0.3)) return;
    await phone.sleep(phone.random.unit() * 20 * SECOND);
    await phone.persist(TRIES, () => phone.submit(sent));
  },
};
