/** The benchmarks' kit: what measures is itself measured. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { Histogram, httpLoad, readUsage, startProcess, toMarkdown } from '../bench/harness/index.js';

describe('the histogram', () => {
  it('gives percentiles within the width of a bucket, 1/64 of the value', () => {
    for (const scale of [1, 7, 1_000, 123_456]) {
      const histogram = new Histogram();
      for (let sample = 1; sample <= 1_000; sample++) histogram.record(sample * scale);
      for (const percent of [1, 50, 99, 100]) {
        const wanted = percent * 10 * scale;
        const given = histogram.percentile(percent);
        assert.ok(given >= wanted && given <= wanted * (1 + 1 / 64) + 1, `${percent} % of ${scale}: ${given}, not ${wanted}`);
      }
    }
  });

  it('gives 0 without samples and never more than the largest', () => {
    const histogram = new Histogram();
    assert.deepEqual([histogram.count, histogram.mean, histogram.percentile(99)], [0, 0, 0]);
    histogram.record(1_000_003);
    assert.equal(histogram.percentile(50), 1_000_003);
  });
});

describe('the load generator', () => {
  it('counts answers, refused answers and broken connections', async () => {
    let served = 0;
    const server = createServer((request, response) => {
      request.resume();
      request.on('end', () => {
        served++;
        if (served === 3) request.socket.destroy();
        else response.writeHead(served === 2 ? 503 : 200, { 'Content-Length': 5 }).end('hello');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const request = Buffer.from('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi');
    const result = await httpLoad({ port, connections: 1, durationMs: 10_000, request: () => request });
    await new Promise((resolve) => server.close(resolve));
    assert.deepEqual([result.answers, result.failures, result.latency.count], [1, 2, 1]);
  });
});

describe('a started process', () => {
  it('is handed over when it says that it is ready, is measured, and ends when told', async () => {
    const script = "console.log('listening 4711'); setInterval(() => {}, 1000)";
    const running = await startProcess(process.execPath, ['-e', script], /listening (\d+)/);
    assert.equal(running.ready[1], '4711');
    assert.ok(readUsage(running.pid).rssBytes > 1_000_000);
    await running.stop();
    assert.throws(() => readUsage(running.pid));
  });

  it('that ends early is an error with its output', async () => {
    await assert.rejects(
      startProcess(process.execPath, ['-e', "console.error('no port'); process.exit(3)"], /never/),
      /ended early \(3\)[\s\S]*no port/,
    );
  });
});

it('a table has the columns of all rows, and texts only where a row has one', () => {
  const rows = [
    { benchmark: 'a', figures: { 'rate/s': 12_345.6 }, reach: '12,000' },
    { benchmark: 'b|c', figures: { 'p50 ms': 0.12345 } },
  ];
  assert.equal(
    toMarkdown(rows),
    '| benchmark | rate/s | p50 ms | reach |\n| --- | ---: | ---: | --- |\n| a | 12,346 |  | 12,000 |\n| b\\|c |  | 0.123 |  |\n',
  );
});

it('every benchmark is one that run.ts can run: it exports `bench` and ends with runAlone', () => {
  const folder = new URL('../../bench/', import.meta.url);
  const files = readdirSync(folder).filter((file) => file.endsWith('.ts') && file !== 'run.ts');
  assert.ok(files.length > 3);
  for (const file of files) {
    const text = readFileSync(new URL(file, folder), 'utf8');
    assert.match(text, /^export const bench: Bench = \{$/m, file);
    assert.ok(text.endsWith('\nawait runAlone(bench, import.meta.url);\n'), file);
  }
});
