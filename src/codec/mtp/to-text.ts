/** MTP3 and M2PA messages as a capture tool prints them. */
import { LINK_STATES, type M2paMessage } from './m2pa.js';
import { type Mtp3Message, NETWORK_INDICATORS, SERVICE_INDICATORS } from './mtp3.js';
import { type MtpVariant, pointCodeText } from './point-code.js';

const named = (names: Readonly<Record<number, string>>, value: number): string =>
  names[value] === undefined ? String(value) : `${names[value]} (${value})`;

/** The label in lines. User data shows its size only: it is for the next layer's printer. */
export function mtp3Text(message: Mtp3Message, variant: MtpVariant = 'itu'): string {
  const point = (pointCode: number): string => `${pointCode} (${pointCodeText(pointCode, variant)})`;
  return [
    `MTP3 ${named(SERVICE_INDICATORS, message.si)}`,
    `  Network indicator: ${named(NETWORK_INDICATORS, message.ni)}, priority ${message.priority}`,
    `  OPC: ${point(message.opc)}`,
    `  DPC: ${point(message.dpc)}`,
    `  SLS: ${message.sls}`,
    `  User data: ${message.userData.length} octets`,
  ].join('\n');
}

/** The message in lines; the MTP3 message in it shows its size only. */
export function m2paText(message: M2paMessage): string {
  const lines = [`M2PA ${message.kind}`, `  BSN: ${message.bsn}, FSN: ${message.fsn}`];
  if (message.kind === 'Link Status')
    lines.push(`  State: ${named(LINK_STATES, message.state)}, ${message.filler.length} octets of filler`);
  else lines.push(`  Priority: ${message.priority}`, `  MTP3: ${message.mtp3.length} octets`);
  return lines.join('\n');
}
