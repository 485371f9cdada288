import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { type FileHandle, open as openFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it, mock } from 'node:test';
import { silentLog, silentMeter } from '#base';
import { type DecisionLogSettings, openDecisionLog } from './decision-log.js';
import { type KeptDecision, masked, maskedWithKey, shownOtherwise } from './kept.js';
import { newestDecisions, readDecisions } from './read.js';
import { reportOf } from './report.js';

const root = mkdtempSync(join(tmpdir(), 'angarium-decisions-'));
after(() => rmSync(root, { recursive: true, force: true }));

let folders = 0;
const settingsFor = (changes: Partial<DecisionLogSettings> = {}): DecisionLogSettings => ({
  folder: join(root, String(++folders)),
  fileOctets: 1_000,
  octetsMax: 100_000,
  retentionMs: 60_000,
  flushMs: 5,
  ...changes,
});

const aDecision = (changes: Partial<KeptDecision> = {}): KeptDecision => ({
  at: 1_000_000,
  link: 'msc',
  opc: 1,
  dpc: 2,
  sccp: 'UDT',
  called: '393490000001',
  calling: '393490001000',
  sender: '393491234567',
  verdict: 'reject',
  action: 'pass',
  held: 'monitor',
  carried: 'passed',
  place: 'row 7',
  reason: 'ported-at-home-smsc',
  mode: 'monitor',
  homeSmsc: 'smsc-1',
  flow: 'vstp',
  settings: 'v',
  numbers: { state: 'ready', version: { load: 'a', change: 0, changedAt: 0 } },
  steps: [
    { step: 'conditioning', party: 'sender', written: { nature: 'international', digits: '393491234567' }, number: 393491234567 },
    { step: 'lookup', party: 'sender', number: 393491234567, state: 'ready', version: { load: 'a', change: 0, changedAt: 0 } },
  ],
  ...changes,
});

/** A clock beside that of the disk, so that retention can be tried; the files' own times are of now. */
let now = Date.now();
const open = (settings: DecisionLogSettings) => openDecisionLog(settings, { log: silentLog, meter: silentMeter, now: () => now });
const all = async (folder: string, query = {}) => {
  const found: KeptDecision[] = [];
  for await (const kept of readDecisions(folder, query)) found.push(kept);
  return found;
};

describe('kept decisions', () => {
  it('are read back as they were kept, in files for owner and group only', async () => {
    const settings = settingsFor();
    const log = await open(settings);
    const decisions = [1, 2, 3].map((at) => aDecision({ at: now + at }));
    for (const decision of decisions) log.keep(decision);
    await log.close();
    assert.deepEqual(await all(settings.folder), decisions);
    for (const file of readdirSync(settings.folder)) assert.equal(statSync(join(settings.folder, file)).mode & 0o007, 0);
  });

  it('reach the disk by themselves within the time of the settings', async () => {
    const settings = settingsFor();
    const log = await open(settings);
    log.keep(aDecision({ at: now }));
    while ((await all(settings.folder)).length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    await log.close();
  });

  it('fill one file after the other and never take more room than is allowed, the oldest going first', async () => {
    const settings = settingsFor({ octetsMax: 5_000 });
    const log = await open(settings);
    for (let n = 0; n < 40; n++) {
      log.keep(aDecision({ at: now + n }));
      await log.flush();
    }
    await log.close();
    const octets = readdirSync(settings.folder).reduce((sum, file) => sum + statSync(join(settings.folder, file)).size, 0);
    assert.ok(octets <= 5_000 + 1_000, String(octets));
    const left = await all(settings.folder);
    assert.ok(left.length > 0 && left.length < 40);
    assert.equal(left.at(-1)!.at, now + 39);
  });

  it('are removed when they are older than the retention', async () => {
    const settings = settingsFor({ fileOctets: 1 });
    const log = await open(settings);
    for (const at of [0, 1]) {
      log.keep(aDecision({ at: now + at }));
      await log.flush();
    }
    await log.close();
    now += 120_000;
    const again = await open(settings);
    await again.close();
    now -= 120_000;
    assert.equal((await all(settings.folder)).length, 1, 'the newest file stays');
  });

  it('survive half a line that a crash has left, and foreign lines', async () => {
    const settings = settingsFor();
    const log = await open(settings);
    log.keep(aDecision({ at: now }));
    await log.close();
    const [file] = readdirSync(settings.folder);
    appendFileSync(join(settings.folder, file!), '{"at":1}\nnull\n7\n{"at":99,"li');
    const next = await open(settings);
    next.keep(aDecision({ at: now + 1 }));
    await next.close();
    assert.deepEqual(
      (await all(settings.folder)).map(({ at }) => at),
      [now, now + 1],
    );
  });

  it('say why they cannot be kept, and are kept again when they can', async () => {
    const settings = settingsFor({ folder: join(root, 'gone') });
    const log = await open(settings);
    rmSync(settings.folder, { recursive: true });
    appendFileSync(settings.folder, 'a file where the folder should be');
    log.keep(aDecision());
    await log.flush();
    assert.match(log.fault ?? '', /cannot be kept/);
    rmSync(settings.folder);
    log.keep(aDecision({ at: now }));
    await log.close();
    assert.equal(log.fault, undefined);
    assert.equal((await all(settings.folder)).length, 1);
  });

  it('are found by sender, time, verdict, home SMSC and link, newest first and no more than asked for', async () => {
    const settings = settingsFor();
    const log = await open(settings);
    for (let n = 0; n < 30; n++) {
      log.keep(aDecision({ at: now + n, sender: n % 2 ? '393490000002' : '393490000003', link: n < 10 ? 'a' : 'b' }));
      await log.flush();
    }
    await log.close();
    const found = await newestDecisions(settings.folder, { sender: '393490000002', link: 'b' }, 3);
    assert.deepEqual(
      found.map(({ at }) => at - now),
      [29, 27, 25],
    );
    assert.equal((await all(settings.folder, { since: now + 5, until: now + 8 })).length, 3);
    assert.equal((await all(settings.folder, { verdict: 'redirect' })).length, 0);
    assert.deepEqual(await newestDecisions(join(root, 'none'), {}, 3), []);
  });

  it('hide every number of a subscriber when they are masked', () => {
    const text = JSON.stringify(masked(aDecision()));
    assert.ok(!text.includes('393491234567') && text.includes('********4567'));
    assert.ok(text.includes('393490000001'), 'a service centre is no subscriber');
    assert.ok(!JSON.stringify(shownOtherwise(aDecision(), () => 'x')).includes('4567'));
  });
});

describe('the report', () => {
  async function* of(...decisions: KeptDecision[]): AsyncGenerator<KeptDecision> {
    yield* decisions;
  }

  it('counts what the flow would reject and what was stopped, by exchange, service centre and sender', async () => {
    const report = await reportOf(
      of(
        aDecision({ at: 5 }),
        aDecision({ at: 9, action: 'reject', held: 'no' }),
        aDecision({ calling: '1', sender: '2', homeSmsc: 'smsc-2', at: 7 }),
        aDecision({ verdict: 'pass' }),
        aDecision({ verdict: 'redirect' }),
      ),
      (sender) => `salted ${sender.length}`,
    );
    assert.deepEqual([report.rejects, report.stopped, report.senders, report.from, report.to], [3, 1, 2, 5, 9]);
    assert.deepEqual(report.peers[0], { peer: '393490001000', link: 'msc', opc: 1, rejects: 2, stopped: 1 });
    assert.deepEqual(
      report.homeSmscs.map(({ homeSmsc, rejects }) => [homeSmsc, rejects]),
      [
        ['smsc-1', 2],
        ['smsc-2', 1],
      ],
    );
    assert.deepEqual(report.topSenders[0], { sender: 'salted 12', rejects: 2, stopped: 1 });
  });

  it('tells masked senders apart by their keyed hash, and says how far the count can be trusted', async () => {
    const counted = async (...kept: KeptDecision[]) => {
      const { senders, senderCount, topSenders } = await reportOf(of(...kept), (sender) => sender);
      return [senders, senderCount, topSenders[0]?.rejects];
    };
    const keyed = (sender: string, run: string): KeptDecision => maskedWithKey(aDecision({ sender }), (it) => `${run} ${it}`);
    const [a, b] = ['46700010001', '46700020001'];
    assert.equal(keyed(a!, '1').sender, keyed(b!, '1').sender);
    assert.deepEqual(await counted(aDecision(), aDecision()), [1, 'exact', 2]);
    assert.deepEqual(await counted(keyed(a!, '1'), keyed(b!, '1'), keyed(a!, '1')), [2, 'by-run', 2]);
    assert.deepEqual(await counted(keyed(a!, '1'), keyed(a!, '2')), [2, 'by-run', 1]);
    assert.deepEqual(await counted(keyed(a!, '1'), masked(aDecision())), [2, 'too-low', 1]);
    assert.equal(masked(keyed(a!, '1')).senderKey, undefined);
  });

  it('is empty over nothing', async () => {
    const report = await reportOf(of(), (sender) => sender);
    assert.deepEqual([report.rejects, report.peers, report.topSenders, report.from], [0, [], [], undefined]);
  });
});

describe('a folder of decisions over a long time', () => {
  it('holds nothing older than the retention though little is written', async () => {
    const settings = settingsFor({ fileOctets: 1_000_000, retentionMs: 60_000 });
    const log = await open(settings);
    const before = now;
    for (let i = 0; i < 5; i++) {
      log.keep(aDecision({ at: now }));
      await log.flush();
      now += 30_000;
    }
    const found = await all(settings.folder);
    await log.close();
    assert.ok(found.length >= 2 && found.every(({ at }) => at > before), `${found.length} are left`);
    now = before;
  });

  it('does not fill with empty or cut files while the disk is full, and keeps whole lines afterwards', async () => {
    const settings = settingsFor({ fileOctets: 1_000_000 });
    const log = await open(settings);
    log.keep(aDecision({ link: 'before' }));
    await log.flush();
    const file = await openFile('/dev/null', 'r');
    const handle = Object.getPrototypeOf(file) as { appendFile: FileHandle['appendFile'] };
    await file.close();
    const real = handle.appendFile;
    const full = mock.method(handle, 'appendFile', async function (this: FileHandle, data: Buffer) {
      await real.call(this, data.subarray(0, 10));
      throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    });
    for (let i = 0; i < 10; i++) {
      log.keep(aDecision());
      await log.flush();
    }
    assert.match(log.fault ?? '', /ENOSPC/);
    full.mock.restore();
    assert.equal(readdirSync(settings.folder).length, 1);
    log.keep(aDecision({ link: 'after' }));
    await log.close();
    assert.equal(log.fault, undefined);
    assert.deepEqual(
      (await all(settings.folder)).map(({ link }) => link),
      ['before', 'after'],
    );
  });
});
