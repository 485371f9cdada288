/** The estimate of what the disk has left, over a system that answers when the test lets it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Log, silentLog, silentMeter } from '#base';
import { StoreUnavailable } from '#messaging';
import { DEFAULT_SETTINGS } from '../settings.js';
import { DiskSpace } from './disk-space.js';
import { fileError, MemoryFiles } from './memory-files.contract.js';

const RESERVE = 800;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A disk of our own: what is written is gone from it, and a look is answered with what was true when it began. */
class Disk {
  readonly space: DiskSpace;
  free: number;
  logOctets = 0;
  looks = 0;
  fails = false;
  /** Answers that the test has not given yet. */
  readonly held: (() => void)[] = [];
  holds = false;

  constructor(free: number, log: Log = silentLog) {
    this.free = free;
    const files = new MemoryFiles();
    files.space = () => this.#answer();
    const settings = { ...DEFAULT_SETTINGS, reserveOctets: RESERVE, reserveShareMax: 1 };
    this.space = new DiskSpace('data', files, settings, log, silentMeter, () => this.logOctets);
  }

  /** True when room was given. */
  async admit(octets: number): Promise<boolean> {
    try {
      await this.space.admit(octets);
      return true;
    } catch (error) {
      assert.ok(error instanceof StoreUnavailable);
      return false;
    }
  }

  #answer(): Promise<{ readonly free: number; readonly total: number }> {
    this.looks++;
    if (this.fails) return Promise.reject(fileError('ENOSYS'));
    const answer = { free: this.free, total: 1_000_000 };
    if (!this.holds) return Promise.resolve(answer);
    return new Promise((resolve) => this.held.push(() => resolve(answer)));
  }
}

describe('the free space of the disk', () => {
  it('is given to new messages down to the reserve and the log, and asked for anew before anybody is refused', async () => {
    const disk = new Disk(RESERVE + 300);
    disk.logOctets = 100;
    await disk.space.look();
    assert.equal(await disk.admit(200), true);
    assert.equal(disk.looks, 1);
    assert.equal(await disk.admit(1), false);
    assert.equal(disk.looks, 2);
    assert.match(disk.space.trouble ?? '', /^the disk is full/);
  });

  it('counts what was under way when a look began, and what was admitted while it lasted, until the look after', async () => {
    const disk = new Disk(RESERVE + 300);
    await disk.space.look();
    assert.equal(await disk.admit(100), true);
    disk.holds = true;
    const looking = disk.space.look();
    disk.space.settled(100);
    assert.equal(await disk.admit(100), true);
    disk.held.pop()!();
    await looking;
    assert.equal(disk.space.compactionRoom, RESERVE / 2 + 100);
    disk.holds = false;
    disk.free -= 100;
    disk.space.settled(100);
    await disk.space.look();
    assert.equal(disk.space.compactionRoom, RESERVE / 2 + 200);
  });

  it('is looked at once for all who do not fit, each of whom is then counted', async () => {
    const disk = new Disk(RESERVE);
    await disk.space.look();
    disk.free = RESERVE + 250;
    const admitted = await Promise.all([100, 100, 100].map((octets) => disk.admit(octets)));
    assert.deepEqual(admitted, [true, true, false]);
    assert.equal(disk.looks, 2);
  });

  it('that has run out is given again only when an eighth of the reserve is free above it, and not before a look', async () => {
    const disk = new Disk(RESERVE - 1);
    await disk.space.look();
    disk.free = RESERVE + RESERVE / 8 - 1;
    await disk.space.look();
    assert.equal(await disk.admit(1), false);
    disk.free = RESERVE + RESERVE / 8;
    assert.equal(await disk.admit(1), false);
    await disk.space.look();
    assert.equal(disk.space.trouble, undefined);
    assert.equal(await disk.admit(1), true);
  });

  it('that the system does not tell stops nobody, and is complained of once for each time that it is not told', async () => {
    let complaints = 0;
    const disk = new Disk(0, { ...silentLog, warn: () => complaints++ });
    disk.fails = true;
    for (let i = 0; i < 3; i++) await disk.space.look();
    assert.equal(await disk.admit(1e12), true);
    assert.equal(complaints, 1);
    disk.fails = false;
    await disk.space.look();
    disk.fails = true;
    for (let i = 0; i < 3; i++) await disk.space.look();
    assert.equal(complaints, 2);
  });

  it('never falls below the reserve by what was admitted, whenever that is written and whenever anybody looks', async () => {
    const step = fc.record({ what: fc.constantFrom('admit', 'admit', 'write', 'settle', 'look', 'answer'), octets: fc.nat(300) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 80, size: 'max' }), async (steps) => {
        const disk = new Disk(RESERVE + 1_500);
        await disk.space.look();
        disk.holds = true;
        const admitted: number[] = [];
        const written: number[] = [];
        for (const { what, octets } of steps) {
          if (what === 'admit') void disk.admit(octets).then((given) => given && admitted.push(octets));
          if (what === 'look') void disk.space.look();
          if (what === 'answer') disk.held.shift()?.();
          if (what === 'settle' && written.length > 0) disk.space.settled(written.shift()!);
          if (what === 'write' && admitted.length > 0) {
            const next = admitted.splice(octets % admitted.length, 1)[0]!;
            disk.free -= next;
            written.push(next);
          }
          await turn();
          const promised = admitted.reduce((sum, one) => sum + one, 0);
          assert.ok(disk.free - promised >= RESERVE, `${disk.free - promised} would be left`);
        }
      }),
      { numRuns: 100 },
    );
  });
});
