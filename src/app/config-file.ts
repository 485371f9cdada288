/** The configuration file of the `mmsc` program. */
import type { Result } from '#base';
import { type Config, type ConfigInput, configSchema } from './config.js';
import { crossFaults } from './config-checks.js';
import { type ConfigFault, type ConfigKind, documentOf, parseDocument, readDocument } from './config-document.js';

const MMSC: ConfigKind<typeof configSchema> = { schema: configSchema, crossFaults };

/** The configuration that the text of a file means, or all its faults. `file` is for the messages and its folder for paths. */
export const parseConfig = (source: string, file: string): Result<Config, readonly ConfigFault[]> =>
  parseDocument(MMSC, source, file);

/** The same from a file's name; a file that cannot be read is a fault. */
export const readConfig = (file: string): Result<Config, readonly ConfigFault[]> => readDocument(MMSC, file);

/** A configuration from a value; what is absent has its default. Throws on faults. */
export const configOf = (input: ConfigInput): Config => documentOf(MMSC, input);
