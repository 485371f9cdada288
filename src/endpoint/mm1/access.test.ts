import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createAccess } from './access.js';
import { KEY } from './fixtures.contract.js';

const access = createAccess('/mms', 'http://mmsc.example/m');
const at = (method: string, url: string, headers: Record<string, string> = {}) => access({ method, url, headers });
const posted = (headers: Record<string, string>) => at('POST', '/mms', headers);

describe('who may ask for what', () => {
  it('takes PDUs at the configured path, with or without a slash or query behind it', () => {
    for (const url of ['/mms', '/mms/', '/mms?x=1']) assert.equal(at('POST', url).kind, 'post');
  });

  it('takes PDUs at a content address too, where Android has a carrier switch to send them', () => {
    assert.equal(at('POST', `/m/${KEY}`).kind, 'post');
  });

  it('finds the key at the beginning of what follows the content path', () => {
    for (const rest of [KEY, `${KEY}${KEY}`, `${KEY}?tid=${KEY}`, `${KEY}/more`, `${KEY}%20`])
      assert.deepEqual(at('GET', `/m/${rest}`), { kind: 'content', key: KEY });
    assert.deepEqual(at('HEAD', `/m/${KEY}`), { kind: 'content', key: KEY });
  });

  it('understands the absolute form that a handset sends to its proxy (RFC 9112 3.2.2)', () => {
    assert.deepEqual(at('GET', `http://mmsc.example/m/${KEY}`), { kind: 'content', key: KEY });
    assert.equal(at('POST', 'HTTP://10.0.0.1:8080/mms').kind, 'post');
  });

  it('answers 404 only where no address of ours can be meant', () => {
    for (const url of ['/', '/other', '/m', '/m/', '/m/short', '/mmsx', '*', '', 'ftp://x/mms', '/m/abcdefghijklmnopqrst0!'])
      assert.deepEqual(at('GET', url), { kind: 'refused', status: 404, why: 'no such path' }, url);
  });

  it('says which methods there are (RFC 9110 15.5.6)', () => {
    const refused = at('GET', '/mms');
    assert.deepEqual(refused, { kind: 'refused', status: 405, why: 'method not allowed', allow: 'POST' });
    const deleted = at('DELETE', `/m/${KEY}`);
    assert.ok(deleted.kind === 'refused' && deleted.allow === 'GET, HEAD, POST');
  });

  it('serves content from the root when the content URL has no path', () => {
    const root = createAccess('/mms', 'http://mmsc.example');
    assert.deepEqual(root({ method: 'GET', url: `/${KEY}`, headers: {} }), { kind: 'content', key: KEY });
    assert.equal(root({ method: 'POST', url: '/mms', headers: {} }).kind, 'post');
  });

  it('refuses a content URL that is none', () => {
    assert.throws(() => createAccess('/mms', 'mmsc.example/m'), /"mmsc\.example\/m" is no URL/);
  });

  for (const type of [
    'application/vnd.wap.mms-message',
    'application/vnd.wap.mms-message; charset=utf-8',
    'Application/VND.WAP.MMS-Message;x',
    ' application/vnd.wap.mms-message',
    'application/octet-stream',
    '',
    'mms',
    '; charset=utf-8',
    '*/*',
  ])
    it(`takes a PDU with content type "${type}"`, () => assert.equal(posted({ 'content-type': type }).kind, 'post'));

  it('takes a PDU without content type', () => assert.equal(posted({}).kind, 'post'));

  for (const type of [
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'image/jpeg',
    'application/json',
  ])
    it(`refuses content type "${type}" (RFC 9110 15.5.16)`, () => {
      const refused = posted({ 'content-type': type });
      assert.ok(refused.kind === 'refused' && refused.status === 415);
    });

  it('refuses a compressed body', () => {
    assert.ok(posted({ 'content-encoding': 'gzip' }).kind === 'refused');
    assert.equal(posted({ 'content-encoding': 'identity' }).kind, 'post');
  });

  it('refuses what a web page sends: it would act under the number of the handset that shows it', () => {
    const refused = posted({ origin: 'https://evil.example' });
    assert.ok(refused.kind === 'refused' && refused.status === 403);
  });
});
