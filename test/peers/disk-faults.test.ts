// Needs: strace
/**
 * Disks that fail under the real program: full, refusing to flush, stalling, read-only. Whatever the disk does, nobody is told Ok without
 * durability, earlier messages can be retrieved, /readyz says why, and service comes back by itself.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { Site } from '../kit/program.js';
import { FLUSHES, injectFault, WRITES } from './disk-faults/fault.js';
import { isTransient, LARGE, SMALL, Trial } from './disk-faults/trial.js';

const OK = 0x80;
/** Unit: microseconds. */
const STALL_US = 2_000_000;
/** Unit: octets. */
const TMPFS_OCTETS = 96 * 1024 * 1024;
const FILLING = 1_000_000;
const FILLING_SMALL = 12_000;
const SMALL_TMPFS_OCTETS = 24 * 1024 * 1024;

const missing = spawnSync('strace', ['--version']).status === 0 ? false : 'strace is not installed (scripts/peers installs it)';

/** Refuses for as long as the disk does: small and large ones, phones of 1.2 and of 1.0. */
async function refusedTransiently(trial: Trial): Promise<void> {
  for (const version of ['1.2', '1.0'])
    for (const octets of [SMALL, LARGE]) {
      const status = await trial.submit(octets, version);
      assert.ok(status !== undefined && isTransient(status, version), `version ${version}, ${octets} octets: status ${status}`);
    }
}

async function withTrial(run: (trial: Trial) => Promise<void>, prepare?: Parameters<typeof Trial.begin>[0]): Promise<void> {
  const trial = await Trial.begin(prepare);
  try {
    await run(trial);
  } finally {
    await trial.end();
  }
}

describe('disk faults', { skip: missing }, () => {
  for (const [error, reason] of [
    ['ENOSPC', /full/],
    ['EROFS', /./],
    ['EIO', /./],
  ] as const)
    it(`writes that fail with ${error} for a while: transient refusals, retrieval goes on, readiness names the store, recovery by itself`, () =>
      withTrial(async (trial) => {
        const stored = await trial.accepted(SMALL, LARGE, SMALL, LARGE);
        await trial.restart();
        const cached = await trial.accepted(SMALL, LARGE);
        for (const marker of [...stored, ...cached]) await trial.fetch(marker);
        const fault = await injectFault(trial.pid, WRITES, `error=${error}`);
        try {
          await refusedTransiently(trial);
          assert.match((await trial.unreadiness()) ?? 'ready', /store/);
          assert.match((await trial.unreadiness()) ?? 'ready', reason);
          for (const marker of [...stored, ...cached]) await trial.fetch(marker);
          await refusedTransiently(trial);
        } finally {
          await fault.end();
        }
        await trial.recovered();
        await trial.accepted(SMALL, LARGE);
        await trial.audit();
      }));

  it('a flush that fails once for every thread: final for its file, kept messages stay, the doubtful are answered truly, recovery by itself', () =>
    withTrial(async (trial) => {
      const before = await trial.accepted(SMALL, LARGE);
      const database = databaseOf(trial);
      const fault = await injectFault(trial.pid, FLUSHES, 'error=EIO:when=1');
      try {
        const answers = await Promise.all(Array.from({ length: 12 }, (_, n) => trial.submit(n % 3 === 0 ? LARGE : SMALL)));
        for (const status of answers)
          assert.ok(status === OK || (status !== undefined && isTransient(status, '1.2')), `status ${status}`);
        assert.ok(
          answers.some((status) => status !== OK),
          'somebody was told that it did not work',
        );
        assert.ok((await trial.metric('angarium_store_commit_failures_total')) > 0, 'the failure is counted');
        for (const marker of before) await trial.fetch(marker);
        await trial.recovered();
        assert.notEqual(databaseOf(trial), database, 'the file whose flush failed is not trusted again');
      } finally {
        await fault.end();
      }
      await trial.accepted(SMALL, LARGE);
      await trial.audit();
    }));

  it('flushes that fail for a while: nobody is told Ok, readiness names the store, retrieval goes on, recovery by itself', () =>
    withTrial(async (trial) => {
      const before = await trial.accepted(SMALL, LARGE);
      for (const marker of before) await trial.fetch(marker);
      const fault = await injectFault(trial.pid, FLUSHES, 'error=EIO');
      // Those whose flush failed wait until it is certain what became of them, which may take as long as the fault.
      const waiting = [trial.submit(SMALL), trial.submit(LARGE)];
      try {
        await trial.until('unreadiness', () => trial.unreadiness());
        assert.match((await trial.unreadiness()) ?? 'ready', /store/);
        await refusedTransiently(trial);
        for (const marker of before) await trial.fetch(marker);
      } finally {
        await fault.end();
      }
      await trial.recovered();
      for (const status of await Promise.all(waiting))
        assert.ok(status === OK || (status !== undefined && isTransient(status, '1.2')));
      await trial.accepted(SMALL, LARGE);
      await trial.audit();
    }));

  it('flushes of two seconds: stored and fresh messages are retrieved while submissions wait for the disk, and all are accepted in the end', () =>
    withTrial(async (trial) => {
      const stored = await trial.accepted(SMALL, LARGE);
      for (const marker of stored) await trial.fetch(marker);
      await trial.restart();
      const cached = await trial.accepted(SMALL, LARGE);
      for (const marker of cached) await trial.fetch(marker);
      const fault = await injectFault(trial.pid, FLUSHES, `delay_enter=${STALL_US}`);
      const answered: string[] = [];
      const submissions = [SMALL, LARGE].map(async (octets) => {
        const status = await trial.submit(octets);
        answered.push('submission');
        return status;
      });
      try {
        for (const marker of [...stored, ...cached]) {
          await trial.fetch(marker);
          answered.push('retrieval');
        }
        assert.deepEqual(answered, ['retrieval', 'retrieval', 'retrieval', 'retrieval'], 'no retrieval waits for a flush');
        assert.deepEqual(await Promise.all(submissions), [OK, OK]);
        assert.equal(await trial.unreadiness(), undefined, 'slow is not broken');
      } finally {
        await fault.end();
      }
      await trial.accepted(SMALL, LARGE);
      await trial.audit();
    }));

  it('a read-only data folder: the start is refused, naming the folder', async (t) => {
    if (!canMount()) return t.skip('mounting a small tmpfs is not permitted here');
    const readOnly = (site: Site): (() => void) => {
      const undo = tmpfs(TMPFS_OCTETS)(site);
      assert.equal(spawnSync('mount', ['-o', 'remount,ro', site.data]).status, 0);
      return undo;
    };
    await assert.rejects(Trial.begin(readOnly), /cannot start: data folder /);
  });

  it('a disk that somebody else fills, and empties again: refusals, retrieval goes on, recovery by itself', (t) => {
    if (!canMount()) return t.skip('mounting a small tmpfs is not permitted here');
    return withTrial(async (trial) => {
      const before = await trial.accepted(SMALL, LARGE);
      const filler = join(trial.site.data, 'somebody-elses');
      fill(filler);
      // What the log has room for is still taken, and then nothing more.
      await trial.until('a refusal', async () => ((await trial.submit(SMALL)) === OK ? undefined : true));
      await refusedTransiently(trial);
      assert.match((await trial.unreadiness()) ?? 'ready', /store/);
      for (const marker of before) await trial.fetch(marker);
      rmSync(filler);
      await trial.recovered();
      await trial.accepted(SMALL, LARGE);
      await trial.audit();
    }, tmpfs(TMPFS_OCTETS));
  });

  for (const [what, octets, disk] of [
    ['large messages in segments', FILLING, TMPFS_OCTETS],
    ['small messages in the database', FILLING_SMALL, SMALL_TMPFS_OCTETS],
  ] as const)
    it(`a disk filled to the brim with ${what}: refusals, retrieval and confirmation go on, also after a restart, and confirmed messages make room`, (t) => {
      if (!canMount()) return t.skip('mounting a small tmpfs is not permitted here');
      return withTrial(async (trial) => {
        const kept: string[] = [];
        let status: number | undefined = OK;
        while (status === OK) {
          const sent = await trial.submitNamed(octets);
          status = sent.status;
          if (status === OK) kept.push(sent.marker);
        }
        assert.ok(status !== undefined && isTransient(status, '1.2'), `status ${status}`);
        assert.ok(kept.length > 10, 'the disk took some messages');
        assert.match((await trial.unreadiness()) ?? 'ready', /store.*full|store.*ENOSPC/);
        // The newest and the oldest are still there.
        await trial.fetch(kept.at(-1)!);
        await trial.restart();
        for (const marker of kept.slice(0, -1)) assert.ok(await trial.settle(marker), `the confirmation of ${marker} is taken`);
        await trial.recovered();
        await trial.until('room for new messages', async () => ((await trial.submit(octets)) === OK ? true : undefined));
        await trial.audit();
      }, tmpfs(disk));
    });
});

/** Name of the database file that counts. */
const databaseOf = (trial: Trial): string => readFileSync(join(trial.site.data, 'CURRENT'), 'utf8').trim();

function canMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'angarium-mount-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', 'tmpfs', folder]).status === 0;
  if (mounted) spawnSync('umount', [folder]);
  rmSync(folder, { recursive: true });
  return mounted;
}

/** Writes until the file system takes nothing more. */
function fill(file: string): void {
  const fd = openSync(file, 'w');
  try {
    for (let block = Buffer.alloc(1024 * 1024); block.length > 0; )
      try {
        writeSync(fd, block);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
        block = block.subarray(0, block.length >> 1);
      }
  } finally {
    closeSync(fd);
  }
}

/** Makes the data folder a file system of this size. */
const tmpfs =
  (octets: number) =>
  (site: Site): (() => void) => {
    mkdirSync(site.data);
    const mount = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${octets}`, 'tmpfs', site.data], { encoding: 'utf8' });
    assert.equal(mount.status, 0, mount.stderr);
    return () => void spawnSync('umount', [site.data]);
  };
