import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LIMITS, toMsisdn } from '#base';
import { openMemoryStore } from '#store/memory';
import { KnownHandsets } from './known-handsets.js';
import { StoreUnavailable } from './message-store.js';
import type { Handset } from './model.js';

const BOBS = toMsisdn('491510000002')!;

function bench(told: string | undefined = undefined) {
  const { handsets: store } = openMemoryStore();
  const calls = { reads: 0, writes: 0 };
  const obstacle: { trouble: Error | undefined } = { trouble: undefined };
  return {
    obstacle,
    calls,
    store,
    handsets: new KnownHandsets({
      now: () => 1_000,
      versionTold: () => told,
      handsets: {
        async handset(msisdn) {
          calls.reads++;
          if (obstacle.trouble) throw obstacle.trouble;
          return store.handset(msisdn);
        },
        async learn(handset: Handset) {
          calls.writes++;
          if (obstacle.trouble) throw obstacle.trouble;
          return store.learn(handset);
        },
      },
    }),
  };
}

describe('what handsets tell of themselves', () => {
  it('is kept when it is news, with the time', async () => {
    const { handsets, store } = bench();
    await handsets.seen({ msisdn: BOBS, userAgent: 'Example/1.0', version: '1.2', accept: '*/*' });
    assert.deepEqual(await store.handset(BOBS), {
      msisdn: BOBS,
      userAgent: 'Example/1.0',
      version: '1.2',
      accept: '*/*',
      seenAt: 1_000,
    });
  });

  it('is not written again when nothing is new', async () => {
    const { handsets, calls } = bench();
    for (let i = 0; i < 5; i++) await handsets.seen({ msisdn: BOBS, userAgent: 'Example/1.0', version: '1.2' });
    assert.deepEqual(calls, { reads: 1, writes: 1 });
  });

  it('adds to what was known before: a request without User-Agent takes none away', async () => {
    const { handsets, store } = bench();
    await handsets.seen({ msisdn: BOBS, userAgent: 'Example/1.0' });
    await handsets.seen({ msisdn: BOBS, profileUrl: 'http://profiles.example/x.rdf' });
    await handsets.seen({ msisdn: BOBS, userAgent: 'Example/2.0' });
    assert.deepEqual(await store.handset(BOBS), {
      msisdn: BOBS,
      userAgent: 'Example/2.0',
      profileUrl: 'http://profiles.example/x.rdf',
      seenAt: 1_000,
    });
  });

  it('comes before what the operator says of the version, which holds until then, also while the store cannot say', async () => {
    const { handsets, obstacle } = bench('1.1');
    obstacle.trouble = new StoreUnavailable('disk full');
    assert.equal(await handsets.versionOf(BOBS), '1.1');
    obstacle.trouble = undefined;
    assert.equal(await handsets.versionOf(BOBS), '1.1');
    await handsets.seen({ msisdn: BOBS, version: '1.0' });
    assert.equal(await handsets.versionOf(BOBS), '1.0');
  });

  it('counts the highest version ever used', async () => {
    const { handsets, calls } = bench();
    for (const version of ['1.0', '1.2', '1.1', '1.2']) await handsets.seen({ msisdn: BOBS, version });
    assert.equal(await handsets.versionOf(BOBS), '1.2');
    assert.equal(calls.writes, 2);
  });

  it('starts anew with the first PDU of another handset, so that an older one is not written to in words of its predecessor', async () => {
    const { handsets, store } = bench();
    await handsets.seen({ msisdn: BOBS, userAgent: 'New/3.0', version: '1.3', profileUrl: 'http://profiles.example/new.rdf' });
    // A GET tells no version: nothing is learned of the other handset before it has told one.
    await handsets.seen({ msisdn: BOBS, userAgent: 'Old/1.0' });
    assert.equal(await handsets.versionOf(BOBS), '1.3');
    await handsets.seen({ msisdn: BOBS, userAgent: 'Old/1.0', version: '1.0' });
    assert.deepEqual(await store.handset(BOBS), { msisdn: BOBS, userAgent: 'Old/1.0', version: '1.0', seenAt: 1_000 });
    await handsets.seen({ msisdn: BOBS, userAgent: 'Old/1.0' });
    assert.equal(await handsets.versionOf(BOBS), '1.0');
  });

  it('is looked up once, also when nothing is known', async () => {
    const { handsets, calls } = bench();
    for (let i = 0; i < 3; i++) assert.equal(await handsets.versionOf(BOBS), undefined);
    assert.equal(calls.reads, 1);
  });

  it('is read from the store after a restart', async () => {
    const { handsets, store } = bench();
    await store.learn({ msisdn: BOBS, version: '1.3', seenAt: 1 });
    assert.equal(await handsets.versionOf(BOBS), '1.3');
  });

  it('is kept at hand for a stated number of handsets, those last used', async () => {
    const { handsets, calls } = bench();
    const number = (i: number) => toMsisdn(`49151${1_000_000 + i}`)!;
    for (let i = 0; i < LIMITS.handsetsCachedMax; i++) await handsets.versionOf(number(i));
    await handsets.versionOf(number(0));
    await handsets.versionOf(BOBS);
    const { reads } = calls;
    await handsets.versionOf(number(0));
    assert.equal(calls.reads, reads, 'used again, hence kept');
    await handsets.versionOf(number(1));
    assert.equal(calls.reads, reads + 1, 'the longest unused made room');
  });

  it('never fails for the store; what could not be kept is news again the next time', async () => {
    const work = bench();
    work.obstacle.trouble = new StoreUnavailable('disk gone');
    await work.handsets.seen({ msisdn: BOBS, version: '1.2' });
    assert.equal(await work.handsets.versionOf(BOBS), undefined);
    work.obstacle.trouble = undefined;
    await work.handsets.seen({ msisdn: BOBS, version: '1.2' });
    assert.equal((await work.store.handset(BOBS))?.version, '1.2');
  });
});
