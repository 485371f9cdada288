import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type LogFields, silentLog, silentMeter, toMsisdn } from '#base';
import type { DeliveryKey, MessageId, MessagingEvent } from '#messaging';
import { observeEvents } from './observation.js';

const messageId = 'm' as MessageId;

/** What the log is given of the event. */
function logged(event: MessagingEvent): LogFields {
  const lines: LogFields[] = [];
  observeEvents({ ...silentLog, info: (fields) => lines.push(fields) }, silentMeter)([event]);
  assert.equal(lines.length, 1);
  return lines[0]!;
}

describe('what the log says of events', () => {
  it('names nobody in the words of far sides, and of their answers has the code', () => {
    const fields = logged({
      kind: 'handover-failed',
      messageId,
      delivery: 'd' as DeliveryKey,
      recipient: { kind: 'number', msisdn: toMsisdn('358401234567')! },
      road: 'peer:north',
      transactionId: 't',
      attempt: 1,
      reason: '550 5.1.1 <+358401234567/TYPE=PLMN@mms.north.example> ann.b@example.org: nobody',
      answer: { by: 'mx.north', code: '550', text: 'no +358401234567 here' },
      at: 1,
    });
    assert.equal(JSON.stringify(fields).includes('ann.b'), false);
    assert.equal(/35840123/.test(JSON.stringify({ ...fields, recipient: '' })), false);
    assert.deepEqual([fields['answer'], fields['road'], fields['attempt']], ['550', 'peer:north', 1]);
  });

  it('says who sent a mail without saying whose mailbox it is', () => {
    const fields = logged({
      kind: 'message-accepted',
      messageId,
      sender: { kind: 'email', mailbox: 'ann@example.org' },
      size: 1,
      recipients: 1,
      interface: 'mm3',
      system: 'ann@example.org',
      at: 1,
    });
    assert.equal(fields['system'], '***@example.org');
  });
});
