/** How a command of the gate gets at its configuration. */
import { faultText } from '../config-document.js';
import { type GateFile, readGateConfig } from '../gate/config-file.js';
import { Failure } from './terminal.js';

/** The configuration of a file. Faults are a Failure of as many lines. */
export function loadGate(file: string): GateFile {
  const read = readGateConfig(file);
  if (!read.ok) throw new Failure(read.error.map(faultText).join('\n'));
  return read.value;
}
