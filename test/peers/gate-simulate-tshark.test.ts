// Needs: tshark
/** What the traffic tool sends, and the captures that it writes, as tshark reads them. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { CaptureWriter, type GateSettings, NETWORK, PROFILES, type ProfileName, SCREENED, Source } from '#endpoint/exchange';

const MESSAGES = 600;
const SUBSCRIBERS = 100;
const GATE: GateSettings = {
  flow: 'vstp',
  mode: 'enforce',
  prepaid: true,
  portability: true,
  recipientPrepaid: false,
  screened: SCREENED.vstp,
  platforms: 'up',
};

const FIELDS = [
  'frame.number',
  'm3ua.protocol_data_opc',
  'sccp.message_type',
  'tcap.otid',
  'tcap.dtid',
  'gsm_old.localValue',
  'gsm_sms.tp-mti',
  '_ws.malformed',
  'sctp.checksum.status',
  'ip.checksum.status',
] as const;
type Row = Readonly<Record<(typeof FIELDS)[number], string>>;

/** What tshark makes of a capture file, a row a packet. */
function dissected(path: string): readonly Row[] {
  const run = spawnSync(
    'tshark',
    [
      ...['-r', path, '-o', 'sctp.checksum:CRC 32c', '-o', 'ip.check_checksum:TRUE'],
      ...['-T', 'fields', ...FIELDS.flatMap((field) => ['-e', field])],
    ],
    { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  assert.equal(run.status, 0, run.stderr);
  return run.stdout
    .trimEnd()
    .split('\n')
    .map((line) => Object.fromEntries(line.split('\t').map((value, i) => [FIELDS[i]!, value])) as Row);
}

describe('tshark reads what the traffic tool sends', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'exchange-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  /** First messages of a profile, in a capture of ours. */
  function captured(name: ProfileName): readonly Row[] {
    const source = new Source(PROFILES[name], GATE, 77, SUBSCRIBERS);
    const writer = new CaptureWriter(NETWORK);
    const pieces: Uint8Array[] = [CaptureWriter.fileHeader()];
    for (let i = 0; i < MESSAGES; i++) {
      const { template } = source.next(false);
      if (template.carrier === 'segmented') continue;
      const { from, first, second } = template;
      for (const part of second === undefined ? [first] : [first, second]) {
        const data = {
          opc: NETWORK.pointCodes[from],
          dpc: NETWORK.gatePointCode,
          si: 3,
          ni: NETWORK.networkIndicator,
          mp: 0,
          sls: i % 16,
          userData: part.octets,
        };
        pieces.push(writer.record(from, 'to', data, 1_700_000_000_000 + i));
      }
    }
    const path = join(folder, `${name}.pcap`);
    writeFileSync(path, Buffer.concat(pieces));
    const rows = dissected(path);
    assert.equal(rows.length, pieces.length - 1);
    return rows;
  }

  for (const name of ['plain', 'every-row', 'continue-dialogue', 'short'] as const)
    it(`profile ${name}: every message is whole to the last layer`, () => {
      const rows = captured(name);
      for (const row of rows) {
        // An unknown operation is what tshark says it is. Of a Continue without its dialogue tshark does not know the version, and takes 2.
        const isKnown = row['gsm_old.localValue'] !== '99' && row['tcap.dtid'] === '';
        if (isKnown) assert.equal(row['_ws.malformed'], '', `packet ${row['frame.number']}`);
        assert.match(row['sccp.message_type'], /^0x(09|11|13)$/);
        assert.match(row['tcap.otid'].replace(/[^0-9a-f]/g, ''), /^a1a2a3a4/);
        assert.ok([2057, 2065, 2073].includes(Number(row['m3ua.protocol_data_opc'])));
      }
      const operations = new Set(rows.map((row) => row['gsm_old.localValue']));
      assert.ok(operations.has('46'));
      assert.ok(rows.some((row) => row['gsm_sms.tp-mti'] !== ''));
    });

  it('the framing has right checksums, in IP and SCTP', () => {
    for (const row of captured('short')) {
      assert.match(row['sctp.checksum.status'], /^1$/);
      assert.match(row['ip.checksum.status'], /^1$/);
    }
  });

  it('profile malformed: what is damaged is damaged to tshark too, and nothing before SCCP', () => {
    const rows = captured('malformed');
    assert.ok(rows.some((row) => row['_ws.malformed'] !== ''));
    for (const row of rows) assert.ok(row['m3ua.protocol_data_opc'] !== '');
  });
});
