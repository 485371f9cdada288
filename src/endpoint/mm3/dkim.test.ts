import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync, type KeyObject, verify } from 'node:crypto';
import { describe, it } from 'node:test';
import { DkimSigner, relaxedBody } from './dkim.js';

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
const NOW = Date.UTC(2026, 0, 1);
const MESSAGE = latin1('A: X \r\nFrom:  a@b\r\nSubject: one\r\n\ttwo  three \r\nTo: c@d\r\n\r\n C \r\nD \t E\r\n\r\n\r\n');

describe('the relaxed form of a body', () => {
  const cases: readonly (readonly [string, string])[] = [
    // RFC 6376 3.4.5
    [' C \r\nD \t E\r\n\r\n\r\n', ' C\r\nD E\r\n'],
    ['', ''],
    ['\r\n\r\n', ''],
    [' \r\n', ''],
    ['a', 'a\r\n'],
    ['a \t b  ', 'a b\r\n'],
    ['a\r\n\r\nb\r\n', 'a\r\n\r\nb\r\n'],
  ];
  for (const [body, relaxed] of cases)
    it(`of ${JSON.stringify(body)} is ${JSON.stringify(relaxed)}`, () =>
      assert.equal(Buffer.from(relaxedBody(latin1(body))).toString('latin1'), relaxed));
});

/** A verifier as RFC 6376 6.1 has it, written with other means than the signer: expressions over the whole. */
function isGood(signed: string, key: KeyObject, ed: boolean): boolean {
  const [head = '', ...rest] = signed.split('\r\n\r\n');
  const body = rest
    .join('\r\n\r\n')
    .replace(/[ \t]+\r\n/g, '\r\n')
    .replace(/[ \t]+/g, ' ')
    .replace(/(\r\n)*$/, '\r\n');
  const fields = head.split(/\r\n(?![ \t])/);
  const relax = (field: string) =>
    field
      .replace(/\r\n/g, '')
      .replace(/[ \t]+/g, ' ')
      .replace(/^([^: ]+) ?: ?/, (_, name: string) => `${name.toLowerCase()}:`)
      .trimEnd();
  const own = fields[0]!;
  const tags = Object.fromEntries(
    own
      .slice(own.indexOf(':') + 1)
      .split(';')
      .map((tag) => [tag.trim().split('=')[0], tag.slice(tag.indexOf('=') + 1).replace(/\s/g, '')]),
  );
  if (createHash('sha256').update(latin1(body)).digest('base64') !== tags['bh']) return false;
  const left = fields.slice(1);
  let text = '';
  for (const name of tags['h']!.split(':')) {
    const at = left.findLastIndex((field) => field.toLowerCase().startsWith(`${name}:`));
    if (at >= 0) text += `${relax(left.splice(at, 1)[0]!)}\r\n`;
  }
  text += relax(own.replace(/b=[^;]*$/, 'b='));
  const signature = Buffer.from(tags['b']!, 'base64');
  return ed
    ? verify(null, createHash('sha256').update(latin1(text)).digest(), key, signature)
    : verify('sha256', latin1(text), key, signature);
}

describe('a DKIM signature', () => {
  for (const type of ['rsa', 'ed25519'] as const) {
    const { privateKey, publicKey } =
      type === 'rsa' ? generateKeyPairSync('rsa', { modulusLength: 2048 }) : generateKeyPairSync('ed25519');
    const signer = new DkimSigner({
      domain: 'mms.example',
      selector: 's',
      privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    });
    const signed = signer.sign(MESSAGE, NOW) + MESSAGE.toString('latin1');

    it(`of ${type} is good, and stays so when relays fold anew and add empty lines`, () => {
      assert.ok(isGood(signed, publicKey, type === 'ed25519'));
      assert.ok(isGood(`${signed.replace('one\r\n\ttwo  three', 'one two three')}\r\n\r\n`, publicKey, type === 'ed25519'));
    });

    it(`of ${type} is broken by another subject, body, or a second From`, () => {
      for (const [from, to] of [
        ['one', 'two'],
        ['D \t E', 'D F'],
        ['To: c@d', 'To: c@d\r\nFrom: x@y'],
      ] as const)
        assert.equal(isGood(signed.replace(from, to), publicKey, type === 'ed25519'), false, to);
    });
  }

  it('says when it was made, by whom, and has lines of no more than 78 characters', () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 4096 });
    const field = new DkimSigner({
      domain: 'mms.example',
      selector: 's',
      privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    }).sign(MESSAGE, NOW);
    assert.match(field, /^DKIM-Signature: v=1; a=rsa-sha256; c=relaxed\/relaxed; d=mms\.example; s=s;\r\n t=1767225600;/);
    for (const line of field.split('\r\n')) assert.ok(line.length <= 78, line);
  });

  it('is made with no other kind of key', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    assert.throws(
      () =>
        new DkimSigner({ domain: 'd', selector: 's', privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string }),
      RangeError,
    );
  });
});
