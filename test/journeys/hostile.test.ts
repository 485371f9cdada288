/**
 * Bad input and bad manners on MM1 and the laboratory's push, against the whole program, while ordinary messages go through all the time:
 * whatever strangers do, nothing accepted is lost, doubled or changed, and the program neither ends nor grows without bound.
 *
 * The network is laid out on loopback addresses: 127.0.0.1 is the gateway that names subscribers, 127.0.8.0/24 are clients with fixed
 * numbers, and everybody else is a stranger.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import {
  decodeParts,
  decodePdu,
  encodePdu,
  type MmsPdu,
  makeContent,
  type NotificationInd,
  type RetrieveConf,
  type SendConf,
  type SendReq,
  samplePdu,
} from '#codec/mms';
import { type Listener, listen } from '#endpoint/handset';
import { makeSite, type Program, type Site, startProgram } from '../kit/program.js';

const MMS = 'application/vnd.wap.mms-message';
const STRANGER = '127.0.9.9';
/** Client addresses 127.0.8.0 and up have the numbers from here on. */
const FIRST_CLIENT = 46_708_000_000;
const CLIENT_7 = '127.0.8.7';
const CLIENT_7_NUMBER = String(FIRST_CLIENT + 7);

/** Handsets that listen, each for one message. */
const POOL = 10_000;
const POOL_FIRST = 46_702_000_000;
const PAUSE_MS = 50;

const OK = 0x80;
const CORRUPT = 0xe2;
const UNSUPPORTED = 0x88;
const TOO_LARGE = 0xe5;
const UNRESOLVED = 0xe3;
const DENIED = 0xe1;
const TRANSIENT = 0xc0;
const PERMANENT = 0xe0;

/** Encoded-string-value with a charset: Value-length, MIBenum, text. WAP-230 8.4.2.1, MMS_ENC 7. */
function inCharset(mibEnum: number, text: string): Buffer {
  const charset = mibEnum < 0x80 ? [0x80 | mibEnum] : [2, mibEnum >> 8, mibEnum & 0xff];
  const octets = Buffer.from(text, 'hex');
  return Buffer.from([charset.length + octets.length, ...charset, ...octets]);
}

/** What it is in, the field's value on the wire, and the text. Octets by the charsets' own tables. */
const SUBJECTS: readonly (readonly [string, Buffer, string])[] = [
  ['US-ASCII without a charset', Buffer.from('Pictures\0'), 'Pictures'],
  ['UTF-8 without a charset', Buffer.from('7fc3a4c3b600', 'hex'), 'äö'],
  ['UTF-8', inCharset(106, '7fc3a4c3b600'), 'äö'],
  ['ISO-8859-1', inCharset(4, 'e4f600'), 'äö'],
  ['UTF-16BE', inCharset(1013, '20ac00410000'), '€A'],
  ['UCS-2', inCharset(1000, '20ac00410000'), '€A'],
  ['Shift_JIS', inCharset(17, '93fa967b00'), '日本'],
  ['KOI8-R', inCharset(2084, 'cdc900'), 'ми'],
  ['GB2312', inCharset(2025, 'd6d0b9fa00'), '中国'],
  ['Big5', inCharset(2026, 'a4a4b0ea00'), '中國'],
  ['a charset that does not exist', inCharset(0x7fff, '414200'), 'AB'],
];

interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

interface Asked {
  readonly method?: string;
  readonly path?: string;
  readonly body?: Uint8Array;
  /** Own address; absent: the gateway's. */
  readonly from?: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
}

describe('hostile traffic', () => {
  let site: Site;
  let program: Program;
  let listener: Listener;
  let ordinary: ReturnType<typeof startOrdinaryTraffic>;
  /** Notifications by recipient, in the order they came. */
  const notified = new Map<string, NotificationInd[]>();
  /** Kinds of the reports by sender. */
  const reports = new Map<string, Set<string>>();
  const bell = new EventEmitter().setMaxListeners(0);
  let lastNumber = 46_701_000_000;
  let drawn = 0;

  /** Somebody who has not been in any test before. */
  const somebody = (): string => String(++lastNumber);

  function ask({ method = 'POST', path = '/mms', body, from = '127.0.0.1', headers = {} }: Asked): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const asking = request(
        {
          host: '127.0.0.1',
          port: site.mm1Port,
          localAddress: from,
          method,
          path,
          agent: false,
          headers: { ...(body && { 'Content-Type': MMS, 'Content-Length': String(body.length) }), ...headers },
        },
        (response) => {
          const pieces: Buffer[] = [];
          response.on('data', (piece: Buffer) => pieces.push(piece));
          response.on('end', () => resolve({ status: response.statusCode!, body: Buffer.concat(pieces) }));
          response.on('error', reject);
        },
      );
      asking.on('error', reject);
      asking.end(body);
    });
  }

  /** Posts as the subscriber `msisdn`, through the gateway. */
  const postAs = (msisdn: string, body: Uint8Array): Promise<Answer> => ask({ body, headers: { 'x-msisdn': msisdn } });

  /** What a POST was answered, which must be an M-Send.conf. */
  async function confOf(answer: Promise<Answer>): Promise<SendConf> {
    const { status, body } = await answer;
    assert.equal(status, 200);
    return pduOf(body, 'm-send-conf');
  }

  /** Fetches what `notification` tells of, as its recipient. */
  async function fetchAs(msisdn: string, notification: NotificationInd): Promise<RetrieveConf> {
    const path = new URL(notification.contentLocation).pathname;
    const { status, body } = await ask({ method: 'GET', path, headers: { 'x-msisdn': msisdn } });
    assert.equal(status, 200);
    return pduOf(body, 'm-retrieve-conf');
  }

  const tell = (msisdn: string, transactionId: string, status: 'retrieved' | 'rejected'): Promise<Answer> =>
    postAs(msisdn, encodePdu({ kind: 'm-notifyresp-ind', transactionId, version: '1.2', status }));

  /** The notification that `msisdn` was pushed, when it has come. */
  async function notificationOf(msisdn: string): Promise<NotificationInd> {
    while (!notified.has(msisdn)) await once(bell, msisdn);
    return notified.get(msisdn)![0]!;
  }

  /** Sends a message, and follows it to its end: the octets that come are those that went. */
  async function through(size = 300): Promise<void> {
    const to = recipient();
    const octets = randomBytes(size);
    const [sender, pdu] = [somebody(), encodePdu(aSendReq([to], octets))];
    let conf = await confOf(postAs(sender, pdu));
    // As handsets do when they are told that the service is busy.
    for (; conf.responseStatus === TRANSIENT; conf = await confOf(postAs(sender, pdu))) await pause();
    assert.equal(conf.responseStatus, OK, conf.responseText);
    const notification = await notificationOf(to);
    let retrieved = await fetchAs(to, notification);
    for (; retrieved.retrieveStatus === TRANSIENT; retrieved = await fetchAs(to, notification)) await pause();
    assert.equal(retrieved.messageId, conf.messageId);
    assert.deepEqual(firstPart(retrieved), octets);
    assert.equal((await tell(to, notification.transactionId, 'retrieved')).status, 200);
  }

  /** Somebody new whose handset listens for pushes. */
  function recipient(): string {
    assert.ok(drawn < POOL, 'the pool of handsets is used up');
    return String(POOL_FIRST + drawn++);
  }

  /** Four senders that never stop; `end` gives how many messages went through, or throws what went wrong with one. */
  function startOrdinaryTraffic(): { end(): Promise<number> } {
    let over = false;
    let count = 0;
    const send = async (): Promise<void> => {
      while (!over) {
        await through(1 + (count++ % 7) * 20_000);
        await pause();
      }
    };
    const work = Promise.all([send(), send(), send(), send()]);
    work.catch(() => {});
    return {
      async end() {
        over = true;
        await work;
        return count;
      },
    };
  }

  /** A connection that sends octets as they are. */
  async function rawConnection(from: string, octets: string | Uint8Array = ''): Promise<Socket> {
    const socket = connect({ host: '127.0.0.1', port: site.mm1Port, localAddress: from });
    socket.on('error', () => {});
    await new Promise((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    if (octets.length > 0) socket.write(octets);
    return socket;
  }

  /** The value of a metric without labels. */
  async function gauge(name: string): Promise<number> {
    const text = await (await fetch(`http://127.0.0.1:${site.monitoringPort}/metrics`)).text();
    return Number(new RegExp(`^${name} (.*)$`, 'm').exec(text)![1]);
  }

  const closed = (socket: Socket): Promise<void> =>
    new Promise((resolve) => {
      if (socket.closed) resolve();
      else socket.once('close', () => resolve());
    });

  /** What comes on a connection up to its end. */
  async function allOf(socket: Socket): Promise<string> {
    let text = '';
    socket.on('data', (octets) => {
      text += octets.toString('latin1');
    });
    await closed(socket);
    return text;
  }

  before(async () => {
    site = await makeSite({
      mm1: [
        'headers-timeout = "2s"',
        'body-octets-in-flight-max = "8MB"',
        'content-octets-in-flight-max = "8MB"',
        'connections-max = 4000',
      ],
      'mm1.identity': ['mode = "network"', 'gateways = ["127.0.0.1"]'],
      '[mm1.identity.clients]': ['network = "127.0.8.0/24"', `first-msisdn = "${FIRST_CLIENT}"`],
      numbering: ['own-numbers = ["467"]'],
      messages: ['size-max = "1MB"'],
    });
    program = await startProgram(site);
    listener = listen({
      host: '127.0.0.1',
      port: site.labPort,
      msisdns: Array.from({ length: POOL }, (_, i) => String(POOL_FIRST + i)),
      onPush: ({ msisdn, pdu }) => {
        if (pdu.kind === 'm-notification-ind') notified.set(msisdn, [...(notified.get(msisdn) ?? []), pdu]);
        else reports.set(msisdn, (reports.get(msisdn) ?? new Set()).add(pdu.kind));
        bell.emit(msisdn);
      },
    });
    await listener.ready;
    ordinary = startOrdinaryTraffic();
  });

  after(async () => {
    await ordinary?.end().catch(() => {});
    await listener?.close();
    await program?.end('SIGTERM');
    await site?.remove();
  });

  describe('in PDUs', () => {
    it('a PDU of 17 octets that claims 2^30 parts is refused as corrupt', async () => {
      const octets = Buffer.from('8c80 9854 00 8d92 8901 81 84a3 84 80 80 80 00'.replaceAll(' ', ''), 'hex');
      assert.equal(octets.length, 17);
      const conf = await confOf(postAs(somebody(), octets));
      assert.equal(conf.responseStatus, CORRUPT);
      assert.equal(conf.transactionId, 'T');
      await through();
    });

    it('a PDU cut short anywhere is refused, or means a shorter message that is well-formed', async () => {
      const whole = encodePdu(aSendReq([recipient()], randomBytes(60)));
      const sender = somebody();
      const answers = await Promise.all(
        Array.from({ length: whole.length - 1 }, (_, i) => confOf(postAs(sender, whole.subarray(0, i + 1)))),
      );
      for (const { responseStatus } of answers)
        assert.ok([OK, CORRUPT, UNSUPPORTED].includes(responseStatus), `${responseStatus}`);
      assert.ok(answers.filter(({ responseStatus }) => responseStatus === OK).length <= 2);
      await through();
    });

    it('several To headers reach everybody, several Bcc nobody else', async () => {
      const [to, alsoTo, cc, bcc] = [recipient(), recipient(), recipient(), recipient()];
      const pdu = { ...aSendReq([to, alsoTo]), cc: [plmn(cc)], bcc: [plmn(bcc)] };
      assert.equal((await confOf(postAs(somebody(), encodePdu(pdu)))).responseStatus, OK);
      for (const each of [to, alsoTo, cc, bcc]) {
        const retrieved = await fetchAs(each, await notificationOf(each));
        assert.deepEqual(
          retrieved.to,
          [plmn(to), plmn(alsoTo)].map((address) => `+${address}`),
        );
        assert.deepEqual(retrieved.cc, [`+${plmn(cc)}`]);
        assert.ok(!JSON.stringify(retrieved).includes(bcc), 'a blind copy stays blind');
      }
    });

    for (const [charset, octets, text] of SUBJECTS) {
      it(`a subject in ${charset} arrives as it was meant`, async () => {
        const to = recipient();
        const pdu = withSubject(encodePdu(aSendReq([to])), octets);
        assert.equal((await confOf(postAs(somebody(), pdu))).responseStatus, OK);
        const notification = await notificationOf(to);
        assert.equal(notification.subject, text);
        assert.equal((await fetchAs(to, notification)).subject, text);
      });
    }

    it('unknown types and versions are answered with Error-unsupported-message', async () => {
      const whole = encodePdu(aSendReq([recipient()]));
      for (const type of [0x98, 0xff, 0x00, 0x90, 0x81, 0x82, 0x84]) {
        const octets = Uint8Array.from(whole);
        octets[1] = type;
        const { responseStatus } = await confOf(postAs(somebody(), octets));
        assert.ok([UNSUPPORTED, CORRUPT].includes(responseStatus), `${type}: ${responseStatus}`);
      }
      const version = whole.indexOf(0x8d) + 1;
      for (const [octet, status] of [
        [0xa0, UNSUPPORTED],
        [0x80, UNSUPPORTED],
        [0x9e, OK],
      ] as const) {
        const octets = Uint8Array.from(whole);
        octets[version] = octet;
        const conf = await confOf(postAs(somebody(), octets));
        assert.equal(conf.responseStatus, status, `version octet ${octet}`);
        assert.equal(conf.version, '1.3');
      }
    });

    it('a notifyresp with the transaction id of somebody else changes nothing', async () => {
      const to = recipient();
      assert.equal((await confOf(postAs(somebody(), encodePdu(aSendReq([to]))))).responseStatus, OK);
      const notification = await notificationOf(to);
      const { transactionId } = notification;
      assert.equal((await tell(somebody(), transactionId, 'rejected')).status, 200);
      const body = encodePdu({ kind: 'm-notifyresp-ind', transactionId, version: '1.2', status: 'rejected' });
      assert.equal((await ask({ body, from: CLIENT_7 })).status, 200);
      assert.equal((await fetchAs(somebody(), notification)).retrieveStatus, DENIED);
      assert.equal((await fetchAs(to, notification)).retrieveStatus, OK);
    });

    it('recipients that are no address are named, and hundreds of recipients are refused with one word', async () => {
      const to = recipient();
      const none = [
        '',
        ' ',
        '/TYPE=PLMN',
        '<script>',
        '+',
        '0'.repeat(500),
        `${'9'.repeat(40)}/TYPE=PLMN`,
        '\u0000x',
        '::1/TYPE=IPv6',
      ];
      const partly = await confOf(postAs(somebody(), encodePdu({ ...aSendReq([to]), cc: none })));
      assert.equal(partly.responseStatus, 0xc4);
      assert.match(partly.responseText!, /of \d+ recipients refused/);
      await notificationOf(to);
      const conf = await confOf(postAs(somebody(), encodePdu({ ...aSendReq([]), to: none })));
      assert.equal(conf.responseStatus, UNRESOLVED);
      const crowd = Array.from({ length: 900 }, (_, i) => String(46_709_000_000 + i));
      const many = await confOf(postAs(somebody(), encodePdu(aSendReq(crowd))));
      assert.equal(many.responseStatus, PERMANENT);
      assert.match(many.responseText!, /^Too many recipients: 900/);
    });

    it('a hundred recipients all get the message, and the content goes with the last of them', async () => {
      const all = Array.from({ length: 100 }, recipient);
      assert.equal((await confOf(postAs(somebody(), encodePdu(aSendReq(all))))).responseStatus, OK);
      const notifications = await Promise.all(all.map(notificationOf));
      assert.equal(new Set(notifications.map(({ contentLocation }) => contentLocation)).size, 100);
      await Promise.all(all.map((each, i) => fetchAs(each, notifications[i]!)));
      await Promise.all(all.map((each, i) => tell(each, notifications[i]!.transactionId, 'retrieved')));
      // Nobody wants it any more.
      assert.equal((await fetchAs(all[0]!, notifications[0]!)).retrieveStatus, 0xe2);
    });

    it('header bombs are refused: thousands of fields, fields without end, damaged fields', async () => {
      const whole = encodePdu(aSendReq([recipient()]));
      const start = Buffer.from(whole.subarray(0, whole.indexOf(0x84)));
      const bombs = [
        Buffer.concat([start, ...Array.from({ length: 60_000 }, () => Buffer.from('97 31 00'.replaceAll(' ', ''), 'hex'))]),
        Buffer.concat([start, Buffer.from([0x96]), Buffer.alloc(900_000, 0x41)]),
        Buffer.concat([start, Buffer.alloc(900_000, 0x86)]),
        Buffer.concat([start, Buffer.alloc(900_000, 'x: y\0')]),
        Buffer.concat([start, Buffer.from([0x96, 0x1f, 0x8f, 0xff, 0xff, 0xff, 0x7f])]),
      ];
      for (const bomb of bombs) assert.equal((await confOf(postAs(somebody(), bomb))).responseStatus, CORRUPT);
      await through();
    });

    it('multiparts within multiparts, a thousand deep, are carried as they are', async () => {
      let content = makeContent([textPart(Buffer.from('the core'))], MIXED);
      for (let depth = 0; depth < 1000; depth++) {
        content = makeContent([{ contentType: MIXED, headers: [], data: content.body }], MIXED);
      }
      const to = recipient();
      assert.equal((await confOf(postAs(somebody(), encodePdu({ ...aSendReq([to]), content })))).responseStatus, OK);
      assert.deepEqual((await fetchAs(to, await notificationOf(to))).content!.octets, Buffer.from(content.octets));
    });
  });

  describe('about who is who', () => {
    it('From does not make the sender: the recipient sees the number that the network names', async () => {
      const to = recipient();
      const pdu = { ...aSendReq([to]), from: { kind: 'address', address: '+46700000001/TYPE=PLMN' } } as const;
      assert.equal((await confOf(ask({ body: encodePdu(pdu), from: CLIENT_7 }))).responseStatus, OK);
      const notification = await notificationOf(to);
      const expected = { kind: 'address', address: `+${CLIENT_7_NUMBER}/TYPE=PLMN` };
      assert.deepEqual(notification.from, expected);
      assert.deepEqual((await fetchAs(to, notification)).from, expected);
    });

    it('identity headers that a handset sends itself have no effect', async () => {
      const to = recipient();
      const headers = { 'x-msisdn': '46700000001', 'X-Forwarded-For': '127.0.0.1' };
      const body = encodePdu(aSendReq([to]));
      assert.equal((await confOf(ask({ body, from: STRANGER, headers }))).responseStatus, DENIED);
      assert.equal((await confOf(ask({ body, from: CLIENT_7, headers }))).responseStatus, OK);
      assert.deepEqual((await notificationOf(to)).from, { kind: 'address', address: `+${CLIENT_7_NUMBER}/TYPE=PLMN` });
    });

    it('an identity header beside that of the gateway makes nobody', async () => {
      const body = encodePdu(aSendReq([recipient()]));
      const headers = { 'x-msisdn': ['46700000001', somebody()] };
      assert.equal((await confOf(ask({ body, headers }))).responseStatus, DENIED);
    });

    it('a hidden sender is named nowhere that the recipient can see, and reports come back all the same', async () => {
      const [from, to] = [recipient(), recipient()];
      const pdu = { ...aSendReq([to]), senderVisibility: 'hide', readReport: true, deliveryReport: true } as const;
      assert.equal((await confOf(postAs(from, encodePdu(pdu)))).responseStatus, OK);
      const notification = await notificationOf(to);
      const retrieved = await fetchAs(to, notification);
      for (const seen of [notification, retrieved]) assert.ok(!JSON.stringify(seen).includes(from.slice(2)));
      await tell(to, notification.transactionId, 'retrieved');
      const read = encodePdu({
        kind: 'm-read-rec-ind',
        version: '1.2',
        messageId: retrieved.messageId!,
        to: [],
        from: { kind: 'insert-address' },
        readStatus: 'read',
      });
      assert.equal((await postAs(to, read)).status, 200);
      while ((reports.get(from)?.size ?? 0) < 2) await once(bell, from);
      assert.deepEqual([...reports.get(from)!].sort(), ['m-delivery-ind', 'm-read-orig-ind']);
    });
  });

  describe('in HTTP', () => {
    it('wrong content types are refused with 415 before anything is read', async () => {
      for (const type of [
        'text/html',
        'application/json',
        'multipart/form-data; boundary=x',
        'application/x-www-form-urlencoded',
      ])
        assert.equal((await ask({ body: encodePdu(aSendReq(['46700000001'])), headers: { 'Content-Type': type } })).status, 415);
      await through();
    });

    it('bodies beyond the limit are refused as too large, chunked and with a length, with their transaction id', async () => {
      const octets = encodePdu(aSendReq([recipient()], randomBytes(1_300_000)));
      const whole = await confOf(postAs(somebody(), octets));
      assert.deepEqual([whole.responseStatus, whole.transactionId], [TOO_LARGE, 'T1']);
      const headers = { 'x-msisdn': somebody(), 'Transfer-Encoding': 'chunked', 'Content-Length': [] };
      const chunked = await confOf(ask({ body: octets, headers }));
      assert.deepEqual([chunked.responseStatus, chunked.transactionId], [TOO_LARGE, 'T1']);
      await through();
    });

    it('heads that are bombs are answered 431, heads that trickle 408', async () => {
      const bomb = await rawConnection(STRANGER, `GET /m/x HTTP/1.1\r\n${'X: y\r\n'.repeat(15_000)}\r\n`);
      assert.match(await allOf(bomb), /^HTTP\/1\.1 431 /);
      const trickles = await Promise.all(Array.from({ length: 200 }, () => rawConnection(STRANGER, 'POST /mms HTTP/1.1\r\nX: ')));
      const drip = setInterval(() => {
        for (const socket of trickles) if (socket.writable) socket.write('y');
      }, 100);
      const ends = trickles.map(allOf);
      await through();
      for (const text of await Promise.all(ends)) assert.match(text, /^HTTP\/1\.1 408 |^$/);
      clearInterval(drip);
    });

    it('a thousand idle connections keep nobody from anything', async () => {
      const idle = await Promise.all(Array.from({ length: 1000 }, () => rawConnection(STRANGER)));
      await through();
      await through(200_000);
      assert.ok(idle.some((socket) => !socket.closed));
      for (const socket of idle) socket.destroy();
    });

    it('uploads broken off leave nothing behind', async () => {
      const octets = encodePdu(aSendReq([recipient()], randomBytes(400_000)));
      const head = `POST /mms HTTP/1.1\r\nHost: x\r\nX-MSISDN: ${somebody()}\r\nContent-Type: ${MMS}\r\nContent-Length: ${octets.length}\r\n\r\n`;
      for (let i = 0; i < 60; i++) {
        const socket = await rawConnection('127.0.0.1', head);
        socket.write(octets.subarray(0, 1000 + i * 5000), () => socket.resetAndDestroy());
        await closed(socket);
      }
      await through();
    });

    it('downloads broken off do not count, and the content can be had afterwards', async () => {
      const to = recipient();
      const octets = randomBytes(900_000);
      assert.equal((await confOf(postAs(somebody(), encodePdu(aSendReq([to], octets))))).responseStatus, OK);
      const notification = await notificationOf(to);
      const path = new URL(notification.contentLocation).pathname;
      for (let i = 0; i < 60; i++) {
        const socket = await rawConnection('127.0.0.1', `GET ${path} HTTP/1.1\r\nHost: x\r\nX-MSISDN: ${to}\r\n\r\n`);
        await once(socket, 'readable');
        socket.resetAndDestroy();
      }
      assert.deepEqual(firstPart(await fetchAs(to, notification)), octets);
    });

    it('uploads that stop short of their end do not use up the room of others', async () => {
      const octets = encodePdu(aSendReq([recipient()], randomBytes(1_000_000)));
      const head = `POST /mms HTTP/1.1\r\nHost: x\r\nX-MSISDN: ${somebody()}\r\nContent-Type: ${MMS}\r\nContent-Length: ${octets.length}\r\n\r\n`;
      const stalled = await Promise.all(Array.from({ length: 24 }, () => rawConnection('127.0.0.1', head)));
      for (const socket of stalled) socket.write(octets.subarray(0, -1));
      while ((await gauge('angarium_mm1_request_body_bytes')) < 6_000_000) await pause();
      // One of full size finds no room beside them until they have given way, long before their time for the whole request is over.
      await through(1_000_000);
      for (const socket of stalled) socket.destroy();
    });

    it('downloads that are not taken do not use up the room of others', async () => {
      const to = recipient();
      assert.equal((await confOf(postAs(somebody(), encodePdu(aSendReq([to], randomBytes(1_000_000)))))).responseStatus, OK);
      const path = new URL((await notificationOf(to)).contentLocation).pathname;
      const get = `GET ${path} HTTP/1.1\r\nHost: x\r\nX-MSISDN: ${to}\r\n\r\n`;
      const stalled = await Promise.all(Array.from({ length: 12 }, () => rawConnection('127.0.0.1', get.repeat(8))));
      for (const socket of stalled) socket.pause();
      await through();
      for (const socket of stalled) socket.destroy();
    });
  });

  describe("on the laboratory's push", () => {
    it('storms of LISTEN by connections that take no answers do no harm', async () => {
      const sockets = Array.from({ length: 20 }, () => connect({ host: '127.0.0.1', port: site.labPort }));
      for (const socket of sockets) {
        socket.on('error', () => {});
        socket.pause();
        for (let i = 0; i < 20; i++) socket.write('LISTEN 46799000001\r\n'.repeat(2000));
      }
      await through();
      for (const socket of sockets) socket.destroy();
    });
  });

  it('after all that ordinary messages have gone through all the time, each once, and the program is in good health', async () => {
    const count = await ordinary.end();
    assert.ok(count > 0);
    for (const [msisdn, pushes] of notified)
      assert.equal(new Set(pushes.map(({ contentLocation }) => contentLocation)).size, 1, `${msisdn} got two messages`);
    assert.equal(program.process.exitCode, null);
    assert.ok(!/"level":"error"/.test(program.output()), program.output());
    const proc = `/proc/${program.process.pid}/status`;
    if (existsSync(proc)) {
      const kilobytes = Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(proc, 'latin1'))![1]);
      assert.ok(kilobytes < 400_000, `${kilobytes} kB`);
    }
  });
});

const MIXED = { media: 'application/vnd.wap.multipart.mixed', parameters: {} };
const textPart = (data: Uint8Array) => ({ contentType: { media: 'text/plain', parameters: {} }, headers: [], data });
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
const plmn = (msisdn: string): string => `${msisdn}/TYPE=PLMN`;

const aSendReq = (to: readonly string[], octets: Uint8Array = randomBytes(20)): SendReq =>
  samplePdu('m-send-req', {
    from: { kind: 'insert-address' },
    to: to.map((each) => `+${plmn(each)}`),
    content: makeContent([textPart(octets)], MIXED),
  });

function pduOf<K extends MmsPdu['kind']>(octets: Uint8Array, kind: K): Extract<MmsPdu, { kind: K }> {
  const pdu = decodePdu(octets);
  assert.ok(pdu.ok, pdu.ok ? '' : pdu.error.text);
  assert.equal(pdu.value.kind, kind);
  return pdu.value as Extract<MmsPdu, { kind: K }>;
}

/** The PDU with this Subject in front of its Content-Type, which no octet before it looks like. */
function withSubject(pdu: Uint8Array, value: Uint8Array): Buffer {
  const at = pdu.indexOf(0x84);
  return Buffer.concat([pdu.subarray(0, at), Buffer.from([0x96]), value, pdu.subarray(at)]);
}

function firstPart(conf: RetrieveConf): Buffer {
  const parts = decodeParts(conf.content!);
  assert.ok(parts.ok);
  return Buffer.from(parts.value[0]!.data);
}
