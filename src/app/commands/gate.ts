/** `angarium gate`: the signalling gate and what belongs to it. */
import type { Command } from 'commander';
import { addGateConfigCommands } from './gate-config.js';
import { addGateDecisionCommands } from './gate-decisions.js';
import { addGateExplainCommand } from './gate-explain.js';
import { addGateNumbersCommands } from './gate-numbers.js';
import { addGateOperateCommands } from './gate-operate.js';
import { addGateSimulateCommand } from './gate-simulate.js';

export function addGateCommands(program: Command): void {
  const gate = program.command('gate').description('the signalling gate between exchanges and short message service centres');
  addGateOperateCommands(gate);
  addGateConfigCommands(gate);
  addGateExplainCommand(gate);
  addGateDecisionCommands(gate);
  addGateNumbersCommands(gate);
  addGateSimulateCommand(gate);
}
