/** What a gate says, in words. */

import type { GateStatusView, ModesView, ReloadView } from '#operator';
import { type Trace, traceText } from '#portability';
import type { DecisionReport, KeptDecision } from '#store/decisions';
import { octetsText, plain, table } from './terminal.js';

const counted = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ') || 'none';

/** Blocks with an empty line between them; those without lines are left out. */
const blocks = (...all: readonly string[]): string => all.filter((block) => block !== '').join('\n\n');

const followingRow = (its: GateStatusView['numbers']['following']): string[][] =>
  its === undefined
    ? []
    : [
        [
          'numbers from',
          `${its.source}, ${its.lagSeconds === undefined ? 'never fetched' : `${its.lagSeconds} s behind`}, ${its.lagChanges ?? 'unknown'} changes${its.fault === undefined ? '' : `; ${its.fault}`}`,
        ],
      ];

export function gateStatusText(status: GateStatusView): string {
  const { configuration, numbers, load } = status;
  const facts = [
    ['angarium gate', status.version],
    ['started', `${status.startedAt}, ${status.uptimeSeconds} s ago`],
    ['ready', status.ready ? 'yes' : `no: ${status.reasons.join('; ')}`],
    ['alarms', status.alarms.join('; ') || 'none'],
    [
      'configuration',
      `${configuration.edition}, loaded ${configuration.loadedAt}${configuration.waiting.length === 0 ? '' : `; waits for the next start: ${configuration.waiting.join(', ')}`}`,
    ],
    ['mode', status.mode],
    [
      'numbers',
      numbers.state === 'ready' ? `${numbers.load}, change ${numbers.change}, ${numbers.ageSeconds} s old` : numbers.state,
    ],
    ...followingRow(numbers.following),
    ['overload', `level ${load.level}, ${load.lagMs} ms late`],
    ['messages', counted(status.counts)],
    ['under way', counted(status.held)],
  ];
  return blocks(
    table(facts),
    table(
      status.links.map(({ name, role, state, messagesIn, messagesOut, queuedOctets, discards }) => [
        `link ${name}`,
        role,
        state,
        `${messagesIn} in`,
        `${messagesOut} out`,
        `${octetsText(queuedOctets)} waiting`,
        Object.keys(discards).length === 0 ? '' : `discarded: ${counted(discards)}`,
      ]),
    ),
    table(
      status.destinations.map((its) => [
        `destination ${its.text}`,
        `${its.pointCode}/${its.mask}`,
        its.availability,
        its.congestionLevel > 0 ? `congestion ${its.congestionLevel}` : '',
      ]),
    ),
    table(status.platforms.map(({ name, up, drain }) => [`platform ${name}`, up ? 'up' : 'down', drain ? 'drained' : ''])),
    table(
      status.decisions.map(({ selector, homeSmsc, outcomes }) => [selector || 'no selector', homeSmsc || '-', counted(outcomes)]),
    ),
  ).replaceAll(/ +$/gm, '');
}

export function modesText({ revision, rows, ceiling }: ModesView): string {
  const of = rows.map(({ scope, name, mode, configured, by, at }) => [
    name === undefined ? 'all' : `${scope} ${name}`,
    mode,
    by === undefined ? 'by the configuration' : `set by ${by} at ${at}; the configuration says ${configured ?? 'nothing'}`,
  ]);
  const said = ceiling.exceeded
    ? `ceiling exceeded since ${ceiling.since}: rejects are monitored only; angarium gate resume`
    : `ceiling not exceeded: ${ceiling.rejects} rejects among ${ceiling.messages} messages in its window`;
  return `${table(of)}\n${said}\nrevision ${revision}`;
}

export function reloadText({ edition, changes, waiting, warnings, carriedOut }: ReloadView): string {
  return [
    ...changes,
    ...warnings.map((warning) => `warning: ${warning}`),
    ...(waiting.length === 0 ? [] : [`waits for the next start: ${waiting.join(', ')}`]),
    changes.length === 0
      ? `nothing differs; edition ${edition}`
      : `${carriedOut ? 'loaded' : 'not loaded (dry run)'}: edition ${edition}, ${changes.length} differences`,
  ].join('\n');
}

const kinds = ({ verdict, action, held, carried }: KeptDecision): string =>
  held === 'no' ? (verdict === action ? `${verdict}, ${carried}` : `${verdict}, ${action}`) : `${verdict}, passed (${held})`;

/** One line for each. */
export const decisionsText = (decisions: readonly KeptDecision[]): string =>
  table(
    decisions.map((kept) => [
      new Date(kept.at).toISOString(),
      plain(kept.sender ?? 'no sender'),
      kinds(kept),
      kept.place,
      kept.reason,
      kept.homeSmsc ?? '-',
      `from ${plain(kept.calling)} to ${plain(kept.called)} by ${kept.link}`,
    ]),
  );

/** A kept decision's steps, as they were on its day. */
export function keptText(kept: KeptDecision): string {
  const { at, flow, settings, numbers, steps, verdict, action, held, place, reason, answer } = kept;
  const decision = { verdict, action, held, place, reason, answer, relay: undefined };
  const trace = { at, flow, settings, numbers, steps, decision } as unknown as Trace;
  return [
    `${new Date(at).toISOString()}  ${kept.sccp} by ${kept.link}, ${kept.opc} to ${kept.dpc}, from ${plain(kept.calling)} to ${plain(kept.called)}: ${kept.carried}`,
    ...traceText(trace).map(plain),
  ].join('\n');
}

const SENDER_COUNTS: Readonly<Record<DecisionReport['senderCount'], string>> = {
  exact: '',
  'by-run': ' (numbers are kept masked: a sender counts once for each run of the gate in which he was met)',
  'too-low': ' or more (numbers were kept masked: senders of equal last digits count as one)',
};

export function reportText(report: DecisionReport, since: string): string {
  if (report.rejects === 0) return `no reject since ${since}`;
  const counts = ({ rejects, stopped }: { rejects: number; stopped: number }): string[] => [String(rejects), String(stopped)];
  const head = ['', 'rejects', 'stopped'];
  const passed = report.rejects - report.stopped;
  return blocks(
    `since ${since}: ${report.rejects} messages that the flow rejects, of ${report.senders}${report.isCut ? ' or more' : ''} senders${SENDER_COUNTS[report.senderCount]}; ${report.stopped} were stopped, ${passed} passed: enforcing would have stopped them`,
    table([
      ['exchange', ...head.slice(1), 'link', 'opc'],
      ...report.peers.map((row) => [plain(row.peer) || 'no address', ...counts(row), row.link, String(row.opc)]),
    ]),
    table([['home SMSC', ...head.slice(1)], ...report.homeSmscs.map((row) => [row.homeSmsc || 'none', ...counts(row)])]),
    table([['reason', ...head.slice(1)], ...report.reasons.map((row) => [row.reason, ...counts(row)])]),
    table([['sender (salted)', ...head.slice(1)], ...report.topSenders.map((row) => [row.sender, ...counts(row)])]),
  );
}
