/** SCCP messages for tshark: each in a packet of its own, without the layers below. */
import assert from 'node:assert/strict';
import { find, type Node, parsePdml, walk } from './dissect.js';
import { LINKTYPE, pcapOf, tshark } from './run.js';

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
  const pdml = tshark(pcapOf(LINKTYPE.sccp, messages), ['-o', 'gsm_map.tcap.ssn:6-9,149', '-T', 'pdml']);
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
