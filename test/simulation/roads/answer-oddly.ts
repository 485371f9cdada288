import { SECOND } from '../world/settings.js';
import { type ReceiveRoad, TRIES } from './road.js';

/** Says what no client has reason to say of a message that waits for it. */
export const answerOddly: ReceiveRoad = {
  name: 'answers oddly',
  weight: 2,
  run: async (phone, notification) => {
    const status = phone.random.pick(['unrecognised', 'expired', 'indeterminate', 'forwarded', 'unreachable'] as const);
    await phone.persist(TRIES, () => phone.respond(notification.transactionId, status));
    if (phone.random.chance(0.5)) return;
    await phone.sleep(phone.random.unit() * 30 * SECOND);
    if ((await phone.persist(TRIES, () => phone.fetch(notification))) === 'done')
      await phone.persist(TRIES, () => phone.respond(notification.transactionId, 'retrieved'));
  },
};
