/** TS 23.140 8.7.5: status codes. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readStatus, STATUS_CODES, statusRow } from '#codec/mm7';

/** Codes and texts, written down a second time. */
const TEXTS: Readonly<Record<number, string>> = {
  1000: 'Success',
  1100: 'Partial success',
  2000: 'Client error',
  2001: 'Operation restricted',
  2002: 'Address Error',
  2003: 'Address Not Found',
  2004: 'Multimedia content refused',
  2005: 'Message ID Not found',
  2006: 'LinkedID not found',
  2007: 'Message format corrupt',
  2008: 'Application ID not found',
  2009: 'Reply Application ID not found',
  3000: 'Server Error',
  3001: 'Not Possible',
  3002: 'Message rejected',
  3003: 'Multiple addresses not supported',
  3004: 'Application Addressing not supported',
  4000: 'General service error',
  4001: 'Improper identification',
  4002: 'Unsupported version',
  4003: 'Unsupported operation',
  4004: 'Validation error',
  4005: 'Service error',
  4006: 'Service unavailable',
  4007: 'Service denied',
  4008: 'Application denied',
};

describe('TS 23.140 8.7.5: status codes', () => {
  it('the table has the codes of the standard with their texts, and no other', () =>
    assert.deepEqual(Object.fromEntries(Object.entries(STATUS_CODES).map(([code, { text }]) => [code, text])), TEXTS));

  it('every number from 0 to 9999 is understood: by the table, else by its first digit', () => {
    const CLASSES = ['service', 'success', 'client', 'server', 'service'];
    for (let code = 0; code <= 9999; code++) {
      const expected = code === 1100 ? 'partial' : (CLASSES[Math.floor(code / 1000)] ?? 'service');
      assert.equal(readStatus(code).class, expected, String(code));
    }
  });

  it('the same request may succeed later after 3000, 3500, 3510 and 4006, and after nothing else', () => {
    const retried = Array.from({ length: 10_000 }, (_, code) => code).filter((code) => readStatus(code).retry);
    assert.deepEqual(retried, [3000, 3500, 3510, 4006]);
  });

  it('codes of release 6 are marked as such', () =>
    assert.deepEqual(
      Object.keys(STATUS_CODES).filter((code) => statusRow(Number(code))?.release === 6),
      ['2008', '2009', '3004', '4008'],
    ));
});
