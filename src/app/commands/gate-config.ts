/** `angarium gate config check|example|reference`. */
import type { Command } from 'commander';
import { Failure, say, sayJson, write } from './terminal.js';

/** The file that `gate config check` looks at when it is told none. */
const DEFAULT_FILE = 'gate.toml';

export function addGateConfigCommands(gate: Command): void {
  const config = gate.command('config').description("check a gate's configuration, or print one to begin with");

  config
    .command('check')
    .description('report all faults of a configuration file and of the lists that it names, each with its line')
    .argument('[file]', 'the configuration file', DEFAULT_FILE)
    .option('--json', 'print {"ok": ..., "faults": [...], "warnings": [...]} instead')
    .addHelpText(
      'after',
      '\nExit code 0: the file is good; what can hardly be meant is warned about. 1: it has faults, or cannot be read.\n\nExample:\n  angarium gate config check /etc/angarium/gate.toml',
    )
    .action(check);

  config
    .command('example')
    .description('print a configuration file with every key, its meaning and its default')
    .option('--json', 'print a list of all keys with meaning and default instead')
    .addHelpText('after', '\nExample:\n  angarium gate config example > gate.toml')
    .action((options: { json?: true }) => print('exampleFile', options));

  config
    .command('reference')
    .description('print the same as a page in Markdown (docs/gate-configuration.md)')
    .option('--json', 'print a list of all keys with meaning and default instead')
    .action((options: { json?: true }) => print('referencePage', options));
}

async function check(file: string, options: { json?: true }): Promise<void> {
  const [{ faultText }, { readGateConfig }] = await Promise.all([
    import('../config-document.js'),
    import('../gate/config-file.js'),
  ]);
  const checked = readGateConfig(file);
  const warnings = checked.ok ? checked.value.warnings : [];
  if (options.json) {
    sayJson({ ok: checked.ok, faults: checked.ok ? [] : checked.error, warnings });
    if (!checked.ok) process.exitCode = 1;
    return;
  }
  if (!checked.ok) throw new Failure(checked.error.map(faultText).join('\n'));
  for (const warning of warnings) say(`${file}: warning: ${warning}`);
  say(`${file}: good`);
}

async function print(what: 'exampleFile' | 'referencePage', { json }: { readonly json?: true }): Promise<void> {
  const [texts, { GATE_WORDS }] = await Promise.all([import('../config-text.js'), import('../gate/config-words.js')]);
  if (json) sayJson(texts.keyList(GATE_WORDS));
  else write(texts[what](GATE_WORDS));
}
