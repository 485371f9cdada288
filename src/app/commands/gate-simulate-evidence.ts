/** What is kept of a simulation as evidence: enough to repeat it, and to check it with tools of others. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SimulationResult, SimulationSettings } from '#endpoint/exchange';
import { VERSION } from '../version.js';

export const CAPTURE_NAME = 'capture.pcap';
const SETTINGS_NAME = 'settings.json';
const RESULT_NAME = 'result.json';
const TSHARK_NAME = 'tshark.txt';

/** How long tshark may look at the capture. Unit: milliseconds. */
const TSHARK_MS = 300_000;
/** What it may say. Unit: octets. */
const TSHARK_OCTETS_MAX = 64 * 1024 * 1024;

/** What tshark found in a capture. `absent`: it is not on this machine. */
export type TsharkCheck =
  | { readonly kind: 'absent' }
  | { readonly kind: 'failed'; readonly text: string }
  | {
      readonly kind: 'checked';
      readonly version: string;
      readonly packets: number;
      readonly sccpMessages: number;
      /** Packets that it calls malformed, by number; damaged messages of a profile are among them. */
      readonly malformed: readonly number[];
    };

const tshark = (args: readonly string[]) =>
  spawnSync('tshark', args, { encoding: 'utf8', timeout: TSHARK_MS, maxBuffer: TSHARK_OCTETS_MAX });

/** Looks at a capture with tshark: how many packets and SCCP messages it sees, and what it calls malformed. */
export function checkCapture(path: string): TsharkCheck {
  const version = tshark(['--version']);
  if (version.error !== undefined) return { kind: 'absent' };
  const read = tshark(['-r', path, '-T', 'fields', '-e', 'frame.number', '-e', 'sccp.message_type', '-e', '_ws.malformed']);
  if (read.error !== undefined || read.status !== 0) return { kind: 'failed', text: read.error?.message ?? read.stderr };
  const rows = read.stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('\t'));
  return {
    kind: 'checked',
    version: version.stdout.split('\n')[0] ?? '',
    packets: rows.length,
    sccpMessages: rows.filter(([, type = '']) => type !== '').length,
    malformed: rows.filter(([, , bad = '']) => bad !== '').map(([number]) => Number(number)),
  };
}

/** Settings without what a replay holds: that is in the capture. */
function shownSettings({ drafts, ...settings }: SimulationSettings): object {
  return { ...settings, ...(drafts === undefined ? {} : { replayed: drafts.length }) };
}

/** Writes the evidence of a run into a folder that is there. Gives the files' names; throws the system's errors. */
export function writeEvidence(folder: string, settings: SimulationSettings, result: SimulationResult): readonly string[] {
  const written = `${JSON.stringify(shownSettings(settings), undefined, 2)}\n`;
  const check = checkCapture(join(folder, CAPTURE_NAME));
  writeFileSync(join(folder, SETTINGS_NAME), written);
  writeFileSync(
    join(folder, RESULT_NAME),
    `${JSON.stringify(
      {
        settingsSha256: createHash('sha256').update(written).digest('hex'),
        seed: settings.seed,
        versions: { angarium: VERSION, node: process.version, platform: `${process.platform} ${process.arch}` },
        tshark: check,
        result,
      },
      undefined,
      2,
    )}\n`,
  );
  writeFileSync(join(folder, TSHARK_NAME), checkText(check));
  return [SETTINGS_NAME, RESULT_NAME, CAPTURE_NAME, TSHARK_NAME].map((name) => join(folder, name));
}

function checkText(check: TsharkCheck): string {
  if (check.kind === 'absent') return 'tshark is not on this machine: the capture was not checked\n';
  if (check.kind === 'failed') return `tshark could not read the capture:\n${check.text}\n`;
  const { version, packets, sccpMessages, malformed } = check;
  return `${version}\n${packets} packets, ${sccpMessages} with SCCP, ${malformed.length} malformed${malformed.length > 0 ? `: ${malformed.join(', ')}` : ''}\n`;
}
