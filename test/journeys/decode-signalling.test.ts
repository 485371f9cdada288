/** `angarium decode m3ua|sccp|tcap|map|sms` over octets, hexadecimal text, standard input and captures. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { corpusJson } from '../kit/ss7/captures.js';
import { removeFolder, runCli, temporaryFolder } from './program.js';

const folder = temporaryFolder();
after(() => removeFolder(folder));

const corpus = (name: string): string => fileURLToPath(new URL(`../../../test/corpus/ss7/${name}`, import.meta.url));
const { cases } = corpusJson('generated-map-sccp.json') as { cases: readonly { name: string; sccp: readonly string[] }[] };
/** An MO-ForwardSM of version 3 from 393491234567 to 393497654321, "Hello world". */
const SCCP = cases.find(({ name }) => name === 'mo-v3-gsm7')!.sccp[0]!;
const TCAP = SCCP.slice(SCCP.indexOf('625d'));
const TPDU = '01010c9193437956341200000bc8329bfd06dddf723619';

const fileOf = (name: string, octets: Uint8Array | string): string => {
  writeFileSync(join(folder, name), octets);
  return join(folder, name);
};
const decode = async (...args: string[]): Promise<string> => {
  const { code, stdout, stderr } = await runCli(['decode', ...args]);
  assert.deepEqual([code, stderr], [0, ''], args.join(' '));
  return stdout;
};

describe('angarium decode of signalling', () => {
  it('prints an SCCP message with the layers in it, numbers whole', async () => {
    const text = await decode('sccp', fileOf('mo.sccp', Buffer.from(SCCP, 'hex')));
    for (const part of [
      'UDT (0x09)',
      'digits 393490000001',
      'mo-ForwardSM (46)',
      'msisdn 393491234567',
      'SMS-SUBMIT',
      'TP-DA: 393497654321',
    ])
      assert.ok(text.includes(part), part);
  });

  it('shows what people wrote only with --content, in words and in JSON, of every layer', async () => {
    const inputs = { sccp: SCCP, tcap: TCAP, map: TCAP, sms: TPDU };
    for (const [layer, hex] of Object.entries(inputs)) {
      const file = fileOf(`${layer}.hex`, hex);
      for (const form of [[], ['--json']]) {
        const hidden = await decode(layer, file, ...form);
        const shown = await decode(layer, file, ...form, '--content');
        // The packed septets of "Hello world", wherever they would stand.
        for (const secret of ['Hello world', 'c8329bfd06dddf723619'])
          assert.ok(!hidden.includes(secret), `${layer} ${form.join()}`);
        assert.ok(shown.includes('c8329bfd06dddf723619'), `${layer} ${form.join()}`);
      }
    }
  });

  it('takes octets, hexadecimal text with anything usual between the digits, and standard input', async () => {
    const expected = await decode('map', fileOf('plain.hex', TCAP));
    assert.equal(await decode('map', fileOf('spaced.hex', `0x${TCAP.replace(/(..)/g, '$1 ')}\n`)), expected);
    assert.equal(await decode('map', fileOf('binary', Buffer.from(TCAP, 'hex'))), expected);
    const { stdout } = await runCli(['decode', 'map', '-'], { input: Buffer.from(TCAP) });
    assert.equal(stdout, expected);
  });

  it('gives JSON with the operation, its argument and the short message', async () => {
    const { tcap } = JSON.parse(await decode('sccp', fileOf('json.hex', SCCP), '--json')) as {
      tcap: { map: Record<string, unknown>[] };
    };
    assert.equal(tcap.map[0]!['operation'], 'mo-ForwardSM');
    assert.deepEqual((tcap.map[0]!['argument'] as Record<string, unknown>)['smRpOa'], {
      kind: 'msisdn',
      value: { nature: 1, plan: 1, digits: '393491234567' },
    });
    assert.equal((tcap.map[0]!['tpdu'] as Record<string, unknown>)['kind'], 'SMS-SUBMIT');
  });

  it('reads captures of every lower layer: M3UA, M2PA and IPA', async () => {
    for (const [name, found] of [
      ['pcapr-2.pcap', 'sendRoutingInfoForSM'],
      ['generated-map-sccp.pcap', 'mo-ForwardSM'],
      ['ipa-sccplite-osmostp-tcp.pcap', 'digits 393490000001'],
    ] as const)
      assert.ok((await decode('sccp', corpus(name))).includes(found), name);
    const lines = (await decode('m3ua', corpus('m3ua-asp-osmostp-sctp.pcap'), '--json')).trim().split('\n');
    const kinds = new Set(lines.map((line) => (JSON.parse(line) as { message: { kind: string } }).message.kind));
    for (const kind of ['ASPUP', 'ASPUP_ACK', 'NTFY', 'DATA']) assert.ok(kinds.has(kind), kind);
  });

  it('says in one line at which octet something is no such message, and ends with 1', async () => {
    for (const layer of ['m3ua', 'sccp', 'tcap', 'map', 'sms']) {
      const { code, stdout, stderr } = await runCli(['decode', layer, fileOf('junk', Buffer.from([0xff, 0x00]))]);
      assert.deepEqual([code, stdout], [1, ''], layer);
      assert.match(stderr, /^[^\n]+octet \d+[^\n]+\n$/, layer);
    }
    const cut = await runCli([
      'decode',
      'sccp',
      fileOf('cut.pcap', Buffer.from('d4c3b2a1020004000000000000000000ffff000001000000aa', 'hex')),
    ]);
    assert.equal(cut.code, 1);
    assert.match(cut.stderr, /ends inside a packet/);
    assert.equal((await runCli(['decode', 'sccp', corpus('README.md'), '--tcp', 'm3ua'])).code, 2);
  });
});
