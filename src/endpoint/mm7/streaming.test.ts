import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import { describe, it } from 'node:test';
import { LIMITS } from '#base';
import { encodeEnvelope, type Mm7Message } from '#codec/mm7';
import { BodyAdmission } from './admission.js';
import { readBody } from './body.js';
import {
  aVasp,
  BASIC,
  codeOf,
  dialogue,
  PICTURE,
  partsOf,
  post,
  postOctets,
  REL6,
  submitReq,
  withMm7,
} from './fixtures.contract.js';

const BOUNDARY = 'b0undary';
const TYPE = `multipart/related; boundary="${BOUNDARY}"; type="text/xml"; start="<soap>"`;
const soapOf = (message: Mm7Message = submitReq({ content: { href: 'cid:pic' } })): string =>
  Buffer.from(encodeEnvelope({ transactionId: 't-1', message }, REL6)).toString('utf8');
const beginning = (soap = soapOf()): string =>
  `--${BOUNDARY}\r\nContent-Type: text/xml; charset=utf-8\r\nContent-ID: <soap>\r\n\r\n${soap}\r\n--${BOUNDARY}\r\n`;
const PART_HEAD = 'Content-Type: image/jpeg\r\nContent-ID: <pic>\r\n\r\n';
const ENDING = `\r\n--${BOUNDARY}--\r\n`;
/** Enough for the server to look at what came before. */
const SOME = Buffer.alloc(16_384, 0x5a);
const head = (length: number | 'chunked', more = '', type = TYPE): string =>
  `POST /mm7 HTTP/1.1\r\nHost: x\r\nAuthorization: ${BASIC}\r\nContent-Type: ${type}\r\n${more}` +
  `${length === 'chunked' ? 'Transfer-Encoding: chunked' : `Content-Length: ${length}`}\r\n\r\n`;
const EXPECT = 'Expect: 100-continue\r\n';
const HUGE = 900_000;
const isAnswered = (text: string): boolean => text.includes('</env:Envelope>');

/** An upload that the server has made room for. */
async function letIn(port: number, length: number): Promise<ReturnType<typeof dialogue>> {
  const talk = dialogue(port);
  talk.send(head(length, EXPECT));
  await talk.heard((text) => text.includes('100 Continue'));
  return talk;
}

/** What is answered to a request of which only the beginning comes. */
async function answerToBeginning(
  setting: Parameters<typeof withMm7>[0],
  sent: readonly (string | Uint8Array)[],
): Promise<string> {
  let text = '';
  await withMm7(setting, async ({ port, script }) => {
    const talk = dialogue(port);
    for (const piece of sent) talk.send(piece);
    text = await talk.heard(isAnswered);
    assert.equal(script.submissions.length, 0);
    talk.end();
  });
  return text;
}

describe('MM7: a request is refused before it has come', () => {
  it('with 401, when nobody known sends it', async () => {
    const text = await answerToBeginning({}, [head(HUGE).replace(BASIC, 'Basic eDp5')]);
    assert.match(text, /^HTTP\/1\.1 401 /);
    assert.match(text, /<StatusCode>4001</);
  });

  it('with 401, from outside the networks of its account', async () => {
    const identification = { user: 'acme', passwords: ['news-of-the-day'], networks: ['192.0.2.0/24'] };
    assert.match(await answerToBeginning({ vasps: [aVasp({ identification })] }, [head(HUGE)]), /^HTTP\/1\.1 401 /);
  });

  it('with 413, when its length is beyond the limit of the account', async () =>
    assert.match(
      await answerToBeginning({ config: { bodyMax: HUGE - 1 } }, [head(HUGE)]),
      /^HTTP\/1\.1 413 [\s\S]*<StatusCode>2004</,
    ));

  it('with 429 and the time to come again, when the account goes too fast', async () => {
    const text = await answerToBeginning({ vasps: [aVasp({ limits: { 'rate-max': 0.01, 'burst-max': 1 } })] }, [
      head(2).replace('multipart/related', 'text/xml'),
      '  ',
      head(HUGE),
    ]);
    assert.match(text, /HTTP\/1\.1 500 /, 'the one token went to what is no document');
    await withMm7({ vasps: [aVasp({ limits: { 'rate-max': 0.01, 'burst-max': 1 } })] }, async ({ port }) => {
      await post(port, submitReq());
      const talk = dialogue(port);
      talk.send(head(HUGE));
      assert.match(await talk.heard(isAnswered), /^HTTP\/1\.1 429 [\s\S]*Retry-After: \d+[\s\S]*<StatusCode>4006</);
      talk.end();
    });
  });

  it('with 503 and the time to come again, when there is no room for its octets', async () =>
    withMm7({ config: { bodyOctetsInFlightMax: HUGE } }, async ({ port, script }) => {
      const first = await letIn(port, HUGE);
      first.send(beginning() + PART_HEAD);
      const second = dialogue(port);
      second.send(head(HUGE));
      assert.match(await second.heard(isAnswered), /^HTTP\/1\.1 503 [\s\S]*Retry-After: 5[\s\S]*<StatusCode>4006</);
      first.send(Buffer.alloc(HUGE - beginning().length - PART_HEAD.length - ENDING.length, 7));
      first.send(ENDING);
      assert.match(await first.heard(isAnswered), /<StatusCode>1000</);
      assert.equal(script.submissions.length, 1);
      for (const { end } of [first, second]) end();
      assert.equal(codeOf(await post(port, submitReq())), 1000);
    }));

  it('with 503 as it grows, when it does not say its length', async () =>
    withMm7({ config: { bodyOctetsInFlightMax: 100_000 } }, async ({ port, script }) => {
      const first = await letIn(port, 99_000);
      const second = dialogue(port);
      second.send(head('chunked'));
      for (const piece of [beginning() + PART_HEAD, SOME]) second.send(`${piece.length.toString(16)}\r\n${piece.toString()}\r\n`);
      assert.match(await second.heard(isAnswered), /^HTTP\/1\.1 503 [\s\S]*<StatusCode>4006</);
      first.end();
      second.end();
      assert.equal(script.submissions.length, 0);
    }));

  const early: readonly (readonly [string, Parameters<typeof submitReq>[0], number])[] = [
    ['a short code of somebody else', { senderIdentification: { senderAddress: { kind: 'ShortCode', value: '99999' } } }, 2001],
    ['a service code that is not the account’s', { serviceCode: 'gold' }, 2001],
    ['another VASPID', { senderIdentification: { vaspId: 'other' } }, 4001],
  ];
  for (const [name, more, code] of early)
    it(`with ${code} for ${name}, while the attachment is on its way`, async () => {
      const message = submitReq({ ...more, content: { href: 'cid:pic' } });
      const text = await answerToBeginning({ vasps: [aVasp({ 'service-codes': ['silver'] })] }, [
        head(HUGE) + beginning(soapOf(message)) + PART_HEAD,
        SOME,
      ]);
      assert.match(text, new RegExp(`^HTTP/1\\.1 200 [\\s\\S]*t-1[\\s\\S]*<SubmitRsp[\\s\\S]*<StatusCode>${code}<`));
    });

  const documents: readonly (readonly [string, (soap: string) => string, number])[] = [
    ['a document type', (soap) => soap.replace('<env:', '<!DOCTYPE x [<!ENTITY a "b">]><env:'), 4004],
    ['an operation that there is not', (soap) => soap.replaceAll('SubmitReq', 'QueryStatusReq'), 4003],
    ['a version of no release', (soap) => soap.replace('6.8.0', '9.1.0'), 4002],
    ['an element that is missing', (soap) => soap.replace(/<Recipients>.*<\/Recipients>/, ''), 4004],
  ];
  for (const [name, change, code] of documents)
    it(`with ${code} for ${name}, while the attachment is on its way`, async () => {
      const text = await answerToBeginning({}, [head(HUGE) + beginning(change(soapOf())) + PART_HEAD, SOME]);
      assert.match(text, new RegExp(`^HTTP/1\\.1 500 [\\s\\S]*<StatusCode>${code}<`));
    });

  it('whose SOAP document names an object member as its charset, and the program goes on', async () => {
    const text = await answerToBeginning({}, [
      head(HUGE),
      beginning().replace('charset=utf-8', 'charset=constructor'),
      PART_HEAD,
      SOME,
    ]);
    assert.match(text, /<StatusCode>4004</);
  });

  it('with 4004 for a SOAP document that does not end', async () => {
    const text = await answerToBeginning({}, [
      head(HUGE) + beginning().slice(0, 200),
      Buffer.alloc(LIMITS.mm7SoapOctetsMax + 8192, 0x20),
    ]);
    assert.match(text, /^HTTP\/1\.1 500 [\s\S]*<StatusCode>4004</);
  });

  it('and the connection serves the next request when the rest has come', async () =>
    withMm7({}, async ({ port, script }) => {
      const bad = soapOf(submitReq({ serviceCode: 'gold', content: { href: 'cid:pic' } }));
      const good = beginning() + PART_HEAD + ENDING;
      const rest = Buffer.alloc(100_000, 1);
      await withMm7({ vasps: [aVasp({ 'service-codes': ['silver'] })] }, async (other) => {
        const talk = dialogue(other.port);
        const sent = beginning(bad) + PART_HEAD;
        talk.send(head(sent.length + SOME.length + rest.length) + sent);
        talk.send(SOME);
        assert.match(await talk.heard(isAnswered), /<StatusCode>2001</);
        talk.send(rest);
        await talk.closed;
      });
      const talk = dialogue(port);
      talk.send(head(good.length) + good);
      await talk.heard(isAnswered);
      talk.send(head(good.length) + good);
      await talk.heard((text) => text.split('</env:Envelope>').length > 2);
      assert.equal(script.submissions.length, 2);
      talk.end();
    }));
});

describe('MM7: Expect: 100-continue', () => {
  it('asks for the body of what is wanted', async () =>
    withMm7({}, async ({ port, script }) => {
      const talk = dialogue(port);
      const body = beginning() + PART_HEAD + ENDING;
      talk.send(head(body.length, EXPECT));
      assert.match(await talk.heard((text) => text.includes('\r\n\r\n')), /^HTTP\/1\.1 100 Continue\r\n\r\n$/);
      talk.send(body);
      assert.match(await talk.heard(isAnswered), /<StatusCode>1000</);
      assert.equal(script.submissions.length, 1);
      talk.end();
    }));

  it('does not ask for the body of what is refused, and ends', async () =>
    withMm7({}, async ({ port }) => {
      const talk = dialogue(port);
      talk.send(head(HUGE, EXPECT).replace(BASIC, 'Basic eDp5'));
      await talk.closed;
      assert.match(await talk.heard(isAnswered), /^HTTP\/1\.1 401 /);
    }));
});

describe('MM7: attachments as they come', () => {
  const body = (...parts: readonly string[]): Buffer =>
    Buffer.from(beginning() + parts.join(`\r\n--${BOUNDARY}\r\n`) + ENDING, 'latin1');
  const LATIN = Buffer.from(PICTURE).toString('latin1');

  it('are the same octet for octet in chunks of one octet, as base64, and inside a multipart', async () =>
    withMm7({}, async ({ port, script }) => {
      const base64 = Buffer.from(PICTURE).toString('base64').replaceAll(/.{76}/g, '$&\r\n');
      const bodies = [
        body(PART_HEAD + LATIN),
        body(PART_HEAD.replace('\r\n\r\n', '\r\nContent-Transfer-Encoding: base64\r\n\r\n') + base64),
        body(`Content-Type: multipart/mixed; boundary=i\r\nContent-ID: <pic>\r\n\r\n--i\r\n${PART_HEAD}${LATIN}\r\n--i--`),
      ];
      for (const octets of bodies) {
        const talk = dialogue(port);
        talk.send(head('chunked'));
        for (const octet of octets) talk.send(Buffer.concat([Buffer.from('1\r\n'), Buffer.of(octet), Buffer.from('\r\n')]));
        talk.send('0\r\n\r\n');
        assert.match(await talk.heard(isAnswered), /<StatusCode>1000</);
        talk.end();
      }
      assert.equal(script.submissions.length, 3);
      for (const submission of script.submissions)
        assert.ok(partsOf(submission).some(({ data }) => Buffer.from(data).equals(PICTURE)));
      const names = new Set(script.submissions.map(({ named }) => named?.messageId));
      assert.equal(names.size, 1, 'what is sent in another way is the same message');
    }));

  it('reach the domain in pieces, the SOAP document apart', async () =>
    withMm7({}, async ({ port, script }) => {
      await postOctets(port, TYPE, body(PART_HEAD + 'x'.repeat(600_000)));
      const { content } = script.submissions[0]!;
      assert.ok(content.length > 2);
      const octets = content.reduce((sum, { length }) => sum + length, 0);
      const held = [...new Set(content.map(({ buffer }) => buffer))].reduce((sum, { byteLength }) => sum + byteLength, 0);
      assert.ok(octets > 600_000 && held < 2 * octets);
    }));

  it('take the first of two parts of one Content-ID for the one that is named, and leave none out', async () =>
    withMm7({}, async ({ port, script }) => {
      const answer = await postOctets(port, TYPE, body(`${PART_HEAD}one`, `${PART_HEAD}two`));
      assert.equal(codeOf(answer), 1000);
      assert.deepEqual(
        partsOf(script.submissions[0]!).map(({ data }) => Buffer.from(data).toString()),
        ['one', 'two'],
      );
    }));

  it('are found although the href names none of them, and missed when there is none', async () =>
    withMm7({}, async ({ port, script }) => {
      assert.equal(codeOf(await postOctets(port, TYPE, body(PART_HEAD.replace('<pic>', '<other>') + LATIN))), 1000);
      assert.ok(Buffer.from(partsOf(script.submissions[0]!)[0]!.data).equals(PICTURE));
      const none = beginning().slice(0, -`--${BOUNDARY}\r\n`.length - 2) + ENDING;
      assert.equal(codeOf(await postOctets(port, TYPE, none)), 2004);
    }));

  it('are read when they stand in front of the SOAP document', async () =>
    withMm7({}, async ({ port, script }) => {
      const soap = `Content-Type: text/xml\r\nContent-ID: <soap>\r\n\r\n${soapOf()}`;
      const octets = Buffer.from(`--${BOUNDARY}\r\n${PART_HEAD}${LATIN}\r\n--${BOUNDARY}\r\n${soap}${ENDING}`, 'latin1');
      assert.equal(codeOf(await postOctets(port, TYPE, octets)), 1000);
      assert.ok(Buffer.from(partsOf(script.submissions[0]!)[0]!.data).equals(PICTURE));
    }));
});

describe('octets of bodies in memory', () => {
  it('are let in up to the bound, and one that is alone always', () => {
    const bodies = new BodyAdmission(100);
    const first = bodies.take(500)!;
    assert.equal(bodies.take(1), undefined);
    first.give();
    first.give();
    const [a, b] = [bodies.take(60)!, bodies.take(40)!];
    assert.equal(bodies.octets, 100);
    assert.equal(a.hold(50), true);
    assert.equal(a.hold(61), false);
    b.give();
    assert.equal(a.hold(10_000), true);
    a.give();
    assert.equal(bodies.octets, 0);
  });
});

describe('a body of which a piece cannot be taken because of a defect', () => {
  it('is a failure of its own request and of nothing else', async () => {
    const request = Object.assign(new PassThrough(), { headers: {} }) as unknown as IncomingMessage;
    const share = new BodyAdmission(1_000).take(0)!;
    const reading = readBody(request, {
      max: 100,
      share,
      weight: 1,
      take: () => {
        throw new RangeError('a defect');
      },
    });
    (request as unknown as PassThrough).write('x');
    await assert.rejects(reading, /a defect/);
    assert.equal(request.listenerCount('data'), 0);
  });
});
