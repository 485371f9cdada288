/** Packets as a capture file, and what tshark says of one. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Numbers of tcpdump.org/linktypes. `raw`: IP, its version in the first octet. */
export const LINKTYPE = { raw: 101, mtp3: 141, sccp: 142, sctp: 248 } as const;

const PCAP_MAGIC = 0xa1b2c3d4;
const SNAPLEN = 262_144;
const OUTPUT_OCTETS_MAX = 256 * 1024 * 1024;

/** A classic capture; packet i has the time i s. */
export function pcapOf(linkType: number, packets: readonly Uint8Array[]): Buffer {
  const head = Buffer.alloc(24);
  head.writeUInt32LE(PCAP_MAGIC, 0);
  head.writeUInt16LE(2, 4);
  head.writeUInt16LE(4, 6);
  head.writeUInt32LE(SNAPLEN, 16);
  head.writeUInt32LE(linkType, 20);
  const records = packets.flatMap((packet, i) => {
    const record = Buffer.alloc(16);
    record.writeUInt32LE(i, 0);
    record.writeUInt32LE(packet.length, 8);
    record.writeUInt32LE(packet.length, 12);
    return [record, packet];
  });
  return Buffer.concat([head, ...records]);
}

/** What tshark prints of a capture with these options. -n: nobody is asked for names. */
export function tshark(capture: Buffer, options: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'angarium-tshark-'));
  try {
    const file = join(folder, 'capture.pcap');
    writeFileSync(file, capture);
    const run = spawnSync('tshark', ['-n', '-r', file, ...options], {
      encoding: 'utf8',
      maxBuffer: OUTPUT_OCTETS_MAX,
      env: { ...process.env, TZ: 'UTC', LC_ALL: 'C.UTF-8' },
    });
    assert.equal(run.status, 0, run.stderr);
    return run.stdout;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
