/** The number store of a gate, as its configuration says: its own folder to write in, or one that another process keeps. */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Log, Meter } from '#base';
import { followNumbers, type NumberFollower, type NumberStore, openNumberStore } from '#store/numbers';
import { StartFailure } from '../start-failure.js';
import type { GateConfig } from './config.js';
import { numbersFolder } from './config-parts.js';
import type { KnownNumbers } from './core.js';
import { NO_NUMBERS } from './spec-faults.js';

/** Numbers of a gate. */
export interface OpenNumbers extends KnownNumbers {
  /** Absent: only read here. */
  readonly writer?: NumberStore;
  /** Why they cannot be asked; undefined when they can. */
  readonly reason: () => string | undefined;
  close(): Promise<void>;
}

export interface NumbersPorts {
  readonly log: Log;
  readonly meter: Meter;
  readonly now: () => number;
}

function followed(follower: NumberFollower, meter?: Meter): OpenNumbers {
  meter?.watch(
    'angarium_gate_numbers_lag_bytes',
    "Of the writer's log, what this follower has not taken in.",
    () => follower.lag.octets,
  );
  return { lookup: follower, census: follower, reason: () => follower.reason, close: () => follower.close() };
}

/** Opens the folder, or begins to follow it. Throws StartFailure when another process writes there. */
export async function openNumbers(config: GateConfig, { log, meter, now }: NumbersPorts): Promise<OpenNumbers> {
  const folder = numbersFolder(config);
  if (config.numbers.follow) return followed(await followNumbers({ folder, log }), meter);
  const store = await openNumberStore({ folder, log, now });
  if (!store.ok) {
    const { pid } = store.error;
    throw new StartFailure(
      `number store "${folder}": another process${pid === undefined ? '' : ` (${pid})`} writes there; one gate writes, others have numbers.follow = true`,
    );
  }
  const writer = store.value;
  meter.watch('angarium_gate_numbers_stored', 'Single numbers stored.', () => writer.stats().numbers);
  meter.watch('angarium_gate_number_ranges_stored', 'Ranges stored.', () => writer.stats().ranges);
  meter.watch('angarium_gate_numbers_waiting', 'Changes that wait for the disk.', () => writer.stats().changesWaiting);
  return { lookup: writer, census: writer, writer, reason: () => writer.reason, close: () => writer.close() };
}

/** Numbers that are only asked. */
export type LoadedNumbers = KnownNumbers & { close(): Promise<void> };

/**
 * Numbers for a question: of a folder (followed, so that a running gate does not mind), or of a number file, which is read into a folder of its own
 * that goes when it is closed. A folder that is not there has no numbers. Throws when a file has faults: `path` leads the message.
 */
export async function loadNumbers(path: string | undefined, config: GateConfig): Promise<LoadedNumbers> {
  const place = path ?? numbersFolder(config);
  const found = statSync(place, { throwIfNoEntry: false });
  if (found === undefined && path === undefined) return { lookup: NO_NUMBERS, close: async () => {} };
  if (found === undefined) throw new StartFailure(`${place}: there is no such folder or file`);
  return found.isDirectory() ? followed(await followNumbers({ folder: place })) : ofFile(place);
}

async function ofFile(file: string): Promise<LoadedNumbers> {
  const folder = mkdtempSync(join(tmpdir(), 'angarium-numbers-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  const store = await openNumberStore({ folder });
  if (!store.ok) throw new Error('a folder of our own is in use');
  const loaded = await store.value.load({ settings: { file, source: file, screenedTypes: [] } });
  if (!loaded.ok) {
    await store.value.close();
    remove();
    const { error } = loaded;
    const [first] = error.kind === 'faults' ? error.report.faults : [];
    throw new StartFailure(
      first === undefined
        ? `${file}: ${error.kind === 'failed' ? error.text : error.kind}`
        : `${file}:${first.line}: ${first.text}`,
    );
  }
  return {
    lookup: store.value,
    census: store.value,
    async close() {
      await store.value.close();
      remove();
    },
  };
}
