/** Disk and database fail, fill up, or take their time. */
import type { Hazards } from '../machine/hazards.js';
import { MINUTE, SECOND } from '../world/settings.js';
import { AN_INSTANT, atOnce, type Fault } from './fault.js';

const A_WHILE: readonly [number, number] = [SECOND, 45 * SECOND];

/** A switch that has another value for a while. */
const whileSet = <K extends keyof Hazards>(
  name: string,
  weight: number,
  key: K,
  values: readonly Hazards[K][],
  lastsMs = A_WHILE,
): Fault => ({
  name,
  weight,
  lastsMs,
  begin: ({ hazards }, random) => {
    const before = hazards[key];
    hazards[key] = random.pick(values);
    return () => {
      hazards[key] = before;
    };
  },
});

export const STORAGE: readonly Fault[] = [
  whileSet('writes of segments fail', 3, 'write', ['EIO', 'ENOSPC']),
  whileSet('flushes of segments fail', 3, 'flush', ['EIO', 'ENOSPC']),
  whileSet('segments cannot be made', 2, 'create', ['EIO', 'EROFS', 'ENOSPC', 'EMFILE']),
  whileSet('segments cannot be deleted', 2, 'unlink', ['EIO', 'EROFS']),
  whileSet('segments cannot be read', 2, 'read', ['EIO']),
  whileSet('the disk is slow', 3, 'slowMs', [100, 2_000]),
  whileSet('commits stall', 2, 'stallMs', [5 * SECOND, 30 * SECOND], [SECOND, 20 * SECOND]),
  whileSet('commits find the disk full', 3, 'commit', ['full']),
  whileSet('flushes of commits fail', 3, 'commit', ['flush-failed', 'flush-failed-but-written'], [SECOND, 20 * SECOND]),
  whileSet('checkpoints fail', 2, 'checkpoint', ['full', 'flush-failed']),
  whileSet('the database cannot be copied', 2, 'rebuildFails', [true]),
  {
    name: 'one flush of a segment fails',
    weight: 3,
    lastsMs: A_WHILE,
    begin: ({ hazards, machine }, random) => {
      hazards.oneFlushFails = true;
      // On a slow disk others wait for the same flush; what it has dropped shows when the power goes.
      if (random.chance(0.6)) hazards.slowMs = 3 * SECOND;
      if (random.chance(0.6)) machine.plan({ where: 'after group of the writer', power: true, places: random.below(5) });
      return () => {
        hazards.slowMs = 0;
      };
    },
  },
  {
    name: 'the disk fills up',
    weight: 4,
    lastsMs: [5 * SECOND, 2 * MINUTE],
    begin: ({ hazards, diskOctets }, random) => {
      hazards.taken = Math.floor(diskOctets * random.pick([0.9, 0.97, 1]));
      // What is full for segments is full for the database.
      if (random.chance(0.5)) hazards.commit = 'full';
      return () => {
        hazards.taken = 0;
        hazards.commit = 'works';
      };
    },
  },
  {
    name: 'a thread dies',
    weight: 4,
    lastsMs: AN_INSTANT,
    begin: ({ hazards }, random) => {
      hazards.threadDies = { role: random.pick(['writer', 'writer', 'reader', 'checkpointer']), afterwards: random.chance(0.5) };
      return atOnce;
    },
  },
  {
    name: 'a transaction cannot begin',
    weight: 2,
    lastsMs: AN_INSTANT,
    begin: ({ hazards }) => {
      hazards.beginFails = true;
      return atOnce;
    },
  },
];
