/** `angarium config check|example|reference`. */
import type { Command } from 'commander';
import type { Config } from '../config.js';
import { configOf, faultText, readConfig } from '../config-file.js';
import { exampleFile, referencePage } from '../config-text.js';
import { Failure, say, sayJson, write } from './terminal.js';

/** The file that `config check` looks at when it is told none. */
const DEFAULT_FILE = 'angarium.toml';

/** The configuration of a file, or the laboratory's when there is none. Faults are a Failure of as many lines. */
export function loadConfig(file: string | undefined): Config {
  if (file === undefined) return configOf({});
  const config = readConfig(file);
  if (!config.ok) throw new Failure(config.error.map(faultText).join('\n'));
  return config.value;
}

export function addConfigCommands(program: Command): void {
  const config = program.command('config').description('check a configuration file, or print one to begin with');

  config
    .command('check')
    .description('report all faults of a configuration file, each with its line')
    .argument('[file]', 'the configuration file', DEFAULT_FILE)
    .option('--json', 'print {"ok": ..., "faults": [...]} instead')
    .addHelpText(
      'after',
      '\nExit code 0: the file is good. 1: it has faults, or cannot be read.\n\nExample:\n  angarium config check /etc/angarium/angarium.toml',
    )
    .action((file: string, options: { json?: true }) => {
      const checked = readConfig(file);
      if (!options.json) {
        if (!checked.ok) throw new Failure(checked.error.map(faultText).join('\n'));
        say(`${file}: good`);
        return;
      }
      sayJson({ ok: checked.ok, faults: checked.ok ? [] : checked.error });
      if (!checked.ok) process.exitCode = 1;
    });

  config
    .command('example')
    .description('print a complete configuration file: every key with its meaning and default')
    .addHelpText('after', '\nExample:\n  angarium config example > angarium.toml')
    .action(() => write(exampleFile()));

  config
    .command('reference')
    .description('print the same as a page in Markdown (docs/configuration.md)')
    .action(() => write(referencePage()));
}
