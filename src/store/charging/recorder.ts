/**
 * Brings the events of the log into charging files: each record once, in the order of the log, numbered without a gap.
 *
 * The files themselves say how far they have come. The log is told that changes are done with only when their records have been flushed, so
 * that after a crash the log still has whatever the files lack; a record that is made again has the same id and the same number.
 */
import type { Counter, Gauge, Log, Meter } from '#base';
import { type ChargingSettings, type LineFormat, type RecordId, readRecordId, recordLine, recordsOf } from '#charging';
import { type EventLog, type LoggedChange, StoreUnavailable } from '#messaging';
import type { RecordFiles } from './files.js';
import { isNodeName } from './names.js';
import { type NumberedLine, RecordSink, type Written } from './sink.js';

export interface RecorderSettings extends ChargingSettings {
  /** One file each, with the same records. */
  readonly formats: readonly LineFormat[];
  /** A file is closed when it has so many octets. */
  readonly octetsMax: number;
  /** A file is closed so long after it was begun. Unit: milliseconds. */
  readonly ageMs: number;
  /** How long events gather before they are written. Unit: milliseconds. */
  readonly gatherMs: number;
  /** After trouble with disk or store, the wait before the next attempt. Unit: milliseconds. */
  readonly retryMs: number;
}

export interface RecorderPorts {
  readonly log: Log;
  readonly meter: Meter;
  readonly events: EventLog;
  readonly files: RecordFiles;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export interface Recorder {
  /** What was written last; absent: nothing ever. */
  readonly last: Written | undefined;
  /** Why records are not written now; absent: they are. */
  readonly trouble: string | undefined;
  /** Writes what the log has, and resolves then. Rejects with the trouble. */
  flush(): Promise<void>;
  /** Writes what the log has, if it can, and leaves the open files to the next start. */
  close(): Promise<void>;
}

/** Before the first record. */
const NONE: Written = { id: '', sequence: 0 };
/** Changes that are read and written at once. Unit: changes. Source: half a megabyte of records. */
const BATCH_CHANGES = 512;

/** Rejects when the folder cannot be used, or settings cannot be. What the disk refuses later is tried again until it is taken. */
export async function startRecorder(settings: RecorderSettings, ports: RecorderPorts): Promise<Recorder> {
  if (!isNodeName(settings.node))
    throw new Error(`charging: "${settings.node}" is no name of a node (letters, digits, _; 32 at most)`);
  if (settings.formats.length === 0) throw new Error('charging: no format of files is named');
  await ports.files.makeFolder();
  const { node, octetsMax, ageMs } = settings;
  const sinks: RecordSink[] = [];
  for (const format of new Set(settings.formats))
    sinks.push(await RecordSink.open(ports.files, { node, format, octetsMax, ageMs }, ports.now));
  const recorder = new FileRecorder(settings, ports, sinks);
  await recorder.start();
  return recorder;
}

class FileRecorder implements Recorder {
  readonly #settings: RecorderSettings;
  readonly #ports: RecorderPorts;
  readonly #sinks: readonly RecordSink[];
  readonly #written: Counter;
  readonly #troubled: Gauge;
  #identity = '';
  /** Place in the log behind which is to be read. */
  #after = 0;
  /** Of the change at `#after` + 1 on: records up to this one are written. Only after a start. */
  #upTo: RecordId | undefined;
  #sequence = 0;
  #timer: NodeJS.Timeout | undefined;
  #timerAt = Number.POSITIVE_INFINITY;
  #running: Promise<void> | undefined;
  #isClosed = false;
  trouble: string | undefined;

  constructor(settings: RecorderSettings, ports: RecorderPorts, sinks: readonly RecordSink[]) {
    this.#settings = settings;
    this.#ports = ports;
    this.#sinks = sinks;
    this.#written = ports.meter.counter('angarium_charging_records_total', 'Charging records written', ['record']);
    this.#troubled = ports.meter.gauge('angarium_charging_troubled', 'Charging records cannot be written now (1) or can (0)');
  }

  get last(): Written | undefined {
    const { last } = this.#sinks[0]!;
    return last && last.sequence > 0 ? last : undefined;
  }

  async start(): Promise<void> {
    this.#identity = await this.#ports.events.identity();
    await this.#findPlace();
    this.#troubled.set(0);
    this.#ports.events.onChanges(() => this.#wake(this.#settings.gatherMs));
    this.#wake(0);
  }

  /** Behind the last record that all formats have. One that never had any begins where the others are. */
  async #findPlace(): Promise<void> {
    const before = this.#sinks.flatMap(({ last }) => last ?? []);
    const newest = before.reduce((most, it) => (it.sequence > most.sequence ? it : most), NONE);
    for (const sink of this.#sinks) await sink.startBehind(newest);
    const oldest = this.#sinks.reduce((least, { last = NONE }) => (last.sequence < least.sequence ? last : least), newest);
    this.#sequence = oldest.sequence;
    if (oldest.sequence === 0) return;
    const id = readRecordId(oldest.id);
    if (id?.log === this.#identity) {
      this.#after = id.place - 1;
      this.#upTo = id;
    } else {
      this.#ports.log.warn(
        { recordId: oldest.id, events: this.#identity },
        'charging: the files were written from another store',
      );
    }
  }

  #wake(afterMs: number): void {
    if (this.#isClosed) return;
    const at = this.#ports.now() + afterMs;
    if (this.#timer && this.#timerAt <= at) return;
    clearTimeout(this.#timer);
    this.#timerAt = at;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.flush().catch(passTrouble);
    }, afterMs);
    this.#timer.unref();
  }

  flush(): Promise<void> {
    // Who asks while it runs waits for a run that sees what was there when he asked.
    const run = (this.#running ?? Promise.resolve()).catch(() => undefined).then(() => this.#run());
    const running = run.finally(() => {
      if (this.#running === running) this.#running = undefined;
    });
    this.#running = running;
    return running;
  }

  async #run(): Promise<void> {
    try {
      while (await this.#step());
      if (this.trouble !== undefined) this.#ports.log.info({}, 'charging: records are written again');
      this.trouble = undefined;
      this.#troubled.set(0);
      await this.#closeOld();
    } catch (e) {
      if (!isTrouble(e)) throw e;
      if (this.trouble === undefined)
        this.#ports.log.error({ error: e }, 'charging: records cannot be written; they are made up for later');
      this.trouble = e.message;
      this.#troubled.set(1);
      this.#wake(this.#settings.retryMs);
      throw e;
    }
  }

  /** One batch; whether there may be more. */
  async #step(): Promise<boolean> {
    const changes = await this.#ports.events.changesAfter(this.#after, BATCH_CHANGES);
    const last = changes.at(-1);
    if (!last) return false;
    const lines = this.#numbered(changes);
    for (const format of this.#formats()) {
      const written = lines.map(({ record, ...line }) => ({
        ...line,
        line: recordLine(record, line.sequence, this.#settings.node, format.format),
      }));
      await format.sink.append(written satisfies readonly NumberedLine[]);
    }
    for (const { record } of lines) this.#written.add(1, { record: record.name });
    this.#sequence += lines.length;
    this.#after = last.place;
    this.#upTo = undefined;
    await this.#ports.events.changesDone(last.place);
    return changes.length === BATCH_CHANGES;
  }

  #numbered(changes: readonly LoggedChange[]) {
    let sequence = this.#sequence;
    return changes
      .flatMap((change) => recordsOf(this.#identity, change, this.#settings))
      .filter(({ id }) => !isBehind(id, this.#upTo))
      .map((record) => ({ record, id: record.id, sequence: ++sequence }));
  }

  #formats() {
    return [...new Set(this.#settings.formats)].map((format, i) => ({ format, sink: this.#sinks[i]! }));
  }

  async #closeOld(): Promise<void> {
    for (const sink of this.#sinks) {
      const at = await sink.closeOld();
      if (at !== undefined) this.#wake(Math.max(1, at - this.#ports.now()));
    }
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.flush().catch(passTrouble);
    for (const sink of this.#sinks) await sink.close();
  }
}

/** Trouble of the disk or of the store; anything else is a bug. */
const isTrouble = (e: unknown): e is Error =>
  e instanceof StoreUnavailable || (e instanceof Error && typeof (e as NodeJS.ErrnoException).code === 'string');

/** Trouble has been said and is tried again; a bug goes on. */
function passTrouble(e: unknown): void {
  if (!isTrouble(e)) throw e;
}

/** Whether a record of the first change read is written already: it, and what came before it in its change. */
function isBehind(text: string, upTo: RecordId | undefined): boolean {
  const id = upTo && readRecordId(text);
  return id !== undefined && id.place === upTo!.place && (id.event - upTo!.event || id.record - upTo!.record) <= 0;
}
