/** RFC 4356, tables 4 to 7: reports both ways. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeBody, fieldOf, leafParts, type MimeEntity } from '#codec/mime';
import type { DeliveryOutcome } from '#messaging';
import { ID, KEY, mailIn, report } from './gateway.js';

const linesOf = (message: MimeEntity, media: string): string[] =>
  Buffer.from(decodeBody(leafParts(message).find(({ part }) => part.type.media === media)!.part))
    .toString('latin1')
    .split('\r\n');
const returnPath = `<b-${Buffer.from(KEY).toString('hex')}@mms.example>`;

const dsn = (group: readonly string[], returned: readonly string[] = []) => [
  'From: MAILER-DAEMON@example.org',
  'Content-Type: multipart/report; report-type=delivery-status; boundary=r',
  '',
  '--r',
  '',
  'text',
  '--r',
  'Content-Type: message/delivery-status',
  '',
  'Reporting-MTA: dns; mx.example.org',
  '',
  ...group,
  '--r',
  'Content-Type: text/rfc822-headers',
  '',
  ...returned,
  '--r--',
];
const mdn = (disposition: string) => [
  'From: ann@example.org',
  'Content-Type: multipart/report; report-type=disposition-notification; boundary=r',
  '',
  '--r',
  '',
  'text',
  '--r',
  'Content-Type: message/disposition-notification',
  '',
  'Final-Recipient: rfc822; ann@example.org',
  `Original-Message-ID: <${ID}@mms.example>`,
  `Disposition: manual-action/MDN-sent-manually; ${disposition}`,
  '--r--',
];

describe('RFC 4356, tables 4 to 7: reports', () => {
  const outcomes: readonly (readonly [DeliveryOutcome, string, string])[] = [
    ['retrieved', 'delivered', '2.0.0'],
    ['rejected', 'failed', '5.7.1'],
    ['expired', 'failed', '5.4.7'],
    ['unreachable', 'failed', '5.4.4'],
    ['indeterminate', 'relayed', '2.0.0'],
    ['forwarded', 'relayed', '2.0.0'],
  ];
  for (const [outcome, action, status] of outcomes)
    it(`table 4: a delivery report of ${outcome} is a DSN with Action ${action} and Status ${status}`, async () => {
      const { message, mail } = await report({ kind: 'delivery', outcome }, { dsn: { notify: ['success', 'failure'] } });
      const lines = linesOf(message!, 'message/delivery-status');
      assert.ok(lines.includes(`Action: ${action}`) && lines.includes(`Status: ${status}`), lines.join('\n'));
      assert.ok(lines.includes('Final-Recipient: rfc822; +15551230001@mms.example'));
      assert.ok(lines.some((line) => line.startsWith('DSN-Gateway: ')));
      assert.deepEqual([mail!.sender, mail!.recipients[0]!.address], ['', 'return@example.org']);
      assert.ok(linesOf(message!, 'text/rfc822-headers').includes('Message-ID: <1@example.org>'));
    });

  const actions: readonly (readonly [string, string])[] = [
    ['delivered', 'retrieved'],
    ['failed', 'unreachable'],
    ['relayed', 'forwarded'],
    ['expanded', 'forwarded'],
    ['delayed', 'delayed'],
  ];
  for (const [action, status] of actions)
    it(`table 5: a DSN with Action ${action} is a delivery report of ${status}`, async () => {
      const { reports } = await mailIn(dsn(['Final-Recipient: rfc822; ann@example.org', `Action: ${action}`, 'Status: 2.0.0']), {
        from: '<>',
        to: [returnPath],
      });
      assert.deepEqual(
        reports.map((one) => [one.about, one.status]),
        [[{ delivery: KEY }, status]],
      );
    });

  it('table 5: the message is that of the Message-ID in the third part, the recipient the original one, else the final one', async () => {
    const group = [
      'Original-Recipient: rfc822; ann@example.org',
      'Final-Recipient: rfc822; a@elsewhere.example',
      'Action: failed',
      '',
      'Final-Recipient: rfc822; ben@example.org',
      'Action: delivered',
    ];
    const { reports } = await mailIn(dsn(group, [`Message-ID: <${ID}@mms.example>`]), { from: '<>' });
    assert.deepEqual(
      reports.map(({ about, status }) => [about, status]),
      [
        [{ messageId: ID, recipient: { kind: 'email', mailbox: 'ann@example.org' } }, 'unreachable'],
        [{ messageId: ID, recipient: { kind: 'email', mailbox: 'ben@example.org' } }, 'retrieved'],
      ],
    );
  });

  for (const [status, type] of [
    ['read', 'displayed'],
    ['deleted-without-being-read', 'deleted'],
  ] as const)
    it(`table 6: a read report of ${status} is an MDN with disposition ${type}`, async () => {
      const { message, mail } = await report({ kind: 'read', status });
      const lines = linesOf(message!, 'message/disposition-notification');
      assert.ok(
        lines.includes(`Disposition: manual-action/MDN-sent-manually; ${type}`) &&
          lines.includes('Original-Message-ID: <1@example.org>'),
      );
      assert.deepEqual(
        [mail!.sender, mail!.recipients[0]!.address, fieldOf(message!.fields, 'From')],
        ['', 'ann@example.org', '+15551230001@mms.example'],
      );
    });

  for (const [type, status] of [
    ['displayed', 'read'],
    ['deleted', 'deleted-without-being-read'],
    ['denied', 'deleted-without-being-read'],
    ['failed/error', 'deleted-without-being-read'],
    ['dispatched', undefined],
    ['processed', undefined],
  ] as const)
    it(`table 7: an MDN with disposition ${type} is ${status === undefined ? 'no read report' : `a read report of ${status}`}`, async () => {
      const { receipts, reply, submissions } = await mailIn(mdn(type), { from: '<>' });
      assert.match(reply, /^250/);
      assert.equal(submissions.length, 0);
      assert.deepEqual(
        receipts.map((one) => [one.messageId, one.reader, one.status]),
        status === undefined ? [] : [[ID, { kind: 'email', mailbox: 'ann@example.org' }, status]],
      );
    });
});
