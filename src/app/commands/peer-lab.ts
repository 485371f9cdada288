/** `angarium peer send|serve`: another carrier on the command line, for laboratories. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { PeerSendCommand } from './peer-send.js';
import type { PeerServeCommand } from './peer-serve.js';
import { addressOption, durationOption, numberOption } from './terminal.js';

/** Where a program without configuration would take MM4, and where the other carrier does. */
const MMSC = '127.0.0.1:2525';
const LISTEN = '127.0.0.1:2526';

/** A domain name. RFC 1035 2.3.1. */
function domainOption(text: string): string {
  if (!/^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?$/.test(text)) throw new InvalidArgumentError('expected a domain');
  return text.toLowerCase();
}

const many = (one: string, before: readonly string[] = []): string[] => [...before, numberOption(one)];

const common = (command: Command): Command =>
  command
    .addOption(
      new Option('--mmsc <host:port>', 'where the MMSC takes MM4').argParser(addressOption).default(addressOption(MMSC), MMSC),
    )
    .addOption(
      new Option('--listen <host:port>', 'where this carrier takes mail')
        .argParser(addressOption)
        .default(addressOption(LISTEN), LISTEN),
    )
    .option('--domain <domain>', 'domain of this carrier', domainOption, 'mms.opb.example')
    .option('--mmsc-domain <domain>', 'domain of the MMSC', domainOption, 'mms.opa.example')
    .option('--mms-version <version>', 'X-Mms-3GPP-MMS-Version that it writes', '6.10.0')
    .option('--bare-ids', 'write ids without quotes')
    .option('--dialogue', 'show every line that the MMSC says to this carrier, and the answers')
    .option('--json', 'print JSON, one object a line');

export function addPeerLabCommands(peer: Command): void {
  common(peer.command('send').description('play the other carrier: send a message, and wait for its answer and its reports'))
    .requiredOption('--from <number>', 'our subscriber', numberOption)
    .requiredOption('--to <number...>', 'recipients, as the header names them', many)
    .option('--envelope <number...>', 'recipients, as the envelope names them; without it, those of the header', many)
    .option('--text <text>', 'a text')
    .option('--file <path...>', 'pictures, sounds or other files, in this order', [])
    .option('--subject <text>', 'the subject')
    .option('--delivery-report', 'ask for delivery reports, and wait for them')
    .option('--read-report', 'ask for read reports')
    .option('--hide', 'hide our subscriber from the recipients')
    .option('--no-acknowledge', 'do not ask for MM4_forward.RES')
    .option('--transaction-id <id>', 'X-Mms-Transaction-ID; without it, one is drawn')
    .option('--message-id <id>', 'X-Mms-Message-ID; without it, one is drawn')
    .option('--wait <duration>', 'how long to wait for what was asked for', durationOption, 30_000)
    .addHelpText(
      'after',
      '\nThe MMSC must know this carrier as a peer whose host is --listen. Exit code 0 when the message was taken and answered Ok (or no answer was\nasked for), 1 otherwise.\n\nExamples:\n  angarium peer send --from 46710000001 --to 46700000001 --text hello --delivery-report\n  angarium peer send --from 46710000001 --to 46700000001 --text hello --message-id again --transaction-id again',
    )
    .action(async (options: PeerSendCommand) => (await import('./peer-send.js')).send(options));

  common(peer.command('serve').description('play the other carrier: take messages, answer and report as told'))
    .option('--profile <name>', 'how it behaves; `list` shows the names', 'good')
    .addHelpText(
      'after',
      '\nShows what comes and what is answered. Ctrl-C ends.\n\nExamples:\n  angarium peer serve --profile list\n  angarium peer serve --profile res-twice --dialogue',
    )
    .action(async (options: PeerServeCommand) => (await import('./peer-serve.js')).serve(options));
}
