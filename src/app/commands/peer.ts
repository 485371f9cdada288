/** `angarium peer`: other carriers, as the running program knows them. */
import type { Command } from 'commander';
import { type ObjectOptions, whereOptions } from './ask-objects.js';
import { addFarSideCommands } from './far-sides.js';
import { plain, say, sayJson } from './terminal.js';

const ARROWS = { us: '→', them: '←' } as const;

async function test(name: string, options: ObjectOptions & { readonly recipient?: string }): Promise<void> {
  const [{ askObjects, part }, { testView }] = await Promise.all([import('./ask-objects.js'), import('#operator')]);
  const { recipient } = options;
  const body = recipient === undefined ? {} : { recipient };
  const { ok, text, dialogue } = await askObjects(options, testView, {
    method: 'POST',
    path: `/v1/peers/${part(name)}/test`,
    body,
  });
  if (options.json) sayJson({ ok, text, dialogue });
  else {
    for (const { from, text: line } of dialogue) say(`${ARROWS[from]} ${plain(line)}`);
    say(plain(text));
  }
  if (!ok) process.exitCode = 1;
}

/** Gives the group, so that others can add to it. */
export function addPeerCommands(program: Command): Command {
  const peer = program
    .command('peer')
    .description('other carriers (MM4): list, show, pause, drain, resume, test, and what waits for them');
  addFarSideCommands(peer, 'peer');
  whereOptions(peer.command('test').description('an SMTP dialogue with it up to RCPT; nothing is sent'))
    .argument('<name>')
    .option('--recipient <address>', 'whom to ask for; without it, its system mailbox')
    .addHelpText(
      'after',
      '\nExit code 1 when it would not take the recipient.\n\nExample:\n  angarium peer test operator-b --recipient +46700000002',
    )
    .action(test);
  return peer;
}
