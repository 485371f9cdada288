/** The thread of one job (jobs.ts). */
import fs from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { NumberTable, refill } from '#portability';
import { logFile, snapshotFile, writeNew } from './folder.js';
import { adviseHugePages } from './huge-pages.js';
import { importFile, nothing } from './import.js';
import type { JobAsk, JobMessage, Jobs } from './job-types.js';
import { LOG_HEADER_OCTETS, logHeader } from './log.js';
import { recover } from './recover.js';
import { besideOf, copyTable, finishSnapshot, writeSnapshot } from './snapshot.js';

const say = (message: JobMessage): void => parentPort!.postMessage(message);

function grow({ buffer, spill, numbers }: Jobs['grow']['ask']): Jobs['grow']['answer'] {
  const table = NumberTable.for(numbers);
  adviseHugePages(table.buffer);
  refill(new NumberTable(buffer), spill, table);
  return { buffer: table.buffer, spill: [...table.spill] };
}

function importInto({ settings, into }: Jobs['import']['ask']): Jobs['import']['answer'] {
  const { report, book } =
    settings.file === '' ? nothing() : importFile(settings, (octets, lines) => say({ kind: 'progress', octets, lines }));
  if (into === undefined || report.faultCount > 0) return { report };
  const { folder, load } = into;
  const at = settings.now;
  const facts = {
    load,
    change: 0,
    changedAt: at,
    loadedAt: at,
    source: settings.source,
    numbers: book.live,
    ranges: book.view.ranges.count,
  };
  const image = book.view.image();
  writeNew(logFile(folder, load, 0), (fd) => fs.writeSync(fd, logHeader(load, 0)));
  writeSnapshot(snapshotFile(folder, load, 0), image.buffer, besideOf(image), facts);
  const recovered = {
    facts,
    image,
    tally: book.tally(),
    change: 0,
    changedAt: at,
    logBase: 0,
    logOctets: LOG_HEADER_OCTETS,
    logSealed: false,
    tornOctets: 0,
  };
  return { report, recovered };
}

function work(ask: JobAsk): unknown {
  switch (ask.kind) {
    case 'recover':
      return recover(ask.folder, ask.load);
    case 'grow':
      return grow(ask);
    case 'copy-table':
      return copyTable(ask.file, ask.buffer, ask.numbers);
    case 'finish-snapshot':
      return finishSnapshot(ask.file, ask.table, ask.beside, ask.facts);
    case 'import':
      return importInto(ask);
  }
}

try {
  say({ kind: 'done', answer: work(workerData as JobAsk) });
} catch (error) {
  const { name, message, code } = error as NodeJS.ErrnoException;
  // Anything else is a bug, which ends the thread with its stack.
  if (name !== 'Damage' && name !== 'RangeError' && code === undefined) throw error;
  say({ kind: 'failed', name, text: message, ...(code === undefined ? {} : { code }) });
}
