/**
 * What may go out soonest by each outer road, in memory: one window for each (see due-window). There are as many as far sides have ever had something
 * waiting since the start, which is what the operator has configured.
 */
import { type OuterRoad, type RoadName, roadName } from '#messaging';
import { type DueRow, DueWindow } from './due-window.js';
import type { ReaderClient } from './reader-client.js';
import type { EmbeddedSettings } from './settings.js';

/** A delivery or report as far as its place in a queue goes. */
interface Queued {
  readonly key: string;
  readonly messageId: string;
  readonly road?: OuterRoad;
  readonly handOverAt?: number;
}

export class RoadWindows {
  readonly #monotonic: () => number;
  readonly #settings: EmbeddedSettings;
  readonly #reader: ReaderClient;
  readonly #windows = new Map<RoadName, DueWindow>();

  constructor(monotonic: () => number, settings: EmbeddedSettings, reader: ReaderClient) {
    this.#monotonic = monotonic;
    this.#settings = settings;
    this.#reader = reader;
  }

  of(road: RoadName): DueWindow | undefined {
    return this.#windows.get(road);
  }

  open(road: RoadName): DueWindow {
    let window = this.#windows.get(road);
    if (!window) {
      const { roadWindowMax, roadPageRows } = this.#settings;
      window = new DueWindow(this.#monotonic, roadWindowMax, roadPageRows, async (dueAt, key, limit) => {
        const rows = await this.#reader.ask({ kind: 'due-for', road, dueAt, key, limit });
        return rows as unknown as readonly DueRow[];
      });
      this.#windows.set(road, window);
    }
    return window;
  }

  /** As in DueWindow. */
  arrive(kind: 'd' | 'r', { key, messageId, road, handOverAt }: Queued): void {
    if (road && handOverAt !== undefined) this.open(roadName(road)).arrive(kind, key, messageId, handOverAt);
  }

  /** Brings the window of its road in line. */
  set(kind: 'd' | 'r', { key, messageId, road, handOverAt }: Queued): void {
    if (!road) return;
    if (handOverAt === undefined) this.#windows.get(roadName(road))?.remove(key);
    else this.open(roadName(road)).set(kind, key, messageId, handOverAt);
  }

  /** It waits for no road any more. */
  remove(key: string): void {
    for (const window of this.#windows.values()) window.remove(key);
  }

  async next(): Promise<ReadonlyMap<RoadName, number>> {
    const next = new Map<RoadName, number>();
    for (const [road, window] of this.#windows) {
      const at = await window.nextDueAt();
      if (at !== undefined) next.set(road, at);
    }
    return next;
  }

  /** The least of `other` and the time until the first claim lapses. */
  lapsesInMs(other: number | undefined): number | undefined {
    let least = other;
    for (const window of this.#windows.values()) {
      const ms = window.lapsesInMs();
      if (ms !== undefined) least = Math.min(least ?? ms, ms);
    }
    return least;
  }
}
