/**
 * What a configuration is when it runs: routing, screening and the gate's road over both, put together. The same for live traffic, for a reload
 * and for an explanation, so that none of them can differ from the others.
 */
import { err, ok, type Result } from '#base';
import type { GateEvent, GatePorts, TracedDecision, Wire } from '#endpoint/sigtran';
import {
  createScreening,
  type EnforcementFinding,
  enforcementFindings,
  type NumberCensus,
  type NumberLookup,
  type PlatformHealth,
  type RejectCeiling,
  type Screening,
  type ScreeningEvent,
  type ScreeningSettings,
  type Tally,
} from '#portability';
import { createRouting, type Routing, type TargetSpec } from '#protocol/routing';
import type { GateFile } from './config-file.js';
import { toGateSettings, toRoutingSpec, toScreeningSettings } from './config-parts.js';

/** Whatever the gate knows of numbers. */
export interface KnownNumbers {
  readonly lookup: NumberLookup;
  /** Absent where nobody has counted. */
  readonly census?: NumberCensus;
}

/** What hears of messages as they are decided. */
export interface CorePorts {
  readonly numbers: KnownNumbers;
  readonly tally?: Tally;
  readonly ceiling?: RejectCeiling;
  readonly tellScreening?: (event: ScreeningEvent, wire: Wire | undefined) => void;
  readonly tellGate?: (event: GateEvent) => void;
  readonly keep?: (traced: TracedDecision) => void;
}

export interface Core {
  readonly file: GateFile;
  readonly settings: ScreeningSettings;
  readonly screening: Screening<Wire>;
  readonly routing: Routing;
  /** For a GateSwitch. */
  readonly ports: GatePorts;
  readonly gate: ReturnType<typeof toGateSettings>;
}

/** Changes settings of screening on their way: what operators have set since. */
export type AdjustSettings = (settings: ScreeningSettings) => ScreeningSettings;

/** Whether a target can be reached: the link is up, or a way leads there, and nothing bad is known of its subsystem. */
function isReachable(routing: Routing, ni: number, { pointCode, link, ssn, ni: own }: TargetSpec): boolean {
  const network = own ?? ni;
  if (link !== undefined && !routing.routes.isUp(link)) return false;
  if (pointCode === undefined) return link !== undefined;
  if (link === undefined && routing.routes.route(network, pointCode, 0).kind === 'none') return false;
  return ssn === undefined || routing.subsystems.stateOf(network, pointCode, ssn) === 'allowed';
}

/** Platforms are up while a way leads to them. */
export function platformHealth(routing: Routing, gate: Core['gate']): PlatformHealth {
  const ni = routing.spec.networks[0]?.ni ?? 0;
  const targets = new Map<string, readonly TargetSpec[]>();
  for (const { name, to } of gate.platforms ?? []) {
    const group = routing.spec.gtt.groups.find((its) => its.name === to.group);
    targets.set(name, to.target === undefined ? (group?.members ?? []) : [to.target]);
  }
  return { isUp: (platform) => targets.get(platform)?.some((target) => isReachable(routing, ni, target)) ?? false };
}

/** The parts by a configuration, or all that is wrong with it in lines. */
export function createCore(
  file: GateFile,
  ports: CorePorts,
  adjust: AdjustSettings = (its) => its,
): Result<Core, readonly string[]> {
  const { config, lists, version } = file;
  const routing = createRouting(toRoutingSpec(config, lists));
  if (!routing.ok) return err(routing.error.map(({ where, text }) => `${where}: ${text}`));
  const gate = toGateSettings(config);
  const settings = adjust(toScreeningSettings(config, lists, version));
  const { tellScreening, tellGate, keep } = ports;
  const screening = createScreening<Wire>(settings, {
    numbers: ports.numbers.lookup,
    platforms: platformHealth(routing.value, gate),
    ...(ports.tally === undefined ? {} : { tally: ports.tally }),
    ...(ports.ceiling === undefined ? {} : { ceiling: ports.ceiling }),
    ...(tellScreening === undefined ? {} : { tell: tellScreening }),
  });
  if (!screening.ok) return err(screening.error.map(({ path, text }) => `${path}: ${text}`));
  return ok({
    file,
    settings,
    screening: screening.value,
    routing: routing.value,
    gate,
    ports: {
      screening: screening.value,
      routing: routing.value,
      ...(tellGate === undefined ? {} : { tell: tellGate }),
      ...(keep === undefined ? {} : { keep }),
    },
  });
}

/** Whether these settings go together with these numbers; nothing can be said where nobody has counted them. */
export const enforcementOf = (settings: ScreeningSettings, { census, lookup }: KnownNumbers): readonly EnforcementFinding[] =>
  census === undefined || lookup.state !== 'ready' ? [] : enforcementFindings(settings, census.counts());
