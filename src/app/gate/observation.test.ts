import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type LogFields, silentLog, silentMeter } from '#base';
import type { GateEvent, Title } from '#endpoint/sigtran';
import { observe } from './observation.js';

const title = (digits: string, ssn: number, numberingPlan = 1): Title => ({
  octets: new Uint8Array(),
  address: { routeOn: 'gt', ssn },
  key: { routeOn: 'gt', indicator: 4, translationType: 0, numberingPlan, natureOfAddress: 4, ssn, digits },
  party: digits,
});

/** The line that is written of a message between these two. */
function lineOf(called: Title, calling: Title): LogFields {
  const lines: LogFields[] = [];
  const log = { ...silentLog, info: (fields: LogFields) => lines.push(fields), error: (fields: LogFields) => lines.push(fields) };
  const data = { opc: 1, dpc: 2, si: 3, ni: 2, mp: 0, sls: 0, userData: new Uint8Array() };
  const wire: GateEvent['wire'] = { at: 0, link: 'msc', data, sccpKind: 'UDT', called, calling };
  observe(log, silentMeter, undefined, (kept) => kept).tellGate({ kind: 'not-allowed', wire, detail: 'a test' });
  return lines[0]!;
}

describe('lines of the log about messages', () => {
  it('hold titles of exchanges and service centres whole', () => {
    const { called, calling } = lineOf(title('46705000001', 8), title('46700900001', 8));
    assert.deepEqual([called, calling], ['46705000001', '46700900001']);
  });

  it('hold four digits of a title that is a subscriber: asked for at his HLR, or made of his IMSI', () => {
    const { called, calling } = lineOf(title('46700000001', 6), title('467007123456789', 7, 7));
    assert.deepEqual([called, calling], ['*******0001', '***********6789']);
  });
});
