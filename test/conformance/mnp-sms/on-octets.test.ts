/** The decision table once more, this time on octets: what goes into the gate, and what comes out of it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeError } from '#codec/map';
import { decodeSccp, type SccpKind, viewSccp } from '#codec/sccp';
import { decodeTcap, type TcapMessage } from '#codec/tcap';
import type { NumberRecord } from '#portability';
import {
  begin,
  forwardSm,
  type GateWorld,
  gateWorld,
  inSccp,
  moArgument,
  mtArgument,
  PC,
  sccpTitle,
  sent,
  toHex,
} from '../../kit/ss7/gate.js';
import { COMBINATIONS, type Combination, TYPES } from './combinations.js';
import { TABLE } from './tables.js';
import { FOREIGN, HOME, Numbers, PLATFORM, record, SENDER, SETTINGS, withPrepaid } from './world.js';

const MSC = '491710999999';
const VERSIONS = [1, 2, 3] as const;
const KINDS = ['UDT', 'XUDT', 'LUDT'] as const satisfies readonly SccpKind[];
const HOP_COUNTER_AT = 2;

const isYes = (expected: string, value: boolean): boolean =>
  expected === '*' || (expected === 'yes' || expected === 'on') === value;

/** The row that a combination meets. */
function rowOf(one: Combination) {
  const found = TABLE.filter(
    (row) =>
      isYes(row.selected, one.selected) &&
      isYes(row.moFsm, one.moFsm) &&
      isYes(row.prepaid, one.prepaid) &&
      isYes(row.check, one.check) &&
      isYes(row.fromIn, one.fromIn) &&
      isYes(row.stored, one.stored) &&
      (row.type === '*' || row.type === one.type) &&
      isYes(row.home, one.home),
  );
  assert.equal(found.length, 1);
  return found[0]!;
}

interface Gate {
  readonly world: GateWorld;
  readonly numbers: Numbers;
}

const gates = new Map<string, Gate>();
function gateOf({ prepaid, check }: Combination): Gate {
  const key = `${prepaid} ${check}`;
  const known = gates.get(key);
  if (known !== undefined) return known;
  const numbers = new Numbers();
  const settings = { ...SETTINGS, portabilityCheck: check, prepaid: withPrepaid(prepaid)! };
  const made = { world: gateWorld(settings, numbers, MSC), numbers };
  gates.set(key, made);
  return made;
}

let transaction = 0;
/** No two dialogues have the same id: a redirected one that comes again has been at its platform. */
const nextId = (): Uint8Array => {
  transaction++;
  return Uint8Array.of(0x20, transaction >>> 16, transaction >>> 8, transaction);
};

/** A message of this combination: operation 46 of its version; where it is to be no MO-ForwardSM, the same operation the other way. */
function messageOf(one: Combination, version: number, kind: SccpKind): Uint8Array {
  const smsc = one.home ? HOME : FOREIGN;
  const argument = one.moFsm ? moArgument(SENDER, smsc) : mtArgument('262011234567890', smsc);
  const message = begin(version, [forwardSm(argument)], nextId(), one.moFsm || version === 1 ? 21 : 25);
  return inSccp(message, kind, sccpTitle(smsc, one.selected ? 8 : 6), sccpTitle(one.fromIn ? PLATFORM : MSC));
}

function tcapIn(octets: Uint8Array): TcapMessage {
  const view = viewSccp(octets);
  assert.ok(view.ok);
  const message = decodeTcap(view.value.data);
  assert.ok(message.ok);
  return message.value;
}

/** The message left as it came, but for the hop counter of kinds that have one. */
function assertUnchanged(octets: Uint8Array, left: Uint8Array, kind: SccpKind): void {
  const expected = kind === 'UDT' ? octets : octets.with(HOP_COUNTER_AT, octets[HOP_COUNTER_AT]! - 1);
  assert.equal(toHex(left), toHex(expected));
}

function assertRefused(octets: Uint8Array, left: Uint8Array, version: number): void {
  const [asked, answer] = [decodeSccp(octets), decodeSccp(left)];
  assert.ok(asked.ok && answer.ok);
  assert.deepEqual(
    [answer.value.kind, answer.value.called, answer.value.calling],
    [asked.value.kind, asked.value.calling, asked.value.called],
  );
  assert.ok('protocolClass' in answer.value && 'protocolClass' in asked.value);
  assert.deepEqual([answer.value.protocolClass, answer.value.returnOnError], [asked.value.protocolClass, false]);
  const [request, end] = [tcapIn(octets), tcapIn(left)];
  assert.ok(request.kind === 'begin' && end.kind === 'end');
  assert.equal(toHex(end.dtid), toHex(request.otid));
  const accepted = version === 1 ? undefined : 'AARE';
  assert.equal(end.dialogue?.kind, accepted);
  const [component] = end.components ?? [];
  assert.ok(component?.kind === 'returnError' && component.invokeId === 1);
  const error = decodeError(component);
  assert.ok(error.ok && error.value.error === 'sm-DeliveryFailure');
  assert.equal(error.value.parameter?.cause, 'subscriberNotSC-Subscriber');
  assert.equal(error.value.parameter?.bare, version === 1 ? true : undefined);
}

function check(one: Combination, sender: NumberRecord, version: number, kind: SccpKind): void {
  const { world, numbers } = gateOf(one);
  numbers.records.clear();
  if (one.stored) numbers.records.set(Number(SENDER), sender);
  const octets = messageOf(one, version, kind);
  const row = rowOf(one);
  const [output, ...others] = sent(world.feed(octets, one.fromIn ? { opc: PC.platform, link: 'to-in' } : {}));
  const where = JSON.stringify({ one, sender, version, kind });
  assert.ok(output !== undefined && others.length === 0, where);
  const { dpc, userData, sls, opc } = output.data;
  assert.deepEqual([opc, sls], [PC.gate, 5], where);
  if (row.verdict === 'reject') {
    assert.equal(dpc, one.fromIn ? PC.platform : PC.msc, where);
    assertRefused(octets, userData, version);
  } else {
    assert.equal(dpc, row.verdict === 'redirect' ? PC.platform : PC.smsc, where);
    assertUnchanged(octets, userData, kind);
  }
}

const WORDS = {
  pass: 'leaves octet for octet as it came, hop counter apart, for where its title leads',
  reject: 'is answered to its exchange with the error of its MAP version, and goes nowhere',
  redirect: 'leaves octet for octet as it came, hop counter apart, for the platform',
} as const;

describe('Portability check for MO SMS: the decision table on octets, flow vstp', () => {
  for (const row of TABLE) {
    it(`row ${row.row}: a message ${WORDS[row.verdict]} (A9: in UDT, XUDT and LUDT; MAP versions 1 to 3)`, () => {
      const combinations = COMBINATIONS.filter((one) => rowOf(one) === row);
      assert.ok(combinations.length > 0);
      for (const one of combinations)
        for (const type of TYPES[one.type].slice(0, 2))
          for (const version of VERSIONS) for (const kind of KINDS) check(one, record(type), version, kind);
    });
  }
});
