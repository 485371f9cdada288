/** The number store of a gate, as its configuration says: its own folder to write in, or one that another process keeps. */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Log, Meter } from '#base';
import type { FollowingView, NumberStorePorts } from '#operator';
import { followNumbers, keepCopy, type NumberStore, openNumberStore } from '#store/numbers';
import { StartFailure } from '../start-failure.js';
import type { GateConfig } from './config.js';
import { type NumberSourceConfig, numbersFolder, toNumberSource } from './config-parts.js';
import type { KnownNumbers } from './core.js';
import { type Followed, followedStore, followingView, measureFollowing } from './following.js';
import { remoteNumbers } from './remote-numbers.js';
import { NO_NUMBERS } from './spec-faults.js';

/** Numbers of a gate. */
export interface OpenNumbers extends KnownNumbers {
  /** Absent: only read here. */
  readonly writer?: NumberStore;
  /** Why they cannot be asked; undefined when they can. */
  readonly reason: () => string | undefined;
  /** How far behind the numbers' keeper this gate is. Absent: it keeps them itself. */
  readonly following?: () => FollowingView;
  /** The number store as the operator API shows it where this gate does not keep it. */
  readonly shown?: NumberStorePorts;
  /** Has `heard` told of changes that somebody else has made. */
  readonly whenChanged?: (heard: () => void) => void;
  close(): Promise<void>;
}

export interface NumbersPorts {
  readonly log: Log;
  readonly meter: Meter;
  readonly now: () => number;
}

function followed(its: Followed, meter: Meter, close: () => Promise<void>): OpenNumbers {
  const { follower } = its;
  measureFollowing(its, meter);
  return {
    lookup: follower,
    census: follower,
    reason: () => follower.reason,
    following: () => followingView(its),
    shown: followedStore(its),
    whenChanged: (heard) => {
      follower.onChange = heard;
    },
    close,
  };
}

const inUse = (folder: string, pid: number | undefined, more: string): StartFailure =>
  new StartFailure(`number store "${folder}": another process${pid === undefined ? '' : ` (${pid})`} writes there; ${more}`);

/** Takes in what has come as soon as it has come; between, the folder is not looked at. Unit: milliseconds. */
const COPY_LOOK_MS = 60_000;

/** What has been fetched before answers at once; what is new is fetched from now on. */
async function fetched(source: NumberSourceConfig, folder: string, { log, meter, now }: NumbersPorts): Promise<OpenNumbers> {
  const remote = remoteNumbers(source);
  const follower = await followNumbers({ folder, log, now, pollMs: COPY_LOOK_MS });
  const copy = keepCopy({ source: remote, folder, follower, intervalMs: source.intervalMs, log, now });
  if (!copy.ok) {
    await Promise.all([follower.close(), remote.close()]);
    throw inUse(folder, copy.error.pid, "a copy of another gate's numbers has a folder of its own");
  }
  copy.value.start();
  return followed({ follower, folder, source: source.url, copy: copy.value, now }, meter, async () => {
    await remote.close();
    await copy.value.close();
    await follower.close();
  });
}

/** Opens the folder, or begins to follow it, or to fetch into it. Throws StartFailure when another process writes there. */
export async function openNumbers(config: GateConfig, { log, meter, now }: NumbersPorts): Promise<OpenNumbers> {
  const folder = numbersFolder(config);
  const source = toNumberSource(config);
  if (source !== undefined) return fetched(source, folder, { log, meter, now });
  if (config.numbers.follow) {
    const follower = await followNumbers({ folder, log, now });
    const keeper = `the process that writes in ${folder}`;
    return followed({ follower, folder, source: keeper, now }, meter, () => follower.close());
  }
  const store = await openNumberStore({ folder, log, now });
  if (!store.ok) {
    throw inUse(folder, store.error.pid, 'one gate writes, others have numbers.follow = true');
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
  if (!found.isDirectory()) return ofFile(place);
  const follower = await followNumbers({ folder: place });
  return { lookup: follower, census: follower, close: () => follower.close() };
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
