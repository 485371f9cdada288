/** Our associations on a real kernel's SCTP, with osmo-stp at the other side, inside a guest; and what tshark makes of the packets. */
// Needs: linux.uml, modprobe, ip, busybox, osmo-stp, tcpdump, tshark
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type GuestRun, runInGuest } from './sctp-guest/guest.js';
import { SCENES } from './sctp-guest/scenes.js';

/** The guest is ended after this long. Unit: milliseconds. */
const GUEST_MS = 160_000;
const OUTPUT_OCTETS_MAX = 64 * 1024 * 1024;

let run: GuestRun;
let outcomes: Readonly<Record<string, string | null>>;

before(async () => {
  const capture = 'tcpdump -q -i lo -U -B 16384 -w "$OUT/capture.pcap" sctp & watcher=$!; sleep 1';
  run = await runInGuest(
    `${capture}; node dist/test/peers/sctp-guest/play.js; status=$?; sleep 0.5; kill $watcher; wait; exit $status`,
    GUEST_MS,
  );
  outcomes = JSON.parse(run.file('outcomes.json')?.toString() ?? '{}') as typeof outcomes;
});
after(() => run.remove());

describe('kernel SCTP', () => {
  it('the guest ran to its end', () => {
    assert.equal(run.status, 0, [run.stdout, run.stderr, run.console].join('\n'));
  });

  for (const title of Object.keys(SCENES))
    it(title, () => {
      assert.ok(title in outcomes, 'it was not played');
      assert.equal(outcomes[title], null, outcomes[title] ?? '');
    });

  it('tshark finds nothing malformed in any packet; all is M3UA by its payload protocol, DATA never on stream 0', () => {
    const folder = mkdtempSync(join(tmpdir(), 'angarium-sctp-'));
    try {
      const file = join(folder, 'capture.pcap');
      writeFileSync(file, run.file('capture.pcap') ?? Buffer.alloc(0));
      const wanted = ['sctp.data_payload_proto_id', 'sctp.data_sid', 'm3ua.message_class', 'm3ua.message_type', '_ws.malformed'];
      const dissected = spawnSync(
        'tshark',
        [
          '-n',
          '-r',
          file,
          '--disable-protocol',
          'sccp',
          '-Y',
          'sctp.data_payload_proto_id',
          '-T',
          'fields',
          ...wanted.flatMap((it) => ['-e', it]),
        ],
        { encoding: 'utf8', maxBuffer: OUTPUT_OCTETS_MAX },
      );
      assert.equal(dissected.status, 0, dissected.stderr);
      const packets = dissected.stdout.trimEnd().split('\n');
      const seen = new Set<string>();
      for (const packet of packets) {
        const [ppids = '', streams = '', classes = '', types = '', malformed = ''] = packet.split('\t');
        assert.equal(malformed, '', packet);
        for (const it of ppids.split(',')) assert.equal(Number(it), 3, packet);
        const ofTypes = types.split(',');
        classes.split(',').forEach((it, i) => {
          seen.add(`${it}.${ofTypes[i]}`);
          // One message in the packet: then the stream is this message's.
          if (it === '1' && !classes.includes(',')) assert.notEqual(Number(streams), 0, packet);
        });
      }
      // ASP Up and its acknowledgement, ASP Active and its, BEAT and its, ASP Inactive, DATA, NTFY, DUNA.
      for (const message of ['3.1', '3.4', '4.1', '4.3', '3.3', '3.6', '4.2', '1.1', '0.1', '2.1'])
        assert.ok(seen.has(message), `class and type ${message} among ${[...seen].join(' ')}`);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
