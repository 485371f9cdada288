/** What a change of objects means for traffic with far sides. */
import type { DirectorySnapshot } from './directory.js';
import type { Peer } from './peer.js';
import type { Vasp } from './vasp.js';

/** One far side whose traffic is to be held, or tried again. */
export interface TrafficChange {
  readonly kind: 'peer' | 'vasp';
  readonly name: string;
  /** `held`: it is paused now. `open`: it was paused, is new, or has changed: what waits for it may be tried at once. */
  readonly now: 'held' | 'open';
}

function between(
  kind: TrafficChange['kind'],
  before: (name: string) => Peer | Vasp | undefined,
  after: readonly (Peer | Vasp)[],
): TrafficChange[] {
  return after.flatMap((object): TrafficChange[] => {
    const { name, state } = object;
    const was = before(name);
    // An object that has not changed is the same one in both snapshots.
    if (was === object) return [];
    if (state !== 'paused') return [{ kind, name, now: 'open' }];
    return was?.state === 'paused' ? [] : [{ kind, name, now: 'held' }];
  });
}

/** Far sides that a change concerns. `before` absent: the program starts. One that was removed is none: who carries finds it gone. */
export const trafficChanges = (before: DirectorySnapshot | undefined, after: DirectorySnapshot): readonly TrafficChange[] => [
  ...between('peer', (name) => before?.peer(name), after.peers),
  ...between('vasp', (name) => before?.vasp(name), after.vasps),
];
