/** Every PDU of the corpus, whole, cut and changed at random, posted by a handset: each gets an answer that a handset can read. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { decodeParts, decodePdu, encodePdu, type PduKind, samplePdu } from '#codec/mms';
import { aSendReq, type HttpAnswer, post, postOctets, sendConf, withMm1 } from './fixtures.contract.js';

const FOLDER = new URL('../../../test/corpus/mms-pdus/', import.meta.url);
const files = ['', 'malformed/'].flatMap((folder) =>
  readdirSync(new URL(folder, FOLDER))
    .filter((file) => file.endsWith('.mms'))
    .map((file) => ({ file: folder + file, octets: readFileSync(new URL(folder + file, FOLDER)) })),
);

/** Requests that are not offered, and are refused in the answer that the standard has for them. */
const ANSWERS: Readonly<Partial<Record<PduKind, PduKind>>> = {
  'm-forward-req': 'm-forward-conf',
  'm-mbox-view-req': 'm-mbox-view-conf',
  'm-mbox-delete-req': 'm-mbox-delete-conf',
  'm-delete-req': 'm-delete-conf',
};

/** What the answer to a PDU must look like, by what it is. */
function assertAnswer(octets: Uint8Array, answer: HttpAnswer): void {
  assert.equal(answer.status, 200);
  const pdu = decodePdu(octets);
  const kind = pdu.ok ? pdu.value.kind : undefined;
  if (kind === 'm-notifyresp-ind' || kind === 'm-acknowledge-ind' || kind === 'm-read-rec-ind') {
    assert.equal(answer.body.length, 0);
    return;
  }
  const own = kind === undefined ? undefined : ANSWERS[kind];
  if (own !== undefined) {
    const refusal = decodePdu(answer.body);
    assert.ok(refusal.ok && refusal.value.kind === own);
    return;
  }
  const conf = sendConf(answer.body);
  if (pdu.ok && 'transactionId' in pdu.value && pdu.value.transactionId)
    assert.equal(conf.transactionId, pdu.value.transactionId);
  if (pdu.ok && pdu.value.kind === 'm-send-req' && decodeParts(pdu.value.content).ok) assert.equal(conf.responseStatus, 0x80);
  else assert.ok([0x88, 0xe2, 0x83].includes(conf.responseStatus), `0x${conf.responseStatus.toString(16)}`);
}

/** Park and Miller's generator: the same sequence for the same seed. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

describe('PDUs of the corpus on MM1', () => {
  it('are there', () => assert.ok(files.length > 70));

  for (const { file, octets } of files)
    it(`${file} gets the answer of its kind`, () =>
      withMm1({}, async ({ port, count }) => {
        assertAnswer(octets, await postOctets(port, octets));
        assert.equal(count('angarium_mm1_internal_errors_total'), 0);
      }));

  for (const [request, conf] of Object.entries(ANSWERS) as [PduKind, PduKind][])
    it(`an ${request}, which is not offered, is refused by an ${conf}`, () =>
      withMm1({}, async ({ port }) => {
        const octets = encodePdu(samplePdu(request));
        assertAnswer(octets, await postOctets(port, octets));
      }));

  it('get an answer when they are cut anywhere or changed at random, and the next message goes through', () => {
    const seed = 1 + (Date.now() % 2_000_000_000);
    const random = randomFrom(seed);
    return withMm1({}, async ({ port, count }) => {
      for (let i = 0; i < 400; i++) {
        const { file, octets } = files[random(files.length)]!;
        const broken = Uint8Array.from(octets.subarray(0, random(2) === 0 ? random(octets.length) : octets.length));
        for (let change = random(4); change > 0 && broken.length > 0; change--)
          broken[random(Math.min(200, broken.length))] = random(256);
        const answer = await postOctets(port, broken);
        try {
          assertAnswer(broken, answer);
        } catch (e) {
          throw new Error(`seed ${seed}, round ${i}, ${file}: ${Buffer.from(broken.subarray(0, 300)).toString('hex')}`, {
            cause: e,
          });
        }
      }
      assert.equal(count('angarium_mm1_internal_errors_total'), 0);
      assert.equal(sendConf((await post(port, aSendReq())).body).responseStatus, 0x80);
    });
  });
});
