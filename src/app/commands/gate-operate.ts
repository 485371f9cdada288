/** `angarium gate start|status|mode|resume|reload|audit`. */
import type { Command } from 'commander';
import type { WhereGate } from './ask-gate.js';
import type { StartCommand } from './run-mmsc.js';
import { httpOption, say, sayJson, table, WrongUse } from './terminal.js';

type Options = WhereGate & { readonly json?: true };

export const whereGateOptions = (command: Command): Command =>
  command
    .option('--config <file>', 'configuration of the running gate')
    .option('--socket <path>', 'its operator socket, in place of --config')
    .option('--url <url>', 'its operator API on TCP, in place of --config', httpOption)
    .option('--token-file <file>', 'with --url: file with the bearer token in its first line')
    .option('--json', 'print JSON instead');

export function addGateOperateCommands(gate: Command): void {
  gate
    .command('start')
    .description('run the gate')
    .requiredOption('--config <file>', 'its configuration')
    .option('--json', 'write the log as JSON, one object a line, also to a terminal')
    .addHelpText(
      'after',
      '\nSIGTERM and SIGINT stop it in order; a second signal ends it at once. SIGHUP reads the configuration again.\nExit code 1 when it cannot start: a fault in the configuration, no screening.mode, a port that is taken, numbers that do not go with the mode.\n\nExample:\n  angarium gate start --config /etc/angarium/gate.toml',
    )
    .action(async (options: Required<Pick<StartCommand, 'config'>> & Pick<StartCommand, 'json'>) =>
      (await import('./run-gate.js')).startGateCommand(options),
    );

  whereGateOptions(
    gate.command('status').description('what a running gate does: links, destinations, platforms, numbers, counts, alarms'),
  ).action(async (options: Options) => {
    const [{ askGate }, { gateStatusView }, { gateStatusText }] = await Promise.all([
      import('./ask-gate.js'),
      import('#operator'),
      import('./gate-texts.js'),
    ]);
    const status = await askGate(options, gateStatusView, { path: '/v1/status' });
    if (options.json) sayJson(status);
    else say(gateStatusText(status));
  });

  whereGateOptions(
    gate
      .command('mode')
      .description('show the modes, or set one: off, monitor, "sample N%" or enforce')
      .argument('[mode]', 'the new mode; "configured" takes back what operators have set'),
  )
    .option('--selector <name>', 'of this selector alone')
    .option('--home-smsc <name>', 'of this home SMSC alone')
    .option('--revision <number>', 'only if the modes are still those of this revision', Number)
    .addHelpText(
      'after',
      '\nWhat is set holds at once, over restarts and reloads, until it is taken back; who set it stands in the audit log.\n\nExamples:\n  angarium gate mode --config gate.toml\n  angarium gate mode "sample 5%" --selector mo-sms --config gate.toml\n  angarium gate mode configured --config gate.toml',
    )
    .action(mode);

  whereGateOptions(gate.command('resume').description('reject again after the ceiling was exceeded')).action(
    async (options: Options) => sayModes(options, { method: 'POST', path: '/v1/ceiling/resume' }),
  );

  whereGateOptions(
    gate
      .command('reload')
      .description('read the configuration again: what can change while the gate runs does, all of it or nothing'),
  )
    .option('--dry-run', 'only say what would change')
    .action(async (options: Options & { dryRun?: true }) => {
      const [{ askGate }, { reloadView }, { reloadText }] = await Promise.all([
        import('./ask-gate.js'),
        import('#operator'),
        import('./gate-texts.js'),
      ]);
      const view = await askGate(options, reloadView, {
        method: 'POST',
        path: '/v1/reload',
        body: { dryRun: options.dryRun === true },
      });
      if (options.json) sayJson(view);
      else say(reloadText(view));
    });

  whereGateOptions(gate.command('audit').description('who has changed what, newest first')).action(async (options: Options) => {
    const [{ askGate }, { auditView }] = await Promise.all([import('./ask-gate.js'), import('#operator')]);
    const { entries } = await askGate(options, auditView, { path: '/v1/audit' });
    if (options.json) sayJson(entries);
    else
      say(
        table(
          entries.map(({ at, who, what, before, after }) => [
            at,
            who,
            what,
            `${JSON.stringify(before) ?? ''} becomes ${JSON.stringify(after) ?? ''}`,
          ]),
        ),
      );
  });
}

async function sayModes(options: Options, question: { method?: 'PUT' | 'POST'; path: string; body?: unknown }): Promise<void> {
  const [{ askGate }, { modesView }, { modesText }] = await Promise.all([
    import('./ask-gate.js'),
    import('#operator'),
    import('./gate-texts.js'),
  ]);
  const modes = await askGate(options, modesView, question);
  if (options.json) sayJson(modes);
  else say(modesText(modes));
}

async function mode(
  written: string | undefined,
  options: Options & { readonly selector?: string; readonly homeSmsc?: string; readonly revision?: number },
): Promise<void> {
  const { selector, homeSmsc, revision } = options;
  if (selector !== undefined && homeSmsc !== undefined) throw new WrongUse('--selector and --home-smsc do not go together');
  if (written === undefined) return sayModes(options, { path: '/v1/modes' });
  const scope = selector !== undefined ? 'selector' : homeSmsc !== undefined ? 'home-smsc' : 'all';
  const name = selector ?? homeSmsc;
  await sayModes(options, {
    method: 'PUT',
    path: '/v1/modes',
    body: {
      scope,
      ...(name === undefined ? {} : { name }),
      mode: written === 'configured' ? null : written,
      ...(revision === undefined ? {} : { revision }),
    },
  });
}
