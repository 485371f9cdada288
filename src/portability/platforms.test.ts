import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Platforms } from './platforms.js';
import type { Platform, RelaySettings } from './settings.js';

const NUMBERS = Array.from({ length: 3_000 }, (_, i) => 491_710_000_000 + i * 7);

function worldOf(to: RelaySettings['to'], { down = [], drain = [] }: { down?: string[]; drain?: string[] } = {}) {
  const platforms: Platform[] = to.map(({ platform }, i) => ({
    name: platform,
    addresses: [`49177${i}`],
    drain: drain.includes(platform),
  }));
  return new Platforms({ on: true, platforms, relays: [{ prepaidType: 1, to }] }, { isUp: (name) => !down.includes(name) });
}

const choices = (platforms: Platforms): (string | undefined)[] =>
  NUMBERS.map((number) => platforms.choose(platforms.candidates(1)!, number)?.name);
const share = (all: readonly unknown[], one: unknown): number => all.filter((it) => it === one).length / all.length;

describe('prepaid platforms', () => {
  const TO = [
    { platform: 'a', weight: 3 },
    { platform: 'b', weight: 1 },
    { platform: 'standby', weight: 0 },
  ];

  it('share messages by weight, the same platform for the same subscriber', () => {
    const all = choices(worldOf(TO));
    assert.deepEqual(all, choices(worldOf(TO)));
    assert.ok(Math.abs(share(all, 'a') - 0.75) < 0.04, `${share(all, 'a')}`);
    assert.equal(share(all, 'standby'), 0);
  });

  it('are known by their addresses, with the filler that a title of indicator 2 puts behind an odd count', () => {
    const platforms = worldOf([{ platform: 'a', weight: 1 }]);
    const called = { routeOn: 'gt', indicator: 2, translationType: 0, digits: '' } as const;
    const originOf = (digits: string, indicator: number) =>
      platforms.origin({ called, calling: { ...called, indicator, digits } })?.name;
    assert.deepEqual([originOf('491770', 2), originOf('49177000', 2)], ['a', undefined]);
    const odd = new Platforms({ on: true, platforms: [{ name: 'a', addresses: ['4917701'] }], relays: [] }, undefined);
    assert.equal(odd.origin({ called, calling: { ...called, digits: '49177010' } })?.name, 'a');
    assert.equal(odd.origin({ called, calling: { ...called, indicator: 4, digits: '49177010' } }), undefined);
  });

  it('that are down lose their own subscribers only', () => {
    const all = choices(worldOf(TO));
    const without = choices(worldOf(TO, { down: ['a'] }));
    assert.equal(share(without, 'b'), 1);
    const three = [...TO.slice(0, 2), { platform: 'c', weight: 2 }];
    const before = choices(worldOf(three));
    const after = choices(worldOf(three, { down: ['c'] }));
    before.forEach((name, i) => {
      if (name !== 'c') assert.equal(after[i], name);
    });
    assert.equal(share(after, 'c'), 0);
    assert.ok(share(after, 'b') > share(before, 'b') && share(all, 'b') > 0);
  });

  it('of weight 0 take over when no other is up, and those that are drained get nothing', () => {
    assert.equal(share(choices(worldOf(TO, { down: ['a', 'b'] })), 'standby'), 1);
    assert.equal(share(choices(worldOf(TO, { drain: ['a'] })), 'b'), 1);
    assert.equal(share(choices(worldOf(TO, { drain: ['a', 'b'] })), 'standby'), 1);
    assert.equal(share(choices(worldOf(TO, { drain: ['a'], down: ['b', 'standby'] })), undefined), 1);
  });

  it('are known by their addresses, drained or not, and by what the transport knows', () => {
    const platforms = worldOf(TO, { drain: ['b'] });
    const origin = (digits: string, cameFrom?: string) =>
      platforms.origin({
        called: { routeOn: 'gt', indicator: 4, digits: '1' },
        calling: { routeOn: 'gt', indicator: 4, digits },
        ...(cameFrom === undefined ? {} : { cameFrom }),
      })?.name;
    assert.deepEqual(
      ['491770', '491771', '491771f', '4917', ''].map((digits) => origin(digits)),
      ['a', 'b', 'b', undefined, undefined],
    );
    assert.equal(origin('1', 'standby'), 'standby');
    assert.equal(origin('491770', 'elsewhere'), 'a');
  });

  it('have no candidates for a type that is not provisioned', () => {
    assert.equal(worldOf(TO).candidates(2), undefined);
  });
});
