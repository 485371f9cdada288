import assert from 'node:assert/strict';
import { describe, it, mock } from 'node:test';
import { LIMITS } from '#base';
import { Admission, type Share } from './admission.js';

const settings = { submissionsInFlightMax: 2, bodyOctetsInFlightMax: 1000, contentOctetsInFlightMax: 300, bodyMax: 100 };

const now = (room: Share | undefined | Promise<Share | undefined>): Share => {
  assert.ok(room !== undefined && !(room instanceof Promise));
  return room;
};

describe('admission of submissions', () => {
  it('is full with as many submissions as are allowed, or with more octets than are allowed', () => {
    const admission = new Admission(settings);
    admission.submissions = 1;
    admission.bodyOctets = 1000;
    assert.equal(admission.full, false);
    admission.submissions = 2;
    assert.equal(admission.full, true);
    admission.submissions = 0;
    admission.bodyOctets = 1001;
    assert.equal(admission.full, true);
  });
});

describe('uploads under way', () => {
  /** An upload that notes that it was told to give way, and then holds nothing. */
  const anUpload = (admission: Admission, held: number) => {
    const upload = {
      held: 0,
      gaveWay: false,
      hold(octets: number) {
        upload.held += octets;
        admission.bodyOctets += octets;
      },
      giveWay() {
        upload.gaveWay = true;
        upload.hold(-upload.held);
      },
    };
    upload.hold(held);
    return upload;
  };
  const LATER = LIMITS.mm1UploadPatienceMs;

  it('give way when they crawl and there is no room for others, and not before', () => {
    const admission = new Admission({ ...settings, bodyOctetsInFlightMax: 100_000 });
    const [crawling, fast, young] = [90_000, 5_000, 1_000].map((held) => anUpload(admission, held)) as [
      ReturnType<typeof anUpload>,
      ReturnType<typeof anUpload>,
      ReturnType<typeof anUpload>,
    ];
    admission.uploadBegins(crawling, 0);
    admission.uploadBegins(fast, 0);
    admission.uploadBegins(young, LATER - 1);
    fast.hold((LIMITS.mm1UploadPaceMin * LATER) / 1000);
    crawling.hold(100);
    admission.bodyOctets = 100_000;
    admission.makeRoom(LATER);
    assert.deepEqual([crawling.gaveWay, fast.gaveWay, young.gaveWay], [false, false, false], 'there is room');
    admission.bodyOctets = 100_001;
    admission.makeRoom(LATER);
    assert.deepEqual([crawling.gaveWay, fast.gaveWay, young.gaveWay], [true, false, false]);
    assert.equal(admission.full, false);
  });

  it('are judged by their pace since the last look, so that a fast beginning does not excuse the rest', () => {
    const admission = new Admission({ ...settings, bodyOctetsInFlightMax: 100_000 });
    const upload = anUpload(admission, 0);
    admission.uploadBegins(upload, 0);
    upload.hold(200_000);
    admission.makeRoom(LATER);
    assert.equal(upload.gaveWay, false);
    admission.makeRoom(2 * LATER);
    assert.equal(upload.gaveWay, true);
  });

  it('that have ended are let alone', () => {
    const admission = new Admission({ ...settings, bodyOctetsInFlightMax: 100_000 });
    const upload = anUpload(admission, 200_000);
    admission.uploadBegins(upload, 0);
    admission.uploadEnds(upload);
    admission.makeRoom(LATER);
    assert.equal(upload.gaveWay, false);
  });
});

describe('room to send content', () => {
  it('is taken for the largest message until the true size is known, and given back once', () => {
    const admission = new Admission(settings);
    const share = now(admission.roomToSend());
    assert.equal(admission.contentOctets, 100);
    share.resize(30);
    assert.equal(admission.contentOctets, 30);
    share.give();
    share.give();
    share.resize(50);
    assert.equal(admission.contentOctets, 0);
  });

  it('is given in the order of asking, as soon as there is some', async () => {
    const admission = new Admission(settings);
    const shares = [1, 2, 3].map(() => now(admission.roomToSend()));
    const order: string[] = [];
    const waiting = ['a', 'b', 'c'].map(async (name) => {
      const share = await admission.roomToSend();
      order.push(name);
      return share;
    });
    assert.equal(admission.retrievalsWaiting, 3);
    shares[0]!.resize(50);
    await Promise.resolve();
    assert.deepEqual(order, []);
    shares[1]!.resize(50);
    await waiting[0];
    assert.deepEqual(order, ['a']);
    shares[2]!.give();
    (await waiting[0])?.give();
    await Promise.all(waiting);
    assert.deepEqual(order, ['a', 'b', 'c']);
  });

  it('does not go to a newcomer while others wait', () => {
    const admission = new Admission(settings);
    const shares = [1, 2, 3].map(() => now(admission.roomToSend()));
    assert.ok(admission.roomToSend() instanceof Promise);
    assert.ok(admission.roomToSend() instanceof Promise);
    shares[0]!.give();
    assert.equal(admission.retrievalsWaiting, 1);
    assert.ok(admission.roomToSend() instanceof Promise);
  });

  it('is there for one message however small the setting', () => {
    const admission = new Admission({ ...settings, contentOctetsInFlightMax: 1 });
    now(admission.roomToSend());
    assert.ok(admission.roomToSend() instanceof Promise);
  });

  it('is refused when none came in time', async () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      const admission = new Admission({ ...settings, contentOctetsInFlightMax: 1 });
      const share = now(admission.roomToSend());
      const room = admission.roomToSend();
      mock.timers.tick(LIMITS.mm1RetrievalWaitMs);
      assert.equal(await room, undefined);
      share.give();
      assert.equal(admission.contentOctets, 0);
    } finally {
      mock.timers.reset();
    }
  });

  it('is refused at once when too many wait', () => {
    const admission = new Admission({ ...settings, contentOctetsInFlightMax: 1 });
    now(admission.roomToSend());
    for (let i = 0; i < LIMITS.mm1RetrievalsWaitingMax; i++) assert.ok(admission.roomToSend() instanceof Promise);
    assert.equal(admission.roomToSend(), undefined);
  });
});
