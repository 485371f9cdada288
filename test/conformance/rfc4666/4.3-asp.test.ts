/** RFC 4666, 4.3: the ASP's half of the conversation. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { M3uaMessage } from '#codec/m3ua';
import { type AspInput, AspSession, type AspSettings } from '#protocol/asp';
import { octetsOf, outputText, protocolData } from '../../kit/ss7/dialogue.js';

const SETTINGS: AspSettings = { routingContexts: [11], aspIdentifier: 7, trafficMode: 'loadshare' };
const STREAMS = 3;

/** A session with a clock of its own. */
class Play {
  now = 0;
  readonly session: AspSession;

  constructor(settings: AspSettings = SETTINGS) {
    this.session = new AspSession(settings);
  }

  give(input: AspInput): string[] {
    return this.session.receive(input, this.now).map(outputText);
  }

  /** What comes of a message of the peer. */
  hear(message: M3uaMessage, stream?: number): string[] {
    return this.give({ kind: 'message', octets: octetsOf(message), ...(stream === undefined ? {} : { stream }) });
  }

  after(ms: number): string[] {
    this.now += ms;
    return this.give({ kind: 'timer' });
  }

  toActive(): this {
    this.give({ kind: 'up', streams: STREAMS });
    this.hear({ kind: 'ASPUP_ACK' });
    this.hear({ kind: 'ASPAC_ACK', routingContext: [11] });
    assert.equal(this.session.state, 'active');
    return this;
  }
}

const data = (text: string, routingContext?: readonly number[]): M3uaMessage => ({
  kind: 'DATA',
  ...(routingContext === undefined ? {} : { routingContext }),
  protocolData: protocolData(text),
});

describe('RFC 4666, 4.3: an ASP', () => {
  it('4.3.1, figure 3: goes from down to inactive by ASP Up Ack, to active by ASP Active Ack', () => {
    const play = new Play();
    assert.deepEqual(play.give({ kind: 'up', streams: STREAMS }), ['→ ASPUP id=7']);
    assert.equal(play.session.state, 'down');
    assert.deepEqual(play.hear({ kind: 'ASPUP_ACK' }), ['→ ASPAC rc=11 loadshare', '* state inactive']);
    assert.deepEqual(play.hear({ kind: 'ASPAC_ACK', routingContext: [11] }), ['* state active 11']);
    assert.equal(play.session.wakeAt, undefined);
  });

  it('4.3.1, figure 3: is down at once when the association is lost, and begins anew with the next', () => {
    const play = new Play().toActive();
    assert.deepEqual(play.give({ kind: 'lost' }), ['* state down']);
    assert.deepEqual(play.give({ kind: 'up', streams: STREAMS }), ['→ ASPUP id=7']);
  });

  it('4.3.4.1: repeats ASP Up every T(ack) of 2 s until it is answered', () => {
    const play = new Play();
    play.give({ kind: 'up', streams: STREAMS });
    assert.equal(play.session.wakeAt, 2_000);
    assert.deepEqual(play.after(1_999), []);
    assert.deepEqual(play.after(1), ['→ ASPUP id=7']);
    assert.deepEqual(play.after(2_000), ['→ ASPUP id=7']);
    play.hear({ kind: 'ASPUP_ACK' });
    assert.deepEqual(play.after(2_000), ['→ ASPAC rc=11 loadshare']);
  });

  it('4.3.4.1: sends nothing but ASP Up before it is acknowledged', () => {
    const play = new Play();
    play.give({ kind: 'up', streams: STREAMS });
    assert.deepEqual(play.give({ kind: 'transfer', data: protocolData('x') }), ['* undeliverable "x" not-active']);
  });

  it('4.3.4.1: waits longer after an ERR to its request, which only people can mend', () => {
    const play = new Play();
    play.give({ kind: 'up', streams: STREAMS });
    assert.deepEqual(play.hear({ kind: 'ERR', errorCode: 0x0d }), ['* complaint ERR code=0x0d']);
    assert.deepEqual(play.after(29_999), []);
    assert.deepEqual(play.after(1), ['→ ASPUP id=7']);
  });

  it('4.3.4.2: leaves by ASP Inactive and ASP Down, each acknowledged', () => {
    const play = new Play().toActive();
    assert.deepEqual(play.give({ kind: 'want', state: 'down' }), ['→ ASPIA rc=11']);
    assert.deepEqual(play.hear({ kind: 'ASPIA_ACK', routingContext: [11] }), ['→ ASPDN', '* state inactive']);
    assert.deepEqual(play.hear({ kind: 'ASPDN_ACK' }), ['* close done', '* state down']);
    assert.deepEqual(play.after(60_000), []);
  });

  it('4.3.4.2: does not wait for ever to be let go', () => {
    const play = new Play().toActive();
    play.give({ kind: 'want', state: 'down' });
    const said = [2_000, 2_000, 2_000].flatMap((ms) => play.after(ms));
    assert.deepEqual(said, ['→ ASPIA rc=11', '→ ASPIA rc=11', '* close done', '* state down']);
  });

  it('4.3.4.2: goes back to its former state after an ASP Down Ack that it has not asked for', () => {
    const play = new Play().toActive();
    assert.deepEqual(play.hear({ kind: 'ASPDN_ACK' }), ['→ ASPUP id=7', '* state down']);
  });

  it('4.3.4.3: asks again for the routing contexts that an ASP Active Ack leaves out', () => {
    const play = new Play({ routingContexts: [11, 12] });
    play.give({ kind: 'up', streams: STREAMS });
    assert.deepEqual(play.hear({ kind: 'ASPUP_ACK' }), ['→ ASPAC rc=11+12', '* state inactive']);
    assert.deepEqual(play.hear({ kind: 'ASPAC_ACK', routingContext: [12] }), ['* state active 12']);
    assert.deepEqual(play.after(2_000), ['→ ASPAC rc=11']);
    assert.deepEqual(play.hear({ kind: 'ASPAC_ACK', routingContext: [11] }), ['* state active 12 11']);
  });

  it('4.3.4.3: leaves the routing context out when there is one AS that both sides know', () => {
    const play = new Play({ routingContexts: [] });
    play.give({ kind: 'up', streams: STREAMS });
    assert.deepEqual(play.hear({ kind: 'ASPUP_ACK' }), ['→ ASPAC', '* state inactive']);
    assert.deepEqual(play.hear({ kind: 'ASPAC_ACK' }), ['* state active']);
    assert.deepEqual(play.give({ kind: 'transfer', data: protocolData('x', 1) }), ['→ DATA sls=1 "x" stream 2']);
    assert.deepEqual(play.hear(data('y')), ['* DATA sls=0 "y"']);
  });

  it('4.3.4.4: becomes active again after an ASP Inactive Ack that it has not asked for', () => {
    const play = new Play().toActive();
    assert.deepEqual(play.hear({ kind: 'ASPIA_ACK', routingContext: [11] }), ['→ ASPAC rc=11 loadshare', '* state inactive']);
  });

  it('4.3.4.5: stands by when another ASP has taken over, and comes forward when the AS is pending', () => {
    const play = new Play({ routingContexts: [11], trafficMode: 'override' }).toActive();
    const takenOver: M3uaMessage = { kind: 'NTFY', status: { type: 2, information: 2 }, routingContext: [11] };
    assert.deepEqual(play.hear(takenOver), ['* notified NTFY rc=11 Alternate ASP Active', '* state inactive']);
    assert.deepEqual(play.after(60_000), []);
    const pending: M3uaMessage = { kind: 'NTFY', status: { type: 1, information: 4 }, routingContext: [11] };
    assert.deepEqual(play.hear(pending), ['* notified NTFY rc=11 AS-PENDING', '→ ASPAC rc=11 override']);
  });

  it('4.3.4.6: answers BEAT with the same data', () => {
    const play = new Play().toActive();
    assert.deepEqual(play.hear({ kind: 'BEAT', heartbeatData: Uint8Array.of(1, 2, 3) }), ['→ BEAT_ACK data=010203']);
  });

  it('4.3.4.6: sends BEAT every T(beat), and gives the peer up after twice that in silence', () => {
    const play = new Play({ routingContexts: [11], beatMs: 30_000 });
    play.give({ kind: 'up', streams: STREAMS });
    play.hear({ kind: 'ASPUP_ACK' });
    play.hear({ kind: 'ASPAC_ACK', routingContext: [11] });
    assert.equal(play.session.wakeAt, 30_000);
    assert.deepEqual(play.after(30_000), ['→ BEAT data=00000001']);
    play.hear({ kind: 'BEAT_ACK', heartbeatData: Uint8Array.of(0, 0, 0, 1) });
    assert.deepEqual(play.after(30_000), ['→ BEAT data=00000002']);
    assert.deepEqual(play.after(30_000), ['* close heartbeat-lost']);
  });

  it('1.4.7: keeps one signalling link selection on one stream, and DATA off stream 0', () => {
    const play = new Play().toActive();
    const streams = Array.from({ length: 16 }, (_, sls) => {
      const [sent] = play.session.receive({ kind: 'transfer', data: protocolData('', sls) }, 0);
      assert.ok(sent?.kind === 'send');
      return sent.stream;
    });
    assert.deepEqual(
      streams,
      Array.from({ length: 16 }, (_, sls) => 1 + (sls % 2)),
    );
  });

  it('1.4.7: answers DATA on stream 0 with Invalid Stream Identifier', () => {
    const play = new Play().toActive();
    assert.deepEqual(play.hear(data('x', [11]), 0), ['* discarded DATA stream-zero', '→ ERR code=0x09']);
    assert.deepEqual(play.hear(data('x', [11]), 1), ['* DATA rc=11 sls=0 "x"']);
  });

  it('3.8.1: discards DATA silently while inactive', () => {
    const play = new Play();
    play.give({ kind: 'up', streams: STREAMS });
    play.hear({ kind: 'ASPUP_ACK' });
    assert.deepEqual(play.hear(data('x', [11])), ['* discarded DATA not-active']);
  });

  it('3.8.1: answers requests that only an ASP sends with Unexpected Message, naming their routing contexts', () => {
    const play = new Play().toActive();
    assert.deepEqual(play.hear({ kind: 'ASPAC', routingContext: [11] }), [
      '* discarded ASPAC unexpected',
      '→ ERR rc=11 code=0x06',
    ]);
    assert.deepEqual(play.hear({ kind: 'ASPUP' }), ['* discarded ASPUP unexpected', '→ ERR code=0x06']);
  });

  it('3.8.1: answers what it cannot read with the code of the fault, and an ERR never', () => {
    const play = new Play().toActive();
    const version = octetsOf({ kind: 'ASPUP_ACK' });
    version[0] = 2;
    assert.deepEqual(play.give({ kind: 'message', octets: version }), ['* discarded malformed', '→ ERR code=0x01']);
    const err = octetsOf({ kind: 'ERR', errorCode: 1 });
    err[11] = 200;
    assert.deepEqual(play.give({ kind: 'message', octets: err }), ['* discarded malformed']);
  });

  it('3.8.1: answers DATA of another network with Invalid Network Appearance', () => {
    const play = new Play({ routingContexts: [11], networkAppearance: 5 }).toActive();
    const other: M3uaMessage = { kind: 'DATA', networkAppearance: 6, routingContext: [11], protocolData: protocolData('x') };
    assert.deepEqual(play.hear(other), ['* discarded DATA wrong-network-appearance', '→ ERR na=6 code=0x15']);
  });

  it('4.4.1: registers its routing keys before it becomes active, and serves what they are given', () => {
    const routingKeys = [{ localRkIdentifier: 1, destinationPointCode: 2 }];
    const play = new Play({ routingContexts: [], routingKeys });
    play.give({ kind: 'up', streams: STREAMS });
    assert.deepEqual(play.hear({ kind: 'ASPUP_ACK' }), ['→ REG_REQ', '* state inactive']);
    const registrationResults = [{ localRkIdentifier: 1, registrationStatus: 0, routingContext: [33] }];
    assert.deepEqual(play.hear({ kind: 'REG_RSP', registrationResults }), ['→ ASPAC rc=33']);
  });

  it('4.5: keeps what it is told of destinations, and audits those that are out', () => {
    const play = new Play({ routingContexts: [11], auditMs: 30_000 }).toActive();
    const about = { routingContext: [11], affectedPointCodes: [{ mask: 0, pointCode: 4114 }] };
    assert.deepEqual(play.hear({ kind: 'DUNA', ...about }), ['* network DUNA rc=11 pc=4114']);
    assert.equal(play.session.destinations.statusOf(4114).reachability, 'unavailable');
    assert.equal(play.session.destinations.statusOf(4115).reachability, 'available');
    assert.deepEqual(play.after(30_000), ['→ DAUD rc=11 pc=4114']);
    play.hear({ kind: 'DAVA', ...about });
    assert.deepEqual(play.after(30_000), []);
  });

  it('3.4.3, 4.5.3: asks for destinations when it is told to, once it is active, in as many messages as they need', () => {
    const play = new Play({ routingContexts: [11] });
    const audit = (count: number) =>
      play.give({ kind: 'audit', affectedPointCodes: Array.from({ length: count }, (_, pointCode) => ({ mask: 0, pointCode })) });
    assert.deepEqual(audit(1), []);
    play.toActive();
    assert.deepEqual(audit(2), ['→ DAUD rc=11 pc=0+1']);
    assert.equal(audit(600).length, 3);
    assert.deepEqual(audit(0), []);
    // More than fits the conversation's share of a queue is asked for bit by bit.
    assert.equal(audit(8_193).length, 32);
    assert.deepEqual(play.after(1_000), ['→ DAUD rc=11 pc=8192']);
    assert.deepEqual(play.after(1_000), []);
  });
});

describe('RFC 4666, 4.3: an IPSP with the single exchange', () => {
  const play = (begins: boolean) => new Play({ ...SETTINGS, role: 'ipsp-single', begins });

  it('4.3.4.1.2: is inactive after an ASP Up of the peer, which it acknowledges', () => {
    const it = play(false);
    assert.deepEqual(it.give({ kind: 'up', streams: STREAMS }), []);
    assert.deepEqual(it.hear({ kind: 'ASPUP' }), ['→ ASPUP_ACK', '* state inactive']);
  });

  it('4.3.4.3.1: is active both ways after an ASP Active of the peer', () => {
    const it = play(false);
    it.give({ kind: 'up', streams: STREAMS });
    it.hear({ kind: 'ASPUP' });
    assert.deepEqual(it.hear({ kind: 'ASPAC', routingContext: [11] }), ['→ ASPAC_ACK rc=11', '* state active 11']);
    assert.deepEqual(it.hear(data('x', [11])), ['* DATA rc=11 sls=0 "x"']);
    assert.deepEqual(it.give({ kind: 'transfer', data: protocolData('y') }), ['→ DATA rc=11 sls=0 "y" stream 1']);
  });

  it('4.3.4.3.1: refuses an ASP Active for another routing context', () => {
    const it = play(false);
    it.give({ kind: 'up', streams: STREAMS });
    it.hear({ kind: 'ASPUP' });
    assert.deepEqual(it.hear({ kind: 'ASPAC', routingContext: [99] }), ['→ ERR rc=99 code=0x19']);
  });

  it('4.3.4.1.2: both may begin at once', () => {
    const [a, b] = [play(true), play(true)];
    a.give({ kind: 'up', streams: STREAMS });
    b.give({ kind: 'up', streams: STREAMS });
    assert.deepEqual(a.hear({ kind: 'ASPUP' }), ['→ ASPUP_ACK', '→ ASPAC rc=11 loadshare', '* state inactive']);
    assert.deepEqual(a.hear({ kind: 'ASPUP_ACK' }), []);
    assert.deepEqual(a.hear({ kind: 'ASPAC', routingContext: [11] }), ['→ ASPAC_ACK rc=11', '* state active 11']);
  });

  it('4.3.4.4, 4.3.4.2: follows the peer when it leaves', () => {
    const it = play(false);
    it.give({ kind: 'up', streams: STREAMS });
    it.hear({ kind: 'ASPUP' });
    it.hear({ kind: 'ASPAC', routingContext: [11] });
    assert.deepEqual(it.hear({ kind: 'ASPIA', routingContext: [11] }), ['→ ASPIA_ACK rc=11', '* state inactive']);
    assert.deepEqual(it.hear({ kind: 'ASPDN' }), ['→ ASPDN_ACK', '* state down']);
    assert.equal(it.session.wakeAt, undefined);
  });

  it('4.3.4.1: begins anew with the next association, whatever the peer did in the last', () => {
    const it = play(true);
    it.give({ kind: 'up', streams: STREAMS });
    it.hear({ kind: 'ASPUP_ACK' });
    it.hear({ kind: 'ASPDN' });
    it.give({ kind: 'lost' });
    assert.deepEqual(it.give({ kind: 'up', streams: STREAMS }), ['→ ASPUP id=7']);
  });
});
