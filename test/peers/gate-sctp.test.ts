/**
 * The whole gate program over a real kernel's SCTP, inside a guest: ASP of osmo-stp towards exchanges and service centres, gateway of the IN platforms;
 * and what tshark makes of the packets.
 */
// Needs: linux.uml, modprobe, ip, busybox, osmo-stp, tcpdump, tshark
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { NETWORK } from '#endpoint/exchange';
import { demands } from './gate-and-stp/demands.js';
import { carriedIn, passagesIn, tcapOf } from './gate-and-stp/passages.js';
import { CAPTURES, type Rehearsed } from './gate-and-stp/rehearsal.js';
import { HOSTS } from './gate-and-stp/sctp.js';
import { type GuestRun, runInGuest } from './sctp-guest/guest.js';

/** The guest is ended after this long. Unit: milliseconds. */
const GUEST_MS = 170_000;
const OUTPUT_OCTETS_MAX = 64 * 1024 * 1024;
/** What is captured, by its name in `$OUT`. */
const WIRE = 'wire.pcap';
/** SCTP payload protocol identifier of M3UA. RFC 4666 7.1. */
const M3UA = 3;

/** Who has this address of `ip:port`. */
const hostOf = (place = ''): string =>
  Object.entries(HOSTS).find(([, addresses]) => ([addresses].flat() as string[]).includes(place.split(':')[0]!))![0];

const FIELDS = [
  'sctp.data_payload_proto_id',
  'sctp.data_sid',
  'm3ua.message_class',
  'gsm_old.localValue',
  '_ws.malformed',
] as const;

/** What tshark makes of the packets that carry DATA chunks, in the order of FIELDS; of several in a packet a list. */
function dissected(capture: Uint8Array): readonly (readonly string[])[] {
  const folder = mkdtempSync(join(tmpdir(), 'angarium-gate-sctp-'));
  try {
    const file = join(folder, WIRE);
    writeFileSync(file, capture);
    const asked = FIELDS.flatMap((it) => ['-e', it]);
    const run = spawnSync('tshark', ['-n', '-r', file, '-Y', FIELDS[0], '-T', 'fields', ...asked], {
      encoding: 'utf8',
      maxBuffer: OUTPUT_OCTETS_MAX,
    });
    assert.equal(run.status, 0, run.stderr);
    return run.stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split('\t'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('the gate over kernel SCTP, with osmo-stp', () => {
  let run: GuestRun;
  let rehearsed: Rehearsed;
  const file = (name: string): Buffer => run.file(name) ?? Buffer.alloc(0);
  before(async () => {
    const capture = `tcpdump -q -i lo -U -B 16384 -w "$OUT/${WIRE}" sctp & watcher=$!; sleep 1`;
    run = await runInGuest(
      `${capture}; node dist/test/peers/gate-and-stp/play.js; status=$?; sleep 0.5; kill $watcher; wait; exit $status`,
      GUEST_MS,
    );
    assert.equal(run.status, 0, [run.stdout, run.stderr, run.console].join('\n'));
    rehearsed = JSON.parse(file('rehearsed.json').toString()) as Rehearsed;
  });
  after(() => run.remove());

  demands(() => ({ rehearsed, stpLinks: ['stp'], capture: (name) => file(CAPTURES[name]) }));

  it('every message crosses osmo-stp and the gate, by the packets on the wire', () => {
    const legs = new Map<string, string[]>();
    for (const { carrier, view } of carriedIn(file(WIRE))) {
      const leg = `${hostOf(carrier.from)}>${hostOf(carrier.to)}`;
      const walked = legs.get(tcapOf(view));
      if (walked === undefined) legs.set(tcapOf(view), [leg]);
      else if (!walked.includes(leg)) walked.push(leg);
    }
    const before = { access: ['access>stp', 'stp>gate'], centre: ['centre>stp', 'stp>gate'], platform: ['platform>gate'] };
    const behind = { access: ['gate>stp', 'stp>access'], centre: ['gate>stp', 'stp>centre'], platform: ['gate>platform'] };
    for (const capture of [CAPTURES.rows, CAPTURES.afterwards]) {
      const { through, own } = passagesIn(file(capture));
      for (const { from, to, sent } of through) assert.deepEqual(legs.get(tcapOf(sent)), [...before[from], ...behind[to]]);
      for (const { to, view } of own) assert.deepEqual(legs.get(tcapOf(view)), behind[to]);
    }
  });

  it('tshark finds nothing malformed to the last layer; all is M3UA by its payload protocol, messages never on stream 0', () => {
    const packets = dissected(file(WIRE));
    const codes = new Set<string>();
    const streams = new Set<string>();
    for (const packet of packets) {
      const [ppids = '', sids = '', classes = '', operations = '', malformed = ''] = packet;
      assert.equal(malformed, '', packet.join(' '));
      for (const it of ppids.split(',')) assert.equal(Number(it), M3UA, packet.join(' '));
      for (const it of operations.split(',')) codes.add(it);
      // One message in the packet, a DATA: then the stream is this message's.
      if (classes !== '1') continue;
      assert.notEqual(Number(sids), 0, packet.join(' '));
      streams.add(sids);
    }
    // mo-forwardSM, and the error sm-DeliveryFailure. TS 29.002 17.5 and 17.6.
    assert.ok(codes.has('46') && codes.has('32'), [...codes].join(' '));
    assert.ok(streams.size > 8, `streams ${[...streams].join(' ')}`);
  });

  it('the association that the gate made again has both paths', () => {
    const ups = rehearsed.gateLog.filter(({ link, msg }) => link === 'stp' && msg === 'association is up');
    assert.ok(ups.length >= 2);
    for (const up of ups) assert.deepEqual([...(up['addresses'] as string[])].sort(), [...HOSTS.stp]);
  });

  it('osmo-stp says by DUNA and DAVA that exchanges and service centres leave and come, and the gate believes it', () => {
    const { access, centre } = NETWORK.pointCodes;
    for (const pointCode of [access, centre]) {
      const ofCode = rehearsed.gateLog.filter((it) => it['pointCode'] === pointCode);
      const left = ofCode.findIndex((it) => it['news'] === 'unavailable');
      assert.equal(ofCode[left + 1]?.['availability'], 'unavailable');
      const back = ofCode.findIndex((it, i) => i > left && it['news'] === 'available');
      assert.equal(ofCode[back + 1]?.['availability'], 'available');
    }
  });
});
