import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { directoryOf } from '#directory';
import type { SmtpSender, SmtpSession } from '#smtp';
import { identify } from './peers.js';

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
  const found = identify(from, senderOf(domain), snapshot);
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
