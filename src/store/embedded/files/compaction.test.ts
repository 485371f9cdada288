/** Compaction over a file layer in memory and rows that the test answers for. */
import assert from 'node:assert/strict';
import { describe, it, mock, type TestContext } from 'node:test';
import fc from 'fast-check';
import { silentLog, silentMeter } from '#base';
import { StoreUnavailable } from '#messaging';
import { DEFAULT_SETTINGS, type EmbeddedSettings } from '../settings.js';
import { Compaction, type FrameRows } from './compaction.js';
import { DiskSpace } from './disk-space.js';
import { contentCrc, FRAME_HEADER_OCTETS, type FrameRef } from './frame.js';
import { MemoryFiles } from './memory-files.contract.js';
import { type Lane, Segments } from './segments.js';

const FRAME = 100;
const CONTENT = FRAME - FRAME_HEADER_OCTETS;
const SEGMENT = 10 * FRAME;

const idOf = (n: number): string => String(n).padStart(22, 'm');
const contentOf = (n: number, length = CONTENT): Uint8Array => new Uint8Array(length).fill(n + 1);

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function mockTimers(t: TestContext): void {
  mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
  t.after(() => mock.timers.reset());
}

/** Rows of messages; each commit may be made to wait or to be refused. */
class Rows implements FrameRows {
  readonly places = new Map<string, FrameRef>();
  readonly givenUp = new Map<string, string>();
  asked = 0;
  moves = 0;
  /** Called before it is answered that a segment is empty. */
  onEmpty: () => void = () => undefined;
  /** Before a move is committed. */
  beforeMove: (id: string) => Promise<void> = () => Promise.resolve();

  async framesOf(segment: number, limit: number) {
    this.asked++;
    await turn();
    const found = [...this.places].filter(([, ref]) => ref.segment === segment).slice(0, limit);
    if (found.length === 0) this.onEmpty();
    return found.map(([id, ref]) => ({ id, ref }));
  }

  async move(id: string, from: FrameRef, to: FrameRef): Promise<boolean> {
    this.moves++;
    await this.beforeMove(id);
    if (!this.#names(id, from)) return false;
    this.places.set(id, to);
    return true;
  }

  async giveUp(id: string, from: FrameRef, damage: string): Promise<boolean> {
    if (!this.#names(id, from)) return false;
    this.places.delete(id);
    this.givenUp.set(id, damage);
    return true;
  }

  #names(id: string, ref: FrameRef): boolean {
    const place = this.places.get(id);
    return place?.segment === ref.segment && place.position === ref.position;
  }
}

class Bench {
  readonly files = new MemoryFiles();
  readonly rows = new Rows();
  readonly segments: Segments;
  readonly space: DiskSpace;
  readonly compaction: Compaction;

  constructor(settings: Partial<EmbeddedSettings> = {}) {
    const all: EmbeddedSettings = { ...DEFAULT_SETTINGS, segmentOctets: SEGMENT, compactionStepOctets: SEGMENT, ...settings };
    this.segments = new Segments('segments', this.files, all, silentLog, silentMeter);
    this.space = new DiskSpace('segments', this.files, all, silentLog, silentMeter, () => 0);
    this.compaction = new Compaction(this.segments, this.rows, this.space, all, silentLog, silentMeter);
    this.segments.onLoosened = () => this.compaction.look();
  }

  async keep(n: number, lane: Lane = 'new'): Promise<void> {
    const pieces = [contentOf(n)];
    const crc = contentCrc(idOf(n), pieces);
    this.rows.places.set(idOf(n), await this.segments.append(idOf(n), pieces, CONTENT, crc, lane));
  }

  /** Its message has been retrieved. */
  remove(n: number): void {
    const ref = this.rows.places.get(idOf(n));
    if (!ref) throw new Error(`no row of ${n}`);
    this.rows.places.delete(idOf(n));
    this.segments.release(ref.segment, ref.length);
  }

  /** One sealed segment for each ten frames. */
  async fill(segments: number): Promise<void> {
    for (let n = 0; n < 10 * segments; n++) await this.keep(n);
  }

  async settle(): Promise<void> {
    for (let i = 0; i < 100; i++) await turn();
  }

  async assertSound(): Promise<void> {
    for (const [id, ref] of this.rows.places) {
      const content = contentOf(Number(id.replaceAll('m', '')), ref.length);
      assert.deepEqual(await this.segments.read(id, ref), { kind: 'content', content });
    }
    const frames = [...this.rows.places.values()].map((ref) => FRAME_HEADER_OCTETS + ref.length);
    assert.equal(
      this.segments.liveOctets,
      frames.reduce((sum, octets) => sum + octets, 0),
    );
    assert.equal(this.segments.totalOctets, this.files.totalOctets);
  }

  segmentOf(n: number): number | undefined {
    return this.rows.places.get(idOf(n))?.segment;
  }
}

describe('compaction', () => {
  it('empties the sparsest closed segment when too much is dead, and what outlived it goes to a file of its own', async () => {
    const bench = new Bench();
    await bench.fill(3);
    for (const n of [0, 1, 2, 3, 4, 5, 6, 7]) bench.remove(n);
    for (const n of [10, 11, 12, 13, 14, 15, 16, 17]) bench.remove(n);
    for (const n of [20, 21, 22, 23]) bench.remove(n);
    await bench.settle();
    await bench.keep(30);
    assert.deepEqual([...bench.files.files.keys()].sort(), ['0000000003.seg', '0000000004.seg', '0000000005.seg']);
    assert.deepEqual(
      [8, 9, 18, 19, 30].map((n) => bench.segmentOf(n)),
      [4, 4, 4, 4, 5],
    );
    await bench.assertSound();
  });

  it('does nothing while no more than the share that may be dead and a quarter of a segment is dead', async () => {
    const bench = new Bench();
    await bench.fill(2);
    for (const n of [0, 1, 2, 3, 4]) bench.remove(n);
    await bench.settle();
    assert.equal(bench.rows.asked, 0);
  });

  it('empties a segment that is not trusted at once, although nothing in it is dead', async () => {
    const bench = new Bench();
    await bench.keep(1);
    bench.files.fails = (kind) => (kind === 'datasync' ? 'EIO' : undefined);
    await assert.rejects(bench.keep(2), StoreUnavailable);
    bench.files.fails = () => undefined;
    await bench.settle();
    assert.equal(bench.segments.anySuspect, false);
    assert.notEqual(bench.segmentOf(1), 1);
    await bench.assertSound();
  });

  it('passes over a segment whose copies do not fit on the disk', async () => {
    const bench = new Bench({ reserveOctets: 1_000, reserveShareMax: 1 });
    let free = 500 + FRAME;
    bench.files.space = async () => ({ free, total: 1_000_000 });
    await bench.space.look();
    await bench.fill(2);
    for (let n = 0; n < 20; n++) if (n % 5 > 1) bench.remove(n);
    await bench.settle();
    assert.equal(bench.rows.asked, 0);
    free = 500 + 4 * FRAME;
    await bench.space.look();
    bench.compaction.look();
    await bench.settle();
    assert.ok(bench.rows.moves > 0);
    await bench.assertSound();
  });

  it('passes over a segment in which frames are still being written', async () => {
    const bench = new Bench();
    for (let n = 0; n < 9; n++) await bench.keep(n);
    bench.files.holds = (kind) => kind === 'write';
    const last = bench.keep(9);
    await turn();
    for (let n = 0; n < 8; n++) bench.remove(n);
    await bench.settle();
    assert.equal(bench.rows.asked, 0);
    bench.files.holds = () => false;
    bench.files.holding('write').go();
    await last;
    await bench.settle();
    assert.deepEqual(
      [8, 9].map((n) => bench.segmentOf(n)),
      [2, 2],
    );
    await bench.assertSound();
  });

  it('gives up a frame that is damaged and goes on with the rest', async () => {
    const bench = new Bench();
    await bench.fill(1);
    const place = bench.rows.places.get(idOf(9))!;
    bench.rows.places.set(idOf(9), { ...place, crc: place.crc ^ 1 });
    for (let n = 0; n < 7; n++) bench.remove(n);
    await bench.settle();
    assert.deepEqual([...bench.rows.givenUp.keys()], [idOf(9)]);
    assert.deepEqual(
      [7, 8].map((n) => bench.segmentOf(n)),
      [2, 2],
    );
    await bench.assertSound();
  });

  it('releases the copy of a frame whose message went while it was copied, and the original only once', async () => {
    const bench = new Bench();
    await bench.fill(1);
    let go = (): void => undefined;
    bench.rows.beforeMove = (id) => (id === idOf(9) ? new Promise((resolve) => (go = resolve)) : Promise.resolve());
    for (let n = 0; n < 7; n++) bench.remove(n);
    await bench.settle();
    bench.remove(9);
    go();
    await bench.settle();
    await bench.assertSound();
    assert.equal(bench.files.files.has('0000000001.seg'), false);
  });

  it('lets others go first after each step of its octets', async (t) => {
    mockTimers(t);
    const bench = new Bench({ compactionStepOctets: 2 * CONTENT, compactionPauseMs: 5 });
    await bench.fill(2);
    for (let n = 0; n < 15; n++) if (n !== 4 && n !== 5 && n !== 6 && n !== 7) bench.remove(n);
    await bench.settle();
    assert.equal(bench.rows.moves, 2);
    mock.timers.tick(5);
    await bench.settle();
    assert.equal(bench.rows.moves, 4);
    mock.timers.tick(5);
    await bench.settle();
    await bench.assertSound();
  });

  it('comes again soon to a segment with frames that no row names yet', async (t) => {
    mockTimers(t);
    const bench = new Bench({ compactionAgainMs: 20 });
    await bench.fill(1);
    // The commit of the last one is under way.
    const place = bench.rows.places.get(idOf(9))!;
    bench.rows.places.delete(idOf(9));
    for (let n = 0; n < 8; n++) bench.remove(n);
    await bench.settle();
    assert.equal(bench.segmentOf(8), 2);
    assert.equal(bench.rows.asked, 2, 'it found one frame, then none, and waits');
    assert.ok(bench.files.files.has('0000000001.seg'));
    bench.rows.places.set(idOf(9), place);
    mock.timers.tick(20);
    await bench.settle();
    assert.equal(bench.segmentOf(9), 2);
    await bench.assertSound();
  });

  it('works on one segment at a time, however often it is told to look', async () => {
    const bench = new Bench();
    await bench.fill(4);
    let moving = 0;
    const from = new Set<number>();
    bench.rows.beforeMove = async (id) => {
      moving++;
      from.add(bench.rows.places.get(id)!.segment);
      assert.equal(from.size, 1);
      bench.compaction.look();
      await turn();
      if (--moving === 0) from.clear();
    };
    for (let n = 0; n < 40; n++) if (n % 10 < 8) bench.remove(n);
    await bench.settle();
    assert.ok(bench.rows.moves >= 4);
    await bench.assertSound();
  });

  it('hears of what becomes dead in the very moment in which it finds nothing more to do', async () => {
    for (let ticks = 0; ticks < 12; ticks++) {
      const bench = new Bench();
      await bench.fill(2);
      const emptied = new Promise<void>((resolve) => {
        bench.rows.onEmpty = resolve;
      });
      for (const n of [0, 1, 2, 3, 4, 5, 6, 16, 17, 18, 19]) bench.remove(n);
      await emptied;
      for (let i = 0; i < ticks; i++) await Promise.resolve();
      for (const n of [11, 12, 13, 14, 15]) bench.remove(n);
      await bench.settle();
      assert.equal(bench.files.files.has('0000000002.seg'), false, `${ticks} ticks after`);
      await bench.assertSound();
    }
  });
});

describe('a compaction that fails', () => {
  it('ends when all that it had begun has ended, and then waits before the next try', async (t) => {
    mockTimers(t);
    const bench = new Bench({ compactionRetryMs: 5_000 });
    await bench.fill(1);
    let go = (): void => undefined;
    bench.rows.beforeMove = (id) =>
      id === idOf(8) ? Promise.reject(new StoreUnavailable('refused')) : new Promise((resolve) => (go = resolve));
    for (let n = 0; n < 8; n++) bench.remove(n);
    await bench.settle();
    assert.equal(bench.rows.moves, 2);
    let closed = false;
    const closing = bench.compaction.close().then(() => {
      closed = true;
    });
    await bench.settle();
    assert.equal(closed, false);
    go();
    await closing;
    await bench.assertSound();
  });

  it('is tried again by the clock and leaves nothing counted twice', async (t) => {
    mockTimers(t);
    const bench = new Bench({ compactionRetryMs: 5_000 });
    await bench.fill(1);
    bench.rows.beforeMove = () => Promise.reject(new StoreUnavailable('refused'));
    for (let n = 0; n < 8; n++) bench.remove(n);
    await bench.settle();
    const { moves } = bench.rows;
    assert.equal(moves, 2);
    bench.compaction.look();
    await bench.settle();
    assert.equal(bench.rows.moves, moves);
    bench.rows.beforeMove = () => Promise.resolve();
    mock.timers.tick(5_000);
    await bench.settle();
    assert.deepEqual(
      [8, 9].map((n) => bench.segmentOf(n)),
      [2, 2],
    );
    await bench.assertSound();
  });
});

describe('closing compaction', () => {
  it('begins no copy any more and ends those under way', async () => {
    const bench = new Bench({ compactionStepOctets: 1, compactionPauseMs: 0 });
    await bench.fill(1);
    let go = (): void => undefined;
    bench.rows.beforeMove = () => new Promise((resolve) => (go = resolve));
    for (let n = 0; n < 7; n++) bench.remove(n);
    await bench.settle();
    const closing = bench.compaction.close();
    go();
    await closing;
    assert.equal(bench.rows.moves, 1);
    bench.compaction.look();
    await bench.settle();
    assert.equal(bench.rows.moves, 1);
    await bench.assertSound();
  });
});

/** What a run does next; `pick` chooses among what there is. */
interface Step {
  readonly what: 'append' | 'remove' | 'end' | 'fail' | 'commit' | 'refuse';
  readonly pick: number;
}

/** A bench in which no operation of a file and no commit of a move ends by itself. */
class Run extends Bench {
  readonly #moves: { readonly go: () => void; readonly refuse: () => void }[] = [];
  #n = 0;

  constructor() {
    super({ compactionRetryMs: 100, compactionPauseMs: 1, compactionStepOctets: 300, segmentHandlesMax: 2 });
    this.files.holds = (kind) => kind !== 'read' && kind !== 'open';
    this.rows.beforeMove = () =>
      new Promise((go, reject) => this.#moves.push({ go, refuse: () => reject(new StoreUnavailable('refused')) }));
  }

  async take({ what, pick }: Step): Promise<void> {
    const { held } = this.files;
    const operation = held[pick % held.length];
    switch (what) {
      case 'append':
        this.#append(this.#n++, pick % 300, pick % 5 === 0);
        break;
      case 'remove': {
        const ids = [...this.rows.places.keys()];
        const id = ids[pick % ids.length];
        if (id !== undefined) this.remove(Number(id.replaceAll('m', '')));
        break;
      }
      case 'end':
        operation?.go();
        break;
      case 'fail':
        // An end that cannot be cut off is counted as taken on purpose: left out, so that the sums can be compared to the octet.
        if (operation?.kind !== 'truncate') operation?.fail('EIO');
        break;
      case 'commit':
        this.#moves.splice(pick % this.#moves.length, 1)[0]?.go();
        break;
      case 'refuse':
        this.#moves.splice(pick % this.#moves.length, 1)[0]?.refuse();
        break;
    }
    await turn();
  }

  /** Lets everything end well, the clock go on, and compaction come to rest. */
  async comeToRest(): Promise<void> {
    for (let round = 0; round < 40; round++) {
      for (let i = 0; i < 10; i++) {
        while (this.files.held.length > 0) this.files.held[0]!.go();
        for (const { go } of this.#moves.splice(0)) go();
        await turn();
      }
      mock.timers.tick(100);
      this.compaction.look();
    }
  }

  #append(n: number, length: number, refusedLater: boolean): void {
    const pieces = [contentOf(n, length)];
    this.segments.append(idOf(n), pieces, length, contentCrc(idOf(n), pieces)).then(
      (ref) => {
        const name = `${String(ref.segment).padStart(10, '0')}.seg`;
        const from = ref.position + FRAME_HEADER_OCTETS;
        assert.deepEqual(new Uint8Array(this.files.durable(name).subarray(from, from + length)), pieces[0]);
        if (refusedLater) this.segments.release(ref.segment, ref.length);
        else this.rows.places.set(idOf(n), ref);
      },
      (error: unknown) => assert.ok(error instanceof StoreUnavailable, String(error)),
    );
  }
}

describe('segments and compaction, in any order of appends, releases, ends and failures', () => {
  it('keep every acknowledged frame, count to the octet what is needed and what is there, and leave no file that nothing needs', async (t) => {
    mockTimers(t);
    const weighted = (['append', 'append', 'end', 'end', 'end', 'end', 'remove', 'fail', 'commit', 'refuse'] as const).slice();
    const step = fc.record({ what: fc.constantFrom(...weighted), pick: fc.nat(9_999) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 150, size: 'max' }), async (steps) => {
        const run = new Run();
        for (const one of steps) await run.take(one);
        await run.comeToRest();
        await run.assertSound();
        const { segments, files } = run;
        const all = [...segments.all];
        assert.deepEqual(files.files, new Map(all.map((one) => [`${String(one.number).padStart(10, '0')}.seg`, one.octets])));
        assert.deepEqual(
          all.filter(({ sealed, live }) => sealed && live === 0),
          [],
        );
        assert.ok(all.filter(({ sealed }) => !sealed).length <= 2);
        assert.equal(segments.anySuspect, false);
        assert.ok(segments.totalOctets <= 2 * segments.liveOctets + SEGMENT, `${segments.totalOctets} of ${segments.liveOctets}`);
        assert.ok(files.writesAtOnceMost <= 1);
        // Those of the two files that are written may come on top of the limit of two.
        assert.ok(files.open <= 4, `${files.open} open`);
        await run.compaction.close();
        await segments.close();
        await turn();
        assert.equal(files.open, 0);
      }),
      { numRuns: 150 },
    );
  });
});
