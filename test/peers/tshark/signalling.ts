/** SCCP messages for tshark: each in a packet of its own, without the layers below. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { find, type Node, parsePdml, walk } from './dissect.js';

/** tcpdump.org/linktypes: SCCP, as in ITU-T Q.711. */
const LINKTYPE_SCCP = 142;
const PCAP_MAGIC = 0xa1b2c3d4;
const SNAPLEN = 262_144;
const OUTPUT_OCTETS_MAX = 256 * 1024 * 1024;
const UDT_DATA_OCTETS_MAX = 255;

/** Global titles with subsystem 8 (MSC), both ways. */
const CALLED = Buffer.from('12080012049343090000 10'.replace(' ', ''), 'hex');
const CALLING = Buffer.from('1208001204934329001000', 'hex');

/** A UDT with these user data. */
export function unitData(data: Uint8Array): Buffer {
  assert.ok(data.length <= UDT_DATA_OCTETS_MAX, `${data.length} octets do not fit a UDT`);
  const parts = [CALLED, CALLING, data].map((it) => Buffer.concat([Buffer.of(it.length), it]));
  const pointers = [3, 3 - 1 + parts[0]!.length, 3 - 2 + parts[0]!.length + parts[1]!.length];
  return Buffer.concat([Buffer.of(0x09, 0x80, ...pointers), ...parts]);
}

export interface SignallingDissection {
  readonly nodes: readonly Node[];
  /** Malformed marks, and expert remarks of warning or error. */
  readonly complaints: readonly string[];
  /** Every line that a person sees. */
  readonly lines: readonly string[];
}

/** Expert severities: chat, note, warning, error in steps of this. epan/proto.h. */
const NOTE = 0x40_0000;

/** What tshark makes of the messages, in their order. */
export function dissectSccp(messages: readonly Uint8Array[]): SignallingDissection[] {
  const head = Buffer.alloc(24);
  head.writeUInt32BE(PCAP_MAGIC, 0);
  head.writeUInt16BE(2, 4);
  head.writeUInt16BE(4, 6);
  head.writeUInt32BE(SNAPLEN, 16);
  head.writeUInt32BE(LINKTYPE_SCCP, 20);
  const frames = messages.flatMap((message, i) => {
    const frame = Buffer.alloc(16);
    frame.writeUInt32BE(i, 0);
    frame.writeUInt32BE(message.length, 8);
    frame.writeUInt32BE(message.length, 12);
    return [frame, message];
  });
  const folder = mkdtempSync(join(tmpdir(), 'angarium-tshark-'));
  let pdml: string;
  try {
    const file = join(folder, 'capture.pcap');
    writeFileSync(file, Buffer.concat([head, ...frames]));
    const run = spawnSync('tshark', ['-n', '-r', file, '-o', 'gsm_map.tcap.ssn:6-9,149', '-T', 'pdml'], {
      encoding: 'utf8',
      maxBuffer: OUTPUT_OCTETS_MAX,
      env: { ...process.env, TZ: 'UTC', LC_ALL: 'C.UTF-8' },
    });
    assert.equal(run.status, 0, run.stderr);
    pdml = run.stdout;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const packets = parsePdml(pdml).children;
  assert.equal(packets.length, messages.length);
  return packets.map((packet) => {
    const nodes = [...walk(packet)];
    const complaints = nodes.filter(
      (it) =>
        it.name === '_ws.malformed' ||
        (it.name === '_ws.expert' && find(it, '_ws.expert.severity').some((severity) => Number(severity.show) > NOTE)),
    );
    const lines = nodes.flatMap((it) => [it.showname, it.show]);
    return { nodes, complaints: complaints.map((it) => it.showname), lines };
  });
}
