/** `angarium gate explain`: alone, with a configuration and a number file, without a running gate and without effect. */
import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { encodeM3ua } from '#codec/m3ua';
import { removeFolder, temporaryFolder } from '../program.js';
import { configOf, moForwardSm, NUMBERS, PC, runGate, SENDER, TITLE } from './gate-program.js';

const folder = temporaryFolder();
after(() => removeFolder(folder));

const fileOf = (name: string, content: string | Uint8Array): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};
const config = fileOf('gate.toml', configOf());
const numbers = fileOf('numbers.csv', NUMBERS);
const COMMON = ['explain', '--config', config, '--numbers', numbers];
const explain = async (...args: string[]): Promise<string> => {
  const { code, stdout, stderr } = await runGate(...COMMON, ...args);
  assert.deepEqual([code, stderr], [0, ''], args.join(' '));
  return stdout;
};

/** A capture of packets, a second apart. */
function pcapOf(linkType: number, packets: readonly Uint8Array[]): Uint8Array {
  const head = Buffer.from('a1b2c3d40002000400000000000000000000ffff00000000', 'hex');
  head.writeUInt32BE(linkType, 20);
  const records = packets.map((packet, n) => {
    const record = Buffer.alloc(16);
    record.writeUInt32BE(1_790_000_000 + n, 0);
    record.writeUInt32BE(packet.length, 8);
    record.writeUInt32BE(packet.length, 12);
    return Buffer.concat([record, packet]);
  });
  return Buffer.concat([head, ...records]);
}

/** A capture of MTP3 messages (link type 141), one for each SCCP message. */
const captureOf = (messages: readonly Uint8Array[]): Uint8Array =>
  pcapOf(
    141,
    messages.map((userData) => {
      const label = Buffer.alloc(5);
      label[0] = 0x83;
      label.writeUInt32LE(PC.gate + PC.msc * 2 ** 14, 1);
      return Buffer.concat([label, userData]);
    }),
  );

/** A capture of IP (link type 101): M3UA over TCP, cut into segments that mind no message, the second of them twice. */
function overTcp(messages: readonly Uint8Array[], segmentOctets: number): Uint8Array {
  const stream = Buffer.concat(
    messages.map((userData) => {
      const protocolData = { opc: PC.msc, dpc: PC.gate, si: 3, ni: 2, mp: 0, sls: 0, userData };
      return encodeM3ua({ kind: 'DATA', routingContext: [1], protocolData });
    }),
  );
  const segments = Array.from({ length: Math.ceil(stream.length / segmentOctets) }, (_, n) => {
    const data = stream.subarray(n * segmentOctets, (n + 1) * segmentOctets);
    const tcp = Buffer.alloc(20);
    tcp.writeUInt16BE(40_000, 0);
    tcp.writeUInt16BE(2905, 2);
    tcp.writeUInt32BE(1_000 + n * segmentOctets, 4);
    tcp.writeUInt16BE(0x5018, 12);
    const ip = Buffer.from('4500000000000000400600000a0000010a000002', 'hex');
    ip.writeUInt16BE(40 + data.length, 2);
    return Buffer.concat([ip, tcp, data]);
  });
  return pcapOf(101, segments.toSpliced(1, 0, segments[1]!));
}

describe('angarium gate explain', () => {
  it('explains a message that somebody describes, step by step, and leaves nothing behind', async () => {
    const text = await explain('--from', SENDER.ported, '--smsc', TITLE.smsc);
    for (const part of [
      'type 1 (own, ported out), RN 4675001',
      'smsc-1',
      'decision: reject at step 7',
      'sm-DeliveryFailure (subscriberNotSC-Subscriber)',
    ])
      assert.ok(text.includes(part), part);
    assert.match(await explain('--from', SENDER.prepaid, '--smsc', TITLE.smsc), /decision: redirect[\s\S]*platform: in-1/);
    assert.ok(!existsSync(join(folder, 'angarium-gate')), 'no folder is made');
  });

  it('explains octets, as SCCP or as a whole MSU, without what people wrote', async () => {
    const sccp = moForwardSm(SENDER.ported);
    for (const octets of [sccp, captureOf([sccp]).subarray(40)]) {
      const text = await explain('--hex', Buffer.from(octets).toString('hex'));
      assert.match(text, /msisdn 46700000001[\s\S]*decision: reject/);
      assert.ok(!text.includes('a secret'));
    }
    const json = JSON.parse(await explain('--hex', Buffer.from(sccp).toString('hex'), '--json')) as {
      decision: { verdict: string; sender: number };
    };
    assert.deepEqual([json.decision.verdict, json.decision.sender], ['reject', 46700000001]);
  });

  it('explains a capture, and shows what another configuration or other numbers would do differently over all of it', async () => {
    const senders = [SENDER.ported, SENDER.own, SENDER.prepaid, SENDER.ported];
    const capture = fileOf('monday.pcap', captureOf(senders.map((sender) => moForwardSm(sender))));
    const all = await explain('--pcap', capture);
    assert.match(all, /4 messages\n {2}2 reject at step 7 \(ported-at-home-smsc\)/);
    const proposed = fileOf(
      'proposed.toml',
      configOf().replace(`digits = "${TITLE.smsc}"\n[prepaid]\non = true`, 'digits = "46705000009"\n[prepaid]\non = false'),
    );
    const other = await runGate(...COMMON, '--pcap', capture, '--against', proposed);
    assert.equal(other.code, 1, 'something differs');
    assert.match(other.stdout, /packet 1, .*46700000001[\s\S]*is +reject[\s\S]*would +pass/);
    assert.match(other.stdout, /3 of 4 messages would be treated differently/);
    const left = fileOf('left.csv', NUMBERS.replace(`${SENDER.own},36,sp,`, `${SENDER.own},1,rn,4675002`));
    assert.match(
      (await runGate(...COMMON, '--pcap', capture, '--against-numbers', left)).stdout,
      /1 of 4 messages would be treated differently/,
    );
    const same = await runGate(...COMMON, '--pcap', capture, '--against', config);
    assert.deepEqual([same.code, same.stdout], [0, '0 of 4 messages would be treated differently\n']);
  });

  it('explains a capture of M3UA over TCP, whose segments mind no message and come twice', async () => {
    const senders = [SENDER.ported, SENDER.own, SENDER.prepaid];
    const messages = senders.map((sender) => moForwardSm(sender));
    const text = await explain('--pcap', fileOf('tcp.pcap', overTcp(messages, 70)));
    assert.match(text, /3 messages\n {2}1 reject at step 7 \(ported-at-home-smsc\)/);
    assert.match(text, /46700000002[\s\S]*redirect/);
  });

  it('says in one line what it cannot explain', async () => {
    for (const [args, expected, code] of [
      [['--hex', 'zz'], /expected hexadecimal digits/, 1],
      [['--hex', 'ff00'], /neither an SCCP message/, 1],
      [['--pcap', config], /no capture file/, 1],
      [['--from', SENDER.own], /--from needs --smsc/, 2],
      [[], /expected one of --hex, --pcap and --from/, 2],
      [['--from', SENDER.own, '--smsc', TITLE.smsc, '--link', 'none'], /there is no link "none"/, 2],
    ] as const) {
      const ran = await runGate(...COMMON, ...args);
      assert.equal(ran.code, code, args.join(' '));
      assert.match(ran.stderr, expected);
      assert.match(ran.stderr, /^[^\n]+\n$/);
    }
    const faulty = fileOf('faulty.csv', 'number,portability-type\nx,1\n');
    const ran = await runGate('explain', '--config', config, '--numbers', faulty, '--from', SENDER.own, '--smsc', TITLE.smsc);
    assert.match(ran.stderr, /faulty\.csv:2: /);
  });
});
