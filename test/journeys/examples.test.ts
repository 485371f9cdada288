/** The examples run as they stand. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { decodeParts, decodePdu, type SendReq } from '#codec/mms';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const CORPUS = join(ROOT, 'test/corpus/mms-pdus');
const SUBMISSION = join(CORPUS, 'gen-aosp-send-req-2.mms');

/** What the example says; it says nothing on standard error. */
async function outputOf(example: string, ...args: string[]): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [join(ROOT, 'examples', example), ...args]);
  assert.equal(stderr, '');
  return stdout;
}

it('examples/first-message sends a picture across and gets its delivery report', async () => {
  const stdout = await outputOf('first-message/run.mjs');
  assert.match(stdout, /the sender is answered\nm-send-conf .*Ok \(0x80\)/s);
  assert.match(stdout, /saved: .*courier\.png/);
  assert.match(stdout, /m-delivery-ind .*X-Mms-Status: retrieved/s);
});

it('examples/portability loads numbers, runs a gate between exchanges and service centres, and explains a reject', async () => {
  const stdout = await outputOf('portability/run.mjs');
  assert.match(stdout, /loaded, \d+ numbers and \d+ ranges/);
  assert.match(stdout, /400 sent, 400 ended/);
  assert.match(stdout, /rejected \d+/);
  assert.match(stdout, /sender has type 1 \(own, ported out\)[\s\S]*decision: reject at step 7 \(ported-at-home-smsc\)/);
});

it('examples/two-carriers sends a message by every road, has all reports back, and draws who said what to whom', async () => {
  const stdout = await outputOf('two-carriers/run.mjs');
  /** What is drawn below a title, without times. */
  const drawn = (title: string): readonly string[] => {
    const [, text] = stdout.split(`\n${title} (`);
    assert.ok(text !== undefined, title);
    const lines = text.split('\n\n')[0]!.split('\n').slice(1);
    return lines.filter((line) => line !== '').map((line) => line.slice(16).replace(/ {2,}/, ': '));
  };
  const shows = (title: string, ...wanted: readonly RegExp[]): void => {
    const lines = drawn(title);
    for (const one of wanted) assert.equal(lines.filter((line) => one.test(line)).length, 1, `${one} in\n${lines.join('\n')}`);
  };
  assert.match(stdout, /\n=> peer:south \(MM4\)\n/);
  for (const [title, number] of [
    ['Nora writes to Sven, a subscriber of South', '46730000002'],
    ['Nora writes to a number that has moved to South', '46700000009'],
  ] as const)
    shows(
      title,
      new RegExp(`^north -> south: message for \\+${number} \\(250 `),
      /^south -> north: accepted \(Ok \(south\)\)$/,
      /^south -> north: delivery report: retrieved$/,
      new RegExp(`^north -> phone: delivery report about \\+${number}$`),
      new RegExp(`^north -> phone: read report about \\+${number}$`),
    );
  shows('Nora writes to a mailbox', /^north -> mailbox: message for friend@mail\.example \(250 /);
  shows(
    'Nora writes to a content provider',
    /^north -> seven: message for 7777 \(1000 Success \(seven\)\)$/,
    /^north -> phone: delivery report about 7777$/,
  );
  shows(
    'friend@mail.example writes to North',
    /^friend@mail\.example -> north: message of \d+ octets$/,
    /^north -> phone: content to \+46700000001$/,
  );
  shows('7777 writes to North', /^seven -> north: message/, /^north -> seven: delivery report about \+46730000002$/);
  shows("South's part of what 7777 wrote", /^north -> south: message/, /^south -> phone: content to \+46730000002$/);
});

describe('examples/codec', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'angarium-examples-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('are five, and their list names each', () => {
    const programs = readdirSync(join(ROOT, 'examples/codec')).filter((name) => name.endsWith('.mjs'));
    assert.equal(programs.length, 5);
    const list = readFileSync(join(ROOT, 'examples/codec/README.md'), 'utf8');
    for (const program of programs) assert.ok(list.includes(`[${program}](${program})`), program);
  });

  it('print shows what a handset sent, and hides numbers and subject when asked', async () => {
    const plain = await outputOf('codec/print.mjs');
    assert.match(plain, /^m-send-req \(0x80\), MMS 1\.2\n {2}X-Mms-Transaction-Id: T175a0002\n/);
    assert.match(
      plain,
      / {2}To: \+358401234567\/TYPE=PLMN\n.* {2}Subject: Zażółć 你好 🎉\n.*image\/gif; name=g\.gif, 1403 octets/s,
    );
    const masked = await outputOf('codec/print.mjs', '--masked', SUBMISSION);
    assert.match(masked, / {2}To: \+\*{8}4567\/TYPE=PLMN\n/);
    assert.doesNotMatch(masked, /35840123|Zażółć/);
  });

  it('answer accepts a submission, and refuses one that breaks off under its own transaction id', async () => {
    const accepted = await outputOf('codec/answer.mjs', SUBMISSION);
    assert.match(accepted, /^m-send-conf \(0x81\), MMS 1\.2\n {2}X-Mms-Transaction-Id: T175a0002\n {2}.*: Ok \(0x80\)\n/);
    const broken = join(folder, 'broken.mms');
    writeFileSync(broken, readFileSync(SUBMISSION).subarray(0, 40));
    const refused = await outputOf('codec/answer.mjs', broken);
    assert.match(refused, /X-Mms-Transaction-Id: T175a0002\n {2}.*: Error-permanent-message-format-corrupt \(0xe2\)\n/);
    const other = await outputOf('codec/answer.mjs', join(CORPUS, 'jolla-m-delivery-2-ind.mms'));
    assert.match(other, /: Error-unsupported-message \(0x88\)\n.*m-delivery-ind is no submission/);
  });

  it('notify writes a push that begins as every gateway expects, and reads its notification again', async () => {
    const [sizes, octets, ...pdu] = (await outputOf('codec/notify.mjs')).split('\n');
    assert.equal(sizes, `${octets!.length / 2} octets of push, ${octets!.length / 2 - 6} of PDU`);
    assert.match(octets!, /^010603beaf848c82986b37517a008d92/);
    assert.match(pdu.join('\n'), /^m-notification-ind .*Subject: Över fjällen\n.*X-Mms-Expiry: 259200 s\n/s);
  });

  it('take-parts saves every part of a message as it stands in it', async () => {
    const file = join(CORPUS, 'jolla-m-retrieve-6-conf.mms');
    const saved = join(folder, 'parts');
    const lines = (await outputOf('codec/take-parts.mjs', file, saved)).trimEnd().split('\n');
    const names = ['1-smil.xml', '2-20140416125618.jpeg', '3-text0.txt'];
    assert.deepEqual(
      lines.map((line) => line.split(':')[0]),
      names,
    );
    const pdu = decodePdu(readFileSync(file));
    assert.ok(pdu.ok && pdu.value.kind === 'm-retrieve-conf');
    const parts = decodeParts(pdu.value.content!);
    assert.ok(parts.ok);
    names.forEach((name, i) => {
      assert.deepEqual(readFileSync(join(saved, name)), Buffer.from(parts.value[i]!.data));
    });
  });

  it('set-sender changes From, and no octet of any other field or of the body', async () => {
    const [before, output] = [join(CORPUS, 'gen-e2e-mmsd-tng-send-req-utf8-subject.mms'), join(folder, 'sent.mms')];
    const stdout = await outputOf('codec/set-sender.mjs', before, '46700000001', output);
    assert.match(stdout, /^From: \(insert address\) -> \+46700000001\/TYPE=PLMN\n.*the very ones that came\n$/s);
    const [was, is] = [before, output].map((file): SendReq => {
      const pdu = decodePdu(new Uint8Array(readFileSync(file)));
      assert.ok(pdu.ok && pdu.value.kind === 'm-send-req');
      return pdu.value;
    });
    assert.deepEqual(is, { ...was, from: { kind: 'address', address: '+46700000001/TYPE=PLMN' } });
  });
});
