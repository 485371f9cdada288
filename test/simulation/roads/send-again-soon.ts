import { SECOND } from '../world/settings.js';
import { type SendRoad, TRIES } from './road.js';

/** Sends what was answered already once more, at once or a little later: it must stay one message. */
export const sendAgainSoon: SendRoad = {
  name: 'sends again soon',
  weight: 4,
  run: async (phone, sent) => {
    const together = phone.random.chance(0.4);
    const first = phone.persist(TRIES, () => phone.submit(sent));
    if (!together) await first;
    await phone.sleep(phone.random.unit() * (together ? SECOND : 90 * SECOND));
    await phone.persist(TRIES, () => phone.submit(sent));
    await first;
  },
};
