/**
 * The `gate` program, assembled: links, the gate's road between them, numbers, decisions, operator API, monitoring. It runs with all its listeners
 * or not at all. Nothing is decided here.
 *
 * Links are opened last, when everything that a message needs is there; they are the first to go.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Log, Result } from '#base';
import { startEnum, startNumbersHttp } from '#endpoint/numbering';
import { type DecisionsQuery, type Refusal, type ReloadView, type ReportQuery, startGateApi, startMonitoring } from '#operator';
import { RejectCeiling, Tally } from '#portability';
import { type DecisionLog, masked, newestDecisions, openDecisionLog, readDecisions, reportOf } from '#store/decisions';
import type { ConfigFault } from './config-document.js';
import { AuditLog } from './gate/audit-log.js';
import type { GateFile } from './gate/config-file.js';
import { toAssociationSettings } from './gate/config-links.js';
import {
  decisionsFolder,
  importsFolder,
  numbersFolder,
  toEnumConfig,
  toGateApiConfig,
  toGateBounds,
  toNumbersHttpConfig,
} from './gate/config-parts.js';
import { Control, SIGNAL } from './gate/control.js';
import { type CorePorts, createCore, enforcementOf, type KnownNumbers, platformHealth } from './gate/core.js';
import { measure } from './gate/gate-metrics.js';
import { startLoadMeter } from './gate/load-meter.js';
import { adjusted, ModeOverrides } from './gate/modes.js';
import { GateNode } from './gate/node.js';
import { numberChanges } from './gate/number-changes.js';
import { numberLoads } from './gate/number-loads.js';
import { type OpenNumbers, openNumbers } from './gate/numbers.js';
import { hashedNumber, observe, showDecision, showNumber } from './gate/observation.js';
import { statusOf, unready } from './gate/status.js';
import { openMetrics } from './metrics.js';
import { opened, StartFailure, within } from './start-failure.js';
import { type ListenAddress, listenText } from './written-values.js';

/** What the program gets from whoever runs it. */
export interface GateSurroundings {
  readonly log: Log;
  /** Wall clock, epoch milliseconds. Absent: the system's. */
  readonly now?: () => number;
  /** Reads the configuration again, for reloads. Absent: there is no file, and a reload is refused. */
  readonly reread?: () => Result<GateFile, readonly ConfigFault[]>;
  /** Numbers that somebody else keeps. Absent: those of the configured folder. */
  readonly numbers?: KnownNumbers;
}

/** Where a running gate can be reached; with the real ports where the configuration says 0. */
export interface GateAddresses {
  /** By name of the listener. */
  readonly listeners: Readonly<Record<string, ListenAddress>>;
  readonly operatorSocket: string;
  readonly operator?: ListenAddress;
  /** Absent where they are not served. */
  readonly enum?: ListenAddress;
  readonly numbersHttp?: ListenAddress;
  readonly monitoring: ListenAddress;
}

export interface RunningGate {
  readonly addresses: GateAddresses;
  /** Reads the configuration again, as SIGHUP does. */
  reload(): Promise<Result<ReloadView, Refusal>>;
  /** Takes the links out of traffic, lets what is under way go out, closes the stores. A second call waits for the same end. */
  close(): Promise<void>;
}

/** How often it is tried again to write what a disk did not take. Unit: milliseconds. Source: as often as monitoring looks at a gate. */
const UPKEEP_MS = 5_000;
const WEEK_MS = 7 * 86_400_000;

/** What closes together, first row first: links leave traffic, then nobody asks any more, then the stores. */
const CLOSING = [
  ['node', 'load'],
  ['operator', 'enum', 'numbers-http'],
  ['decisions', 'numbers'],
  ['upkeep', 'audit'],
  ['monitoring'],
] as const;
type PartName = (typeof CLOSING)[number][number];

/** Octets of the key of hashed numbers: as long as the hash. Source: RFC 2104 3. */
const HASH_KEY_OCTETS = 32;

const hashKeyFile = (folder: string): string => join(folder, 'number-hash.key');

/** The key of hashed numbers: of this data folder, made once. Whoever has it can find a number by trying all. Throws when there is one of another length. */
function hashKey(folder: string): Uint8Array {
  const file = hashKeyFile(folder);
  try {
    const key = readFileSync(file);
    if (key.length === HASH_KEY_OCTETS) return key;
    throw new Error(`has ${key.length} octets, expected ${HASH_KEY_OCTETS} octets; restore it, or remove it for a new one`);
  } catch (e) {
    if ((e as NodeJS.ErrnoException).code !== 'ENOENT') throw e;
    const key = randomBytes(HASH_KEY_OCTETS);
    // Under another name first: a crash leaves no key that is cut short.
    writeFileSync(`${file}.new`, key, { mode: 0o600 });
    renameSync(`${file}.new`, file);
    return key;
  }
}

/** Text as a name for a salted sender: the salt goes with the report, so that two reports cannot be joined. */
const saltedNames = (): ((sender: string) => string) => {
  const salt = randomBytes(16);
  return (sender) => hashedNumber(salt, sender).slice(0, 12);
};

/** Resolves when the gate is up. Throws StartFailure when it cannot be, with nothing left open. */
export async function startGate(file: GateFile, surroundings: GateSurroundings): Promise<RunningGate> {
  const { log, now = Date.now } = surroundings;
  const { config } = file;
  const startedAt = now();
  const metrics = openMetrics();
  const parts = new Map<PartName, { close(): unknown }>();
  const keep = <T extends { close(): unknown }>(name: PartName, part: T): T => {
    parts.set(name, part);
    return part;
  };
  let phase: 'starting' | 'running' | 'stopping' = 'starting';

  const closeAll = async (): Promise<void> => {
    const deadline = performance.now() + config.program['stop-within'];
    for (const row of CLOSING)
      await Promise.all(
        row.map(async (name) => {
          const part = parts.get(name);
          parts.delete(name);
          const leftMs = Math.max(deadline - performance.now(), 100);
          if (part && !(await within(leftMs, Promise.resolve(part.close()))))
            log.warn({ part: name }, 'did not end in time and is cut off');
        }),
      );
  };

  try {
    const { folder } = config.data;
    await opened(`data folder "${folder}"`, () => mkdirSync(folder, { recursive: true, mode: 0o750 }));
    const key = await opened(`key of hashed numbers "${hashKeyFile(folder)}"`, () => hashKey(folder));
    const ceiling = new RejectCeiling();
    const tally = new Tally();
    const audit = keep('audit', new AuditLog(folder, log));
    const modes = await opened("operators' modes", () => new ModeOverrides(folder));
    const numbers: Omit<OpenNumbers, 'reason' | 'close'> =
      surroundings.numbers ??
      keep('numbers', await opened('number store', () => openNumbers(config, { log, meter: metrics, now })));

    if (numbers.writer !== undefined)
      await opened(`folder of number files "${importsFolder(config)}"`, () =>
        mkdirSync(importsFolder(config), { recursive: true, mode: 0o750 }),
      );
    const decisions: DecisionLog | undefined = config.decisions.keep
      ? keep(
          'decisions',
          await opened(`decisions folder "${decisionsFolder(config)}"`, () =>
            openDecisionLog(
              {
                folder: decisionsFolder(config),
                fileOctets: config.decisions['file-size'],
                octetsMax: config.decisions['size-max'],
                retentionMs: config.decisions.retention,
                flushMs: config.decisions['flush-within'],
              },
              { log, meter: metrics, now },
            ),
          ),
        )
      : undefined;
    const show = showNumber(config.decisions.numbers, key);
    const shown = showDecision(config.decisions.numbers, key, randomBytes(HASH_KEY_OCTETS));
    const observation = observe(log, metrics, decisions, shown);
    const corePorts: CorePorts = {
      numbers,
      tally,
      ceiling,
      tellScreening: observation.tellScreening,
      tellGate: observation.tellGate,
      ...(decisions === undefined ? {} : { keep: observation.keep }),
    };
    const core = createCore(file, corePorts, (settings) => adjusted(settings, modes.overrides));
    if (!core.ok) throw new StartFailure(core.error.join('\n'));
    for (const { kind, text } of enforcementOf(core.value.settings, numbers)) {
      if (kind === 'refusal') throw new StartFailure(text);
      log.warn({}, text);
    }
    for (const warning of file.warnings) log.warn({}, warning);

    const created = GateNode.create(toAssociationSettings(config), core.value, toGateBounds(config), { log, now });
    if (!created.ok) throw new StartFailure(created.error.text);
    const node = created.value;
    const control = new Control(core.value, modes, {
      log,
      now,
      audit,
      ceiling,
      core: corePorts,
      reread: surroundings.reread ?? (() => ({ ok: false, error: [{ key: '', text: 'this gate was not started from a file' }] })),
      adopt: (its) => node.adopt(its),
      resumed: observation.resumed,
    });
    numbers.whenChanged?.(() => void control.numbersChanged());
    await control.numbersChanged();
    const upkeep = setInterval(() => void control.upkeep(), UPKEEP_MS);
    keep('upkeep', { close: () => clearInterval(upkeep) });
    const load = keep(
      'load',
      startLoadMeter([config.overload['level-1'], config.overload['level-2'], config.overload['level-3']], (level) => {
        node.load = level;
        log.warn({ overload: level, lagMs: Math.round(load.lagMs) }, 'level of overload');
      }),
    );
    const health = () => platformHealth(control.core.routing, control.core.gate);
    const seen = {
      node,
      control,
      tally,
      ceiling,
      numbers: numbers.lookup,
      ...(numbers.following === undefined ? {} : { following: numbers.following }),
      health,
      load,
      decisionsFault: () => decisions?.fault,
      phase: () => phase,
      startedAt,
      now,
    };
    measure(metrics, {
      node,
      tally,
      numbers: numbers.lookup,
      now,
      ceilingExceeded: () => ceiling.isExceeded,
      audit,
      platforms: () => control.core.file.config.platform.map(({ name }) => ({ name, up: health().isUp(name) })),
    });
    metrics.watch('angarium_ready', '1 when /readyz says so.', () => (unready(seen).length === 0 ? 1 : 0));

    const monitoring = keep(
      'monitoring',
      await opened(`monitoring.listen "${listenText(config.monitoring.listen)}"`, () =>
        startMonitoring(config.monitoring, { metrics, unready: () => unready(seen) }),
      ),
    );
    const queryOf = ({ number, since, until, verdict, homeSmsc, link }: Partial<DecisionsQuery>) => ({
      ...(number === undefined ? {} : { sender: show === undefined ? number : show(number) }),
      ...(since === undefined ? {} : { since: Date.parse(since) }),
      ...(until === undefined ? {} : { until: Date.parse(until) }),
      ...(verdict === undefined ? {} : { verdict }),
      ...(homeSmsc === undefined ? {} : { homeSmsc }),
      ...(link === undefined ? {} : { link }),
    });
    const changes = numbers.writer && numberChanges({ store: numbers.writer, settings: () => control.core.settings, audit, now });
    const apiConfig = toGateApiConfig(config);
    const operator = keep(
      'operator',
      await opened(`operator socket "${apiConfig.socket}"`, () =>
        startGateApi(apiConfig, {
          status: () => statusOf(seen),
          modes: () => control.modes(),
          setMode: (change, who) => control.setMode(change, who),
          resume: (who) => control.resume(who),
          reload: (dryRun, who) => control.reload(dryRun, who),
          decisions: async (query, isMasked) => {
            await decisions?.flush();
            const found = await newestDecisions(decisionsFolder(config), queryOf(query), query.limit);
            return { decisions: found.map((its) => ({ ...(isMasked ? masked(its) : its) })) };
          },
          report: async (query: ReportQuery) => {
            await decisions?.flush();
            const asked = { since: now() - WEEK_MS, ...queryOf(query), verdict: 'reject' as const };
            return reportOf(readDecisions(decisionsFolder(config), asked), saltedNames());
          },
          audit: () => audit.last(),
          numbers: { lookup: numbers.lookup, ...(changes === undefined ? {} : { writer: changes }) },
          ...(numbers.shown === undefined ? {} : { numberStore: numbers.shown }),
          ...(numbers.writer === undefined
            ? {}
            : {
                numberStore: numberLoads({
                  store: numbers.writer,
                  folder: numbersFolder(config),
                  imports: importsFolder(config),
                  settings: () => control.core.settings,
                  audit,
                  log,
                  now,
                }),
              }),
          now,
          log,
          meter: metrics,
        }),
      ),
    );

    const serving = { numbers: numbers.lookup, now, log, meter: metrics };
    const enumConfig = toEnumConfig(config);
    const enumListener =
      enumConfig &&
      keep('enum', await opened(`enum.listen "${listenText(enumConfig.listen)}"`, () => startEnum(enumConfig, serving)));
    const httpConfig = toNumbersHttpConfig(config);
    const httpListener =
      httpConfig &&
      keep(
        'numbers-http',
        await opened(`numbers-http.listen "${listenText(httpConfig.listen)}"`, () => startNumbersHttp(httpConfig, serving)),
      );

    const started = await node.start();
    if (!started.ok) throw new StartFailure(started.error.text);
    keep('node', { close: () => node.stop(config.program['stop-within']) });
    phase = 'running';
    let closing: Promise<void> | undefined;
    return {
      addresses: {
        listeners: Object.fromEntries(
          [...node.associations.listening].map(([name, { address, port }]) => [name, { host: address, port }]),
        ),
        operatorSocket: operator.socket,
        ...(operator.tcp ? { operator: operator.tcp } : {}),
        ...(enumListener ? { enum: enumListener.address } : {}),
        ...(httpListener ? { numbersHttp: httpListener.address } : {}),
        monitoring: monitoring.address,
      },
      reload: () => control.reload(false, SIGNAL),
      close() {
        phase = 'stopping';
        closing ??= closeAll();
        return closing;
      },
    };
  } catch (e) {
    await closeAll();
    throw e;
  }
}
