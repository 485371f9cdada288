import type { ReceiveRoad } from './road.js';

/** Never answers: the message is told of again, and expires. */
export const sayNothing: ReceiveRoad = { name: 'says nothing', weight: 2, run: async () => undefined };
