/** `angarium start`. */
import type { Command } from 'commander';
import type { StartCommand } from './run-mmsc.js';

export function addStartCommand(program: Command): void {
  program
    .command('start')
    .description('run the MMSC')
    .option('--config <file>', 'its configuration; without it, a laboratory on loopback with its data in ./angarium-data')
    .option('--json', 'write the log as JSON, one object a line, also to a terminal')
    .addHelpText(
      'after',
      '\nSIGTERM and SIGINT stop it in order: nothing new is taken, what is under way is finished; a second signal ends it at once.\nExit code 1 when it cannot start: a fault in the configuration, a port that is taken, a folder that cannot be used.\n\nExamples:\n  angarium start\n  angarium start --config /etc/angarium/angarium.toml',
    )
    .action(async (options: StartCommand) => (await import('./run-mmsc.js')).start(options));
}
