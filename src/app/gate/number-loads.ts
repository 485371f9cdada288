/** Full loads of a running gate: one at a time, beside the traffic; refused when the mode does not go with what the file holds. */
import { realpathSync, statSync } from 'node:fs';
import { resolve, sep } from 'node:path';
import { err, type Log, ok, type Result } from '#base';
import type { LoadJobView, NumberStorePorts, NumberStoreView, Refusal } from '#operator';
import { enforcementFindings, type NumberCount, SCREENED_TYPES, type ScreeningSettings } from '#portability';
import { type ImportReport, JobFailed, mirrorSource, type NumberStore } from '#store/numbers';
import type { AuditLog } from './audit-log.js';

export interface LoadPorts {
  readonly store: NumberStore;
  readonly folder: string;
  /** Where files must lie that may be loaded. */
  readonly imports: string;
  readonly settings: () => ScreeningSettings;
  readonly audit: AuditLog;
  readonly log: Log;
  readonly now: () => number;
}

type Job = { -readonly [K in keyof LoadJobView]: LoadJobView[K] };

const instant = (at: number): string => new Date(at).toISOString();

const plain = (value: unknown): Record<string, unknown> => ({ ...(value as Record<string, unknown>) });

export function numberLoads({ store, folder, imports, settings, audit, log, now }: LoadPorts): NumberStorePorts {
  let job: Job = { state: 'none' };
  const source = mirrorSource(folder, () => store.flushed);
  const view = (): NumberStoreView => ({ stats: plain(store.stats()), versions: store.versions().map(plain), load: { ...job } });
  const importSettings = (file: string) => {
    const { screenedTypes, flow = 'vstp' } = settings();
    return {
      file,
      source: file,
      screenedTypes: (screenedTypes ?? SCREENED_TYPES[flow]).map(({ portabilityType }) => portabilityType),
    };
  };
  const progress = (octets: number, lines: number): void => {
    job.octets = octets;
    job.lines = lines;
  };
  const end = (state: 'done' | 'failed', more: Partial<LoadJobView>): void => {
    job = { ...job, ...more, state, endedAt: instant(now()) };
    const { file, dryRun, text } = job;
    if (state === 'done') log.info({ file, dryRun }, 'number file read');
    else log.error({ file, dryRun, text }, 'number file not loaded');
  };

  /** Looks before it leaps: what the file holds must go with the mode that the gate is in. */
  async function run(file: string, dryRun: boolean): Promise<void> {
    try {
      const report = await store.dryRun({ settings: importSettings(file), progress });
      const refusal = refusalOf(report, settings());
      if (refusal !== undefined || dryRun)
        return end(refusal === undefined ? 'done' : 'failed', {
          report: plain(report),
          ...(refusal === undefined ? {} : { text: refusal }),
        });
      const loaded = await store.load({ settings: importSettings(file), progress });
      if (loaded.ok)
        end('done', {
          report: { ...plain(loaded.value.report), version: loaded.value.version, carriedOver: loaded.value.carriedOver },
        });
      else end('failed', { text: loaded.error.kind === 'failed' ? loaded.error.text : loaded.error.kind });
    } catch (e) {
      if (!(e instanceof JobFailed)) throw e;
      end('failed', { text: e.message });
    }
  }

  return {
    view,
    async load(name, dryRun, who): Promise<Result<LoadJobView, Refusal>> {
      const file = importable(imports, name);
      if (file === undefined)
        return err({
          kind: 'bad-value',
          text: `there is no file ${JSON.stringify(name)} in ${imports} (numbers.imports), and no other is read`,
        });
      if (job.state === 'running') return err({ kind: 'refused', text: `${job.file} is being read` });
      const former = job;
      job = { state: 'running', file, dryRun, startedAt: instant(now()) };
      const entry = { at: now(), who, what: 'numbers loaded', before: store.version, after: file };
      const written = dryRun ? ok(undefined) : await audit.write(entry);
      if (!written.ok) {
        job = former;
        return err({ kind: 'refused', text: written.error.text });
      }
      run(file, dryRun).catch((e: unknown) => {
        log.error({ err: e }, 'a full load failed');
        end('failed', { text: 'see the log' });
      });
      return ok({ ...job });
    },
    async rollback(load, who): Promise<Result<NumberStoreView, Refusal>> {
      const entry = { at: now(), who, what: 'numbers rolled back', before: store.version, after: load };
      const written = await audit.write(entry);
      if (!written.ok) return err({ kind: 'refused', text: written.error.text });
      const done = await store.rollback(load, (counts) => objectionTo(counts, settings()));
      if (done.ok) return ok(view());
      return err({ kind: 'refused', text: done.error.kind === 'failed' ? done.error.text : done.error.kind });
    },
    list: async () => {
      const list = await source.list();
      return list === undefined ? undefined : { ...list, version: store.version };
    },
    read: (load, name, offset, octetsMax) => source.read(load, name, offset, octetsMax),
  };
}

/** The file that a name means, links followed; undefined when there is none, or it does not lie in the folder. */
function importable(folder: string, name: string): string | undefined {
  try {
    const inside = realpathSync(folder);
    const file = realpathSync(resolve(inside, name));
    return file.startsWith(`${inside}${sep}`) && statSync(file).isFile() ? file : undefined;
  } catch (e) {
    if ((e as NodeJS.ErrnoException).code === undefined) throw e;
    return undefined;
  }
}

/** Why a file must not be loaded now; undefined when it may. */
export function refusalOf(report: ImportReport, settings: ScreeningSettings): string | undefined {
  const [first] = report.faults;
  if (first !== undefined) return `${report.faultCount} faults, the first in line ${first.line}: ${first.text}`;
  return objectionTo(report.counts, settings);
}

/** Why numbers of these counts must not be served under the settings; undefined when they may. */
const objectionTo = (counts: readonly NumberCount[], settings: ScreeningSettings): string | undefined =>
  enforcementFindings(settings, counts).find(({ kind }) => kind === 'refusal')?.text;
