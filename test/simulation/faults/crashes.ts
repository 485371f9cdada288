/** The process is killed, or the machine loses its power, between any two steps. */
import { SECOND } from '../world/settings.js';
import { AN_INSTANT, atOnce, type Fault } from './fault.js';

/** Where a crash is worth most; empty: anywhere. */
const PLACES = [
  '',
  '',
  'group of the writer',
  'after group of the writer',
  'before flush',
  'after flush',
  'half of a write',
  'unlink',
  'create',
  'open of the writer',
  'queries of the reader',
];

const crash = (name: string, weight: number, power: boolean): Fault => ({
  name,
  weight,
  lastsMs: AN_INSTANT,
  begin: ({ machine }, random) => {
    const where = random.pick(PLACES);
    machine.plan({ where, power, places: random.below(where === '' ? 30 : 6) });
    return atOnce;
  },
});

export const CRASHES: readonly Fault[] = [
  crash('the process is killed', 8, false),
  crash('the power fails', 8, true),
  {
    name: 'the power fails again while starting',
    weight: 2,
    lastsMs: AN_INSTANT,
    begin: ({ machine }, random) => {
      machine.crash(true);
      machine.plan({ where: '', power: random.chance(0.5), places: random.below(12) });
      return atOnce;
    },
  },
  {
    name: 'the program is restarted',
    weight: 4,
    lastsMs: [0, SECOND],
    begin: ({ machine }) => {
      void machine.restart();
      return atOnce;
    },
  },
];
