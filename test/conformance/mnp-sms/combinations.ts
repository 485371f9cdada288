/** All 384 combinations of the decision table's inputs, and how a message of each is put to the gate. */
import type { Decision, Entity, Flow, NumberRecord } from '#portability';
import {
  FOREIGN,
  HOME,
  NO_TYPE,
  NOW,
  PLATFORM,
  record,
  SENDER,
  submission,
  title,
  type World,
  withPrepaid,
  worldOf,
} from './world.js';

export interface Combination {
  readonly selected: boolean;
  readonly moFsm: boolean;
  readonly prepaid: boolean;
  readonly check: boolean;
  readonly fromIn: boolean;
  readonly stored: boolean;
  readonly type: 'N' | 'P' | 'X';
  readonly home: boolean;
}

const BOTH = [false, true];

export const COMBINATIONS: readonly Combination[] = BOTH.flatMap((selected) =>
  BOTH.flatMap((moFsm) =>
    BOTH.flatMap((prepaid) =>
      BOTH.flatMap((check) =>
        BOTH.flatMap((fromIn) =>
          BOTH.flatMap((stored) =>
            (['N', 'P', 'X'] as const).flatMap((type) =>
              BOTH.map((home) => ({ selected, moFsm, prepaid, check, fromIn, stored, type, home })),
            ),
          ),
        ),
      ),
    ),
  ),
);

/** Every portability type of the class; prepaid 32 (35) is left out, as no platform is provisioned for it. */
export const TYPES: Readonly<Record<Combination['type'], readonly number[]>> = {
  N: [0, 1, 2, 36],
  P: [3, 4, ...Array.from({ length: 29 }, (_, i) => 6 + i)],
  X: [5, 37, 38, 100, 254, NO_TYPE],
};

export const ENTITIES: readonly Entity[] = [{ kind: 'none' }, { kind: 'sp' }, { kind: 'rn', routingNumber: 'D123' }];

/** Every record of the class. */
export const recordsOf = (type: Combination['type']): readonly NumberRecord[] =>
  TYPES[type].flatMap((portabilityType) => ENTITIES.map((entity) => record(portabilityType, entity)));

/** The gates of one flow, by whether PPSMS and MNP SMS are on. */
export function gatesOf(flow: Flow): (prepaid: boolean, check: boolean) => World {
  const gates = new Map<string, World>();
  return (prepaid, check) => {
    const key = `${prepaid} ${check}`;
    const gate = gates.get(key) ?? worldOf({ flow, portabilityCheck: check, prepaid: withPrepaid(prepaid)! });
    gates.set(key, gate);
    return gate;
  };
}

/** What becomes of a message of this combination whose sender has this record. */
export function outcomeOf(gate: World, one: Combination, sender: NumberRecord): Decision {
  gate.numbers.records.clear();
  if (one.stored) gate.numbers.records.set(Number(SENDER), sender);
  const message = {
    called: title(one.home ? HOME : FOREIGN, one.selected ? {} : { ssn: 6 }),
    calling: title(one.fromIn ? PLATFORM : '491710999999'),
  };
  const selection = gate.screening.select(message.called);
  if (selection === undefined) {
    const asked = one.moFsm
      ? ({ kind: 'mo-ForwardSM', submission: submission(message) } as const)
      : ({ kind: 'not-mo-ForwardSM', called: message.called } as const);
    return gate.screening.explain(asked, NOW).decision;
  }
  return one.moFsm ? gate.decide(message) : gate.screening.passOver(selection, { kind: 'not-mo-ForwardSM' }, NOW, 'context');
}
