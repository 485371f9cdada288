import { toKey } from '#messaging';
import { type ReceiveRoad, TRIES } from './road.js';

/** Answers with transaction ids that are nobody's, no ids at all, or those of others; then rightly. */
export const useWrongKeys: ReceiveRoad = {
  name: 'uses wrong transaction ids',
  weight: 2,
  run: async (phone, notification) => {
    const foreign = phone.ledger.someForeignKey(phone);
    for (const key of [toKey(phone.ledger.wall(), phone.random.octets(11)), 'T1', foreign ?? '-']) {
      if (phone.random.chance(0.5)) await phone.respond(key, phone.random.pick(['retrieved', 'rejected', 'deferred']));
      else await phone.acknowledge(key);
    }
    if (foreign !== undefined)
      await phone.fetch({
        ...notification,
        transactionId: foreign,
        contentLocation: notification.contentLocation.replace(notification.transactionId, foreign),
      });
    if ((await phone.persist(TRIES, () => phone.fetch(notification))) !== 'done') return;
    await phone.persist(TRIES, () => phone.respond(notification.transactionId, 'retrieved'));
  },
};
