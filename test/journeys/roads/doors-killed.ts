/** kill -9 again and again, at moments that nobody chose. */
import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Hands } from './doors.js';

/** A carrier lives this long between two kills. Unit: milliseconds. */
const LIFE_MS = [300, 1_200] as const;

export const killOften =
  (kills: number) =>
  async (hands: Hands): Promise<void> => {
    for (let kill = 0; kill < kills; kill++) {
      await sleep(randomInt(LIFE_MS[0], LIFE_MS[1]));
      await hands.end('SIGKILL');
      await hands.start();
    }
    await sleep(LIFE_MS[1]);
  };
