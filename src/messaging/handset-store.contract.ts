/** What every HandsetStore must do, run against each implementation. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toMsisdn } from '#base';
import { aHandset } from './fixtures.contract.js';
import type { HandsetStore } from './handset-store.js';

/** Registers the suite. `open` is called once for each test and must give an empty store; `close` ends it and cleans up. */
export function handsetStoreContract(name: string, open: () => Promise<{ store: HandsetStore; close?(): Promise<void> }>): void {
  const withStore = (body: (store: HandsetStore) => Promise<void>) => async (): Promise<void> => {
    const { store, close } = await open();
    try {
      await body(store);
    } finally {
      await close?.();
    }
  };

  describe(`HandsetStore contract: ${name}`, () => {
    it(
      'knows nothing of a handset that was never seen',
      withStore(async (store) => {
        assert.equal(await store.handset(aHandset().msisdn), undefined);
      }),
    );

    it(
      'gives back what it learned, all of it',
      withStore(async (store) => {
        const handset = aHandset({ profileUrl: 'http://profiles.example/x.rdf', accept: '*/*', userAgent: 'Example/1.0 (東京)' });
        await store.learn(handset);
        assert.deepEqual(await store.handset(handset.msisdn), handset);
      }),
    );

    it(
      'replaces what it knew, and keeps nothing of it',
      withStore(async (store) => {
        const { msisdn } = aHandset();
        await store.learn(aHandset({ profileUrl: 'http://profiles.example/x.rdf' }));
        await store.learn({ msisdn, version: '1.3', seenAt: 5 });
        assert.deepEqual(await store.handset(msisdn), { msisdn, version: '1.3', seenAt: 5 });
      }),
    );

    it(
      'keeps handsets apart, also when many are learned at once',
      withStore(async (store) => {
        const handsets = Array.from({ length: 100 }, (_, i) => {
          const msisdn = toMsisdn(`49151${1_000_000 + i}`);
          assert.ok(msisdn);
          return aHandset({ msisdn, seenAt: i });
        });
        await Promise.all(handsets.map((handset) => store.learn(handset)));
        for (const handset of handsets) assert.deepEqual(await store.handset(handset.msisdn), handset);
      }),
    );
  });
}
