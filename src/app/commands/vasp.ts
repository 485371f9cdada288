/** `angarium vasp`: content providers, as the running program knows them. */
import type { Command } from 'commander';
import { addFarSideCommands } from './far-sides.js';

/** Gives the group, so that others can add to it. */
export function addVaspCommands(program: Command): Command {
  const vasp = program
    .command('vasp')
    .description('content providers (MM7): list, show, pause, drain, resume, and what waits for them');
  addFarSideCommands(vasp, 'vasp');
  return vasp;
}
