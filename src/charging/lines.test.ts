import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Address, LoggedChange } from '#messaging';
import { aDelivery, aMessage, aNumber } from '../messaging/fixtures.contract.js';
import type { ChargingSettings } from './fields.js';
import { COLUMNS, CSV_HEAD, csvCells, readLine, recordLine } from './lines.js';
import { readRecordId, recordsOf } from './make.js';

const SETTINGS: ChargingSettings = { node: 'n1', ownDomain: 'mms.own.example', domainOfPeer: () => undefined, numbers: 'whole' };

function record(sender: Address, settings = SETTINGS, recipients: readonly Address[] = [aNumber('491510000002')]) {
  const message = aMessage({ sender, recipients: recipients.map((address) => ({ field: 'to', address })) });
  const event = { kind: 'message-accepted', messageId: message.id, sender, size: 5, recipients: 1, at: 1 } as const;
  const change: LoggedChange = { place: 3, events: [event], message, deliveries: [aDelivery(message)] };
  return recordsOf('log', change, settings)[0]!;
}

const cellOf = (line: string, column: string): string | undefined => csvCells(line.replace(/\r\n$/, ''))[COLUMNS.indexOf(column)];

describe('a charging record as a line', () => {
  it('says where it stands, in every format, whatever is written into its addresses', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 2 ** 53 - 1 }), (text, sequence) => {
        for (const format of ['json', 'csv'] as const) {
          const made = record({ kind: 'unknown', text });
          const line = recordLine(made, sequence, 'n1', format);
          assert.equal(line.indexOf('\n'), line.length - 1);
          assert.deepEqual(readLine(line.replace(/\r?\n$/, ''), format), { id: made.id, sequence });
        }
      }),
    );
  });

  it('is not taken for whole when it is cut, nor is a head or any other text a record', () => {
    for (const format of ['json', 'csv'] as const) {
      const line = recordLine(record({ kind: 'email', mailbox: 'a"b,c@x.example' }), 7, 'n1', format).replace(/\r?\n$/, '');
      for (let end = 0; end < line.length - 2; end++) {
        const read = readLine(line.slice(0, end), format);
        if (format === 'json') assert.equal(read, undefined);
      }
      for (const text of ['', CSV_HEAD.trimEnd(), '{}', 'null', '{"recordId":1}', ','.repeat(COLUMNS.length - 1)])
        assert.equal(readLine(text, format), undefined, text);
    }
  });

  it('gives a spreadsheet no formula, and numbers their plus sign', () => {
    const line = recordLine(record({ kind: 'email', mailbox: '=cmd|x@y.example' }), 1, 'n1', 'csv');
    assert.equal(cellOf(line, 'originatorAddress'), "'=cmd|x@y.example");
    assert.equal(cellOf(recordLine(record({ kind: 'unknown', text: '-1+2' }), 1, 'n1', 'csv'), 'originatorAddress'), "'-1+2");
    assert.equal(cellOf(recordLine(record(aNumber('491510000001')), 1, 'n1', 'csv'), 'originatorAddress'), '+491510000001');
  });

  it('leaves ids as they are, which may begin with a hyphen', () => {
    const made = record(aNumber('491510000001'));
    const line = recordLine({ ...made, fields: { ...made.fields, messageID: '-AZC1xQ9lXyzdVh3dG4q7K' } }, 1, 'n1', 'csv');
    assert.equal(cellOf(line, 'messageID'), '-AZC1xQ9lXyzdVh3dG4q7K');
  });

  it('hides numbers and local parts when the settings say so', () => {
    const masked = { ...SETTINGS, numbers: 'masked' } as const;
    const recipients: Address[] = [
      { kind: 'email', mailbox: 'bob@x.example' },
      { kind: 'short-code', code: '4711' },
      { kind: 'unknown', text: 'secret' },
    ];
    const line = recordLine(record(aNumber('491510000001'), masked, recipients), 1, 'n1', 'csv');
    assert.equal(cellOf(line, 'originatorAddress'), '+********0001');
    assert.equal(cellOf(line, 'recipientAddresses'), '*@x.example;4711;*');
    assert.ok(!/491510000|bob|secret/.test(recordLine(record(aNumber('491510000001'), masked, recipients), 1, 'n1', 'json')));
  });

  it('has an id that says log, place, event and record', () => {
    assert.deepEqual(readRecordId(record(aNumber('491510000001')).id), { log: 'log', place: 3, event: 0, record: 0 });
    for (const text of ['', 'log.3.0', 'log.3.0.0.0', 'l g.3.0.0', 'log.x.0.0']) assert.equal(readRecordId(text), undefined);
  });
});
