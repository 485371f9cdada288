/** `angarium gate explain`: its options. What it does is in `gate-explain-run.ts`. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ExplainCommand } from './gate-explain-run.js';
import { TCP_PORTS, tcpPortsOption } from './tcp-ports.js';
import { numberOption } from './terminal.js';

/** An instant in milliseconds since the epoch. */
function instantOption(text: string): number {
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw new InvalidArgumentError('expected an instant, for instance 2026-11-22T09:00Z');
  return at;
}

function titleOption(text: string): string {
  const digits = text.replace(/^\+/, '').toLowerCase();
  if (!/^[0-9a-f]{1,21}$/.test(digits))
    throw new InvalidArgumentError('expected the digits of a global title, for instance 46705000001');
  return digits;
}

const HELP = `
Works alone, without a running gate and without any effect. One of --hex, --pcap and --from (with --smsc) says what is asked about.
Numbers are shown whole, the content of short messages is not shown. Links count as up, unless --down names them.

Exit code 0 when an answer was given; with --against 1 when anything differs.

Examples:
  angarium gate explain --config gate.toml --from 46700000001 --smsc 46705000001
  angarium gate explain --config gate.toml --hex 0981030e190b12...
  angarium gate explain --config gate.toml --pcap monday.pcap --against proposed.toml
  angarium gate explain --config gate.toml --pcap monday.pcap --numbers now --against-numbers new.csv`;

export function addGateExplainCommand(gate: Command): void {
  gate
    .command('explain')
    .description('what the gate does with a message, or with each of a capture, and why')
    .requiredOption('--config <file>', 'the configuration of the gate')
    .option('--numbers <path>', 'folder of a number store, or a number file (CSV), in place of the configured folder')
    .option(
      '--hex <octets>',
      'an SCCP message, an MSU from the service information octet on, or an M3UA DATA message; - for standard input',
    )
    .option('--pcap <file>', 'a capture: M3UA, M2PA, MTP3, SCCP or IPA')
    .addOption(tcpPortsOption())
    .option('--from <number>', 'sender of a short message that does not exist yet', numberOption)
    .option('--smsc <digits>', 'with --from: service centre, as called party and SM-RP-DA', titleOption)
    .option('--service-centre <digits>', 'with --from: SM-RP-DA, where it is another', titleOption)
    .option('--msc <digits>', 'with --from: the exchange, as calling party', titleOption)
    .option('--to <number>', 'with --from: the recipient', numberOption)
    .addOption(new Option('--map-version <version>', 'with --from').choices(['1', '2', '3']).default('3'))
    .option('--link <name>', 'the link by which it comes; the first one unless said otherwise')
    .option('--down <names...>', 'links that are down')
    .option('--at <instant>', 'as of then; a capture is explained as of its own times', instantOption)
    .option('--against <file>', 'another configuration: show what it would decide differently')
    .option('--against-numbers <path>', 'other numbers, folder or CSV: show what they would decide differently')
    .option('--for-us', 'with --pcap: as if every message were addressed to the gate')
    .option('--all', 'with --pcap: every message, also those that no selector takes up')
    .option('--steps', 'with --pcap: every step of every message that is shown')
    .option('--json', 'print JSON instead: one object for each message')
    .addHelpText('after', HELP)
    .action(async (options: Partial<ExplainCommand> & Pick<ExplainCommand, 'config'>) =>
      (await import('./gate-explain-run.js')).explain({ tcp: TCP_PORTS, ...options }),
    );
}
