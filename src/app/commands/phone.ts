/** `angarium phone send|watch|fetch`: a handset on the command line. Its defaults fit a program that was started without a configuration. */
import { type Command, Option } from 'commander';
import type { FetchCommand } from './phone-fetch.js';
import type { SendCommand } from './phone-send.js';
import type { WatchCommand } from './phone-watch.js';
import { addressOption, durationOption, headerOption, httpOption, numberOption } from './terminal.js';

/** Where a program without configuration listens. */
const MMSC = 'http://127.0.0.1:8514/mms';
const PUSH = '127.0.0.1:8515';
const IDENTITY_HEADER = 'x-msisdn';

/** What most handsets in use speak. */
const MMS_VERSION = '1.2';

const phoneOptions = (command: Command): Command =>
  command
    .option('--mmsc <url>', 'MMSC address', httpOption, MMSC)
    .option('--identity-header <name>', 'header that tells the laboratory our number', headerOption, IDENTITY_HEADER)
    .addOption(
      new Option('--mms-version <version>', 'version that the handset speaks')
        .choices(['1.0', '1.1', '1.2', '1.3'])
        .default(MMS_VERSION),
    )
    .option('--json', 'print JSON, one object a line');

export function addPhoneCommands(program: Command): void {
  const phone = program.command('phone').description('play a handset: send, wait for messages, fetch one');

  phoneOptions(phone.command('send').description('send a message and show the answer'))
    .requiredOption('--from <number>', 'our number', numberOption)
    .option('--to <address...>', 'recipients: numbers or mailboxes', [])
    .option('--cc <address...>', 'recipients of a copy', [])
    .option('--bcc <address...>', 'recipients whom the others do not see', [])
    .option('--text <text>', 'a text')
    .option('--file <path...>', 'pictures, sounds or other files, shown in this order', [])
    .option('--subject <text>', 'the subject')
    .option('--delivery-report', 'ask for delivery reports')
    .option('--read-report', 'ask for read reports')
    .option('--expiry <duration>', 'how long it may wait for the recipient, for instance 30m or 2d', durationOption)
    .option('--deliver-after <duration>', 'notify the recipients not before this time has passed', durationOption)
    .addOption(new Option('--priority <priority>').choices(['low', 'normal', 'high']))
    .option('--hide', 'hide our number from the recipients')
    .addHelpText(
      'after',
      '\nExit code 0 when the message was accepted, 1 when it was refused or nobody answered.\n\nExamples:\n  angarium phone send --from 46700000001 --to +46700000002 --text hello --file picture.jpg\n  angarium phone send --from 46700000001 --to +46700000002 +46700000003 --text hello --delivery-report --json',
    )
    .action(async (options: SendCommand) => (await import('./phone-send.js')).send(options));

  phoneOptions(phone.command('watch').description('wait for messages and reports, and deal with them as a handset does'))
    .requiredOption('--number <number>', 'our number', numberOption)
    .addOption(
      new Option('--push <host:port>', "the laboratory's push server")
        .argParser(addressOption)
        .default(addressOption(PUSH), PUSH),
    )
    .option('--save <folder>', 'save the parts of what is retrieved')
    .option('--once', 'end after the first push has been dealt with')
    .option('--defer', 'do not retrieve: answer that it is wanted later')
    .addOption(new Option('--reject', 'do not retrieve: answer that it is not wanted').conflicts('defer'))
    .option('--read-report', 'report reading, where the sender has asked for it')
    .option('--no-reports', 'do not allow the sender a delivery report')
    .addHelpText(
      'after',
      '\nShows notifications, retrieves and acknowledges at once, shows delivery and read reports. Ctrl-C ends.\n\nExamples:\n  angarium phone watch --number 46700000002 --save inbox\n  angarium phone watch --number 46700000002 --defer --once',
    )
    .action(async (options: WatchCommand) => (await import('./phone-watch.js')).watch(options));

  phoneOptions(phone.command('fetch').description('retrieve a message by the address of its notification, and acknowledge it'))
    .argument('<url>', 'content address', httpOption)
    .requiredOption('--number <number>', 'our number', numberOption)
    .option('--save <folder>', 'save the parts')
    .option('--no-acknowledge', 'retrieve only')
    .option('--no-reports', 'do not allow the sender a delivery report')
    .addHelpText('after', '\nExample:\n  angarium phone fetch --number 46700000002 --save inbox http://127.0.0.1:8514/m/KEY')
    .action(async (url: string, options: FetchCommand) => (await import('./phone-fetch.js')).fetchContent(url, options));
}
