/** `angarium vasp send|serve`: a content provider on the command line, well-behaved or not. */
import { type Command, Option } from 'commander';
import { PROFILES } from '#endpoint/mm7';
import { addressOption, durationOption, httpOption } from './terminal.js';
import type { VaspSendCommand } from './vasp-send.js';
import type { VaspServeCommand } from './vasp-serve.js';

const LISTEN = '127.0.0.1:8520';
const SCHEMA = 'REL-6-MM7-1-4';
const TIMEOUT = '30s';

const profilesText = Object.entries(PROFILES)
  .map(([name, { about }]) => `  ${name.padEnd(18)} ${about}`)
  .join('\n');

/** Adds the two to `angarium vasp`, which other commands may have begun. */
export function addVaspLaboratoryCommands(vasp: Command): void {
  vasp
    .command('send')
    .description('submit a message as a content provider, and show the answer')
    .requiredOption('--url <url>', 'where the relay is called: SOAP, for instance http://127.0.0.1:8518/mm7, or JSON', httpOption)
    .addOption(new Option('--form <form>', 'SOAP or its JSON twin').choices(['soap', 'json']).default('soap'))
    .option('--user <name>', 'login')
    .option('--password-env <name>', 'variable of the environment that holds the password, or the token')
    .addOption(new Option('--login <method>', 'how to log in').choices(['none', 'basic', 'digest', 'bearer']).default('basic'))
    .option('--vasp-id <id>', 'VASPID')
    .option('--vas-id <id>', 'VASID')
    .option('--sender <address>', 'sender address: a short code, a number or a mailbox')
    .requiredOption('--to <address...>', 'recipients: numbers or mailboxes')
    .option('--text <text>', 'a text')
    .option('--file <path...>', 'pictures, sounds or other files, shown in this order', [])
    .option('--subject <text>', 'the subject')
    .option('--service-code <code>', 'what is sold')
    .option('--delivery-report', 'ask for delivery reports')
    .option('--read-report', 'ask for read reports')
    .option('--transaction-id <id>', 'name of the request; the same one twice is a repetition. Without it one is made up')
    .option('--schema <tag>', 'schema of the SOAP, for instance REL-5-MM7-1-0', SCHEMA)
    .option('--timeout <duration>', 'how long to wait for the answer', durationOption, durationOption(TIMEOUT))
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExit code 0 when the message was accepted, 1 when it was refused or nobody answered.\n\nExample:\n  ACME=... angarium vasp send --url http://127.0.0.1:8518/mm7 --user acme --password-env ACME --to +46700000001 --text hello',
    )
    .action(async (options: VaspSendCommand) => (await import('./vasp-send.js')).vaspSend(options));

  vasp
    .command('serve')
    .description('be called as a content provider: show messages and reports, behave by a profile')
    .addOption(new Option('--listen <host:port>', 'where').argParser(addressOption).default(addressOption(LISTEN), LISTEN))
    .addOption(new Option('--profile <name>', 'how it behaves').choices(Object.keys(PROFILES)).default('good'))
    .option('--save <folder>', 'save the parts of what comes')
    .option('--json', 'print JSON, one object a line')
    .addHelpText(
      'after',
      `\nProfiles:\n${profilesText}\n\nCtrl-C ends.\n\nExample:\n  angarium vasp serve --listen 127.0.0.1:8520 --profile flaky --save inbox`,
    )
    .action(async (options: VaspServeCommand) => (await import('./vasp-serve.js')).vaspServe(options));
}
