import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Entity, MemoryNumbers, NO_PORTABILITY_TYPE, type NumberStoreState } from '#portability';
import { portabilitySource } from './portability-source.js';
import { number } from './world.contract.js';

const KEPT = 46701000002;

async function answerFor(portabilityType: number, entity: Entity) {
  const numbers = new MemoryNumbers();
  await numbers.apply([{ kind: 'set-number', number: KEPT, record: { portabilityType, entity } }]);
  return portabilitySource('portability', numbers, () => 1000).find(number(String(KEPT)));
}

describe('the number store as a lookup of routing', () => {
  const cases: [string, number, Entity, object | undefined][] = [
    ['a routing number is the operator', 1, { kind: 'rn', routingNumber: '4917' }, { kind: 'operator', operator: '4917' }],
    [
      'a routing number counts whatever the type',
      NO_PORTABILITY_TYPE,
      { kind: 'rn', routingNumber: 'D0A1' },
      { kind: 'operator', operator: 'D0A1' },
    ],
    ['our own network is ours', 0, { kind: 'sp' }, { kind: 'own' }],
    ['a prepaid number of ours is ours', 3, { kind: 'sp' }, { kind: 'own' }],
    ['a number ported out is elsewhere', 1, { kind: 'none' }, { kind: 'elsewhere' }],
    ['a number ported out is elsewhere even where the entity says ours', 1, { kind: 'sp' }, { kind: 'elsewhere' }],
    ['a foreign number in a foreign network is elsewhere', 2, { kind: 'none' }, { kind: 'elsewhere' }],
    ['a number not known to be ported is unknown', 0, { kind: 'none' }, undefined],
    ['a prepaid number without entity is unknown', 4, { kind: 'none' }, undefined],
    ['a number not identified to be ported is unknown', 36, { kind: 'none' }, undefined],
  ];
  for (const [title, type, entity, home] of cases) {
    it(`says that ${title}`, async () => {
      const answer = await answerFor(type, entity);
      if (home === undefined) assert.equal(answer.kind, 'nothing');
      else assert.deepEqual(answer.kind === 'home' && answer.home, home);
      assert.match(answer.kind === 'failed' ? '' : answer.evidence.join(), /^number: (portability type|no|\d)/);
    });
  }

  it('names the range that answered, knows nothing of what is not stored, and fails while there is no data', async () => {
    const numbers = new MemoryNumbers();
    const record = { portabilityType: 0, entity: { kind: 'sp' } } as const;
    await numbers.apply([{ kind: 'set-range', first: 46701000000, last: 46701000999, record }]);
    const source = portabilitySource('portability', numbers, () => 1000);
    const inside = await source.find(number(String(KEPT)));
    assert.match(inside.kind === 'home' ? inside.evidence[0]! : '', /^range 46701000000-46701000999: /);
    const outside = await source.find(number('46701001000'));
    assert.deepEqual(outside.kind === 'nothing' && outside.evidence, ['not stored']);
    const away = {
      ...numbers,
      state: 'damaged' as NumberStoreState,
      find: numbers.find,
      finding: () => assert.fail('asked while damaged'),
    };
    assert.deepEqual(await portabilitySource('portability', away as never, () => 0).find(number(String(KEPT))), {
      kind: 'failed',
      cause: 'not-ready',
      detail: 'the number store is damaged',
    });
  });
});
