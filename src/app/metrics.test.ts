import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openMetrics } from './metrics.js';

describe('the metrics', () => {
  it('show what was counted, set, watched and observed', async () => {
    const metrics = openMetrics();
    const counter = metrics.counter('angarium_test_total', 'Help.', ['kind']);
    counter.add();
    counter.add(2, { kind: 'a' });
    metrics.gauge('angarium_test_depth', 'Help.').set(7);
    let read = 1;
    metrics.watch('angarium_test_watched', 'Help.', () => read);
    read = 9;
    metrics.histogram('angarium_test_seconds', 'Help.', [0.1, 1]).observe(0.5);
    const text = await metrics.text();
    assert.match(text, /^angarium_test_total\{kind="a"\} 2$/m);
    assert.match(text, /^angarium_test_depth 7$/m);
    assert.match(text, /^angarium_test_watched 9$/m);
    assert.match(text, /^angarium_test_seconds_bucket\{le="1"\} 1$/m);
  });

  it('have the delay of the event loop and all begin with angarium_', async () => {
    const text = await openMetrics().text();
    assert.match(text, /^angarium_nodejs_eventloop_lag_p99_seconds /m);
    for (const [, name] of text.matchAll(/^# TYPE (\S+)/gm)) assert.ok(name!.startsWith('angarium_'), name);
  });

  it('of two programs in one process do not meet', async () => {
    const [one, other] = [openMetrics(), openMetrics()];
    one.counter('angarium_test_total', 'Help.').add();
    assert.doesNotMatch(await other.text(), /angarium_test_total/);
  });
});
