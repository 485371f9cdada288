/** The recorded conversation of two ASPs with osmo-stp 1.6, given to our machines: each half of ours says what that half said. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeM3ua, type M3uaMessage } from '#codec/m3ua';
import { AspSession, Sgp } from '#protocol/asp';
import { corpusFile, signallingOf } from '../../kit/ss7/captures.js';
import { messageText } from '../../kit/ss7/dialogue.js';

const STP = ':2905';
const recorded = signallingOf(corpusFile('m3ua-asp-osmostp-sctp.pcap')).map((it) => {
  const decoded = decodeM3ua(it.octets);
  assert.ok(decoded.ok);
  return { ...it, message: decoded.value, asp: it.from!.endsWith(STP) ? it.to! : it.from!, ofStp: it.from!.endsWith(STP) };
});
const asps = [...new Set(recorded.map((it) => it.asp))];

/** What the machines do not say by themselves: users' messages and audits. */
const OF_USERS = new Set<M3uaMessage['kind']>(['DATA', 'DAUD', 'BEAT']);

describe('the recorded conversation with osmo-stp', () => {
  it('has two ASPs with a routing context each', () => {
    assert.equal(asps.length, 2);
  });

  for (const [i, asp] of asps.entries())
    it(`an ASP of ours asks and answers as ASP ${i + 1} did, and becomes active`, () => {
      const its = recorded.filter((it) => it.asp === asp);
      const activation = its.find((it) => it.message.kind === 'ASPAC')!.message;
      const aspUp = its.find((it) => it.message.kind === 'ASPUP')!.message;
      assert.ok(activation.kind === 'ASPAC' && aspUp.kind === 'ASPUP');
      const session = new AspSession({
        routingContexts: activation.routingContext!,
        aspIdentifier: aspUp.aspIdentifier!,
        ...(activation.trafficMode === undefined ? {} : { trafficMode: activation.trafficMode }),
      });
      const said = session.receive({ kind: 'up', streams: 17 }, 0);
      let received = 0;
      for (const { octets, stream, ofStp, message } of its) {
        // The recorded ASP left when its user said so.
        if (!ofStp && message.kind === 'ASPIA') {
          assert.equal(session.state, 'active');
          said.push(...session.receive({ kind: 'want', state: 'down' }, 0));
        }
        if (!ofStp) continue;
        const outputs = session.receive({ kind: 'message', octets, stream: stream! }, 0);
        received += outputs.filter((it) => it.kind === 'data').length;
        assert.deepEqual(
          outputs.filter((it) => it.kind === 'discarded' || it.kind === 'complaint'),
          [],
          messageText(message),
        );
        said.push(...outputs);
      }
      const ours = said.flatMap((it) => (it.kind === 'send' ? [messageText(it.message)] : []));
      const theirs = its.filter((it) => !it.ofStp && !OF_USERS.has(it.message.kind)).map((it) => messageText(it.message));
      assert.deepEqual(ours, theirs);
      assert.equal(session.state, its.some((it) => it.message.kind === 'ASPDN') ? 'down' : 'active');
      assert.equal(received, its.filter((it) => it.ofStp && it.message.kind === 'DATA').length);
    });

  it('a gateway of ours says to both what osmo-stp said, but for the state of point codes', () => {
    const contexts = asps.map(contextOf);
    const trafficModes = asps.map((asp) => recorded.find((it) => it.asp === asp && it.message.kind === 'ASPAC')!.message);
    const sgp = new Sgp({
      applicationServers: contexts.map((routingContext, i) => {
        const { trafficMode = 'override' } = trafficModes[i] as { trafficMode?: 'override' | 'loadshare' };
        return { routingContext, trafficMode };
      }),
    });
    const said = new Map(asps.map((asp) => [asp, [] as string[]]));
    const data: string[] = [];
    asps.forEach((asp, i) => sgp.receive({ kind: 'up', asp, streams: 10, terms: { serves: [contexts[i]!] } }, 0));
    for (const { asp, octets, stream, ofStp, message } of recorded) {
      if (ofStp) continue;
      for (const output of sgp.receive({ kind: 'message', asp, octets, stream: stream! }, 0)) {
        if (output.kind === 'send' && !ABOUT_POINT_CODES.has(output.message.kind)) said.get(output.asp)!.push(messageText(output.message));
        if (output.kind === 'data') data.push(messageText(output.data));
        assert.notEqual(output.kind, 'discarded', messageText(message));
      }
    }
    for (const asp of asps) {
      const theirs = recorded.filter((it) => it.asp === asp && it.ofStp && !OF_STP.has(it.message.kind)).map((it) => inOurWords(it.message, asp));
      assert.deepEqual(said.get(asp), theirs);
    }
    assert.equal(data.length, recorded.filter((it) => !it.ofStp && it.message.kind === 'DATA').length);
  });
});

/**
 * osmo-stp puts the identifier of the ASP that it tells into every NTFY; we name the ASP that a NTFY is about, and none where it is about the
 * AS. And it leaves the routing context out of an ASPIA ACK.
 */
const inOurWords = (message: M3uaMessage, asp: string): string =>
  messageText(message)
    .replace(/^(NTFY.*) id=\d+/, '$1')
    .replace(/^ASPIA_ACK$/, `ASPIA_ACK rc=${contextOf(asp)}`);

const contextOf = (asp: string): number => {
  const { message } = recorded.find((it) => it.asp === asp && it.message.kind === 'ASPAC')!;
  assert.ok(message.kind === 'ASPAC');
  return message.routingContext![0]!;
};

const ABOUT_POINT_CODES = new Set<M3uaMessage['kind']>(['DAVA', 'DUNA']);
const OF_STP = new Set<M3uaMessage['kind']>([...ABOUT_POINT_CODES, 'DATA']);
