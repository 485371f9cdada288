import type { ReceiveRoad } from './road.js';

/** Fetches, perhaps twice, and never confirms: whether it has the message nobody can know. */
export const fetchAndFallSilent: ReceiveRoad = {
  name: 'fetches and falls silent',
  weight: 2,
  run: async (phone, notification) => {
    await phone.fetch(notification);
    if (phone.random.chance(0.3)) await phone.fetch(notification);
  },
};
