/** `angarium gate explain`: alone, with a configuration and a number file, without a running gate and without effect. */
import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
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

/** A capture of MTP3 messages (link type 141), one for each SCCP message. */
function captureOf(messages: readonly Uint8Array[]): Uint8Array {
  const head = Buffer.from('a1b2c3d40002000400000000000000000000ffff0000008d', 'hex');
  const packets = messages.map((userData, n) => {
    const label = Buffer.alloc(5);
    label[0] = 0x83;
    label.writeUInt32LE(PC.gate + PC.msc * 2 ** 14, 1);
    const record = Buffer.alloc(16);
    record.writeUInt32BE(1_790_000_000 + n, 0);
    record.writeUInt32BE(label.length + userData.length, 8);
    record.writeUInt32BE(label.length + userData.length, 12);
    return Buffer.concat([record, label, userData]);
  });
  return Buffer.concat([head, ...packets]);
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
