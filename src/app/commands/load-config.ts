/** How a command gets at the configuration that it is told of. */
import type { Config } from '../config.js';
import { faultText } from '../config-document.js';
import { configOf, readConfig } from '../config-file.js';
import { Failure } from './terminal.js';

/** The configuration of a file, or the laboratory's when there is none. Faults are a Failure of as many lines. */
export function loadConfig(file: string | undefined): Config {
  if (file === undefined) return configOf({});
  const config = readConfig(file);
  if (!config.ok) throw new Failure(config.error.map(faultText).join('\n'));
  return config.value;
}
