import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { aPeer, aSubscriber, aVasp } from './fixtures.contract.js';
import { openMemoryObjects } from './memory.js';
import { done, put } from './object-store.contract.js';
import { trafficChanges } from './traffic.js';

describe('what a change of objects means for traffic', () => {
  it('is that a paused far side is held, one that is resumed, new or changed is tried, and others are left alone', async () => {
    const store = openMemoryObjects(() => 0);
    const said = (changes: ReturnType<typeof trafficChanges>): string[] =>
      changes.map(({ kind, name, now }) => `${kind} ${name} ${now}`);
    const after = async (...changes: Parameters<typeof done>[1]): Promise<string[]> => {
      const before = store.snapshot;
      await done(store, changes);
      return said(trafficChanges(before, store.snapshot));
    };
    assert.deepEqual(await after(put('peer', aPeer()), put('vasp', aVasp({ state: 'paused' }))), [
      'peer operator-b open',
      'vasp acme held',
    ]);
    assert.deepEqual(await after(put('subscriber', aSubscriber())), []);
    assert.deepEqual(await after(put('vasp', aVasp({ state: 'paused', note: 'x' }))), []);
    assert.deepEqual(await after(put('vasp', aVasp())), ['vasp acme open']);
    assert.deepEqual(await after(put('peer', aPeer({ hosts: ['mx2.opb.example'] }))), ['peer operator-b open']);
    assert.deepEqual(await after(put('peer', aPeer({ state: 'draining' }))), ['peer operator-b open']);
    assert.deepEqual(await after(put('peer', aPeer({ state: 'paused' }))), ['peer operator-b held']);
    assert.deepEqual(said(trafficChanges(undefined, store.snapshot)), ['peer operator-b held', 'vasp acme open']);
    assert.deepEqual(await after({ act: 'remove', kind: 'peer', name: 'operator-b' }), []);
  });
});
