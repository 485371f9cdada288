import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Monitoring, startMonitoring } from './monitoring.js';

async function withMonitoring(
  reasons: string[],
  use: (get: (path: string) => Promise<Response>) => Promise<void>,
): Promise<void> {
  const monitoring: Monitoring = await startMonitoring(
    { listen: { host: '127.0.0.1', port: 0 } },
    { metrics: { text: async () => 'angarium_up 1\n', contentType: 'text/plain; version=0.0.4' }, unready: () => reasons },
  );
  try {
    await use((path) => fetch(`http://127.0.0.1:${monitoring.address.port}${path}`));
  } finally {
    await monitoring.close();
  }
}

describe('the monitoring listener', () => {
  it('serves the metrics in the format that they say', async () => {
    await withMonitoring([], async (get) => {
      const answer = await get('/metrics');
      assert.equal(await answer.text(), 'angarium_up 1\n');
      assert.match(answer.headers.get('content-type')!, /^text\/plain; version=0\.0\.4/);
    });
  });

  it('is ready only when there is no reason against it, and tells the reasons as they come and go', async () => {
    const reasons: string[] = [];
    await withMonitoring(reasons, async (get) => {
      assert.equal((await get('/readyz')).status, 200);
      reasons.push('store: the disk is full');
      const answer = await get('/readyz');
      assert.equal(answer.status, 503);
      assert.deepEqual(await answer.json(), { ready: false, reasons: ['store: the disk is full'] });
      reasons.length = 0;
      assert.equal((await get('/readyz')).status, 200);
    });
  });

  it('says that the process is alive when it is not ready too', async () => {
    await withMonitoring(['stopping'], async (get) => assert.equal((await get('/healthz')).status, 200));
  });

  it('has nothing else', async () => {
    await withMonitoring([], async (get) => assert.equal((await get('/v1/messages')).status, 404));
  });
});
