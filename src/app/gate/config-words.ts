/** What gate.example.toml and docs/gate-configuration.md say around the keys. */
import type { ConfigWords } from '../config-words.js';
import { gateSchema } from './config.js';

export const GATE_WORDS: ConfigWords = {
  schema: gateSchema,
  exampleHead: [
    'Configuration of the signalling gate. Every key is shown with its default, or with an example where it has none.',
    'A gate needs at least: a network, links, screening.mode. docs/gate.md has a short file to begin with.',
    'Durations: digits and ms, s, m, h or d. Sizes: digits and B, KB, MB or GB; KB is 1024 octets.',
    'Paths are relative to the folder of this file. Check a file with: angarium gate config check FILE',
  ],
  referenceHead: [
    '# Configuration of the gate',
    '',
    'One TOML file says how a gate runs: `angarium gate start --config FILE`. `angarium gate config check FILE` reports all faults at once, each with its line;',
    '`angarium gate config example` prints a file with every key.',
    '',
    'Durations are strings of digits and `ms`, `s`, `m`, `h` or `d`; sizes are strings of digits and `B`, `KB`, `MB` or `GB`, with 1024 octets in a KB. Relative paths',
    'start at the folder of the file. An unknown key is a fault. Tables in double brackets may stand several times.',
    '',
    'SIGHUP and `angarium gate reload` read the file again: routes, translation, selectors, lists, platforms and all of `screening` change at once for the messages',
    'that come after, or not at all when there is a fault; what else has changed waits for the next start, and the reload says so.',
    '',
    'This page is printed by `angarium gate config reference`; a test holds it to that.',
  ],
};
