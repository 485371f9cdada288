import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { GateEvent } from './gate.js';
import { GATE_EVENTS, reportedAddress, reportGate, reportScreening, wireReport } from './reports.js';
import { begin, MSC, PC, SMSC, tcapUnit, testGate, testRouting } from './testbed.contract.js';

const routing = testRouting();

describe('a report in the layout of UIM 1129', () => {
  it('has service information octet, point codes, message type, both addresses field by field, linkset, translation sets and time', () => {
    const { send, traces } = testGate(undefined, { traceOneIn: 1 });
    send(tcapUnit(begin(3)), { mp: 1, at: 1_700_000_000_000 });
    const address = (addr: string) => ({ ni: 0, ri: 'GT', gti: 4, ssni: 1, pci: 0, tt: 0, np: 1, nai: 4, addr, ssn: 8 });
    assert.deepEqual(wireReport(traces[0]!.wire, routing), {
      at: 1_700_000_000_000,
      sio: 0x93,
      opc: PC.msc,
      dpc: PC.gate,
      sls: 5,
      sccpType: 'UDT',
      called: address(SMSC),
      calling: address(MSC),
      linkset: 'to-msc',
      gttSets: ['numbers'],
    });
  });

  it('shows of an address what it has, and marks what it has not', () => {
    assert.deepEqual(reportedAddress({ routeOn: 'ssn', national: true, pointCode: 7, ssn: 6 }), {
      ni: 1,
      ri: 'SSN',
      gti: 0,
      ssni: 1,
      pci: 1,
      addr: '',
      pc: 7,
      ssn: 6,
    });
    assert.deepEqual(reportedAddress({ routeOn: 'gt', globalTitle: { indicator: 2, translationType: 9, digits: '12' } }), {
      ni: 0,
      ri: 'GT',
      gti: 2,
      ssni: 0,
      pci: 0,
      tt: 9,
      addr: '12',
    });
  });

  it('has the numbers by which vendors know the event', () => {
    const { send, traces } = testGate(undefined, { traceOneIn: 1 });
    send(tcapUnit(begin(3)));
    const { wire } = traces[0]!;
    const undecodable = reportScreening({ kind: 'undecodable', at: 1, selector: 'msc', why: 'no sense' }, wire, routing);
    assert.deepEqual([undecodable.level, undecodable.vstp, undecodable.wire.opc], ['info', 70285, PC.msc]);
    const events = (Object.keys(GATE_EVENTS) as GateEvent['kind'][]).map((kind) =>
      reportGate({ kind, wire, detail: '' }, routing),
    );
    assert.equal(events.find((it) => it.event.kind === 'reassembly-failed')?.vstp, 70331);
    assert.ok(events.every((it) => it.wire.linkset === 'to-msc'));
  });
});
