#!/usr/bin/env node
/** `angarium`: the command line. Exit codes: 0 done; 1 refused, malformed or unreachable, said in one line; 2 wrong use. */
import { Command, CommanderError } from 'commander';
import { addApplyCommand } from './commands/apply.js';
import { addConfigCommands } from './commands/config.js';
import { addDecodeCommands } from './commands/decode.js';
import { addGateCommands } from './commands/gate.js';
import { addMessagesCommands } from './commands/messages.js';
import { addNumbersCommands } from './commands/numbers.js';
import { addObjectsCommands } from './commands/objects.js';
import { addPeerCommands } from './commands/peer.js';
import { addPeerLabCommands } from './commands/peer-lab.js';
import { addPhoneCommands } from './commands/phone.js';
import { addRouteCommands } from './commands/route.js';
import { addRouteExplain } from './commands/route-explain.js';
import { addStartCommand } from './commands/start.js';
import { addSubscriberCommands } from './commands/subscriber.js';
import { Failure, WrongUse } from './commands/terminal.js';
import { addVaspCommands } from './commands/vasp.js';
import { addVaspLaboratoryCommands } from './commands/vasp-laboratory.js';
import { VERSION } from './version.js';

const DONE = 0;
const REFUSED = 1;
const WRONG_USE = 2;

const program = new Command('angarium')
  .description('Messaging core of a mobile carrier: an MMSC, and the tools to look at it and to play its handsets')
  .version(VERSION)
  .exitOverride()
  .configureHelp({ sortSubcommands: false })
  .showHelpAfterError('(add --help to the command for its options and examples)');

addStartCommand(program);
addConfigCommands(program);
addMessagesCommands(program);
addApplyCommand(program);
addPeerLabCommands(addPeerCommands(program));
addVaspLaboratoryCommands(addVaspCommands(program));
addRouteExplain(addRouteCommands(program));
addSubscriberCommands(program);
addObjectsCommands(program);
addPhoneCommands(program);
addDecodeCommands(program);
addGateCommands(program);
addNumbersCommands(program);

// A reader that has seen enough (`angarium messages | head`) is no fault.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (e: NodeJS.ErrnoException) => {
    if (e.code !== 'EPIPE') throw e;
    process.exit(process.exitCode ?? DONE);
  });
}

try {
  await program.parseAsync();
} catch (e) {
  if (e instanceof CommanderError) process.exitCode = e.exitCode === 0 ? DONE : WRONG_USE;
  else if (e instanceof Failure) {
    process.stderr.write(`${e.message}\n`);
    process.exitCode = REFUSED;
  } else if (e instanceof WrongUse) {
    process.stderr.write(`error: ${e.message}\n`);
    process.exitCode = WRONG_USE;
  } else throw e;
}
