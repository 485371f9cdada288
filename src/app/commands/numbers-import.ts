/** `angarium numbers import`: a file, its progress, and what it holds. */
import { statSync } from 'node:fs';
import path from 'node:path';
import { dryRunImport, type ImportReport, JobFailed, type LineRemark } from '#store/numbers';
import { openForWriting } from './numbers-store.js';
import { Failure, octetsText, plain, say, sayJson, table } from './terminal.js';

const settingsOf = (file: string, screenedTypes: readonly number[]) => ({ file, source: path.basename(file), screenedTypes });

/** One line that is written over, on a terminal only. */
function progressOf(file: string): { readonly step: (octets: number, lines: number) => void; readonly end: () => void } {
  if (!process.stderr.isTTY) return { step: () => {}, end: () => {} };
  const total = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  return {
    step: (octets, lines) => {
      const share = total === 0 ? 100 : Math.floor((octets / total) * 100);
      process.stderr.write(`\r${String(share).padStart(3)} %  ${octetsText(octets)}  ${lines} lines`);
    },
    end: () => process.stderr.write('\r\u001b[K'),
  };
}

const remarkLine = (file: string, { line, text }: LineRemark): string => `${file}:${line}: ${plain(text)}`;

function faultsText(file: string, { faults, faultCount }: ImportReport): string {
  const more = faultCount > faults.length ? [`and ${faultCount - faults.length} more`] : [];
  return [...faults.map((fault) => remarkLine(file, fault)), ...more, `${faultCount} faults: the file is not imported`].join(
    '\n',
  );
}

function reportText(file: string, report: ImportReport): string {
  const { lines, numbers, ranges, timed, counts, oddities } = report;
  const rows = counts.map((row) => [
    row.portabilityType === 0xff ? 'none' : String(row.portabilityType),
    row.entity,
    String(row.numbers),
    String(row.ranges),
  ]);
  return [
    `${lines} lines: ${numbers} numbers, ${ranges} ranges, ${timed} lines with a validity to come or to end`,
    table([['type', 'entity', 'numbers', 'ranges'], ...rows]),
    table([
      ['repeated lines', String(oddities.repeated)],
      ['another network, not ported (rn, type 36)', String(oddities.rnNotPorted)],
      ['own network, ported out (sp, type 1)', String(oddities.spPortedOut)],
      ['own network, of a screened type (sp)', String(oddities.spScreened)],
    ]),
    ...oddities.first.map((remark) => `first: ${remarkLine(file, remark)}`),
  ].join('\n');
}

/** Reads a file and says what it holds. Needs no folder. */
export async function dryRun(file: string, _folder: string, screenedTypes: readonly number[], json: boolean): Promise<void> {
  const { step, end } = progressOf(file);
  const report = await dryRunImport({ ...settingsOf(file, screenedTypes), now: Date.now() }, step)
    .catch((error: unknown) => {
      if (error instanceof JobFailed) throw new Failure(`${file}: ${error.message}`);
      throw error;
    })
    .finally(end);
  if (json) sayJson(report);
  else say(reportText(file, report));
  if (report.faultCount === 0) return;
  if (json) process.exitCode = 1;
  else throw new Failure(faultsText(file, report));
}

/** Makes a file the new full load. */
export async function importFile(file: string, folder: string, screenedTypes: readonly number[], json: boolean): Promise<void> {
  const store = await openForWriting(folder);
  const { step, end } = progressOf(file);
  try {
    const done = await store.load({ settings: settingsOf(file, screenedTypes), progress: step }).finally(end);
    if (!done.ok) {
      const { error } = done;
      throw new Failure(
        error.kind === 'faults' ? faultsText(file, error.report) : error.kind === 'busy' ? 'the store is busy' : error.text,
      );
    }
    const { report, version } = done.value;
    if (json) sayJson({ version, report });
    else say(`${reportText(file, report)}\nload ${version.load}`);
  } finally {
    await store.close();
  }
}
