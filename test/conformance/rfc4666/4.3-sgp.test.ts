/** RFC 4666, 4.3: the gateway's half of the conversation, and the states of application servers. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { M3uaMessage } from '#codec/m3ua';
import { type AspTerms, type AsSettings, Sgp, type SgpInput, type SgpSettings } from '#protocol/asp';
import { octetsOf, outputText, protocolData } from '../../kit/ss7/dialogue.js';

const AS: AsSettings = { routingContext: 11, trafficMode: 'override' };

class Play {
  now = 0;
  readonly sgp: Sgp;

  constructor(server: Partial<AsSettings> = {}, settings: Partial<SgpSettings> = {}) {
    this.sgp = new Sgp({ applicationServers: [{ ...AS, ...server }], ...settings });
  }

  give(input: SgpInput): string[] {
    return this.sgp.receive(input, this.now).map(outputText);
  }

  join(asp: string, terms: Partial<AspTerms> = {}): string[] {
    return this.give({ kind: 'up', asp, streams: 3, terms: { serves: [11], ...terms } });
  }

  hear(asp: string, message: M3uaMessage, stream?: number): string[] {
    return this.give({ kind: 'message', asp, octets: octetsOf(message), ...(stream === undefined ? {} : { stream }) });
  }

  after(ms: number): string[] {
    this.now += ms;
    return this.give({ kind: 'timer' });
  }

  transfer(text: string, sls = 0): string[] {
    return this.give({ kind: 'transfer', routingContext: 11, data: protocolData(text, sls) });
  }

  toInactive(asp: string, aspIdentifier?: number): this {
    this.join(asp);
    this.hear(asp, { kind: 'ASPUP', ...(aspIdentifier === undefined ? {} : { aspIdentifier }) });
    return this;
  }

  toActive(asp: string, aspIdentifier?: number): this {
    this.toInactive(asp, aspIdentifier);
    this.hear(asp, { kind: 'ASPAC', routingContext: [11] });
    assert.equal(this.sgp.aspState(asp, 11), 'active');
    return this;
  }
}

const data = (text: string, more: object = { routingContext: [11] }): M3uaMessage => ({
  kind: 'DATA',
  ...more,
  protocolData: protocolData(text),
});

describe('RFC 4666, 4.3: a gateway and its ASPs', () => {
  it('4.3.4.1: acknowledges ASP Up, and tells of the AS after that', () => {
    const play = new Play();
    play.join('a');
    assert.deepEqual(play.hear('a', { kind: 'ASPUP' }), [
      'a: → ASPUP_ACK',
      'a: * ASP inactive',
      '* AS 11 inactive',
      'a: → NTFY rc=11 AS-INACTIVE',
    ]);
  });

  it('4.3.4.1: acknowledges ASP Up of an inactive ASP again', () => {
    assert.deepEqual(new Play().toInactive('a').hear('a', { kind: 'ASPUP' }), ['a: → ASPUP_ACK']);
  });

  it('4.3.4.1: takes an active ASP that sends ASP Up back to inactive, with Unexpected Message', () => {
    assert.deepEqual(new Play().toActive('a').hear('a', { kind: 'ASPUP' }), [
      'a: → ASPUP_ACK',
      'a: → ERR code=0x06',
      'a: * ASP inactive',
      '* AS 11 pending',
      'a: → NTFY rc=11 AS-PENDING',
    ]);
  });

  it('4.3.4.1: refuses an ASP that is locked out, that does not name itself, or whose name another bears', () => {
    const play = new Play();
    play.join('blocked', { isBlocked: true });
    assert.deepEqual(play.hear('blocked', { kind: 'ASPUP' }), ['blocked: → ERR code=0x0d']);
    play.join('a', { identifierRequired: true });
    assert.deepEqual(play.hear('a', { kind: 'ASPUP' }), ['a: → ERR code=0x0e']);
    play.hear('a', { kind: 'ASPUP', aspIdentifier: 7 });
    play.join('b');
    assert.deepEqual(play.hear('b', { kind: 'ASPUP', aspIdentifier: 7 }), ['b: → ERR code=0x0f']);
  });

  it('4.3.4.1.1: answers another version with Invalid Version, in a message of its own version', () => {
    const play = new Play();
    play.join('a');
    const octets = octetsOf({ kind: 'ASPUP' });
    octets[0] = 3;
    assert.deepEqual(play.give({ kind: 'message', asp: 'a', octets }), ['a: * discarded malformed', 'a: → ERR code=0x01']);
  });

  it('4.3.4.2: acknowledges ASP Down in every state', () => {
    const play = new Play();
    play.join('a');
    assert.deepEqual(play.hear('a', { kind: 'ASPDN' }), ['a: → ASPDN_ACK']);
    play.hear('a', { kind: 'ASPUP' });
    assert.deepEqual(play.hear('a', { kind: 'ASPDN' }), ['a: → ASPDN_ACK', 'a: * ASP down', '* AS 11 down']);
  });

  it('4.3.4.3: acknowledges ASP Active with its routing contexts and traffic mode before anything else', () => {
    const play = new Play().toInactive('a');
    assert.deepEqual(play.hear('a', { kind: 'ASPAC', trafficMode: 'override', routingContext: [11] }), [
      'a: → ASPAC_ACK rc=11 override',
      'a: * ASP active in 11',
      '* AS 11 active',
      'a: → NTFY rc=11 AS-ACTIVE',
    ]);
    assert.deepEqual(play.hear('a', { kind: 'ASPAC', routingContext: [11] }), ['a: → ASPAC_ACK rc=11']);
  });

  it('4.3.4.3: takes an ASP Active without routing context for all that the ASP serves', () => {
    assert.deepEqual(new Play().toInactive('a').hear('a', { kind: 'ASPAC' }).slice(0, 2), [
      'a: → ASPAC_ACK',
      'a: * ASP active in 11',
    ]);
    const play = new Play();
    play.join('nobody', { serves: [] });
    play.hear('nobody', { kind: 'ASPUP' });
    assert.deepEqual(play.hear('nobody', { kind: 'ASPAC' }), ['nobody: → ERR code=0x1a']);
  });

  it('4.3.4.3: activates what it can of several routing contexts, and names the others in an ERR', () => {
    assert.deepEqual(
      new Play()
        .toInactive('a')
        .hear('a', { kind: 'ASPAC', routingContext: [99, 11] })
        .slice(0, 2),
      ['a: → ASPAC_ACK rc=11', 'a: → ERR rc=99 code=0x19'],
    );
  });

  it('4.3.4.3: answers another traffic mode than that of the AS with Unsupported Traffic Mode', () => {
    const play = new Play().toInactive('a');
    assert.deepEqual(play.hear('a', { kind: 'ASPAC', trafficMode: 'broadcast', routingContext: [11] }), [
      'a: → ERR rc=11 code=0x05',
    ]);
  });

  it('4.3.4.3: answers ASP Active before ASP Up with Unexpected Message, naming the routing contexts', () => {
    const play = new Play();
    play.join('a');
    assert.deepEqual(play.hear('a', { kind: 'ASPAC', routingContext: [11] }), [
      'a: * discarded ASPAC not-up',
      'a: → ERR rc=11 code=0x06',
    ]);
  });

  it('4.3.4.3: override: the newly active ASP takes over, and the former is told', () => {
    const play = new Play().toActive('a').toInactive('b', 8);
    assert.deepEqual(play.hear('b', { kind: 'ASPAC', routingContext: [11] }), [
      'b: → ASPAC_ACK rc=11',
      'a: * ASP inactive in 11',
      'b: * ASP active in 11',
      'a: → NTFY rc=11 id=8 Alternate ASP Active',
    ]);
    assert.deepEqual(play.transfer('x'), ['b: → DATA rc=11 sls=0 "x" stream 1']);
  });

  it('4.3.4.3: loadshare: each signalling link selection has one ASP', () => {
    const play = new Play({ trafficMode: 'loadshare' }).toActive('a').toActive('b');
    const receivers = [0, 1, 2, 3].map((sls) => play.transfer('x', sls)[0]!.slice(0, 1));
    assert.deepEqual(receivers, ['a', 'b', 'a', 'b']);
  });

  it('4.3.4.3: broadcast: every active ASP gets the message, with the same correlation', () => {
    const play = new Play({ trafficMode: 'broadcast' }).toActive('a').toActive('b');
    assert.deepEqual(play.transfer('x'), [
      'a: → DATA rc=11 correlation=1 sls=0 "x" stream 1',
      'b: → DATA rc=11 correlation=1 sls=0 "x" stream 1',
    ]);
  });

  it('4.3.4.4: acknowledges ASP Inactive, again if need be', () => {
    const play = new Play().toActive('a');
    assert.deepEqual(play.hear('a', { kind: 'ASPIA', routingContext: [11] }), [
      'a: → ASPIA_ACK rc=11',
      'a: * ASP inactive in 11',
      '* AS 11 pending',
      'a: → NTFY rc=11 AS-PENDING',
    ]);
    assert.deepEqual(play.hear('a', { kind: 'ASPIA' }), ['a: → ASPIA_ACK']);
  });

  it('4.3.4.5: tells who comes to an AS whose state does not change by it', () => {
    const play = new Play().toActive('a');
    play.join('b');
    assert.deepEqual(play.hear('b', { kind: 'ASPUP' }), ['b: → ASPUP_ACK', 'b: * ASP inactive', 'b: → NTFY rc=11 AS-ACTIVE']);
  });

  it('4.3.4.5: tells those who stand by when fewer are active than the AS needs', () => {
    const play = new Play({ trafficMode: 'loadshare', activeMin: 2 }).toActive('a').toActive('b').toInactive('c');
    assert.deepEqual(play.hear('b', { kind: 'ASPIA', routingContext: [11] }), [
      'b: → ASPIA_ACK rc=11',
      'b: * ASP inactive in 11',
      'b: → NTFY rc=11 Insufficient ASP Resources Active in AS',
      'c: → NTFY rc=11 Insufficient ASP Resources Active in AS',
    ]);
  });

  it('4.3.4.5: names an ASP that failed', () => {
    const play = new Play({ trafficMode: 'loadshare' }).toActive('a', 7).toActive('b');
    assert.deepEqual(play.give({ kind: 'lost', asp: 'a' }), ['a: * ASP down', 'b: → NTFY rc=11 id=7 ASP Failure']);
  });

  it('4.3.4.6: answers BEAT with the same data; gives an ASP up after twice T(beat) in silence', () => {
    const play = new Play({}, { beatMs: 1_000 }).toActive('a');
    assert.deepEqual(play.hear('a', { kind: 'BEAT', heartbeatData: Uint8Array.of(9) }), ['a: → BEAT_ACK data=09']);
    assert.deepEqual(play.after(1_000), ['a: → BEAT data=00000001']);
    assert.deepEqual(play.after(1_000).slice(0, 2), ['a: * close heartbeat-lost', 'a: * ASP down']);
  });

  it('3.8.1: answers messages that no ASP sends with Unexpected Message, and does not answer ERR', () => {
    const play = new Play().toInactive('a');
    assert.deepEqual(play.hear('a', { kind: 'ASPUP_ACK' }), ['a: * discarded ASPUP_ACK unexpected', 'a: → ERR code=0x06']);
    assert.deepEqual(play.hear('a', { kind: 'ERR', errorCode: 6 }), ['a: * complaint ERR code=0x06']);
  });

  it('3.3.1, 3.8.1: takes DATA of active ASPs only, of the right AS, network and stream', () => {
    const play = new Play({ networkAppearance: 5 }).toInactive('a');
    assert.deepEqual(play.hear('a', data('x')), ['a: * discarded DATA not-active']);
    play.hear('a', { kind: 'ASPAC', routingContext: [11] });
    assert.deepEqual(play.hear('a', data('x')), ['a: * DATA rc=11 sls=0 "x"']);
    assert.deepEqual(play.hear('a', data('x', {})), ['a: * DATA sls=0 "x"']);
    const another = { routingContext: [99] };
    assert.deepEqual(play.hear('a', data('x', another)), [
      'a: * discarded DATA unknown-routing-context',
      'a: → ERR rc=99 code=0x19',
    ]);
    const abroad = { routingContext: [11], networkAppearance: 6 };
    assert.deepEqual(play.hear('a', data('x', abroad)), [
      'a: * discarded DATA wrong-network-appearance',
      'a: → ERR na=6 code=0x15',
    ]);
    assert.deepEqual(play.hear('a', data('x'), 0), ['a: * discarded DATA stream-zero', 'a: → ERR code=0x09']);
  });

  it('4.4.1: answers RKM as an unsupported class unless registration is wanted', () => {
    const routingKeys = [{ localRkIdentifier: 1, destinationPointCode: 2 }];
    assert.deepEqual(new Play().toInactive('a').hear('a', { kind: 'REG_REQ', routingKeys }), ['a: → ERR code=0x03']);
    assert.deepEqual(new Play().toInactive('a').hear('a', { kind: 'DEREG_REQ', routingContext: [11] }), ['a: → ERR code=0x03']);
  });

  it('4.4: registers a provisioned key, refuses others, and lets go of it while inactive', () => {
    const play = new Play({ routingKey: { destinationPointCode: 2 } }, { registers: true });
    play.join('a', { serves: [] });
    play.hear('a', { kind: 'ASPUP' });
    const key = (localRkIdentifier: number, destinationPointCode: number, more: object = {}) => ({
      localRkIdentifier,
      destinationPointCode,
      ...more,
    });
    const routingKeys = [key(1, 2), key(2, 3), key(3, 2, { trafficMode: 'broadcast' })];
    assert.deepEqual(play.hear('a', { kind: 'REG_REQ', routingKeys }), [
      'a: → REG_RSP 1:0:rc=11 2:7:rc=0 3:10:rc=0',
      '* AS 11 inactive',
      'a: → NTFY rc=11 AS-INACTIVE',
    ]);
    play.hear('a', { kind: 'ASPAC', routingContext: [11] });
    assert.deepEqual(play.hear('a', { kind: 'DEREG_REQ', routingContext: [11] }), ['a: → DEREG_RSP 5:rc=11']);
    play.hear('a', { kind: 'ASPIA' });
    assert.deepEqual(play.hear('a', { kind: 'DEREG_REQ', routingContext: [11, 12] }).slice(0, 1), [
      'a: → DEREG_RSP 0:rc=11 4:rc=12',
    ]);
  });

  it('4.5.1: tells active ASPs when a destination is lost or comes back, and of congestion', () => {
    const play = new Play().toActive('a').toInactive('b');
    const say = (reachability: 'available' | 'unavailable' | 'restricted', congestionLevel = 0) =>
      play.give({ kind: 'destination', pointCode: 9, status: { reachability, congestionLevel } });
    assert.deepEqual(say('available'), ['a: → DAVA rc=11 pc=9']);
    assert.deepEqual(say('available'), []);
    assert.deepEqual(say('unavailable'), ['a: → DUNA rc=11 pc=9']);
    assert.deepEqual(say('restricted', 2), ['a: → DRST rc=11 pc=9', 'a: → SCON rc=11 pc=9 level=2']);
    assert.deepEqual(say('restricted'), ['a: → SCON rc=11 pc=9 level=0']);
  });

  it('3.4.5, 4.5.1: tells active ASPs of a user part that is not there, those of one AS alone where it is theirs', () => {
    const play = new Play({ trafficMode: 'loadshare' }).toActive('a').toActive('b').toInactive('c');
    const gone: SgpInput = { kind: 'user-unavailable', pointCode: 9, user: 3, cause: 2 };
    assert.deepEqual(play.give(gone), ['a: → DUPU rc=11 pc=9 user=3/2', 'b: → DUPU rc=11 pc=9 user=3/2']);
    assert.deepEqual(play.give({ ...gone, routingContext: 12 }), []);
    assert.equal(play.give({ ...gone, routingContext: 11 }).length, 2);
  });

  it('4.5.3: answers an audit with what it knows; what it does not know cannot be reached', () => {
    const play = new Play().toInactive('a');
    play.give({ kind: 'destination', pointCode: 8, status: { reachability: 'available', congestionLevel: 1 } });
    play.give({ kind: 'destination', pointCode: 9, status: { reachability: 'restricted', congestionLevel: 0 } });
    const affectedPointCodes = [
      { mask: 0, pointCode: 7 },
      { mask: 3, pointCode: 15 },
    ];
    assert.deepEqual(play.hear('a', { kind: 'DAUD', networkAppearance: 5, affectedPointCodes }), [
      'a: → DUNA na=5 pc=7',
      'a: → DAVA na=5 pc=8',
      'a: → SCON na=5 pc=8 level=1',
      'a: → DRST na=5 pc=9',
    ]);
  });
});

describe('RFC 4666, 4.3.2, figure 4: an application server', () => {
  it('goes down, inactive, active as its ASPs do', () => {
    const play = new Play();
    assert.equal(play.sgp.asState(11), 'down');
    play.toInactive('a');
    assert.equal(play.sgp.asState(11), 'inactive');
    play.hear('a', { kind: 'ASPAC' });
    assert.equal(play.sgp.asState(11), 'active');
  });

  it('needs as many active ASPs as it is set to become active, and one to stay so', () => {
    const play = new Play({ trafficMode: 'loadshare', activeMin: 2 }).toActive('a');
    assert.equal(play.sgp.asState(11), 'inactive');
    play.toActive('b');
    assert.equal(play.sgp.asState(11), 'active');
    play.hear('a', { kind: 'ASPIA' });
    assert.equal(play.sgp.asState(11), 'active');
  });

  it('is pending for T(r) when the last active ASP goes, keeps messages, and gives them to the next', () => {
    const play = new Play().toActive('a').toInactive('b');
    assert.deepEqual(play.give({ kind: 'lost', asp: 'a' }), ['a: * ASP down', '* AS 11 pending', 'b: → NTFY rc=11 AS-PENDING']);
    assert.deepEqual(play.transfer('kept'), []);
    assert.equal(play.sgp.wakeAt, 2_000);
    play.now = 1_999;
    assert.deepEqual(play.hear('b', { kind: 'ASPAC', routingContext: [11] }), [
      'b: → ASPAC_ACK rc=11',
      'b: * ASP active in 11',
      '* AS 11 active',
      'b: → NTFY rc=11 AS-ACTIVE',
      'b: → DATA rc=11 sls=0 "kept" stream 1',
    ]);
    assert.equal(play.sgp.wakeAt, undefined);
  });

  it('gives messages back when T(r) ends, and is inactive or down then', () => {
    const play = new Play().toActive('a').toInactive('b');
    play.give({ kind: 'lost', asp: 'a' });
    play.transfer('kept');
    assert.deepEqual(play.after(2_000), [
      '* AS 11 inactive',
      'b: → NTFY rc=11 AS-INACTIVE',
      '* undeliverable "kept" recovery-timeout',
    ]);
    assert.deepEqual(play.transfer('late'), ['* undeliverable "late" as-down']);
    const alone = new Play().toActive('a');
    alone.give({ kind: 'lost', asp: 'a' });
    assert.deepEqual(alone.after(2_000), ['* AS 11 down']);
  });

  it('keeps a limited number of messages, and they are copies', () => {
    const play = new Play().toActive('a');
    play.give({ kind: 'lost', asp: 'a' });
    const kept = protocolData('first');
    play.give({ kind: 'transfer', routingContext: 11, data: kept });
    kept.userData.fill(0x21);
    for (let i = 1; i < 10_000; i++) assert.deepEqual(play.transfer(''), []);
    assert.deepEqual(play.transfer('one too many'), ['* undeliverable "one too many" queue-full']);
    assert.equal(play.after(2_000)[1], '* undeliverable "first" recovery-timeout');
  });
});
