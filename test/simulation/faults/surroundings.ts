/** The network loses and doubles, handsets go away, and the clock is set. */
import { MINUTE, SECOND } from '../world/settings.js';
import { AN_INSTANT, atOnce, type Fault } from './fault.js';

export const SURROUNDINGS: readonly Fault[] = [
  {
    name: 'the radio is bad',
    weight: 6,
    lastsMs: [10 * SECOND, 2 * MINUTE],
    begin: ({ hazards }, random) => {
      hazards.requestsLost = random.unit() * 0.4;
      hazards.answersLost = random.unit() * 0.5;
      hazards.requestsDoubled = random.unit() * 0.3;
      return () => {
        hazards.requestsLost = 0;
        hazards.answersLost = 0;
        hazards.requestsDoubled = 0;
      };
    },
  },
  {
    name: 'short messages go astray',
    weight: 5,
    lastsMs: [10 * SECOND, 3 * MINUTE],
    begin: ({ hazards }, random) => {
      hazards.shortMessagesLost = random.unit() * 0.6;
      hazards.shortMessagesDoubled = random.unit() * 0.4;
      hazards.shortMessagesLate = random.unit() * 0.4;
      return () => {
        hazards.shortMessagesLost = 0;
        hazards.shortMessagesDoubled = 0;
        hazards.shortMessagesLate = 0;
      };
    },
  },
  {
    name: 'far sides are down',
    weight: 4,
    lastsMs: [10 * SECOND, 3 * MINUTE],
    begin: ({ hazards }, random) => {
      hazards.farSidesDown = random.pick([0.5, 1]);
      return () => {
        hazards.farSidesDown = 0;
      };
    },
  },
  {
    name: 'a handset is away',
    weight: 6,
    lastsMs: [5 * SECOND, 4 * MINUTE],
    begin: ({ phones, machine }, random) => {
      const phone = random.pick(phones);
      phone.isOn = false;
      return () => {
        phone.isOn = true;
        machine.handsetReachable(phone.msisdn);
      };
    },
  },
  {
    name: 'a handset seems to come back',
    weight: 2,
    lastsMs: AN_INSTANT,
    begin: ({ phones, machine }, random) => {
      machine.handsetReachable(random.pick(phones).msisdn);
      return atOnce;
    },
  },
  {
    name: 'the clock is set forward',
    weight: 2,
    lastsMs: AN_INSTANT,
    begin: ({ stepClock }, random) => {
      stepClock(random.pick([SECOND, MINUTE, 5 * MINUTE]) * random.unit());
      return atOnce;
    },
  },
  {
    name: 'the clock is set back',
    weight: 2,
    lastsMs: AN_INSTANT,
    begin: ({ stepClock }, random) => {
      stepClock(-random.pick([SECOND, MINUTE, 5 * MINUTE]) * random.unit());
      return atOnce;
    },
  },
];
