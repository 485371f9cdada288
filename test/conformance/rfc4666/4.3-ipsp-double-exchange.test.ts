/** RFC 4666, 4.3: IPSPs with the double exchange, both played by us. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { IpspDouble, type IpspInput, type IpspOutput } from '#protocol/asp';
import { octetsOf, outputText, protocolData } from '../../kit/ss7/dialogue.js';

const make = (own: number, peer: number): IpspDouble =>
  new IpspDouble({ own: { routingContexts: [own] }, peer: [{ routingContext: peer, trafficMode: 'loadshare' }] });

/** Gives each side what the other sends until nobody has anything to say. */
function converse(a: IpspDouble, b: IpspDouble, first: readonly IpspOutput[]): string[] {
  const lines: string[] = [];
  let turn: readonly IpspOutput[] = first;
  for (let speaker = a, hearer = b; turn.length > 0; [speaker, hearer] = [hearer, speaker]) {
    lines.push(...turn.map((it) => `${speaker === a ? 'a' : 'b'} ${outputText(it)}`));
    turn = turn.flatMap((it) =>
      it.kind === 'send' ? hearer.receive({ kind: 'message', octets: octetsOf(it.message), stream: it.stream }, 0) : [],
    );
  }
  return lines;
}

const UP: IpspInput = { kind: 'up', streams: 2 };

describe('RFC 4666, 4.3: IPSPs with the double exchange', () => {
  it('4.3.4.1.2, 4.3.4.3.1: each brings its own half up; one alone lets messages through in one direction', () => {
    const [a, b] = [make(11, 22), make(22, 11)];
    b.receive({ kind: 'want', state: 'down' }, 0);
    b.receive(UP, 0);
    converse(a, b, a.receive(UP, 0));
    assert.deepEqual([a.ownState, a.peerState, b.ownState, b.peerState], ['active', 'down', 'down', 'active']);
    // Who is active receives: from b to a only.
    const refused = a.receive({ kind: 'transfer', routingContext: 22, data: protocolData('x') }, 0).map(outputText);
    assert.deepEqual(refused, ['peer: * undeliverable "x" as-down']);
    const lines = converse(b, a, b.receive({ kind: 'transfer', routingContext: 11, data: protocolData('y') }, 0));
    assert.deepEqual(lines, ['a peer: → DATA rc=11 sls=0 "y" stream 1', 'b own: * DATA rc=11 sls=0 "y"']);

    converse(b, a, b.receive({ kind: 'want', state: 'active' }, 0));
    assert.deepEqual([a.ownState, a.peerState, b.ownState, b.peerState], ['active', 'active', 'active', 'active']);
    const sent = a.receive({ kind: 'transfer', routingContext: 22, data: protocolData('z') }, 0).map(outputText);
    assert.deepEqual(sent, ['peer: → DATA rc=22 sls=0 "z" stream 1']);
  });

  it('4.3.4.5: no NTFY goes between IPSPs', () => {
    const [a, b] = [make(11, 22), make(22, 11)];
    const begun = [...a.receive(UP, 0)];
    b.receive(UP, 0);
    assert.doesNotMatch(converse(a, b, begun).join('\n'), /NTFY/);
  });

  it('4.3.1: both halves are down when the association is lost', () => {
    const [a, b] = [make(11, 22), make(22, 11)];
    b.receive(UP, 0);
    converse(a, b, a.receive(UP, 0));
    a.receive({ kind: 'lost' }, 0);
    assert.deepEqual([a.ownState, a.peerState], ['down', 'down']);
  });

  it('4.3.4.6: either answers BEAT', () => {
    const a = make(11, 22);
    a.receive(UP, 0);
    const beat = octetsOf({ kind: 'BEAT', heartbeatData: Uint8Array.of(5) });
    assert.deepEqual(a.receive({ kind: 'message', octets: beat }, 0).map(outputText), ['peer: → BEAT_ACK data=05']);
  });
});
