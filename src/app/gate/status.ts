/** What a running gate says of itself. */
import { pointCodeText } from '#codec/mtp';
import { type FollowingView, type GateStatusView, numbersStateOf } from '#operator';
import { modeText, type NumberLookup, type PlatformHealth, type RejectCeiling, type Tally } from '#portability';
import { VERSION } from '../version.js';
import type { Control } from './control.js';
import { lagAlarm } from './following.js';
import type { LoadMeter } from './load-meter.js';
import type { GateNode } from './node.js';

export interface Seen {
  readonly node: GateNode;
  readonly control: Control;
  readonly tally: Tally;
  readonly ceiling: RejectCeiling;
  readonly numbers: NumberLookup;
  /** Absent: this gate keeps the numbers itself. */
  readonly following?: () => FollowingView;
  readonly health: () => PlatformHealth;
  readonly load: LoadMeter;
  readonly decisionsFault: () => string | undefined;
  readonly phase: () => 'starting' | 'running' | 'stopping';
  readonly startedAt: number;
  readonly now: () => number;
}

/** Why the gate cannot take traffic: it is not running, or no link is active. A store that does not answer does not stop traffic that may pass. */
export function unready({
  phase,
  node,
  control,
  numbers,
  following,
}: Pick<Seen, 'phase' | 'node' | 'control' | 'numbers' | 'following'>): readonly string[] {
  const at = phase();
  const isClosed = control.core.settings.whenNumbersUnavailable === 'refuse' && numbers.state !== 'ready';
  const its = following?.();
  const isFirst = its !== undefined && its.lagSeconds === undefined && numbers.state !== 'ready';
  return [
    ...(at === 'running' ? [] : [at]),
    ...(node.associations.links.some(({ state }) => state === 'active') ? [] : ['no link is active']),
    ...(isClosed ? [`number store ${numbers.state}, and when-numbers-unavailable is "refuse"`] : []),
    ...(isFirst ? [`numbers have not been fetched yet from ${its.source}`] : []),
  ];
}

/** Share of the places for segmented messages above which somebody fills them. Source: usual traffic needs a hundredth. */
const CROWDED_SHARE = 0.8;

/** What is wrong and somebody should see to. */
export function alarms(seen: Seen): string[] {
  const { node, numbers, following, control, ceiling, now, decisionsFault, health } = seen;
  const up = health();
  const ageMs = now() - numbers.version.changedAt;
  const { isExceeded, since } = ceiling.state;
  const lag = following === undefined ? undefined : lagAlarm(following(), control.core.file.config.numbers['lag-alarm']);
  const down = node.associations.links
    .filter(({ state }) => state !== 'active')
    .map(({ name, state }) => `link ${name} is ${state}`);
  const platforms = control.core.file.config.platform
    .filter(({ name, drain }) => !drain && !up.isUp(name))
    .map(({ name }) => `platform ${name} cannot be reached`);
  return [
    ...down,
    ...platforms,
    ...(numbers.state === 'ready' ? [] : [`number store ${numbers.state}`]),
    ...(numbers.state === 'ready' && ageMs > control.core.file.config.numbers['age-alarm']
      ? [`numbers have not changed since ${new Date(numbers.version.changedAt).toISOString()}`]
      : []),
    ...(isExceeded
      ? [`ceiling exceeded since ${new Date(since ?? 0).toISOString()}: rejects are monitored only until an operator resumes`]
      : []),
    ...(node.gate.held.reassemblies > control.core.file.config.sccp['reassembly-max'] * CROWDED_SHARE
      ? [
          `segmented messages: ${node.gate.held.reassemblies} of ${control.core.file.config.sccp['reassembly-max']} places are taken`,
        ]
      : []),
    ...(node.gate.load > 0 ? [`overload, level ${node.gate.load}`] : []),
    ...(control.held === undefined ? [] : [`rejects are monitored only: ${control.held}`]),
    ...control.faults,
    ...[lag, decisionsFault()].filter((its) => its !== undefined),
  ];
}

const positive = (counts: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.entries(counts).filter(([, value]) => value > 0));

export function statusOf(seen: Seen): GateStatusView {
  const { node, control, tally, numbers, load, startedAt, now, health } = seen;
  const { core } = control;
  const { spec, routes, subsystems } = core.routing;
  const up = health();
  const reasons = unready(seen);
  return {
    version: VERSION,
    startedAt: new Date(startedAt).toISOString(),
    uptimeSeconds: Math.floor((now() - startedAt) / 1000),
    ready: reasons.length === 0,
    reasons: [...reasons],
    alarms: alarms(seen),
    configuration: {
      edition: core.file.version,
      loadedAt: new Date(control.loadedAt).toISOString(),
      waiting: [...control.waiting],
    },
    mode: core.settings.mode === undefined ? 'none' : modeText(core.settings.mode),
    load: { level: node.gate.load, lagMs: Math.round(load.lagMs * 10) / 10 },
    links: node.associations.links.map(({ name, role, state, counters, queuedOctets }) => ({
      name,
      role,
      state,
      messagesIn: counters.messagesIn,
      messagesOut: counters.messagesOut,
      queuedOctets,
      discards: positive(counters.discards),
    })),
    associations: node.associations.associations().map(({ name, addresses, port, state, queuedOctets }) => ({
      name,
      addresses: [...addresses],
      port,
      state,
      queuedOctets,
    })),
    destinations: routes.states().map(({ ni, pointCode, mask, availability, congestionLevel }) => ({
      network: ni,
      pointCode,
      text: pointCodeText(pointCode, spec.networks.find((its) => its.ni === ni)?.variant),
      mask,
      availability,
      congestionLevel,
    })),
    subsystems: subsystems.states().map(({ ni, pointCode, ssn, state }) => ({ network: ni, pointCode, ssn, state })),
    platforms: core.file.config.platform.map(({ name, drain }) => ({ name, up: up.isUp(name), drain })),
    numbers: { ...numbersStateOf(numbers, now()), ...(seen.following === undefined ? {} : { following: seen.following() }) },
    held: { ...node.gate.held },
    counts: positive({
      ...node.gate.counts,
      ...Object.fromEntries(Object.entries(node.losses).map(([why, value]) => [`lost-${why}`, value])),
    }),
    decisions: tally.rows().map(({ selector, homeSmsc, places, outcomes, reasons: why }) => ({
      selector,
      homeSmsc,
      places: places as Record<string, number>,
      outcomes: outcomes as Record<string, number>,
      reasons: why as Record<string, number>,
    })),
  };
}
