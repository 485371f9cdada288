/**
 * What operators change while the gate runs: modes, the ceiling, and the configuration as a whole. Written to the audit log first, then carried out;
 * only a mode by which less is rejected is carried out first and in any case.
 */
import { err, type Log, ok, type Result } from '#base';
import type { ModesView, Refusal, ReloadView } from '#operator';
import type { RejectCeiling } from '#portability';
import { type ConfigFault, faultText } from '../config-document.js';
import type { AuditEntry, AuditLog } from './audit-log.js';
import type { GateFile } from './config-file.js';
import { toScreeningSettings } from './config-parts.js';
import { type Core, type CorePorts, createCore, enforcementOf } from './core.js';
import { differences, reloadable, waitingSections } from './differences.js';
import { adjusted, isNowhereStricter, type ModeOverrides, monitored } from './modes.js';

export interface ControlPorts {
  readonly log: Log;
  readonly now: () => number;
  readonly audit: AuditLog;
  readonly ceiling: RejectCeiling;
  readonly core: CorePorts;
  /** Reads the configuration file again. */
  readonly reread: () => Result<GateFile, readonly ConfigFault[]>;
  /** Goes on by another core. */
  readonly adopt: (core: Core) => void;
  readonly resumed: () => void;
}

/** Who asks when nobody does: a signal. */
export const SIGNAL = 'SIGHUP';

export class Control {
  core: Core;
  /** Sections that have changed in the file and wait for the next start. */
  waiting: readonly string[] = [];
  loadedAt: number;
  readonly #modes: ModeOverrides;
  readonly #ports: ControlPorts;
  /** One change at a time: each sees what the former has left. */
  #last: Promise<unknown> = Promise.resolve();
  #held: string | undefined;

  constructor(core: Core, modes: ModeOverrides, ports: ControlPorts) {
    this.core = core;
    this.#modes = modes;
    this.#ports = ports;
    this.loadedAt = ports.now();
  }

  modes(): ModesView {
    const { isExceeded, since, messages, rejects } = this.#ports.ceiling.state;
    return {
      revision: this.#modes.revision,
      rows: [...this.#modes.rows(this.#configured(this.core.file))],
      ceiling: {
        exceeded: isExceeded,
        ...(since === undefined ? {} : { since: new Date(since).toISOString() }),
        messages,
        rejects,
      },
    };
  }

  /** Why nothing is rejected though the mode says so; undefined: nothing is held. */
  get held(): string | undefined {
    return this.#held;
  }

  /**
   * Somebody else has changed the numbers: when they do not go with the mode any more, rejects are monitored only, until they do again or the mode
   * is another. A gate that keeps its numbers itself refuses such a file before it is loaded; one that follows can only refuse to act by it.
   */
  numbersChanged(): Promise<void> {
    return this.#inTurn(async () => {
      const { file } = this.core;
      const wanted = adjusted(this.#configured(file), this.#modes.overrides);
      const refusal = enforcementOf(wanted, this.#ports.core.numbers).find(({ kind }) => kind === 'refusal')?.text;
      if ((refusal === undefined) === (this.#held === undefined)) return;
      const core = createCore(file, this.#ports.core, () => (refusal === undefined ? wanted : monitored(wanted)));
      if (!core.ok) throw new Error(core.error.join('; '));
      this.#goOnBy(core.value);
      this.#held = refusal;
      if (refusal === undefined) this.#ports.log.warn({}, 'the numbers go with the mode again: rejects are carried out');
      else this.#ports.log.error({ why: refusal }, 'rejects are monitored only: the numbers do not go with the mode');
    });
  }

  setMode(change: Parameters<ModeOverrides['plan']>[0], who: string): Promise<Result<ModesView, Refusal>> {
    return this.#inTurn(async () => {
      const { file } = this.core;
      const planned = this.#modes.plan(change, who, this.#ports.now(), this.#configured(file));
      if (!planned.ok) return planned;
      const core = this.#coreFor(file, planned.value);
      if (!core.ok) return core;
      const { scope, name = '', mode } = change;
      const before = this.#modes.overrides.find((its) => its.scope === scope && its.name === name)?.mode ?? null;
      const what = `mode of ${scope}${name === '' ? '' : ` ${name}`}`;
      const entry: AuditEntry = { at: this.#ports.now(), who, what, before, after: mode };
      const kept = await this.#carryOut(planned.value, core.value, entry);
      if (!kept.ok) return err({ kind: 'refused', text: kept.error.text });
      this.#ports.log.warn({ scope, name, mode, before, who }, 'mode changed');
      return ok(this.modes());
    });
  }

  /** To reject less is never refused for want of a disk; to reject more is. */
  async #carryOut(
    overrides: ModeOverrides['overrides'],
    core: Core,
    entry: AuditEntry,
  ): Promise<Result<void, { readonly text: string }>> {
    const { audit } = this.#ports;
    const before = adjusted(this.#configured(this.core.file), this.#modes.overrides);
    if (isNowhereStricter(before, adjusted(this.#configured(core.file), overrides))) {
      this.#goOnBy(core);
      await this.#modes.hold(overrides);
      await audit.note(entry);
      return ok(undefined);
    }
    const written = await audit.write(entry);
    if (!written.ok) return written;
    const kept = await this.#modes.adopt(overrides);
    if (kept.ok) this.#goOnBy(core);
    return kept;
  }

  /** Tries again to write what a disk did not take; to be called from time to time. */
  upkeep(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#modes.retry();
      await this.#ports.audit.retry();
    });
  }

  /** What the disk did not take and should have; empty when it has all. */
  get faults(): readonly string[] {
    return [this.#modes.fault, this.#ports.audit.fault].filter((its) => its !== undefined);
  }

  resume(who: string): Promise<Result<ModesView, Refusal>> {
    return this.#inTurn(async () => {
      const { isExceeded } = this.#ports.ceiling.state;
      const entry = { at: this.#ports.now(), who, what: 'ceiling resumed', before: { exceeded: isExceeded } };
      const written = await this.#ports.audit.write(entry);
      if (!written.ok) return err({ kind: 'refused', text: written.error.text });
      this.#ports.ceiling.resume();
      this.#ports.resumed();
      this.#ports.log.warn({ who }, 'ceiling resumed');
      return ok(this.modes());
    });
  }

  /** Reads the file again: all of it that can be changed while running is, or nothing when there is a fault. */
  reload(dryRun: boolean, who: string): Promise<Result<ReloadView, Refusal>> {
    return this.#inTurn(async () => {
      const read = this.#ports.reread();
      if (!read.ok) return err({ kind: 'refused', text: read.error.map(faultText).join('\n') });
      const running = this.core.file;
      const config = reloadable(running.config, read.value.config);
      const core = this.#coreFor({ ...read.value, config }, this.#modes.overrides);
      if (!core.ok) return core;
      const view: ReloadView = {
        edition: read.value.version,
        changes: [...differences(running.config, read.value.config), ...differences(listsOf(running), listsOf(read.value))],
        waiting: [...waitingSections(running.config, read.value.config)],
        warnings: [...read.value.warnings],
        carriedOut: !dryRun,
      };
      if (dryRun) return ok(view);
      const entry = { at: this.#ports.now(), who, what: 'configuration loaded', before: running.version, after: view };
      const written = await this.#ports.audit.write(entry);
      if (!written.ok) return err({ kind: 'refused', text: written.error.text });
      this.#goOnBy(core.value);
      this.waiting = view.waiting;
      this.loadedAt = this.#ports.now();
      this.#ports.log.info(
        { edition: view.edition, changes: view.changes.length, waiting: view.waiting.join(', '), who },
        'configuration loaded',
      );
      return ok(view);
    });
  }

  #configured(file: GateFile): Core['settings'] {
    return toScreeningSettings(file.config, file.lists, file.version);
  }

  /** A core that may run, or why not: what the rooms find wrong, or settings that do not go with the numbers. */
  #coreFor(file: GateFile, overrides: ModeOverrides['overrides']): Result<Core, Refusal> {
    const core = createCore(file, this.#ports.core, (settings) => adjusted(settings, overrides));
    if (!core.ok) return err({ kind: 'refused', text: core.error.join('\n') });
    const refusal = enforcementOf(core.value.settings, this.#ports.core.numbers).find(({ kind }) => kind === 'refusal');
    return refusal === undefined ? core : err({ kind: 'refused', text: refusal.text });
  }

  #goOnBy(core: Core): void {
    this.#held = undefined;
    this.#ports.adopt(core);
    this.core = core;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => {});
    return done;
  }
}

/** Lists of files, by what a line in them is about, so that one that was added does not make all behind it differ. */
const listsOf = ({ lists }: GateFile): object => ({
  'home-smscs.file': Object.fromEntries(lists.homeSmscs.map((its) => [its.name, its])),
  'entries-file': Object.fromEntries(
    [...lists.entries].map(([set, entries]) => [set, Object.fromEntries(entries.map((its) => [its.digits, its]))]),
  ),
});
