import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { encodeMtp3 } from '#codec/mtp';
import { segmentXudt } from '#codec/sccp';
import { createScreening, type Decision, type MoSubmission } from '#portability';
import { Explainer, explainMessage } from './explain.js';
import type { Assumed, ExplainInput } from './explain-input.js';
import type { TracedDecision, Wire } from './gate.js';
import {
  argumentOf,
  begin,
  FAR_ID,
  hex,
  MSC,
  moInvoke,
  OTID,
  PC,
  pass,
  reject,
  SCREENED,
  ScriptedScreening,
  SENDER,
  SETTINGS,
  SMSC,
  sccpOf,
  sentOf,
  tcapUnit,
  testGate,
  testRouting,
  toHex,
} from './testbed.contract.js';

const assumed: Assumed = { link: 'to-msc', ni: 2, opc: PC.msc, dpc: PC.gate, sls: 5 };
const NOW = 1_000;

function explained(input: ExplainInput, verdict: (submission: MoSubmission) => Decision = () => reject()) {
  const screening = new ScriptedScreening(verdict);
  const result = explainMessage(SETTINGS, { screening, routing: testRouting() }, assumed, input, NOW);
  assert.ok(result.ok, result.ok ? '' : result.error.text);
  // Nothing of it has asked for a decision that counts.
  assert.deepEqual([screening.asked, screening.passedOver], [[], []]);
  return result.value;
}

const steps = (explanation: { readonly steps: readonly { readonly step: string }[] }) => explanation.steps.map((it) => it.step);

describe('an explanation', () => {
  it('says every step of a message, what was decided, and what would be sent, as the gate does it', () => {
    const octets = tcapUnit(begin(2));
    const explanation = explained({ kind: 'sccp', octets });
    assert.deepEqual(steps(explanation), ['mtp', 'sccp', 'addresses', 'selector', 'tcap', 'submission', 'decision', 'output']);
    assert.equal(explanation.decision?.place, 'row 7');
    assert.equal(explanation.carried, 'answered');
    const tcap = explanation.steps.find((it) => it.step === 'tcap');
    assert.deepEqual([tcap?.context, tcap?.by, tcap?.kind, tcap?.operations], ['shortMsgMO-Relay v2', 'glance', 'begin', [46]]);
    assert.equal(explanation.trace?.decision, explanation.decision);
    const live = testGate(() => reject()).send(octets);
    assert.deepEqual(
      explanation.outputs.map((it) => toHex(sentOf(it).data.userData)),
      live.map((it) => toHex(sentOf(it).data.userData)),
    );
    assert.match(explanation.sccpText ?? '', /UDT/);
    assert.match(explanation.mapText ?? '', /mo-ForwardSM/);
  });

  it('is the same for an MSU as for the SCCP message in it', () => {
    const octets = tcapUnit(begin(3));
    const msu = encodeMtp3({ si: 3, ni: 2, priority: 0, dpc: PC.gate, opc: PC.msc, sls: 5, userData: octets });
    const [ofMsu, ofSccp] = [explained({ kind: 'msu', octets: msu }), explained({ kind: 'sccp', octets })];
    assert.deepEqual(steps(ofMsu), steps(ofSccp));
    assert.deepEqual(ofMsu.outputs, ofSccp.outputs);
  });

  it('takes fields for octets, in every version', () => {
    for (const version of [1, 2, 3]) {
      let asked: MoSubmission | undefined;
      const explanation = explained(
        { kind: 'fields', fields: { sender: SENDER, smsc: SMSC, msc: MSC, version, recipient: '447700900001' } },
        (it) => {
          asked = it;
          return pass();
        },
      );
      assert.deepEqual(
        [
          asked?.sender?.digits,
          asked?.serviceCentre?.digits,
          asked?.called.digits,
          asked?.calling.digits,
          asked?.recipient?.()?.digits,
        ],
        [SENDER, SMSC, SMSC, MSC, '447700900001'],
      );
      const tcap = explanation.steps.find((it) => it.step === 'tcap');
      assert.equal(tcap?.version, version);
      assert.deepEqual(steps(explanation).slice(-2), ['decision', 'output']);
    }
  });

  it('says how the title was translated', () => {
    const explanation = explained({ kind: 'sccp', octets: tcapUnit(begin(3)) }, () => pass());
    const routing = explanation.steps.find((it) => it.step === 'routing');
    assert.ok(routing !== undefined && routing.steps.length > 0);
  });

  it('says where a message that cannot be decoded fails, and that it goes on', () => {
    const explanation = explained({ kind: 'sccp', octets: tcapUnit(begin(3)).with(30, 0xff) });
    const tcap = explanation.steps.find((it) => it.step === 'tcap');
    assert.ok(tcap?.fault !== undefined);
    assert.equal(explanation.outputs.length, 1);
    assert.equal(explanation.decision, undefined);
  });

  it('is refused for what is no message, with the reason', () => {
    const ports = { screening: new ScriptedScreening(() => pass()), routing: testRouting() };
    const of = (input: ExplainInput) => explainMessage(SETTINGS, ports, assumed, input, NOW);
    for (const input of [
      { kind: 'msu', octets: hex('83') },
      { kind: 'fields', fields: { sender: 'nobody', smsc: SMSC, msc: MSC } },
    ] as const) {
      const result = of(input);
      assert.ok(!result.ok && result.error.text.length > 0);
    }
  });

  it('of a single message knows nothing of others; of a capture it does', () => {
    const message = sccpOf(tcapUnit(begin(3), { kind: 'XUDT' }));
    assert.ok(message.kind === 'XUDT');
    const segments = segmentXudt(message, 1, 60);
    assert.ok(segments.ok);
    const ports = { screening: new ScriptedScreening(() => reject()), routing: testRouting() };
    const capture = new Explainer(SETTINGS, ports, assumed);
    const last = segments.value.map((octets) => capture.explain({ kind: 'sccp', octets }, NOW)).at(-1);
    assert.ok(last?.ok && last.value.decision?.action === 'reject');
    for (const octets of segments.value.slice(0, -1))
      assert.equal(explained({ kind: 'sccp', octets }).steps.at(-1)?.step, 'reassembly');
  });

  it('of a Continue that is judged by the selector of its Begin says what the gate decides, not that none takes it up', () => {
    const numbers = {
      state: 'ready',
      version: { load: 'x', change: 0, changedAt: 0 },
      find: () => ({ portabilityType: 1, entity: { kind: 'none' } }) as const,
      finding: () => undefined,
    } as const;
    const made = createScreening<Wire>(
      {
        version: 'test',
        mode: { kind: 'enforce' },
        portabilityCheck: true,
        selectors: [{ name: SCREENED, indicator: 4, translationType: 0, numberingPlan: 1, natureOfAddress: 4, ssn: 8 }],
        homeSmscs: { entries: [{ name: 'home', digits: SMSC }] },
      },
      { numbers },
    );
    assert.ok(made.ok);
    const traces: TracedDecision[] = [];
    const ports = { screening: made.value, routing: testRouting() };
    const live = testGate(undefined, {}, {}, { ...ports, keep: (it) => traces.push(it) });
    const capture = new Explainer(SETTINGS, ports, assumed);
    const called = { routeOn: 'gt', ssn: 8, globalTitle: { indicator: 2, translationType: 0, digits: SMSC } } as const;
    const components = [moInvoke(1, argumentOf())];
    const messages = [tcapUnit(begin(3, [])), tcapUnit({ kind: 'continue', otid: OTID, dtid: FAR_ID, components }, { called })];
    for (const octets of messages) live.send(octets);
    const explained = messages.map((octets) => capture.explain({ kind: 'sccp', octets }, NOW)).at(-1);
    assert.ok(explained?.ok);
    assert.deepEqual([explained.value.decision?.action, explained.value.decision?.place], ['reject', 'row 7']);
    assert.deepEqual([traces[0]?.decision.action, traces[0]?.trace.decision.action], ['reject', 'reject']);
  });

  it('of a message that no selector takes up says so', () => {
    const octets = tcapUnit(begin(3), {
      called: { routeOn: 'gt', ssn: 8, globalTitle: { indicator: 2, translationType: 0, digits: SMSC } },
    });
    const selector = explained({ kind: 'sccp', octets }).steps.find((it) => it.step === 'selector');
    assert.deepEqual(selector, { step: 'selector' });
    const taken = explained({ kind: 'sccp', octets: tcapUnit(begin(3)) }).steps.find((it) => it.step === 'selector');
    assert.deepEqual(taken, { step: 'selector', selector: SCREENED });
  });
});
