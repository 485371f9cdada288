/** What the example files and reference pages say around the keys. */
import type { z } from 'zod';
import { configSchema } from './config.js';

/** What is said around the keys of one kind of configuration file. */
export interface ConfigWords {
  readonly schema: z.ZodObject;
  /** Lines at the head of the example file, without `#`. */
  readonly exampleHead: readonly string[];
  /** Lines at the head of the reference page. */
  readonly referenceHead: readonly string[];
}

const UNITS =
  'Durations are strings of digits and `ms`, `s`, `m`, `h` or `d`; sizes are strings of digits and `B`, `KB`, `MB` or `GB`, with 1024 octets in a KB. Relative paths';

/** angarium.example.toml and docs/configuration.md. */
export const MMSC_WORDS: ConfigWords = {
  schema: configSchema,
  exampleHead: [
    'Configuration of angarium. Every key is shown with its default, or with an example where it has none.',
    'Durations: digits and ms, s, m, h or d. Sizes: digits and B, KB, MB or GB; KB is 1024 octets.',
    'Paths are relative to the folder of this file. Check a file with: angarium config check FILE',
  ],
  referenceHead: [
    '# Configuration',
    '',
    'One TOML file says how the program runs: `angarium start --config FILE`. Without a file it runs as a laboratory on loopback. `angarium config check FILE`',
    'reports all faults at once, each with its line; `angarium config example` prints a complete file to begin with.',
    '',
    UNITS,
    'start at the folder of the file. An unknown key is a fault. The file is read once, at the start.',
    '',
    'This page is printed by `angarium config reference`; a test holds it to that.',
  ],
};
