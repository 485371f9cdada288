/** The gate's own counts as metrics: read where they are counted, when they are asked for. */
import { GATE_COUNTS, type GateCount } from '#endpoint/sigtran';
import type { NumberLookup, Tally, TallyRow } from '#portability';
import type { MetricRow, Metrics } from '../metrics.js';
import type { GateNode } from './node.js';

/** Everything that has a number. */
export interface Measured {
  readonly node: GateNode;
  readonly tally: Tally;
  readonly numbers: NumberLookup;
  readonly now: () => number;
  readonly ceilingExceeded: () => boolean;
  readonly audit: { readonly fault: string | undefined; readonly unwritten: number; readonly lost: number };
  readonly platforms: () => readonly { readonly name: string; readonly up: boolean }[];
}

const STATES = ['down', 'inactive', 'active'] as const;
/** What decisions are counted by, each a metric of its own. */
const TALLIES = [
  ['places', 'place', 'angarium_gate_decisions_by_place_total'],
  ['outcomes', 'outcome', 'angarium_gate_decisions_by_outcome_total'],
  ['reasons', 'reason', 'angarium_gate_decisions_by_reason_total'],
] as const;

function* tallyRows(tally: Tally, kind: (typeof TALLIES)[number][0], label: string): Generator<MetricRow> {
  for (const row of tally.rows() as readonly TallyRow[])
    for (const [name, value] of Object.entries(row[kind]))
      yield { value, labels: { selector: row.selector, home_smsc: row.homeSmsc, [label]: name } };
}

export function measure(metrics: Metrics, { node, tally, numbers, now, ceilingExceeded, audit, platforms }: Measured): void {
  const { links } = node.associations;
  metrics.rows(
    'counter',
    'angarium_gate_messages_total',
    'What the gate did with messages; docs/gate.md has the list.',
    ['what'],
    () => (Object.keys(GATE_COUNTS) as GateCount[]).map((what) => ({ value: node.gate.counts[what], labels: { what } })),
  );
  for (const [kind, label, name] of TALLIES)
    metrics.rows('counter', name, `Decisions by ${label}, selector and home SMSC.`, ['selector', 'home_smsc', label], () =>
      tallyRows(tally, kind, label),
    );
  metrics.rows('gauge', 'angarium_gate_link_state', '1 for the state that the link is in.', ['link', 'state'], () =>
    links.flatMap(({ name, state }) =>
      STATES.map((its) => ({ value: its === state ? 1 : 0, labels: { link: name, state: its } })),
    ),
  );
  metrics.rows(
    'counter',
    'angarium_gate_link_messages_total',
    'Messages (DATA) by link and direction.',
    ['link', 'direction'],
    () =>
      links.flatMap(({ name, counters }) => [
        { value: counters.messagesIn, labels: { link: name, direction: 'in' } },
        { value: counters.messagesOut, labels: { link: name, direction: 'out' } },
      ]),
  );
  metrics.rows('counter', 'angarium_gate_link_octets_total', 'User data by link and direction.', ['link', 'direction'], () =>
    links.flatMap(({ name, counters }) => [
      { value: counters.octetsIn, labels: { link: name, direction: 'in' } },
      { value: counters.octetsOut, labels: { link: name, direction: 'out' } },
    ]),
  );
  metrics.rows('counter', 'angarium_gate_link_discards_total', 'Messages discarded by link and reason.', ['link', 'reason'], () =>
    links.flatMap(({ name, counters }) =>
      Object.entries(counters.discards).map(([reason, value]) => ({ value, labels: { link: name, reason } })),
    ),
  );
  metrics.rows('gauge', 'angarium_gate_link_queued_bytes', 'What waits to be given to the kernel.', ['link'], () =>
    links.map(({ name, queuedOctets }) => ({ value: queuedOctets, labels: { link: name } })),
  );
  metrics.rows(
    'counter',
    'angarium_gate_lost_total',
    'Messages for which the link had no room or no peer, by reason.',
    ['reason'],
    () => Object.entries(node.losses).map(([reason, value]) => ({ value, labels: { reason } })),
  );
  metrics.rows('gauge', 'angarium_gate_platform_up', '1 while a way leads to the platform.', ['platform'], () =>
    platforms().map(({ name, up }) => ({ value: up ? 1 : 0, labels: { platform: name } })),
  );
  metrics.rows('gauge', 'angarium_gate_held', 'What is under way and remembered.', ['what'], () =>
    Object.entries(node.gate.held).map(([what, value]) => ({ value, labels: { what } })),
  );
  metrics.watch('angarium_gate_load_level', 'Overload: 0 none, 1 to 3 as the congestion levels of M3UA.', () => node.gate.load);
  metrics.watch('angarium_gate_numbers_ready', '1 while the number store answers.', () => (numbers.state === 'ready' ? 1 : 0));
  metrics.watch('angarium_gate_numbers_age_seconds', 'Time since the newest change of the numbers.', () =>
    numbers.state === 'ready' ? Math.max(0, (now() - numbers.version.changedAt) / 1000) : 0,
  );
  metrics.watch('angarium_gate_ceiling_exceeded', '1 while rejects are only monitored because there were too many.', () =>
    ceilingExceeded() ? 1 : 0,
  );
  metrics.watch('angarium_gate_audit_fault', '1 while the audit log cannot be written.', () =>
    audit.fault === undefined ? 0 : 1,
  );
  metrics.watch('angarium_gate_audit_unwritten', 'Acts carried out whose entry waits to be written.', () => audit.unwritten);
  metrics.rows('counter', 'angarium_gate_audit_lost_total', 'Entries of the audit log that could never be written.', [], () => [
    { value: audit.lost },
  ]);
}
