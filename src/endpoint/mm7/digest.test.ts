import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LIMITS } from '#base';
import { readAuthField } from './auth-fields.js';
import { DigestClient, DigestNonces, digestChallenges, digestResponse } from './digest.js';

const REQUEST = { method: 'POST', uri: '/mm7', realm: 'mmsc' };

/** A client that has heard a challenge with this nonce. */
function aClient(nonce: string, password = 'secret'): DigestClient {
  const client = new DigestClient('acme', password);
  assert.ok(client.hear([digestChallenges('mmsc', nonce, false).join(', ')]));
  return client;
}

const parameters = (client: DigestClient): Readonly<Record<string, string>> =>
  readAuthField(client.answer('POST', '/mm7') ?? '')?.parameters ?? {};

describe('HTTP Digest', () => {
  it("computes the responses of RFC 7616's example 3.9.1", () => {
    const answer = {
      user: 'Mufasa',
      realm: 'http-auth@example.org',
      password: 'Circle of Life',
      method: 'GET',
      uri: '/dir/index.html',
      nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
      nc: '00000001',
      cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
    };
    assert.equal(digestResponse({ ...answer, algorithm: 'MD5' }), '8ca523f5e9506fed4657c9700eebdbec');
    assert.equal(
      digestResponse({ ...answer, algorithm: 'SHA-256' }),
      '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1',
    );
  });

  it('takes each answer once: what was overheard is stale', () => {
    const nonces = new DigestNonces(() => 0);
    const answer = parameters(aClient(nonces.issue()));
    assert.equal(nonces.verify(answer, REQUEST, ['secret']), 'right');
    assert.equal(nonces.verify(answer, REQUEST, ['secret']), 'stale');
  });

  it('takes counts in any order within its window, as connections share a nonce, and none twice', () => {
    const nonces = new DigestNonces(() => 0);
    const client = aClient(nonces.issue());
    const answers = Array.from({ length: 31 }, () => parameters(client));
    for (const i of [4, 0, 30, 1, 29, 2]) assert.equal(nonces.verify(answers[i]!, REQUEST, ['secret']), 'right', String(i));
    for (const i of [0, 30, 29, 4]) assert.equal(nonces.verify(answers[i]!, REQUEST, ['secret']), 'stale', String(i));
    for (let i = 0; i < 40; i++) client.answer('POST', '/mm7');
    assert.equal(nonces.verify(parameters(client), REQUEST, ['secret']), 'right');
    assert.equal(nonces.verify(answers[5]!, REQUEST, ['secret']), 'stale');
  });

  it('says wrong to another password, method, address, realm, user or algorithm', () => {
    const nonces = new DigestNonces(() => 0);
    const answer = parameters(aClient(nonces.issue()));
    assert.equal(nonces.verify(answer, REQUEST, ['other']), 'wrong');
    assert.equal(nonces.verify(answer, { ...REQUEST, method: 'GET' }, ['secret']), 'wrong');
    assert.equal(nonces.verify(answer, { ...REQUEST, uri: '/other' }, ['secret']), 'wrong');
    assert.equal(nonces.verify(answer, { ...REQUEST, realm: 'other' }, ['secret']), 'wrong');
    for (const change of [
      { username: 'eve' },
      { algorithm: 'MD5-sess' },
      { qop: 'auth-int' },
      { nc: '1' },
      { cnonce: '' },
      { response: '' },
    ])
      assert.equal(nonces.verify({ ...answer, ...change }, REQUEST, ['secret']), 'wrong', JSON.stringify(change));
    assert.equal(nonces.verify(answer, REQUEST, ['other', 'secret']), 'right');
  });

  it('forgets in time what was used, and calls it stale then', () => {
    let now = 0;
    const nonces = new DigestNonces(() => now);
    const client = aClient(nonces.issue());
    assert.equal(nonces.verify(parameters(client), REQUEST, ['secret']), 'right');
    assert.equal(nonces.size, 1);
    now = LIMITS.mm7NonceMs - 1;
    assert.equal(nonces.verify(parameters(client), REQUEST, ['secret']), 'right');
    now = LIMITS.mm7NonceMs;
    assert.equal(nonces.verify(parameters(client), REQUEST, ['secret']), 'stale');
    const next = new DigestClient('other', 'secret');
    next.hear([digestChallenges('mmsc', nonces.issue(), false).join(', ')]);
    assert.equal(nonces.verify(parameters(next), REQUEST, ['secret']), 'right');
    assert.equal(nonces.size, 1, 'of the first account nothing is left');
  });

  it('keeps nothing for whoever asks for a challenge, and takes nothing from who has answered his', () => {
    const nonces = new DigestNonces(() => 0);
    const [before, used] = [aClient(nonces.issue()), aClient(nonces.issue())];
    assert.equal(nonces.verify(parameters(used), REQUEST, ['secret']), 'right');
    for (let i = 0; i < 100_000; i++) nonces.issue();
    assert.equal(nonces.size, 1);
    assert.equal(nonces.verify(parameters(before), REQUEST, ['secret']), 'right');
    assert.equal(nonces.verify(parameters(used), REQUEST, ['secret']), 'right');
  });

  it('forgets the oldest of an account at the limit, and calls it stale from then on: no answer counts twice', () => {
    let now = 0;
    const nonces = new DigestNonces(() => now++);
    const unused = aClient(nonces.issue());
    const first = aClient(nonces.issue());
    const overheard = parameters(first);
    assert.equal(nonces.verify(overheard, REQUEST, ['secret']), 'right');
    for (let i = 0; i < LIMITS.mm7NoncesPerAccountMax; i++)
      assert.equal(nonces.verify(parameters(aClient(nonces.issue())), REQUEST, ['secret']), 'right');
    assert.equal(nonces.size, LIMITS.mm7NoncesPerAccountMax);
    for (const answer of [overheard, parameters(first), parameters(unused)])
      assert.equal(nonces.verify(answer, REQUEST, ['secret']), 'stale');
  });

  it('calls stale what it never issued, what was changed, and what another process issued', () => {
    const nonces = new DigestNonces(() => 0);
    const nonce = nonces.issue();
    const changed = `${nonce.startsWith('A') ? 'B' : 'A'}${nonce.slice(1)}`;
    for (const one of [changed, `${nonce}=`, `${nonce} `, 'x', new DigestNonces(() => 0).issue()])
      assert.equal(nonces.verify(parameters(aClient(one)), REQUEST, ['secret']), 'stale', one);
    assert.equal(nonces.size, 0);
  });

  it('is answered by the better of two algorithms, and not where there is none', () => {
    const client = new DigestClient('a', 'b');
    assert.equal(client.hear(['Basic realm="x"', 'Digest realm="x", nonce="n", qop="auth", algorithm=SHA-512']), false);
    assert.equal(client.answer('POST', '/'), undefined);
    assert.ok(
      client.hear([
        'Digest realm="x", nonce="n", qop="auth,auth-int", algorithm=MD5, Digest realm="x", nonce="n", qop="auth", algorithm=SHA-256',
      ]),
    );
    assert.match(client.answer('POST', '/') ?? '', /algorithm=SHA-256/);
  });
});

describe('authentication fields', () => {
  it('are read with quotes, without, and with quotes inside quotes', () => {
    assert.deepEqual(readAuthField('Digest username="a \\"b\\"", nc=00000001,qop = auth')?.parameters, {
      username: 'a "b"',
      nc: '00000001',
      qop: 'auth',
    });
    assert.deepEqual(readAuthField('Bearer abc=='), { scheme: 'bearer', parameters: {}, token: 'abc==' });
    assert.equal(readAuthField(''), undefined);
    assert.equal(readAuthField(`Basic ${'x'.repeat(10_000)}`), undefined);
  });
});
