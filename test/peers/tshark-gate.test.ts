// Needs: tshark
/** What the gate says in other nodes' names, read by an independent program: no complaint, and the words that must be there. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import type { SccpKind } from '#codec/sccp';
import type { Answer, NumberLookup, ScreeningSettings } from '#portability';
import { begin, forwardSm, gateWorld, hex, inSccp, moArgument, PC, sccpTitle, sent, toHex } from '../kit/ss7/gate.js';
import { dissectSccp, type SignallingDissection } from './tshark/signalling.js';

const SMSC = '393490000001';
const MSC = '447700900100';
const SENDER = '393491234567';
const OTID = hex('0a0b0c0d');
const FAR_ID = hex('5152');

const everybodyHasLeft: NumberLookup = {
  state: 'ready',
  version: { load: 'test', change: 0, changedAt: 0 },
  find: () => ({ portabilityType: 1, entity: { kind: 'none' } }),
  finding: () => ({ record: { portabilityType: 1, entity: { kind: 'none' } }, by: { kind: 'number' } }),
};

function settings(answer?: Answer): ScreeningSettings {
  return {
    version: 'test',
    mode: { kind: 'enforce' },
    portabilityCheck: true,
    selectors: [{ name: 'mo', indicator: 4, translationType: 0, numberingPlan: 1, natureOfAddress: 4, ssn: 8 }],
    homeSmscs: { entries: [{ name: 'home', digits: SMSC }] },
    ...(answer === undefined ? {} : { answers: { 'home-smsc': answer } }),
  };
}

interface Case {
  readonly title: string;
  /** What came before it and what it is: tshark follows the transaction. */
  readonly frames: readonly Uint8Array[];
  /** Texts that tshark must show of the last one. */
  readonly shown: readonly string[];
}

const request = (version: number, kind: SccpKind, invokeId: number) =>
  inSccp(begin(version, [forwardSm(moArgument(SENDER, SMSC), invokeId)], OTID), kind, sccpTitle(SMSC), sccpTitle(MSC));

/** The gate's answers to one Begin. */
function answered(title: string, version: number, kind: SccpKind, shown: readonly string[], answer?: Answer): Case {
  const asked = request(version, kind, 5);
  const outputs = sent(gateWorld(settings(answer), everybodyHasLeft, MSC).feed(asked));
  assert.equal(outputs.length, 1);
  return { title, frames: [asked, outputs[0]!.data.userData], shown };
}

const PARTIES = [SMSC, MSC];
const FAILURE = ['returnError', 'sm-DeliveryFailure', 'subscriberNotSC-Subscriber', ...PARTIES];

/** A refusal inside a dialogue: what goes to the exchange, and what to the service centre. */
function midDialogue(version: number): readonly Case[] {
  const [called, calling] = [sccpTitle(SMSC), sccpTitle(MSC)];
  const { feed } = gateWorld(settings(), everybodyHasLeft, MSC);
  const frames = [
    inSccp(begin(version, [], OTID), 'UDT', called, calling),
    inSccp({ kind: 'continue', otid: FAR_ID, dtid: OTID }, 'UDT', calling, called),
    inSccp(
      { kind: 'continue', otid: OTID, dtid: FAR_ID, components: [forwardSm(moArgument(SENDER, SMSC))] },
      'UDT',
      called,
      calling,
    ),
  ] as const;
  feed(frames[0]);
  feed(frames[1], { opc: PC.smsc, link: 'to-smsc' });
  const [end, abort] = sent(feed(frames[2])).map((it) => it.data.userData);
  return [
    { title: `End inside a dialogue of version ${version}`, frames: [...frames, end!], shown: FAILURE },
    { title: `Abort to the service centre, version ${version}`, frames: [...frames, abort!], shown: ['abort', toHex(FAR_ID)] },
  ];
}

const CASES: readonly Case[] = [
  ...[1, 2, 3].flatMap((version) =>
    (['UDT', 'XUDT', 'LUDT'] as const).map((kind) => answered(`End of version ${version} in ${kind}`, version, kind, FAILURE)),
  ),
  ...[1, 2, 3].flatMap((version) =>
    (['facilityNotSupported', 'systemFailure', 'unexpectedDataValue'] as const).map((error) =>
      answered(`${error} of version ${version}`, version, 'UDT', [error], { kind: 'tcap-error', error }),
    ),
  ),
  ...[1, 2, 3].map((version) =>
    answered(`false success of version ${version}`, version, 'UDT', ['returnResultLast'], { kind: 'ack-and-drop' }),
  ),
  ...(['UDT', 'XUDT', 'LUDT'] as const).map((kind) =>
    answered(`${kind} taken back`, 3, kind, ['Return Cause: Unequipped', '(0x04)'], { kind: 'udts', cause: 4 }),
  ),
  ...[1, 2, 3].flatMap(midDialogue),
];

describe('tshark reads what the gate answers', () => {
  const read = new Map<string, SignallingDissection>();

  before(() => {
    const all = dissectSccp(CASES.flatMap((it) => it.frames));
    let at = 0;
    for (const { title, frames } of CASES) {
      at += frames.length;
      read.set(title, all[at - 1]!);
    }
  });

  for (const { title, shown } of CASES) {
    it(`${title}: without complaint, and with all that it says`, () => {
      const { complaints, lines } = read.get(title)!;
      assert.deepEqual(complaints, []);
      const text = lines.join('\n');
      for (const word of shown) assert.ok(text.includes(word), `${word} in\n${text}`);
    });
  }
});
