import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { silentLog, silentMeter } from '#base';
import { COLUMNS, csvCells, type LineFormat } from '#charging';
import type { EventLog, LoggedChange, MessagingEvent } from '#messaging';
import { aDelivery, aMessage, BOB } from '../../messaging/fixtures.contract.js';
import { MemoryRecordFiles } from './faulty-files.contract.js';
import { diskRecordFiles, type RecordFiles } from './files.js';
import { type Recorder, type RecorderSettings, startRecorder } from './recorder.js';

/** A log of notifications: one change has one or two events, so one or two records. Forgets what it is told, unless `forgets` is false. */
class ScriptedLog implements EventLog {
  readonly #identity: string;
  readonly changes: LoggedChange[] = [];
  readonly #wakes: (() => void)[] = [];
  done = 0;
  #place: number;

  constructor(identity = 'log', from = 0) {
    this.#identity = identity;
    this.#place = from;
  }

  add(count: number): void {
    for (let i = 0; i < count; i++) {
      const message = aMessage();
      const delivery = aDelivery(message);
      const event = (attempt: number): MessagingEvent => ({
        kind: 'notification-pushed',
        messageId: message.id,
        delivery: delivery.key,
        recipient: BOB,
        attempt,
        at: 1000,
      });
      const place = ++this.#place;
      const read: MessagingEvent = { kind: 'content-removed', messageId: message.id, at: 1000 };
      const events = place % 3 === 0 ? [event(1), read, event(2)] : place % 3 === 1 ? [event(1)] : [read];
      this.changes.push({ place, events, message, deliveries: [delivery] });
    }
    for (const wake of this.#wakes) wake();
  }

  get records(): number {
    return this.changes.flatMap(({ events }) => events).filter(({ kind }) => kind === 'notification-pushed').length;
  }

  identity = async () => this.#identity;
  changesAfter = async (after: number, limit: number) =>
    this.changes.filter(({ place }) => place > Math.max(after, this.done)).slice(0, limit);
  async changesDone(upTo: number): Promise<void> {
    this.done = Math.max(this.done, upTo);
  }
  onChanges(wake: () => void): void {
    this.#wakes.push(wake);
  }
}

let clock = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const SETTINGS: RecorderSettings = {
  node: 'n1',
  ownDomain: 'mms.own.example',
  domainOfPeer: () => undefined,
  numbers: 'whole',
  formats: ['json', 'csv'],
  octetsMax: 1_000_000,
  ageMs: 600_000,
  gatherMs: 0,
  retryMs: 600_000,
};

const start = (files: RecordFiles, events: EventLog, more: Partial<RecorderSettings> = {}): Promise<Recorder> =>
  startRecorder({ ...SETTINGS, ...more }, { log: silentLog, meter: silentMeter, events, files, now: () => clock });

interface Read {
  readonly id: string;
  readonly sequence: number;
}

/** All records in the files of a format, in the order of the files' names. */
function recordsIn(files: MemoryRecordFiles, format: LineFormat): Read[] {
  const extension = format === 'json' ? '.jsonl' : '.csv';
  const texts = [...files.texts()]
    .filter(([name]) => name.replace('.part', '').endsWith(extension))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return texts.flatMap(([, text]) =>
    format === 'json'
      ? text
          .split('\n')
          .filter((it) => it !== '')
          .map((line) => JSON.parse(line) as { recordId: string; localSequenceNumber: number })
          .map(({ recordId, localSequenceNumber }) => ({ id: recordId, sequence: localSequenceNumber }))
      : text
          .split('\r\n')
          .filter((it) => it !== '' && !it.startsWith('recordName'))
          .map(csvCells)
          .map((cells) => ({
            id: cells[COLUMNS.indexOf('recordId')]!,
            sequence: Number(cells[COLUMNS.indexOf('localSequenceNumber')]),
          })),
  );
}

/** Each record once, numbered from 1 without gap, in the order of the log. */
function assertComplete(files: MemoryRecordFiles, log: ScriptedLog, formats: readonly LineFormat[] = ['json', 'csv']): void {
  const expected = log.changes.flatMap(({ place, events }) =>
    events.flatMap((event, i) => (event.kind === 'notification-pushed' ? [`log.${place}.${i}.0`] : [])),
  );
  for (const format of formats) {
    assert.deepEqual(
      recordsIn(files, format),
      expected.map((id, i) => ({ id, sequence: i + 1 })),
      format,
    );
  }
}

describe('charging files', () => {
  it('have each record once and numbered, in every format, and tell the log what is done with', async () => {
    const [files, log] = [new MemoryRecordFiles(), new ScriptedLog()];
    log.add(1300);
    const recorder = await start(files, log);
    await recorder.flush();
    assertComplete(files, log);
    assert.equal(log.done, 1300);
    log.add(5);
    await recorder.flush();
    assertComplete(files, log);
    await recorder.close();
  });

  it('are written without being asked when something happens', async () => {
    const [files, log] = [new MemoryRecordFiles(), new ScriptedLog()];
    const recorder = await start(files, log);
    log.add(4);
    while (log.done < 4) await new Promise((resolve) => setTimeout(resolve, 5));
    assertComplete(files, log);
    await recorder.close();
  });

  it('are closed by size and by age, with node, time and number in their names, and only then have their final name', async () => {
    const [files, log] = [new MemoryRecordFiles(), new ScriptedLog()];
    const recorder = await start(files, log, { octetsMax: 400, formats: ['json'] });
    log.add(1);
    await recorder.flush();
    log.add(3);
    await recorder.flush();
    assert.deepEqual([...files.texts().keys()].filter((it) => it.startsWith('mms-n1-')).sort(), [
      'mms-n1-20260102T030405Z-00000001.jsonl',
      'mms-n1-20260102T030405Z-00000002.jsonl',
    ]);
    await recorder.close();

    const [others, events] = [new MemoryRecordFiles(), new ScriptedLog()];
    const aged = await start(others, events);
    events.add(1);
    await aged.flush();
    assert.deepEqual([...others.texts().keys()].filter((it) => it.startsWith('mms-n1-')).sort(), [
      'mms-n1-20260102T030405Z-00000001.csv.part',
      'mms-n1-20260102T030405Z-00000001.jsonl.part',
    ]);
    clock += SETTINGS.ageMs;
    await aged.flush();
    assert.ok(![...others.texts().keys()].some((it) => it.endsWith('.part')));
    clock += SETTINGS.ageMs;
    await aged.flush();
    assert.equal([...others.texts().keys()].filter((it) => it.startsWith('mms-n1-')).length, 2, 'nobody is given an empty file');
    await aged.close();
  });

  it('go on after a start, also when the closed ones have been taken away, or are all that is left', async () => {
    for (const taken of [/\.jsonl$|\.csv$/, /\.state$/]) {
      const [files, log] = [new MemoryRecordFiles(), new ScriptedLog()];
      const first = await start(files, log, { octetsMax: 1 });
      log.add(6);
      await first.close();
      const before = new Map(files.texts());
      for (const name of before.keys()) if (taken.test(name)) files.remove(name);
      // The log gives everything again.
      log.done = 0;
      const second = await start(files, log, { octetsMax: 1 });
      log.add(3);
      await second.close();
      for (const format of ['json', 'csv'] as const) {
        const extension = format === 'json' ? 'jsonl' : 'csv';
        const sequences = recordsIn(files, format).map(({ sequence }) => sequence);
        assert.ok(files.texts().has(`mms-n1-${instantText()}-00000002.${extension}`), [...files.texts().keys()].join());
        assert.deepEqual(sequences.slice(-3), [log.records - 2, log.records - 1, log.records]);
      }
    }
  });

  it('of a format that is new begin where the others are', async () => {
    const [files, log] = [new MemoryRecordFiles(), new ScriptedLog()];
    const first = await start(files, log, { formats: ['json'] });
    log.add(6);
    await first.close();
    const second = await start(files, log);
    log.add(3);
    await second.close();
    assertComplete(files, log, ['json']);
    assert.deepEqual(recordsIn(files, 'csv'), recordsIn(files, 'json').slice(-3));
  });

  it('go on numbering when the store is another one, and have all its records', async () => {
    const files = new MemoryRecordFiles();
    const [one, other] = [new ScriptedLog(), new ScriptedLog('other')];
    const first = await start(files, one);
    one.add(9);
    await first.close();
    const second = await start(files, other);
    other.add(3);
    await second.close();
    const records = recordsIn(files, 'json');
    assert.deepEqual(
      records.map(({ sequence }) => sequence),
      records.map((_, i) => i + 1),
    );
    assert.deepEqual(
      records.slice(-3).map(({ id }) => id),
      ['other.1.0.0', 'other.3.0.0', 'other.3.2.0'],
    );
  });

  for (const operation of ['create', 'write', 'datasync', 'truncate', 'rename', 'syncFolder']) {
    it(`are made up for when the disk refuses for a while (${operation}), and nothing is told to be done with before`, async () => {
      const [files, log] = [new MemoryRecordFiles(), new ScriptedLog()];
      const recorder = await start(files, log, { octetsMax: 700 });
      log.add(2);
      await recorder.flush();
      files.trouble.fail = (which) => (which === operation ? 'ENOSPC' : undefined);
      log.add(600);
      await assert.rejects(recorder.flush(), /injected ENOSPC/);
      assert.match(recorder.trouble ?? '', /injected ENOSPC/);
      assert.ok(log.done < 602);
      log.add(1);
      files.trouble.fail = () => undefined;
      await recorder.flush();
      assert.equal(recorder.trouble, undefined);
      assertComplete(files, log);
      assert.equal(log.done, 603);
      await recorder.close();
    });
  }

  it('are complete after a crash at any operation, whatever of what was not flushed is left', async () => {
    for (const share of [0, 0.3, 1]) {
      for (let at = 1; ; at++) {
        const [files, log] = [new MemoryRecordFiles(), new ScriptedLog()];
        // From the chosen operation on nothing works any more: the process is dead.
        files.trouble.fail = (_, count) => (count >= at ? 'EDEAD' : undefined);
        const settings = { octetsMax: 900 };
        const first = await start(files, log, settings).catch(() => undefined);
        for (let i = 0; i < 6; i++) {
          log.add(2);
          await first?.flush().catch(() => undefined);
        }
        const died = files.count >= at;
        await first?.close();
        files.trouble.fail = () => undefined;
        files.loseUnflushed(share);
        const second = await start(files, log, settings);
        log.add(3);
        await second.close();
        assertComplete(files, log);
        if (!died) break;
      }
    }
  });

  it('do not count lines behind a hole that a power loss has left, and make them again', async () => {
    const [files, log] = [new MemoryRecordFiles(), new ScriptedLog()];
    const first = await start(files, log, { formats: ['json'] });
    log.add(9);
    await first.close();
    const [name, text] = [...files.texts()].find(([it]) => it.endsWith('.part'))!;
    const lines = text.split('\n');
    const file = await files.open(name);
    await file.write(new Uint8Array(lines[2]!.length), lines.slice(0, 2).join('\n').length + 1);
    log.done = 0;
    const second = await start(files, log, { formats: ['json'] });
    await second.close();
    assertComplete(files, log, ['json']);
  });

  it('are for their owner only, on a real disk', async () => {
    const folder = join(await mkdtemp(join(tmpdir(), 'angarium-charging-')), 'cdr');
    try {
      const log = new ScriptedLog();
      for (let round = 0; round < 2; round++) {
        const recorder = await start(diskRecordFiles(folder), log, { formats: ['json'], octetsMax: 1_500 });
        log.add(3);
        await recorder.close();
      }
      const names = (await readdir(folder)).sort();
      assert.equal((await stat(folder)).mode & 0o777, 0o700);
      for (const name of names) assert.equal((await stat(join(folder, name))).mode & 0o777, 0o600, name);
      const text = (
        await Promise.all(names.filter((it) => !it.endsWith('.state')).map((it) => readFile(join(folder, it), 'utf8')))
      ).join('');
      const sequences = [...text.matchAll(/"localSequenceNumber":(\d+)/g)].map(([, n]) => Number(n));
      assert.deepEqual(
        sequences,
        Array.from({ length: log.records }, (_, i) => i + 1),
      );
    } finally {
      await rm(join(folder, '..'), { recursive: true });
    }
  });

  it('refuse a node without a proper name and settings without a format', async () => {
    await assert.rejects(start(new MemoryRecordFiles(), new ScriptedLog(), { node: '../x' }), /no name of a node/);
    await assert.rejects(start(new MemoryRecordFiles(), new ScriptedLog(), { formats: [] }), /no format/);
  });
});

const instantText = (): string => new Date(clock).toISOString().replace(/[-:]/g, '').replace(/\.\d+/, '');
