/** Segment files over a file layer in memory: every order of writes, flushes and failures is forced, nothing is waited for. */
import assert from 'node:assert/strict';
import { describe, it, mock, type TestContext } from 'node:test';
import { silentLog, silentMeter } from '#base';
import { StoreUnavailable } from '#messaging';
import { DEFAULT_SETTINGS, type EmbeddedSettings } from '../settings.js';
import { contentCrc, FRAME_HEADER_OCTETS, type FrameRef } from './frame.js';
import { MemoryFiles } from './memory-files.contract.js';
import { type Lane, Segments } from './segments.js';

/** Octets of the usual frame of these tests, and of its content. */
const FRAME = 100;
const CONTENT = FRAME - FRAME_HEADER_OCTETS;
/** A file takes ten of them. */
const SEGMENT = 10 * FRAME;
const FIRST = '0000000001.seg';
const SECOND = '0000000002.seg';

const idOf = (n: number): string => String(n).padStart(22, 'm');
const contentOf = (n: number, length = CONTENT): Uint8Array => new Uint8Array(length).fill(n + 1);

/** Lets everything go on that waits for nothing but its turn. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

interface Appending {
  readonly n: number;
  readonly done: Promise<void>;
  ref: FrameRef | undefined;
  error: unknown;
}

class Bench {
  readonly files = new MemoryFiles();
  readonly segments: Segments;

  constructor(settings: Partial<EmbeddedSettings> = {}) {
    const all = { ...DEFAULT_SETTINGS, segmentOctets: SEGMENT, ...settings };
    this.segments = new Segments('segments', this.files, all, silentLog, silentMeter);
  }

  append(n: number, { length = CONTENT, lane = 'new' as Lane } = {}): Appending {
    const pieces = [contentOf(n, length)];
    const promise = this.segments.append(idOf(n), pieces, length, contentCrc(idOf(n), pieces), lane);
    const appending: Appending = {
      n,
      ref: undefined,
      error: undefined,
      done: promise.then(
        (ref) => {
          appending.ref = ref;
        },
        (error: unknown) => {
          appending.error = error;
        },
      ),
    };
    return appending;
  }

  /** An append that must succeed. */
  async kept(n: number, options?: { readonly length?: number; readonly lane?: Lane }): Promise<FrameRef> {
    const appending = this.append(n, options);
    await appending.done;
    if (!appending.ref) throw appending.error;
    return appending.ref;
  }

  release(ref: FrameRef): void {
    this.segments.release(ref.segment, ref.length);
  }

  async assertReads(n: number, ref: FrameRef): Promise<void> {
    assert.deepEqual(await this.segments.read(idOf(n), ref), { kind: 'content', content: contentOf(n, ref.length) });
  }

  /** What the segments count is what messages need and what the folder holds. */
  assertCounts(needed: readonly FrameRef[]): void {
    assert.equal(
      this.segments.liveOctets,
      needed.reduce((sum, ref) => sum + FRAME_HEADER_OCTETS + ref.length, 0),
    );
    assert.equal(this.segments.totalOctets, this.files.totalOctets);
  }
}

const isPending = ({ ref, error }: Appending): boolean => ref === undefined && error === undefined;

function assertRefused(...appendings: readonly Appending[]): void {
  for (const { error, n } of appendings) assert.ok(error instanceof StoreUnavailable, `frame ${n}: ${String(error)}`);
}

function assertKept(appending: Appending): FrameRef {
  if (!appending.ref) throw appending.error ?? new Error(`frame ${appending.n} is still under way`);
  return appending.ref;
}

describe('writing a frame', () => {
  it('is acknowledged only after a flush of its file and, for a new file, of the folder', async () => {
    const one = new Bench();
    one.files.holds = () => true;
    const first = one.append(1);
    for (const kind of ['create', 'syncFolder', 'write', 'datasync'] as const) {
      await turn();
      assert.ok(isPending(first), `before the ${kind}`);
      assert.deepEqual(
        one.files.held.map((operation) => operation.kind),
        [kind],
      );
      one.files.holding(kind).go();
    }
    await first.done;
    assert.deepEqual(first.ref, { segment: 1, position: 0, length: CONTENT, crc: contentCrc(idOf(1), [contentOf(1)]) });
    assert.equal(one.files.durable(FIRST).length, FRAME);
  });

  it('takes turns with the other writes of one file, not with those of the other lane', async () => {
    const bench = new Bench();
    bench.files.holds = (kind) => kind === 'write';
    const appendings = [bench.append(1), bench.append(2), bench.append(3), bench.append(4, { lane: 'kept' })];
    await turn();
    assert.deepEqual(
      bench.files.held.map(({ name }) => name),
      [FIRST, SECOND],
    );
    while (appendings.some(isPending)) {
      bench.files.held[0]!.go();
      await turn();
    }
    assert.equal(bench.files.writesAtOnceMost, 1);
    const refs = appendings.map(assertKept);
    assert.deepEqual(
      refs.map(({ segment, position }) => [segment, position]),
      [
        [1, 0],
        [1, FRAME],
        [1, 2 * FRAME],
        [2, 0],
      ],
    );
    for (const [i, ref] of refs.entries()) await bench.assertReads(i + 1, ref);
    bench.assertCounts(refs);
  });

  it('goes out with what came while another one was being written, within the bound of one write', async () => {
    const large = 3_000_000;
    const bench = new Bench({ segmentOctets: 100_000_000 });
    bench.files.holds = (kind) => kind === 'write';
    const appendings = [1, 2, 3, 4, 5].map((n) => bench.append(n, { length: n === 4 ? large : n === 5 ? large : CONTENT }));
    await turn();
    const sizes: number[] = [];
    while (appendings.some(isPending)) {
      const size = bench.files.files.get(FIRST) ?? 0;
      bench.files.holding('write').go();
      await turn();
      sizes.push((bench.files.files.get(FIRST) ?? 0) - size);
    }
    assert.deepEqual(sizes, [FRAME, 2 * FRAME + large + FRAME_HEADER_OCTETS, large + FRAME_HEADER_OCTETS]);
    for (const [i, appending] of appendings.entries()) await bench.assertReads(i + 1, assertKept(appending));
  });

  it('is not covered by a flush that began while it was still being written or waited for its turn', async () => {
    const bench = new Bench();
    bench.files.holds = (kind) => kind === 'write' || kind === 'datasync';
    const [a, b] = [bench.append(1), bench.append(2)];
    await turn();
    bench.files.holding('write').go();
    await turn();
    const c = bench.append(3);
    await turn();
    // The flush for the first begins; the second is being written, the third waits behind it.
    const flush = bench.files.holding('datasync');
    bench.files.holding('write').go();
    await turn();
    flush.go();
    await turn();
    assert.ok(!isPending(a));
    assert.ok(isPending(b), 'its write ended after the flush had begun');
    assert.ok(isPending(c), 'it is still being written');
    bench.files.holding('datasync').go();
    await turn();
    assert.equal(bench.files.durable(FIRST).length, 2 * FRAME);
    assert.ok(!isPending(b));
    assert.ok(isPending(c));
    bench.files.holding('write').go();
    await turn();
    bench.files.holding('datasync').go();
    await c.done;
    assert.equal(bench.files.durable(FIRST).length, 3 * FRAME);
  });

  it('shares a flush with those that came while another was under way', async () => {
    const bench = new Bench();
    bench.files.holds = (kind) => kind === 'datasync';
    const appendings = [1, 2, 3, 4].map((n) => bench.append(n));
    await turn();
    bench.files.holding('datasync').go();
    await turn();
    bench.files.holding('datasync').go();
    for (const { done } of appendings) await done;
    assert.equal(bench.files.asked.filter((what) => what === `datasync ${FIRST}`).length, 2);
  });

  it('is refused when more waits for the disk than the queue takes, but one frame alone always goes', async () => {
    const bench = new Bench({ queueOctetsMax: 2 * FRAME });
    bench.files.holds = (kind) => kind === 'write';
    const alone = bench.append(1, { length: 3 * FRAME });
    const behind = bench.append(2);
    await behind.done;
    assertRefused(behind);
    await turn();
    bench.files.holding('write').go();
    await alone.done;
    const refs = [assertKept(alone)];
    bench.files.holds = () => false;
    for (const both of [bench.append(3), bench.append(4)]) {
      await both.done;
      refs.push(assertKept(both));
    }
    bench.assertCounts(refs);
  });

  it('with an id of the wrong length is a bug that touches no file', async () => {
    const bench = new Bench();
    await assert.rejects(bench.segments.append('short', [contentOf(1)], CONTENT, 0), /22 ASCII characters/);
    assert.equal(bench.segments.trouble, undefined);
    bench.assertCounts([]);
  });
});

describe('a segment file that is full', () => {
  it('keeps what was given a place in it before, written or not; what comes next goes to another file', async () => {
    const bench = new Bench();
    bench.files.holds = (kind) => kind === 'write';
    const inside = Array.from({ length: 10 }, (_, n) => bench.append(n));
    await turn();
    const next = bench.append(10);
    await turn();
    assert.ok(inside.every(isPending));
    while ([...inside, next].some(isPending)) {
      bench.files.held[0]!.go();
      await turn();
    }
    const refs = [...inside, next].map(assertKept);
    assert.deepEqual([...new Set(refs.slice(0, 10).map(({ segment }) => segment))], [1]);
    assert.equal(refs[10]!.segment, 2);
    for (const [n, ref] of refs.entries()) await bench.assertReads(n, ref);
    bench.assertCounts(refs);
  });

  it('takes no more frames of those who asked for it in the same instant', async () => {
    const bench = new Bench();
    const refs = await Promise.all(Array.from({ length: 35 }, (_, n) => bench.kept(n)));
    for (const [name, octets] of bench.files.files) assert.ok(octets <= SEGMENT, `${name} has ${octets} octets`);
    bench.assertCounts(refs);
  });

  it('and has gone in the same instant is not written by those who asked for it; they get another', async () => {
    const bench = new Bench();
    const large = await bench.kept(1, { length: SEGMENT / 2 });
    const small = await bench.kept(2);
    bench.release(small);
    const appending = bench.append(3);
    // Half of the file is dead now: it is closed, and as nothing in it is needed it goes.
    bench.release(large);
    await appending.done;
    const ref = assertKept(appending);
    assert.equal(ref.segment, 2);
    await bench.assertReads(3, ref);
    await turn();
    assert.deepEqual([...bench.files.files.keys()], [SECOND]);
    bench.assertCounts([ref]);
    assert.equal(bench.segments.trouble, undefined);
  });

  it('is deleted when its last frame is released, but not before its last write has ended', async () => {
    const bench = new Bench();
    const refs: FrameRef[] = [];
    for (let n = 0; n < 9; n++) refs.push(await bench.kept(n));
    bench.files.holds = (kind) => kind === 'write';
    const last = bench.append(9);
    await turn();
    for (const ref of refs) bench.release(ref);
    await turn();
    assert.deepEqual([...bench.files.files.keys()], [FIRST]);
    bench.files.holding('write').fail('EIO');
    await last.done;
    assertRefused(last);
    await turn();
    assert.deepEqual([...bench.files.files.keys()], []);
    bench.assertCounts([]);
    assert.equal(bench.files.open, 0);
  });

  it('is made known when its last write has ended, as compaction passed it over until then', async () => {
    const bench = new Bench();
    const before = await bench.kept(1);
    bench.files.holds = (kind) => kind === 'datasync';
    const failing = bench.append(2);
    await turn();
    let idle = false;
    bench.segments.onLoosened = () => {
      idle ||= [...bench.segments.all].some((segment) => segment.sealed && segment.underWay === 0);
    };
    bench.files.holding('datasync').fail('EIO');
    await failing.done;
    await turn();
    assert.ok(idle);
    bench.assertCounts([before]);
  });
});

describe('dead octets in files that are being written', () => {
  it('close a file early when they are half a segment', async () => {
    const bench = new Bench();
    const refs: FrameRef[] = [];
    for (let n = 0; n < 7; n++) refs.push(await bench.kept(n));
    for (const ref of refs.slice(0, 4)) bench.release(ref);
    assert.equal([...bench.segments.all][0]!.sealed, false);
    bench.release(refs[4]!);
    assert.equal([...bench.segments.all][0]!.sealed, true);
    const next = await bench.kept(7);
    assert.equal(next.segment, 2);
    bench.assertCounts([...refs.slice(5), next]);
  });

  it('are counted over both lanes, and close the file that has more of them: compaction can empty neither while it is written', async () => {
    const bench = new Bench();
    const kept = [
      await bench.kept(1, { lane: 'kept' }),
      await bench.kept(2, { lane: 'kept' }),
      await bench.kept(3, { lane: 'kept' }),
    ];
    const fresh: FrameRef[] = [];
    for (let n = 4; n < 8; n++) fresh.push(await bench.kept(n));
    for (const ref of kept.slice(0, 2)) bench.release(ref);
    for (const ref of fresh.slice(0, 2)) bench.release(ref);
    assert.ok([...bench.segments.all].every(({ sealed }) => !sealed));
    bench.release(fresh[2]!);
    assert.deepEqual(
      [...bench.segments.all].map(({ number, sealed }) => [number, sealed]),
      [
        [kept[2]!.segment, false],
        [fresh[3]!.segment, true],
      ],
    );
  });
});

describe('a failed write', () => {
  it('fails its own frame alone: those behind it in the same file stand where they were to stand, the next go to a new file', async () => {
    const bench = new Bench();
    const before = await bench.kept(0);
    bench.files.holds = (kind) => kind === 'write';
    const [torn, b, c] = [bench.append(1), bench.append(2), bench.append(3)];
    await turn();
    bench.files.holding('write').fail('EIO');
    await turn();
    assertRefused(torn);
    const next = bench.append(4);
    await turn();
    while ([b, c, next].some(isPending)) {
      bench.files.held[0]!.go();
      await turn();
    }
    const refs = [before, ...[b, c, next].map(assertKept)];
    assert.deepEqual(
      refs.map(({ segment, position }) => [segment, position]),
      [
        [1, 0],
        [1, 2 * FRAME],
        [1, 3 * FRAME],
        [2, 0],
      ],
    );
    for (const [i, n] of [0, 2, 3, 4].entries()) await bench.assertReads(n, refs[i]!);
    assert.equal(bench.segments.trouble, undefined);
    assert.equal(bench.segments.anySuspect, false);
    bench.assertCounts(refs);
  });

  it('at the end of a file is cut off, after all that was queued behind has ended, and never shortens a frame that stands', async () => {
    const bench = new Bench();
    const before = await bench.kept(0);
    bench.files.holds = (kind) => kind === 'write' || kind === 'truncate';
    const [a, b, c] = [bench.append(1), bench.append(2), bench.append(3)];
    await turn();
    bench.files.holding('write').go();
    await turn();
    assert.equal(
      bench.files.held.some(({ kind }) => kind === 'truncate'),
      false,
    );
    bench.files.holding('write').fail('ENOSPC');
    await turn();
    bench.files.holding('truncate').go();
    for (const { done } of [a, b, c]) await done;
    assertRefused(b, c);
    assert.equal(bench.files.files.get(FIRST), 2 * FRAME);
    const ref = assertKept(a);
    await bench.assertReads(0, before);
    await bench.assertReads(1, ref);
    bench.assertCounts([before, ref]);
  });

  it('in the middle of a file stays there, and what was written behind it stands', async () => {
    const bench = new Bench();
    const before = await bench.kept(0);
    bench.files.holds = (kind) => kind === 'write';
    const [a, b] = [bench.append(1), bench.append(2)];
    await turn();
    bench.files.holding('write').fail('ENOSPC');
    await turn();
    bench.files.holding('write').go();
    for (const { done } of [a, b]) await done;
    assertRefused(a);
    assert.equal(bench.files.files.get(FIRST), 3 * FRAME);
    const ref = assertKept(b);
    await bench.assertReads(0, before);
    await bench.assertReads(2, ref);
    bench.assertCounts([before, ref]);
  });

  it('whose torn end cannot be cut off costs those octets until the file goes, and nothing else', async () => {
    const bench = new Bench();
    const before = await bench.kept(0);
    bench.files.fails = (kind) => (kind === 'write' || kind === 'truncate' ? 'EIO' : undefined);
    const torn = bench.append(1);
    await torn.done;
    assertRefused(torn);
    await bench.assertReads(0, before);
    assert.equal(bench.segments.totalOctets, 2 * FRAME);
    bench.release(before);
    await turn();
    bench.assertCounts([]);
  });

  it('whose file goes while its end is being cut off is counted once', async () => {
    const bench = new Bench();
    const before = await bench.kept(0);
    bench.files.holds = (kind) => kind === 'write' || kind === 'truncate';
    const torn = bench.append(1);
    await turn();
    bench.files.holding('write').fail('EIO');
    await turn();
    bench.release(before);
    await turn();
    bench.files.holding('truncate').go();
    await torn.done;
    await turn();
    assert.equal(bench.files.open, 0);
    bench.assertCounts([]);
  });

  it('is named as trouble until content can be kept again, which a probe finds out', async () => {
    const bench = new Bench();
    bench.files.fails = (kind) => (kind === 'write' ? 'ENOSPC' : undefined);
    const torn = bench.append(1);
    await torn.done;
    assert.match(bench.segments.trouble ?? '', /write of segment file 0000000001\.seg failed: injected ENOSPC/);
    await bench.segments.probe();
    assert.notEqual(bench.segments.trouble, undefined);
    bench.files.fails = () => undefined;
    await bench.segments.probe();
    assert.equal(bench.segments.trouble, undefined);
    bench.assertCounts([]);
  });
});

describe('a failed flush', () => {
  it('fails all that waited and all that was still queued, without asking the disk again, and leaves what was flushed before', async () => {
    const bench = new Bench();
    const before = await bench.kept(0);
    bench.files.holds = (kind) => kind === 'write' || kind === 'datasync';
    const [a, b] = [bench.append(1), bench.append(2)];
    await turn();
    bench.files.holding('write').go();
    await turn();
    const c = bench.append(3);
    bench.files.holding('write').go();
    await turn();
    const flushes = (): number => bench.files.asked.filter((what) => what === `datasync ${FIRST}`).length;
    const asked = flushes();
    bench.files.holding('datasync').fail('EIO');
    await turn();
    bench.files.holding('write').go();
    for (const { done } of [a, b, c]) await done;
    assertRefused(a, b, c);
    assert.equal(flushes(), asked);
    assert.equal(bench.segments.anySuspect, true);
    await bench.assertReads(0, before);
    bench.assertCounts([before]);
    bench.release(before);
    await turn();
    assert.equal(bench.segments.anySuspect, false);
    bench.assertCounts([]);
  });
});

describe('a file that cannot be made', () => {
  for (const [why, kind] of [
    ['the file', 'create'],
    ['the entry of the folder', 'syncFolder'],
  ] as const) {
    it(`refuses all that waited for it and leaves nothing behind when ${why} fails`, async () => {
      const bench = new Bench();
      bench.files.fails = (what) => (what === kind ? 'EROFS' : undefined);
      const appendings = [bench.append(1), bench.append(2)];
      for (const { done } of appendings) await done;
      assertRefused(...appendings);
      await turn();
      assert.deepEqual([...bench.files.files], []);
      assert.equal(bench.files.open, 0);
      bench.assertCounts([]);
      bench.files.fails = () => undefined;
      const ref = await bench.kept(3);
      assert.equal(ref.segment, 2);
      bench.assertCounts([ref]);
    });
  }
});

describe('a file that cannot be deleted', () => {
  const emptied = async (settings?: Partial<EmbeddedSettings>): Promise<Bench> => {
    const bench = new Bench(settings);
    bench.files.fails = (kind) => (kind === 'unlink' ? 'EBUSY' : undefined);
    bench.release(await bench.kept(1, { length: SEGMENT }));
    await turn();
    return bench;
  };

  it('counts as taken, and is tried again', async () => {
    const bench = await emptied();
    bench.assertCounts([]);
    assert.equal(bench.segments.totalOctets, SEGMENT + FRAME_HEADER_OCTETS);
    await bench.segments.sweep();
    assert.equal(bench.segments.totalOctets, SEGMENT + FRAME_HEADER_OCTETS);
    bench.files.fails = () => undefined;
    await bench.segments.sweep();
    assert.equal(bench.segments.totalOctets, 0);
    bench.assertCounts([]);
  });

  it('is given back once, by however many it is tried', async () => {
    const bench = await emptied();
    bench.files.fails = () => undefined;
    await Promise.all([bench.segments.sweep(), bench.segments.sweep()]);
    assert.equal(bench.segments.totalOctets, 0);
  });

  it('is tried once a turn of the clock, with all others that wait for it', async (t) => {
    mockTimers(t);
    const bench = await emptied({ compactionRetryMs: 1_000 });
    mock.timers.tick(500);
    bench.release(await bench.kept(2, { length: SEGMENT }));
    await turn();
    const before = bench.files.asked.length;
    for (let i = 0; i < 2; i++) {
      mock.timers.tick(500);
      await turn();
    }
    assert.deepEqual(bench.files.asked.slice(before), [`unlink ${FIRST}`, `unlink ${SECOND}`]);
  });

  it('is tried again by the clock, as compaction may have nothing to do for long', async (t) => {
    mockTimers(t);
    const bench = await emptied({ compactionRetryMs: 1_000 });
    mock.timers.tick(1_000);
    await turn();
    assert.equal(bench.files.files.size, 1);
    bench.files.fails = () => undefined;
    mock.timers.tick(1_000);
    await turn();
    assert.equal(bench.files.files.size, 0);
    bench.assertCounts([]);
  });
});

describe('opening a folder', () => {
  it('keeps the files that rows name, deletes the others, and never appends to a file of an earlier process', async () => {
    const bench = new Bench();
    bench.files.put(FIRST, 5 * FRAME);
    bench.files.put(SECOND, 5 * FRAME);
    bench.files.put('notes.txt', 7);
    await bench.segments.open([
      [1, 2, 2 * CONTENT],
      [7, 1, CONTENT],
    ]);
    assert.deepEqual([...bench.files.files.keys()], [FIRST, 'notes.txt']);
    assert.equal(bench.segments.liveOctets, 2 * FRAME);
    assert.equal(bench.segments.totalOctets, 5 * FRAME);
    // Not a number that rows name, although its file is missing.
    assert.equal((await bench.kept(1)).segment, 8);
  });
});

function mockTimers(t: TestContext): void {
  mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
  t.after(() => mock.timers.reset());
}

describe('the pace of new content', () => {
  /** More than twice the live octets and half a segment: a file that cannot be deleted. */
  async function crowded(
    settings: Partial<EmbeddedSettings> = {},
  ): Promise<{ readonly bench: Bench; readonly uncrowd: () => void }> {
    const bench = new Bench({ paceStepMs: 5, paceWaitMs: 500, ...settings });
    const ref = await bench.kept(1, { length: SEGMENT });
    bench.files.holds = (kind) => kind === 'unlink';
    bench.release(ref);
    return { bench, uncrowd: () => bench.files.holding('unlink').go() };
  }

  const watched = (promise: Promise<void>): { ended: boolean } => {
    const watch = { ended: false };
    void promise.then(() => {
      watch.ended = true;
    });
    return watch;
  };

  it('is not slowed while the disk holds no more than twice the live octets and half a segment', async (t) => {
    mockTimers(t);
    const bench = new Bench();
    await bench.kept(1);
    const wait = watched(bench.segments.pace());
    await turn();
    assert.ok(wait.ended);
  });

  it('waits while dead octets are ahead, and goes on as soon as there is room', async (t) => {
    mockTimers(t);
    const { bench, uncrowd } = await crowded();
    const wait = watched(bench.segments.pace());
    mock.timers.tick(100);
    await turn();
    assert.equal(wait.ended, false);
    uncrowd();
    await turn();
    mock.timers.tick(5);
    await turn();
    assert.ok(wait.ended);
  });

  it('never waits longer than its limit, also when the process is so busy that each look comes late', async (t) => {
    mockTimers(t);
    const { bench } = await crowded();
    const wait = watched(bench.segments.pace());
    // Ten looks, each fifty milliseconds after the last.
    for (let at = 50; at <= 500; at += 50) {
      assert.equal(wait.ended, false);
      mock.timers.tick(50);
      await turn();
    }
    assert.ok(wait.ended);
  });

  it('leaves no timer behind, whichever way a wait ends', async () => {
    const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    const before = timers();
    const atLimit = await crowded({ paceStepMs: 1, paceWaitMs: 3 });
    await atLimit.bench.segments.pace();
    assert.equal(timers(), before);
    const early = await crowded({ paceStepMs: 1, paceWaitMs: 600_000 });
    const wait = early.bench.segments.pace();
    early.uncrowd();
    await wait;
    assert.equal(timers(), before);
  });

  it('does not wait in a store that is closed, and ends its wait when the store is being closed', async (t) => {
    mockTimers(t);
    const { bench, uncrowd } = await crowded();
    const wait = watched(bench.segments.pace());
    const closing = bench.segments.close();
    mock.timers.tick(5);
    await turn();
    assert.ok(wait.ended);
    const later = watched(bench.segments.pace());
    await turn();
    assert.ok(later.ended);
    uncrowd();
    await closing;
  });

  it('does not wait for a file that cannot be deleted: compaction cannot help', async (t) => {
    mockTimers(t);
    const { bench } = await crowded();
    bench.files.holding('unlink').fail('EBUSY');
    await turn();
    const wait = watched(bench.segments.pace());
    await turn();
    assert.ok(wait.ended);
  });
});

describe('open files', () => {
  const spread = async (bench: Bench, count: number): Promise<FrameRef[]> => {
    const refs: FrameRef[] = [];
    for (let n = 0; n < count; n++) refs.push(await bench.kept(n, { length: SEGMENT }));
    return refs;
  };

  it('are no more than their limit when nobody reads, and each is opened again when it is needed', async () => {
    const bench = new Bench({ segmentHandlesMax: 2 });
    const refs = await spread(bench, 5);
    for (let round = 0; round < 2; round++) for (const [n, ref] of refs.entries()) await bench.assertReads(n, ref);
    await turn();
    assert.equal(bench.files.open, 2);
    assert.ok(bench.files.openMost <= 3, `${bench.files.openMost} were open at once`);
  });

  it('are not closed under those who read them, however many', async () => {
    const bench = new Bench({ segmentHandlesMax: 1 });
    const refs = await spread(bench, 4);
    bench.files.holds = (kind) => kind === 'read';
    const reads = refs.map((ref, n) => bench.assertReads(n, ref));
    await turn();
    assert.equal(bench.files.held.length, 4);
    while (bench.files.held.length > 0) bench.files.held[0]!.go();
    await Promise.all(reads);
    await turn();
    assert.equal(bench.files.open, 1);
  });

  it('never lack the one for a file that is just being made, while others are read', async () => {
    const bench = new Bench({ segmentHandlesMax: 1 });
    const refs = await spread(bench, 2);
    bench.files.holds = (kind) => kind === 'syncFolder';
    const appending = bench.append(2);
    await turn();
    for (const [n, ref] of refs.entries()) await bench.assertReads(n, ref);
    bench.files.holding('syncFolder').go();
    await appending.done;
    assertKept(appending);
    assert.equal(bench.segments.trouble, undefined);
  });

  it('never lack those of the files that are written, while others are read', async () => {
    const bench = new Bench({ segmentHandlesMax: 1 });
    const refs = await spread(bench, 2);
    const begun = [await bench.kept(2), await bench.kept(3, { lane: 'kept' })];
    for (const [n, ref] of refs.entries()) await bench.assertReads(n, ref);
    const next = [await bench.kept(4), await bench.kept(5, { lane: 'kept' })];
    assert.deepEqual(
      next.map(({ segment }) => segment),
      begun.map(({ segment }) => segment),
    );
  });

  it('of a segment that goes are closed when its last reader is done, who still gets what he came for', async () => {
    const bench = new Bench();
    const [ref] = await spread(bench, 1);
    bench.files.holds = (kind) => kind === 'read';
    const read = bench.segments.read(idOf(0), ref!);
    await turn();
    bench.release(ref!);
    await turn();
    assert.deepEqual([...bench.files.files], []);
    assert.equal(bench.files.open, 1);
    bench.files.holding('read').go();
    assert.equal((await read).kind, 'content');
    await turn();
    assert.equal(bench.files.open, 0);
    assert.deepEqual(await bench.segments.read(idOf(0), ref!), { kind: 'gone' });
  });

  it('are asked for anew after one could not be had', async () => {
    const bench = new Bench({ segmentHandlesMax: 1 });
    const refs = await spread(bench, 3);
    bench.files.fails = (kind) => (kind === 'open' ? 'EMFILE' : undefined);
    await assert.rejects(bench.segments.read(idOf(0), refs[0]!), StoreUnavailable);
    bench.files.fails = () => undefined;
    await bench.assertReads(0, refs[0]!);
  });
});

describe('reading a frame', () => {
  it('tells damage from a disk that cannot be read', async () => {
    const bench = new Bench();
    const ref = await bench.kept(1);
    const other = await bench.segments.read(idOf(2), ref);
    assert.equal(other.kind, 'damaged');
    const beyond = await bench.segments.read(idOf(1), { ...ref, position: 50 });
    assert.equal(beyond.kind, 'damaged');
    bench.files.fails = (kind) => (kind === 'read' ? 'EIO' : undefined);
    await assert.rejects(bench.segments.read(idOf(1), ref), StoreUnavailable);
  });
});

describe('closing', () => {
  it('refuses what comes later, reads included, and leaves no file open', async () => {
    const bench = new Bench();
    const ref = await bench.kept(1);
    await bench.kept(2, { lane: 'kept' });
    await bench.segments.close();
    const late = bench.append(3);
    await late.done;
    assertRefused(late);
    await assert.rejects(bench.segments.read(idOf(1), ref), StoreUnavailable);
    await turn();
    assert.equal(bench.files.open, 0);
  });

  it('waits for the appends under way, those that wait for their file, their turn or their flush included', async () => {
    const bench = new Bench();
    bench.files.holds = () => true;
    const appendings = [bench.append(1), bench.append(2), bench.append(3, { lane: 'kept' })];
    let closed = false;
    const closing = bench.segments.close().then(() => {
      closed = true;
    });
    for (;;) {
      await turn();
      const [operation] = bench.files.held;
      if (!operation) break;
      assert.equal(closed, false, `before the ${operation.kind}`);
      operation.go();
    }
    await closing;
    for (const appending of appendings) assertKept(appending);
    assert.equal(bench.files.open, 0);
    for (const name of [FIRST, SECOND]) assert.equal(bench.files.durable(name).length, bench.files.files.get(name));
    assert.equal(bench.files.files.size, 2);
  });

  it('waits for the deletions under way: the folder may be taken by another process the moment after', async () => {
    const bench = new Bench();
    bench.files.holds = (kind) => kind === 'unlink';
    bench.release(await bench.kept(1, { length: SEGMENT }));
    let closed = false;
    const closing = bench.segments.close().then(() => {
      closed = true;
    });
    await turn();
    assert.equal(closed, false);
    bench.files.holding('unlink').go();
    await closing;
    assert.equal(bench.files.totalOctets, 0);
  });

  it('deletes nothing any more: a row whose commit was in doubt may yet be found to name what is released', async () => {
    const bench = new Bench();
    const ref = await bench.kept(1, { length: SEGMENT });
    await bench.segments.close();
    bench.release(ref);
    await turn();
    assert.deepEqual([...bench.files.files.keys()], [FIRST]);
  });
});
