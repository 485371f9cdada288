/** `angarium config check|example|reference`. */
import type { Command } from 'commander';
import { Failure, say, sayJson, write } from './terminal.js';

/** The file that `config check` looks at when it is told none. */
const DEFAULT_FILE = 'angarium.toml';

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
    .action(async (file: string, options: { json?: true }) => {
      const [{ faultText }, { readConfig }] = await Promise.all([import('../config-document.js'), import('../config-file.js')]);
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
    .option('--json', 'print a list of all keys with meaning and default instead')
    .addHelpText('after', '\nExample:\n  angarium config example > angarium.toml')
    .action((options: { json?: true }) => print('exampleFile', options));

  config
    .command('reference')
    .description('print the same as a page in Markdown (docs/configuration.md)')
    .option('--json', 'print a list of all keys with meaning and default instead')
    .action((options: { json?: true }) => print('referencePage', options));
}

async function print(what: 'exampleFile' | 'referencePage', { json }: { readonly json?: true }): Promise<void> {
  const texts = await import('../config-text.js');
  if (json) sayJson(texts.keyList());
  else write(texts[what]());
}
