// Needs: postfix, openssl
/**
 * Postfix as the relay of MM4 between two carriers: what the one sends, its answers and its reports all pass through it, in TLS that each side
 * verifies; it queues while the far carrier is away.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { buildMessage } from '#endpoint/handset';
import {
  apply,
  ask,
  type CarrierSite,
  type History,
  historyOf,
  makeCarrier,
  messagesOf,
  type Phone,
  phoneOf,
  sha256,
  until,
} from '../journeys/roads/carriers.js';
import { type Program, startProgram } from '../kit/program.js';
import { type Material, makeCertificates } from './postfix/certificates.js';
import { Postfix } from './postfix/instance.js';

const NORA = '46700000001';
const SVEN = '46730000002';
const BORDER = 'border.example';
/** Every octet, and line ends of all kinds. */
const PICTURE = Buffer.concat([
  Buffer.from(Array.from({ length: 256 }, (_, i) => i)),
  Buffer.from('\r\n.\r\n\n\r'),
  randomBytes(20_000),
]);

/** The other carrier as a peer that is reached, and heard of, by way of the relay. */
const behindRelay = (far: CarrierSite, prefix: string, relayPort: number): string => `[[peer]]
name = "${far.name}"
domains = ["${far.domain}"]
hosts = ["127.0.0.1:${relayPort}"]
retry = ["1s"]
identification = { networks = ["127.0.0.1"] }
tls = { outgoing = "required", server-name = "${BORDER}", authorities = { file = "authorities.pem" }, incoming = "required" }
[[route]]
name = "to-${far.name}"
match = { prefixes = ["${prefix}"] }
result = { kind = "peer", peer = "${far.name}" }
`;

/** A carrier whose MM4 listener takes nothing in plain. */
async function carrierWithTls(name: string, own: string, { key, certificate, authorities }: Material): Promise<CarrierSite> {
  const site = await makeCarrier({
    name,
    own,
    sections: { mm4: ['tls-mode = "starttls-required"'], 'mm4.tls': ['key = "key.pem"', 'cert = "certificate.pem"'] },
  });
  for (const [file, text] of Object.entries({ key, certificate, authorities }))
    writeFileSync(join(site.folder, `${file}.pem`), text);
  return site;
}

describe('Postfix between two carriers', () => {
  const closing: (() => Promise<unknown>)[] = [];
  const programs = new Map<CarrierSite, Program>();
  let [north, south]: CarrierSite[] = [];
  let [nora, sven]: Phone[] = [];
  let postfix: Postfix;

  const run = async (site: CarrierSite): Promise<void> => void programs.set(site, await startProgram(site));

  before(async () => {
    const names = [BORDER, 'mms.north.example', 'mms.south.example'];
    const [borders, norths, souths] = (await makeCertificates(...names)) as [Material, Material, Material];
    [north, south] = [await carrierWithTls('north', '4670', norths), await carrierWithTls('south', '4673', souths)];
    const sites = [north, south] as const;
    for (const site of sites) closing.push(() => site.remove());
    postfix = await Postfix.start({
      relay: { domain: north.domain, port: north.mm4Port },
      tls: borders,
      main: [
        `relay_domains = ${north.domain}, ${south.domain}`,
        `transport_maps = inline:{${sites.map(({ domain, mm4Port }) => `{${domain}=smtp:[127.0.0.1]:${mm4Port}}`).join(', ')}}`,
        `smtp_tls_policy_maps = inline:{${sites.map(({ domain, mm4Port }) => `{[127.0.0.1]:${mm4Port}=secure match=${domain}}`).join(', ')}}`,
      ],
    });
    closing.push(() => postfix.stop());
    for (const site of sites) {
      await run(site);
      closing.push(async () => programs.get(site)?.end('SIGKILL'));
    }
    await apply(north, behindRelay(south, '4673', postfix.port));
    await apply(south, behindRelay(north, '4670', postfix.port));
    [nora, sven] = [await phoneOf(north, NORA), await phoneOf(south, SVEN)];
    closing.push(
      () => nora!.close(),
      () => sven!.close(),
    );
  });
  after(async () => {
    for (const close of closing.reverse()) await close();
  });

  /** Sends one message to Sven, which wants every report; its id at North. */
  const send = async (text: string): Promise<string> => {
    const answer = await nora!.send({
      to: [SVEN],
      content: buildMessage({ text, files: [{ name: 'a.jpg', data: PICTURE }] }),
      deliveryReport: true,
      readReport: true,
    });
    assert.ok(answer.ok && answer.value.pdu.messageId !== undefined, JSON.stringify(answer));
    return answer.value.pdu.messageId;
  };
  const digestsOf = (text: string): readonly string[] => [sha256(Buffer.from(text)), sha256(PICTURE)];
  /** How often Sven has fetched the message of this text. */
  const times = (text: string): number => sven!.digests.filter((its) => its.join() === digestsOf(text).join()).length;
  const toldOf = (id: string): readonly string[] =>
    nora!.heard.flatMap((pdu) =>
      'messageId' in pdu && pdu.messageId === id && /delivery|read/.test(pdu.kind) ? [pdu.kind] : [],
    );
  const kindsOf = ({ events }: History): readonly string[] => events.map(({ kind }) => kind);
  const bothReports = (id: string) => until(`both reports on ${id}`, () => toldOf(id).length === 2);

  it('relays a message in TLS that both sides verify, octet for octet, and the answer and the reports back', async () => {
    const id = await send('by way of a relay');
    await bothReports(id);
    assert.deepEqual([...toldOf(id)].sort(), ['m-delivery-ind', 'm-read-orig-ind']);
    assert.deepEqual(sven!.digests, [digestsOf('by way of a relay')]);
    for (const { mm4Port } of [north!, south!])
      await postfix.said(
        new RegExp(`Verified TLS connection established to 127\\.0\\.0\\.1\\[127\\.0\\.0\\.1\\]:${mm4Port}: TLSv1`),
      );
    await postfix.said(/TLS connection established from localhost|TLS connection established from unknown/);
    const history = await historyOf(north!, id);
    const [handedOver] = history.events.filter(({ kind }) => kind === 'handed-over');
    assert.match(JSON.stringify(handedOver), /queued as/);
    assert.deepEqual(
      history.events.filter(({ kind }) => kind === 'handover-answered').map(({ verdict }) => verdict),
      ['accepted'],
    );
    assert.equal(await postfix.queued(), 0);
  });

  it('keeps messages while the far carrier is away, and each arrives once when it is back', async () => {
    await programs.get(south!)!.end('SIGTERM');
    const texts = ['while you were out', 'once more', 'and again'];
    const ids = [];
    for (const text of texts) ids.push(await send(text));
    await until('all of them in the queue of the relay', async () => (await postfix.queued()) === texts.length);
    for (const id of ids) {
      const history = await historyOf(north!, id);
      assert.equal(history.deliveries[0]!.state, 'handed-over', 'the relay has it, and the carrier behind it has not answered');
      assert.ok(!kindsOf(history).includes('handover-answered'));
    }
    await run(south!);
    await postfix.flush();
    for (const id of ids) await bothReports(id);
    await postfix.flush();
    assert.deepEqual(texts.map(times), [1, 1, 1]);
    assert.equal((await messagesOf(south!)).length, 1 + texts.length);
    for (const id of ids) assert.equal(kindsOf(await historyOf(north!, id)).filter((kind) => kind === 'handed-over').length, 1);
  });

  it('tries again what the far carrier puts off while its operator has paused us, and the message arrives once', async () => {
    const paused = await ask(south!, 'peer', 'pause', 'north', '--reason', 'works');
    assert.equal(paused.code, 0, paused.stderr);
    const id = await send('after the works');
    await postfix.said(/status=deferred .*450 4\.3\.2/);
    assert.equal(times('after the works'), 0);
    const resumed = await ask(south!, 'peer', 'resume', 'north');
    assert.equal(resumed.code, 0, resumed.stderr);
    await postfix.flush();
    await bothReports(id);
    assert.equal(times('after the works'), 1);
  });

  it('bounces what the far carrier refuses in SMTP, and its notification ends the delivery at the sender', async () => {
    // A peer that may not speak for a sender is refused; without a wish for an answer SMTP says so.
    await apply(south!, behindRelay(north!, '4670', postfix.port).replace('retry =', 'sender-prefixes = ["4699"]\nretry ='));
    await apply(
      north!,
      behindRelay(south!, '4673', postfix.port).replace('retry =', 'acknowledgement = { forward = false }\nretry ='),
    );
    const id = await send('not from you');
    await until('the end of the delivery', async () => (await historyOf(north!, id)).deliveries[0]!.state === 'rejected');
    await until('the report', () => toldOf(id).includes('m-delivery-ind'));
    assert.equal(times('not from you'), 0);
  });
});
