/**
 * Modes that operators have set while the gate runs. They hold over restarts and reloads until they are taken back: a gate that somebody has put
 * back to monitor does not begin to reject again by itself. Kept in one small file, replaced whole.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { err, ok, type Result } from '#base';
import type { ModeChange, ModeRow, Refusal } from '#operator';
import { type Mode, modeText, type ScreeningSettings } from '#portability';
import { modeOf } from './config-screening.js';

/** Overrides of one gate. Unit: overrides. Source: every home SMSC and selector of a large network. */
const OVERRIDES_MAX = 10_000;

const override = z.object({
  scope: z.enum(['all', 'selector', 'home-smsc']),
  name: z.string(),
  mode: z.string(),
  by: z.string(),
  at: z.number(),
});
const fileSchema = z.object({ revision: z.number(), overrides: z.array(override) });
export type Override = z.output<typeof override>;
type Kept = z.output<typeof fileSchema>;

/** Settings as operators have changed them. Overrides of what is not there any more have no effect, and stay. */
export function adjusted(
  settings: ScreeningSettings,
  overrides: readonly Pick<Override, 'scope' | 'name' | 'mode'>[],
): ScreeningSettings {
  const modes = new Map(overrides.map(({ scope, name, mode }) => [`${scope} ${name}`, modeOf(mode)]));
  const with_ = <T extends { readonly name: string; readonly mode?: Mode }>(scope: string, its: T): T => {
    const mode = modes.get(`${scope} ${its.name}`);
    return mode === undefined ? its : { ...its, mode };
  };
  const all = modes.get('all ');
  return {
    ...settings,
    ...(all === undefined ? {} : { mode: all }),
    selectors: settings.selectors.map((its) => with_('selector', its)),
    homeSmscs: { ...settings.homeSmscs, entries: settings.homeSmscs.entries.map((its) => with_('home-smsc', its)) },
  };
}

/** The same settings without anything being rejected: what would be is monitored. */
export function monitored(settings: ScreeningSettings): ScreeningSettings {
  const tamed = <T extends { readonly mode?: Mode }>(its: T): T =>
    its.mode === undefined || its.mode.kind === 'off' ? its : { ...its, mode: { kind: 'monitor' } };
  const { homeSmscs, selectors } = settings;
  return {
    ...tamed(settings),
    selectors: selectors.map(tamed),
    homeSmscs: { ...homeSmscs, entries: homeSmscs.entries.map(tamed) },
  };
}

/** How much of what should be rejected is, by a mode: 0 to 100. */
const share = (mode: Mode): number => (mode.kind === 'enforce' ? 100 : mode.kind === 'sample' ? mode.percent : 0);

/** Modes that meet: those of home SMSCs go before those of selectors, unless these are off; absent is what stands above. */
const distinct = (modes: readonly (readonly [Mode | undefined, Mode | undefined])[]) => [
  ...new Map(modes.map((its) => [its.map((mode) => mode && modeText(mode)).join('|'), its])).values(),
];

/**
 * Whether no message can be rejected under the second settings that would not have been under the first: what an operator does to stop rejecting.
 * Both have the same selectors and home SMSCs, and differ in modes only.
 */
export function isNowhereStricter(before: ScreeningSettings, after: ScreeningSettings): boolean {
  const OFF: Mode = { kind: 'off' };
  const pairs = (its: (settings: ScreeningSettings) => readonly { readonly mode?: Mode }[]) =>
    distinct([[undefined, undefined], ...its(before).map(({ mode }, i) => [mode, its(after)[i]?.mode] as const)]);
  const shareOf = (all: Mode = OFF, selector: Mode = all, home: Mode = selector): number =>
    selector.kind === 'off' ? 0 : share(home);
  const homes = pairs(({ homeSmscs }) => homeSmscs.entries);
  return pairs(({ selectors }) => selectors).every((selector) =>
    homes.every((home) => shareOf(after.mode, selector[1], home[1]) <= shareOf(before.mode, selector[0], home[0])),
  );
}

export class ModeOverrides {
  #kept: Kept;
  readonly #file: string;
  #failure: string | undefined;

  /** Reads the file of a folder, which is made when it is missing. Throws when the file is damaged: a mode is not guessed. */
  constructor(folder: string) {
    this.#file = fileIn(folder);
    mkdirSync(dirname(this.#file), { recursive: true });
    this.#kept = readKept(this.#file);
  }

  get revision(): number {
    return this.#kept.revision;
  }

  get overrides(): readonly Override[] {
    return this.#kept.overrides;
  }

  /** The overrides as they would be; nothing is changed yet. Settings are those of the configuration. */
  plan(change: ModeChange, by: string, at: number, settings: ScreeningSettings): Result<readonly Override[], Refusal> {
    const { scope, name = '', mode, revision } = change;
    if (revision !== undefined && revision !== this.#kept.revision)
      return err({ kind: 'stale', text: `revision ${revision} is not the latest, which is ${this.#kept.revision}` });
    const names = scope === 'selector' ? settings.selectors : scope === 'home-smsc' ? settings.homeSmscs.entries : [{ name: '' }];
    if (!names.some((its) => its.name === name))
      return err({ kind: 'bad-value', text: `there is no ${scope} ${JSON.stringify(name)}` });
    const others = this.#kept.overrides.filter((its) => its.scope !== scope || its.name !== name);
    if (mode === null) return ok(others);
    if (modeOf(mode) === undefined)
      return err({
        kind: 'bad-value',
        text: `${JSON.stringify(mode)} is no mode: off, monitor, sample N% or enforce is expected`,
      });
    if (others.length >= OVERRIDES_MAX) return err({ kind: 'refused', text: `${OVERRIDES_MAX} overrides are the most` });
    return ok([...others, { scope, name, mode, by, at }]);
  }

  /** Why the file does not have what holds; undefined: it has. */
  get fault(): string | undefined {
    return this.#failure === undefined
      ? undefined
      : `modes that operators have set cannot be kept (${this.#failure}): a new start would go by what stood before`;
  }

  /** Makes a plan hold, on the disk first; or says why the disk does not take it, and nothing has changed. */
  async adopt(overrides: readonly Override[]): Promise<Result<void, { readonly text: string }>> {
    const kept: Kept = { revision: this.#kept.revision + 1, overrides: [...overrides] };
    const failure = await this.#save(kept);
    if (failure !== undefined) return err({ text: `modes that operators set cannot be kept (${failure})` });
    this.#kept = kept;
    return ok(undefined);
  }

  /** Makes a plan hold now, whether the disk takes it or not; then there is a fault until `retry` goes well. */
  async hold(overrides: readonly Override[]): Promise<void> {
    this.#kept = { revision: this.#kept.revision + 1, overrides: [...overrides] };
    this.#failure = await this.#save(this.#kept);
  }

  /** Tries again to keep what holds; does nothing when it is kept. */
  async retry(): Promise<void> {
    if (this.#failure !== undefined) this.#failure = await this.#save(this.#kept);
  }

  /** Resolves with why the disk does not take it. */
  async #save(kept: Kept): Promise<string | undefined> {
    try {
      await this.#replace(kept);
      return undefined;
    } catch (e) {
      const { code } = e as NodeJS.ErrnoException;
      if (code === undefined) throw e;
      return code;
    }
  }

  async #replace(kept: Kept): Promise<void> {
    const temporary = `${this.#file}.new`;
    const file = await open(temporary, 'w', 0o640);
    try {
      await file.writeFile(`${JSON.stringify(kept, undefined, 1)}\n`);
      await file.datasync();
    } finally {
      await file.close();
    }
    await rename(temporary, this.#file);
  }

  /** What holds now, and who has said so. `configured`: settings without overrides. */
  rows(configured: ScreeningSettings): readonly ModeRow[] {
    const row = (scope: ModeRow['scope'], name: string, own: Mode | undefined, above: Mode | undefined): ModeRow => {
      const set = this.#kept.overrides.find((its) => its.scope === scope && its.name === name);
      const mode = set?.mode ?? (own === undefined ? (above === undefined ? 'none' : modeText(above)) : modeText(own));
      return {
        scope,
        ...(name === '' ? {} : { name }),
        mode,
        ...(own === undefined ? {} : { configured: modeText(own) }),
        ...(set === undefined ? {} : { by: set.by, at: new Date(set.at).toISOString() }),
      };
    };
    const all = adjusted(configured, this.#kept.overrides).mode;
    return [
      row('all', '', configured.mode, undefined),
      ...configured.selectors.map(({ name, mode }) => row('selector', name, mode, all)),
      ...configured.homeSmscs.entries
        .filter(({ name, mode }) => mode !== undefined || this.#has('home-smsc', name))
        .map(({ name, mode }) => row('home-smsc', name, mode, all)),
    ];
  }

  #has(scope: string, name: string): boolean {
    return this.#kept.overrides.some((its) => its.scope === scope && its.name === name);
  }
}

const fileIn = (folder: string): string => join(folder, 'modes.json');

/** What a data folder holds, for those who only ask; none when there is no file. Throws when it cannot be read, or is damaged. */
export const keptOverrides = (folder: string): readonly Override[] => readKept(fileIn(folder)).overrides;

function readKept(file: string): Kept {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (e) {
    if ((e as NodeJS.ErrnoException).code === 'ENOENT') return { revision: 0, overrides: [] };
    throw e;
  }
  const kept = fileSchema.safeParse(jsonOrNothing(text));
  if (!kept.success)
    throw new Error(
      `${file} cannot be read as the modes that operators have set; restore it, or remove it to go by the configuration`,
    );
  return kept.data;
}

function jsonOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (e) {
    if (e instanceof SyntaxError) return undefined;
    throw e;
  }
}
