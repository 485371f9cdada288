/** RFC 4356, 2.1.2: from Internet mail to MMS. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mailIn, submissionOf } from './gateway.js';

const FROM = ['From: Ann <ann@example.org>', 'Message-ID: <1@example.org>'];
const number = (digits: string) => ({ kind: 'number', msisdn: digits });

describe('RFC 4356, 2.1.2: from Internet mail to MMS', () => {
  it('2.1.2: only the envelope delivers; who stands in the header alone is shown', async () => {
    const { recipients } = await submissionOf([
      ...FROM,
      'To: +15551230001@mms.example, +15551230002@mms.example',
      'Cc: cc@example.org',
      '',
      'x',
    ]);
    assert.deepEqual(recipients, [
      { field: 'to', address: number('15551230001') },
      { field: 'to', address: number('15551230002'), shownOnly: true },
      { field: 'cc', address: { kind: 'email', mailbox: 'cc@example.org' }, shownOnly: true },
    ]);
  });

  it('2.1.2: who stands in the envelope alone stays blind', async () => {
    const { recipients } = await submissionOf([...FROM, 'To: +15551230001@mms.example', '', 'x'], {
      to: ['<+15551230001@mms.example>', '<+15551230002@mms.example>'],
    });
    assert.deepEqual(
      recipients.map(({ field }) => field),
      ['to', 'bcc'],
    );
  });

  it('2.1.2: unless he is the only one', async () => {
    assert.deepEqual((await submissionOf([...FROM, '', 'x'])).recipients, [{ field: 'to', address: number('15551230001') }]);
  });

  it('2.1.2: From, Subject, Date and Message-ID are kept', async () => {
    const { sender, subject, date, origin } = await submissionOf([
      ...FROM,
      'Subject: hello',
      'Date: Thu, 13 Jan 2022 02:25:45 +0200',
      '',
      'x',
    ]);
    assert.deepEqual(sender, { kind: 'email', mailbox: 'ann@example.org' });
    assert.equal(subject, 'hello');
    assert.equal(date, Date.UTC(2022, 0, 13, 0, 25, 45));
    assert.ok(
      origin.interface === 'mm3' && origin.messageId === '<1@example.org>' && origin.envelopeSender === 'ann@example.org',
    );
  });

  it('2.1.2: the class is Auto by a null return path, else Personal', async () => {
    assert.equal((await submissionOf([...FROM, '', 'x'], { from: '<>' })).messageClass, 'auto');
    assert.equal((await submissionOf([...FROM, '', 'x'])).messageClass, 'personal');
  });

  it('2.1.2: DELIVERBY with mode R becomes X-Mms-Expiry; with mode N there is none', async () => {
    assert.deepEqual((await submissionOf([...FROM, '', 'x'], { from: '<ann@example.org> BY=90;R' })).expiry, { afterMs: 90_000 });
    assert.equal((await submissionOf([...FROM, '', 'x'], { from: '<ann@example.org> BY=90;N' })).expiry, undefined);
  });

  it('2.1.2: NOTIFY=SUCCESS becomes X-Mms-Delivery-Report: Yes; NEVER becomes No', async () => {
    const to = (notify: string) => ({ to: [`<+15551230001@mms.example> NOTIFY=${notify}`] });
    assert.equal((await submissionOf([...FROM, '', 'x'], to('SUCCESS,DELAY'))).deliveryReport, true);
    const never = await submissionOf([...FROM, '', 'x'], to('NEVER'));
    assert.deepEqual([never.deliveryReport, never.recipients[0]!.dsn], [false, { notify: [] }]);
  });

  const priorities: readonly (readonly [readonly string[], string])[] = [
    [['Importance: High'], 'high'],
    [['Importance: low', 'X-Priority: 1'], 'low'],
    [['Importance: normal', 'X-Priority: 1'], 'normal'],
    [['X-Priority: 1 (Highest)'], 'high'],
    [['X-Priority: 2'], 'high'],
    [['X-Priority: 3'], 'normal'],
    [['X-Priority: 5'], 'low'],
    [[], 'normal'],
  ];
  for (const [lines, priority] of priorities)
    it(`2.1.2: ${lines.join(' and ') || 'neither Importance nor X-Priority'} is priority ${priority}`, async () => {
      assert.equal((await submissionOf([...FROM, ...lines, '', 'x'])).priority, priority);
    });

  it('2.1.2: Disposition-Notification-To becomes X-Mms-Read-Reply: Yes', async () => {
    const { readReport, origin } = await submissionOf([...FROM, 'Disposition-Notification-To: Ann <ann@example.org>', '', 'x']);
    assert.equal(readReport, true);
    assert.ok(origin.interface === 'mm3' && origin.dispositionNotificationTo === 'ann@example.org');
  });

  it('2.1.2: the topmost Resent block is From and Date; what was before goes to X-Mms-Previously-Sent', async () => {
    const { sender, date, forwarding } = await submissionOf([
      'Resent-From: c@example.org',
      'Resent-Date: Thu, 13 Jan 2022 03:00:00 +0000',
      'Resent-From: b@example.org',
      'Resent-Date: Thu, 13 Jan 2022 02:00:00 +0000',
      'From: a@example.org',
      'Date: Thu, 13 Jan 2022 01:00:00 +0000',
      '',
      'x',
    ]);
    const at = (hour: number) => Date.UTC(2022, 0, 13, hour);
    assert.deepEqual([sender, date], [{ kind: 'email', mailbox: 'c@example.org' }, at(3)]);
    assert.deepEqual(forwarding, {
      counter: 2,
      previously: [
        { by: { kind: 'email', mailbox: 'a@example.org' }, at: at(1) },
        { by: { kind: 'email', mailbox: 'b@example.org' }, at: at(2) },
      ],
    });
  });

  it('2.1.2: mail with Sensitivity does not enter MMS: status 5.6.0', async () => {
    const { reply, submissions } = await mailIn([...FROM, 'Sensitivity: Company-Confidential', '', 'x']);
    assert.match(reply, /^554 5\.6\.0/);
    assert.equal(submissions.length, 0);
  });

  it('2.1.2: mail with too many Received fields is rejected; the limit is 100', async () => {
    const received = (count: number) => Array<string>(count).fill('Received: by x.example; Thu, 13 Jan 2022 00:00:00 +0000');
    assert.match((await mailIn([...received(99), ...FROM, '', 'x'])).reply, /^250/);
    assert.match((await mailIn([...received(100), ...FROM, '', 'x'])).reply, /^554 5\.4\.6/);
  });
});
