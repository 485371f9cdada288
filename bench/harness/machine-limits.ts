/** What the machine gives without us: the ceiling that a figure is read against, measured in the same run. */
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Histogram } from './histogram.js';
import { httpLoad } from './http-load.js';
import { readUsage, startProcess } from './process.js';

/** One write of the flush test. Unit: octets; a page, as a small group commit writes. */
const FLUSHED_WRITE = 4096;
/** One write and one flush of the bandwidth test. Unit: octets. */
const SEQUENTIAL_WRITE = 1 << 20;
const SEQUENTIAL_FLUSH = 8 << 20;

export interface MachineLimits {
  /** 260-octet POSTs answered with 40 octets by a bare node:http server, 64 connections. */
  readonly httpPerSecond: number;
  readonly httpCpuMicroseconds: number;
  /** The same with 300 KB, 16 connections. */
  readonly largeHttpPerSecond: number;
  readonly largeHttpCpuMicroseconds: number;
  /** Append of 4 KB and fdatasync. */
  readonly flushP50Ms: number;
  readonly flushP99Ms: number;
  /** Writes of 1 MB with an fdatasync every 8 MB. Unit: MB (10^6 octets) a second. */
  readonly writeMegabytesPerSecond: number;
}

/** `folder`: on the disk that is meant; absent, the system's temporary folder. */
export async function machineLimits(options: { readonly smoke: boolean; readonly folder?: string }): Promise<MachineLimits> {
  const http = await bareHttp(260, 64, options.smoke ? 300 : 5_000);
  const large = await bareHttp(300 * 1024, 16, options.smoke ? 300 : 5_000);
  const folder = mkdtempSync(join(options.folder ?? tmpdir(), 'angarium-limits-'));
  try {
    const flush = bareFlush(join(folder, 'flush'), options.smoke ? 100 : 3_000);
    const writeMegabytesPerSecond = sequentialWrites(join(folder, 'sequential'), options.smoke ? 32 << 20 : 1 << 30);
    return {
      httpPerSecond: http.perSecond,
      httpCpuMicroseconds: http.cpuMicroseconds,
      largeHttpPerSecond: large.perSecond,
      largeHttpCpuMicroseconds: large.cpuMicroseconds,
      flushP50Ms: flush.percentile(50) / 1000,
      flushP99Ms: flush.percentile(99) / 1000,
      writeMegabytesPerSecond,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function bareHttp(
  octets: number,
  connections: number,
  durationMs: number,
): Promise<{ readonly perSecond: number; readonly cpuMicroseconds: number }> {
  const script = fileURLToPath(new URL('./bare-http-server.js', import.meta.url));
  const server = await startProcess(process.execPath, [script], /listening (\d+)/);
  try {
    const request = Buffer.concat([
      Buffer.from(
        `POST / HTTP/1.1\r\nHost: bench\r\nContent-Type: application/vnd.wap.mms-message\r\nContent-Length: ${octets}\r\n\r\n`,
      ),
      Buffer.alloc(octets),
    ]);
    const port = Number(server.ready[1]);
    const load = (ms: number) => httpLoad({ port, connections, durationMs: ms, request: () => request });
    await load(durationMs / 5);
    const before = readUsage(server.pid);
    const result = await load(durationMs);
    const cpuMs = readUsage(server.pid).cpuMs - before.cpuMs;
    return { perSecond: result.perSecond, cpuMicroseconds: (cpuMs * 1000) / Math.max(1, result.answers) };
  } finally {
    await server.stop();
  }
}

function bareFlush(path: string, durationMs: number): Histogram {
  const latency = new Histogram();
  const page = Buffer.alloc(FLUSHED_WRITE, 1);
  const file = openSync(path, 'w');
  try {
    const until = performance.now() + durationMs;
    for (let begun = performance.now(); begun < until; begun = performance.now()) {
      writeSync(file, page);
      fdatasyncSync(file);
      latency.record((performance.now() - begun) * 1000);
    }
  } finally {
    closeSync(file);
  }
  return latency;
}

function sequentialWrites(path: string, octets: number): number {
  const block = Buffer.alloc(SEQUENTIAL_WRITE, 1);
  const file = openSync(path, 'w');
  try {
    const begun = performance.now();
    for (let written = 0; written < octets; written += SEQUENTIAL_WRITE) {
      writeSync(file, block);
      if ((written + SEQUENTIAL_WRITE) % SEQUENTIAL_FLUSH === 0) fdatasyncSync(file);
    }
    return octets / 1e6 / ((performance.now() - begun) / 1000);
  } finally {
    closeSync(file);
  }
}
