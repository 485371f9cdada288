import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { describe, it } from 'node:test';
import { directoryOf } from '#directory';
import type { SmtpSender, SmtpSession } from '#smtp';
import { FALSE_MSC, MSC, OTHER } from '../../association/certificates.contract.js';
import { destinationOf, identify } from './peers.js';

/** Within the time of the certificates. */
const NOW = Date.UTC(2030, 0, 1);

const snapshotOf = (...networks: readonly string[]) =>
  directoryOf({
    peer: networks.map((network, i) => ({
      name: `peer${i}`,
      domains: [`mms.peer${i}.example`],
      hosts: ['mx.example'],
      identification: { networks: [network] },
    })),
  }).snapshot;

const session: SmtpSession = { id: 's', listener: 'mm4', address: '192.0.2.7', port: 2525, helo: 'mx.example' };
const senderOf = (domain: string): SmtpSender => ({
  path: { text: `a@${domain}`, localPart: 'a', domain },
  is8bit: false,
  isUtf8: false,
});

/** Name of the peer, or the code of the refusal. */
function named(snapshot: ReturnType<typeof snapshotOf>, domain: string, from = session): string {
  const found = identify(from, senderOf(domain), snapshot, NOW);
  return 'refusal' in found ? String(found.refusal.code) : found.name;
}

describe('identify', () => {
  it('tells the peers behind one address apart by the domain of each mail of a connection', () => {
    const snapshot = snapshotOf('192.0.2.0/24', '192.0.2.7');
    assert.equal(named(snapshot, 'mms.peer0.example'), 'peer0');
    assert.equal(named(snapshot, 'mms.peer1.example'), 'peer1');
    assert.match(named(snapshot, 'mms.other.example'), /^5/);
  });

  it('goes by the newest objects and by what the session says now, also in the middle of a connection', () => {
    assert.equal(named(snapshotOf('192.0.2.0/24'), 'mms.peer0.example'), 'peer0');
    const changed = snapshotOf('198.51.100.0/24');
    assert.match(named(changed, 'mms.peer0.example'), /^5/);
    assert.equal(named(changed, 'mms.peer0.example', { ...session, address: '198.51.100.1' }), 'peer0');
  });
});

describe('a client certificate', () => {
  const snapshotBy = (authorities?: string, certificates: readonly string[] = ['msc.example']) =>
    directoryOf({
      peer: [
        {
          name: 'peer0',
          domains: ['mms.peer0.example'],
          hosts: ['mx.example'],
          identification: { certificates: [...certificates] },
          ...(authorities === undefined ? {} : { tls: { authorities } }),
        },
      ],
    }).snapshot;

  const shown = (pem: string, isVerified: boolean): SmtpSession => {
    const x509 = new X509Certificate(pem);
    const fingerprint = x509.fingerprint256.replaceAll(':', '').toLowerCase();
    const certificate = { isVerified, der: x509.raw, names: ['msc.example'], fingerprint };
    return { ...session, tls: { protocol: 'TLSv1.3', cipher: 'x', certificate } };
  };

  const known = (snapshot: ReturnType<typeof snapshotBy>, its: SmtpSession, now = NOW): boolean =>
    !('refusal' in identify(its, senderOf('mms.peer0.example'), snapshot, now));

  it('with a name counts by the word of the peer’s own authorities, whatever the listener believes', () => {
    assert.equal(known(snapshotBy(MSC.authorities), shown(MSC.certificate, false)), true);
    assert.equal(known(snapshotBy(`${OTHER}\n${MSC.authorities}`), shown(MSC.certificate, false)), true, 'one of several');
    assert.equal(known(snapshotBy(MSC.authorities), shown(FALSE_MSC.certificate, true)), false, 'of another authority');
    assert.equal(known(snapshotBy(OTHER), shown(MSC.certificate, true)), false);
    assert.equal(known(snapshotBy(MSC.authorities, ['other.example']), shown(MSC.certificate, true)), false);
  });

  it('outside its time is none', () => {
    const snapshot = snapshotBy(MSC.authorities);
    assert.equal(known(snapshot, shown(MSC.certificate, true), Date.UTC(2020, 0, 1)), false);
    assert.equal(known(snapshot, shown(MSC.certificate, true), Date.UTC(2200, 0, 1)), false);
  });

  it('that is listed among the authorities is nobody’s word for itself', () => {
    assert.equal(known(snapshotBy(MSC.certificate), shown(MSC.certificate, false)), false);
  });

  it('with a name counts by the word of the listener where the peer has no authorities, and by its fingerprint in any case', () => {
    assert.equal(known(snapshotBy(), shown(MSC.certificate, true)), true);
    assert.equal(known(snapshotBy(), shown(MSC.certificate, false)), false);
    const fingerprint = new X509Certificate(MSC.certificate).fingerprint256.replaceAll(':', '').toLowerCase();
    assert.equal(known(snapshotBy(OTHER, [fingerprint]), shown(MSC.certificate, false)), true);
  });
});

describe('destinationOf', () => {
  it('says what of the server must hold and by which method we identify ourselves', () => {
    const its = (more: object) => {
      const [peer] = directoryOf({ peer: [{ name: 'p', domains: ['mms.p.example'], ...more }] }).snapshot.peers;
      return destinationOf(peer!);
    };
    assert.deepEqual(
      its({ tls: { outgoing: 'required', verify: 'chain', authorities: OTHER, 'server-name': 'mx.p.example' } }).tls,
      {
        mode: 'required',
        verify: 'chain',
        authorities: OTHER,
        name: 'mx.p.example',
      },
    );
    assert.deepEqual(its({}).tls, { mode: 'opportunistic', verify: 'name' });
    const auth = { user: 'opa', password: 'secret', method: 'cram-md5' } as const;
    assert.deepEqual(its({ auth }).auth, auth);
  });
});
