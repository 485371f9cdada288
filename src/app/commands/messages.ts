/** `angarium messages`, `angarium message ID` and `angarium status`: what a running program knows, by its operator API. */
import type { Command } from 'commander';
import type { Where } from './ask-operator.js';
import { countOption, httpOption, plain, say, sayJson, WrongUse } from './terminal.js';

type Options = Where & { readonly json?: true };

const MESSAGE_ID = /^[-0-9A-Z_a-z]{22}$/;

const whereOptions = (command: Command): Command =>
  command
    .option('--config <file>', 'configuration of the running program; without it, the laboratory defaults of this folder')
    .option('--socket <path>', 'its operator socket, in place of --config')
    .option('--url <url>', 'its operator API on TCP, in place of --config', httpOption)
    .option('--token-file <file>', 'with --url: file with the bearer token in its first line')
    .option('--json', 'print JSON instead');

export function addMessagesCommands(program: Command): void {
  whereOptions(program.command('messages').description('list messages, newest first'))
    .option('--sender <address>', 'only messages from this number or mailbox')
    .option('--recipient <address>', 'only messages to this number or mailbox')
    .option('--before <id>', 'only messages older than this one, for paging')
    .option('--limit <count>', 'how many', countOption, 50)
    .addHelpText(
      'after',
      '\nColumns: id, time of acceptance, sender, size, recipients.\n\nExamples:\n  angarium messages --recipient +46700000002\n  angarium messages --config /etc/angarium/angarium.toml --limit 5 --json',
    )
    .action(async (options: Options & { sender?: string; recipient?: string; before?: string; limit: number }) => {
      const { sender, recipient, before, limit } = options;
      const query = {
        ...(sender === undefined ? {} : { sender }),
        ...(recipient === undefined ? {} : { recipient }),
        ...(before === undefined ? {} : { before }),
        limit,
      };
      const { ask, messagesText } = await import('./ask-operator.js');
      const page = await ask(options, (client) => client.messages(query));
      if (options.json) sayJson(page);
      else if (page.messages.length > 0) say(messagesText(page));
      else process.stderr.write('no messages\n');
    });

  whereOptions(program.command('message').description('tell the whole history of one message'))
    .argument('<id>', 'its id: from the answer to the sender, the log, or `angarium messages`')
    // An id may begin with a hyphen and would be taken for an option.
    .allowUnknownOption()
    .addHelpText('after', '\nExit code 1 when there is no such message.\n\nExample:\n  angarium message AZC1xQ9lXyzdVh3dG4q7Kw')
    .action(async (id: string, options: Options) => {
      if (!MESSAGE_ID.test(id)) throw new WrongUse(`"${plain(id)}" is no message id, expected 22 characters`);
      const { ask, historyText } = await import('./ask-operator.js');
      const history = await ask(options, (client) => client.message(id));
      if (options.json) sayJson(history);
      else say(historyText(history));
    });

  whereOptions(program.command('status').description('tell how a running program is')).action(async (options: Options) => {
    const { ask, statusText } = await import('./ask-operator.js');
    const status = await ask(options, (client) => client.status());
    if (options.json) sayJson(status);
    else say(statusText(status));
  });
}
