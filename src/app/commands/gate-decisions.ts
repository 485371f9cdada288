/** `angarium gate decisions` and `angarium gate report`. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { WhereGate } from './ask-gate.js';
import { whereGateOptions } from './gate-operate.js';
import { countOption, durationOption, numberOption, say, sayJson } from './terminal.js';

/** Milliseconds since the epoch of `2026-11-22T09:00Z`, or of so long ago. */
function sinceOption(text: string): number {
  const at = Date.parse(text);
  if (/^\d{4}-\d{2}-\d{2}/.test(text) && !Number.isNaN(at)) return at;
  try {
    return Date.now() - durationOption(text);
  } catch (e) {
    if (e instanceof InvalidArgumentError)
      throw new InvalidArgumentError('expected an instant, for instance 2026-11-22T09:00Z, or a duration, for instance 7d');
    throw e;
  }
}

interface DecisionOptions extends WhereGate {
  readonly json?: true;
  readonly number?: string;
  readonly since?: number;
  readonly verdict?: string;
  readonly homeSmsc?: string;
  readonly limit?: number;
  readonly steps?: true;
}

const HELP = `
Rejects and redirects are all kept, of what passes a sample; how long, and how numbers stand in the files, is the gate's configuration.

Examples:
  angarium gate decisions --config gate.toml --since 1h --verdict reject
  angarium gate decisions --config gate.toml --number 46700000001 --steps`;

export function addGateDecisionCommands(gate: Command): void {
  whereGateOptions(gate.command('decisions').description('kept decisions about short messages, newest first'))
    .option('--number <number>', 'of this sender', numberOption)
    .option('--since <time>', 'an instant, or how long ago', sinceOption)
    .addOption(new Option('--verdict <verdict>', 'what the flow says').choices(['pass', 'reject', 'redirect']))
    .option('--home-smsc <name>', 'to this home SMSC')
    .option('--limit <count>', 'at most so many; 50 unless said otherwise', countOption)
    .option('--steps', 'with every step of the flow')
    .addHelpText('after', HELP)
    .action(decisions);

  whereGateOptions(
    gate.command('report').description('what enforcing would have stopped: by exchange, home SMSC, reason and sender'),
  )
    .option('--since <time>', 'an instant, or how long ago; a week unless said otherwise', sinceOption)
    .addHelpText(
      'after',
      '\nSenders are salted hashes, new ones in each report.\n\nExample:\n  angarium gate report --config gate.toml --since 7d',
    )
    .action(report);
}

async function decisions(options: DecisionOptions): Promise<void> {
  const [{ askGate }, { decisionsView }, texts] = await Promise.all([
    import('./ask-gate.js'),
    import('#operator'),
    import('./gate-texts.js'),
  ]);
  const { number, since, verdict, homeSmsc, limit } = options;
  const asked = { number, since: since === undefined ? undefined : new Date(since).toISOString(), verdict, homeSmsc, limit };
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(asked)) if (value !== undefined) query.set(key, String(value));
  const { decisions: found } = await askGate(options, decisionsView, { path: `/v1/decisions?${query}` });
  if (options.json) for (const kept of found) sayJson(kept);
  else if (found.length === 0) say('no such decision is kept');
  else if (options.steps) say(found.map((kept) => texts.keptText(kept as never)).join('\n\n'));
  else say(texts.decisionsText(found as never));
}

const WEEK_MS = 7 * 86_400_000;

async function report({
  since = Date.now() - WEEK_MS,
  json,
  ...where
}: WhereGate & { since?: number; json?: true }): Promise<void> {
  const [{ askGate }, { z }, { reportText }] = await Promise.all([
    import('./ask-gate.js'),
    import('zod'),
    import('./gate-texts.js'),
  ]);
  const from = new Date(since).toISOString();
  const found = await askGate(where, z.record(z.string(), z.unknown()), { path: `/v1/report?since=${from}` });
  if (json) sayJson(found);
  else say(reportText(found as never, from));
}
