import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { err, LIMITS, ok } from '#base';
import { addressing, admit, refusedOf } from './admit.js';
import { aNumber, BOB, CAROL } from './fixtures.contract.js';
import type { Submission, SubmitRefusal } from './messaging.js';
import type { Policy } from './policy.js';
import { routeByPrefix } from './route.js';
import { aSubmission, POLICY } from './testbed.contract.js';

const NOW = 1_700_000_000_000;
const MAIL = { kind: 'email', mailbox: 'a@example.org' } as const;

/** All that is decided about a submission where prefixes decide about roads. */
function decided(submission: Submission, policy: Policy) {
  const addressed = addressing(submission, policy);
  if (!addressed.ok) return addressed;
  const { recipients, served } = addressed.value;
  const refused = refusedOf(
    served,
    served.map(({ address }) => routeByPrefix({ recipient: address }, policy)),
  );
  if (refused.length === served.length) return err({ kind: 'all-recipients-refused' as const, refused });
  const admission = admit(submission, policy, NOW);
  return admission.ok ? ok({ ...admission.value, recipients, refused }) : admission;
}

const refusal = (overrides: Partial<Submission>, policy: Partial<Policy> = {}): SubmitRefusal | undefined => {
  const outcome = decided(aSubmission(overrides), { ...POLICY, ...policy });
  return outcome.ok ? undefined : outcome.error;
};

const terms = (overrides: Partial<Submission>, policy: Partial<Policy> = {}) => {
  const outcome = decided(aSubmission(overrides), { ...POLICY, ...policy });
  assert.ok(outcome.ok, JSON.stringify(outcome));
  return outcome.value;
};

describe('admission', () => {
  it('counts the octets of all pieces against the size limit', () => {
    assert.equal(terms({ content: [new Uint8Array(600), new Uint8Array(400)] }).size, 1_000);
    assert.deepEqual(refusal({ content: [new Uint8Array(600), new Uint8Array(401)] }), {
      kind: 'message-too-large',
      size: 1_001,
      sizeMax: 1_000,
    });
  });

  it('wants a recipient, and not too many different ones', () => {
    const to = (count: number) =>
      Array.from({ length: count }, (_, i) => ({ field: 'to' as const, address: aNumber(`49151${3_000_000 + i}`) }));
    assert.deepEqual(refusal({ recipients: [] }), { kind: 'no-recipients' });
    assert.equal(refusal({ recipients: to(5) }), undefined);
    assert.equal(refusal({ recipients: [...to(5), ...to(5)] }), undefined, 'the same five twice');
    assert.deepEqual(refusal({ recipients: to(6) }), { kind: 'too-many-recipients', recipients: 6, recipientsMax: 5 });
  });

  it('counts an address once, in the most public of its fields', () => {
    const { recipients } = terms({
      recipients: [
        { field: 'bcc', address: BOB },
        { field: 'cc', address: CAROL },
        { field: 'to', address: BOB },
        { field: 'bcc', address: CAROL },
        { field: 'to', address: BOB },
        { field: 'bcc', address: { kind: 'email', mailbox: 'A@Example.org' } },
        { field: 'cc', address: MAIL },
      ],
    });
    assert.deepEqual(recipients, [
      { field: 'cc', address: CAROL },
      { field: 'to', address: BOB },
      { field: 'cc', address: MAIL },
    ]);
  });

  it('names the recipients that it cannot reach, and refuses the message when that is all of them', () => {
    const recipients = [
      { field: 'to' as const, address: MAIL },
      { field: 'to' as const, address: { kind: 'unknown' as const, text: 'mum' } },
    ];
    const refused = [
      { recipient: recipients[0], reason: 'no-route-for-email' },
      { recipient: recipients[1], reason: 'not-an-address' },
    ];
    assert.deepEqual(refusal({ recipients }), { kind: 'all-recipients-refused', refused });
    assert.deepEqual(terms({ recipients: [...recipients, { field: 'cc', address: BOB }] }).refused, refused);
  });

  it('hides the sender only where that is allowed', () => {
    assert.equal(terms({}).senderHidden, false);
    assert.equal(terms({ senderVisibility: 'show' }).senderHidden, false);
    assert.equal(terms({ senderVisibility: 'hide' }).senderHidden, true);
    assert.deepEqual(refusal({ senderVisibility: 'hide' }, { senderHidingAllowed: false }), {
      kind: 'sender-hiding-not-allowed',
    });
  });

  it('does not offer reply charging', () => {
    assert.deepEqual(refusal({ replyCharging: true }), { kind: 'reply-charging-not-supported' });
  });

  describe('delivery time and expiry', () => {
    it('are now and the default when the sender says nothing', () => {
      const { deliverAt, expiresAt } = terms({});
      assert.deepEqual({ deliverAt, expiresAt }, { deliverAt: NOW, expiresAt: NOW + POLICY.expiryDefaultMs });
    });

    it('may be instants or spans', () => {
      assert.equal(terms({ deliveryTime: { at: NOW + 5_000 } }).deliverAt, NOW + 5_000);
      assert.equal(terms({ deliveryTime: { afterMs: 5_000 } }).deliverAt, NOW + 5_000);
      assert.equal(terms({ expiry: { at: NOW + 5_000 } }).expiresAt, NOW + 5_000);
      assert.equal(terms({ expiry: { afterMs: 5_000 } }).expiresAt, NOW + 5_000);
    });

    it('a delivery time that has passed means now', () => {
      assert.equal(terms({ deliveryTime: { at: NOW - 5_000 } }).deliverAt, NOW);
    });

    it('a delivery time beyond the ceiling is refused', () => {
      assert.equal(refusal({ deliveryTime: { afterMs: POLICY.deliveryTimeMaxMs } }), undefined);
      assert.deepEqual(refusal({ deliveryTime: { afterMs: POLICY.deliveryTimeMaxMs + 1 } }), {
        kind: 'delivery-time-too-late',
        maxMs: POLICY.deliveryTimeMaxMs,
      });
    });

    it('an expiry beyond the ceiling is cut to it', () => {
      assert.equal(terms({ expiry: { afterMs: 100 * POLICY.expiryMaxMs } }).expiresAt, NOW + POLICY.expiryMaxMs);
    });

    it('the default expiry counts from the delivery time', () => {
      const { deliverAt, expiresAt } = terms({ deliveryTime: { afterMs: 10_000 } });
      assert.equal(expiresAt - deliverAt, POLICY.expiryDefaultMs);
    });

    it('a span asked for counts from acceptance', () => {
      assert.equal(terms({ deliveryTime: { afterMs: 10_000 }, expiry: { afterMs: 15_000 } }).expiresAt, NOW + 15_000);
    });

    it('an expiry at or before the delivery is refused', () => {
      assert.deepEqual(refusal({ expiry: { at: NOW } }), { kind: 'expires-before-delivery' });
      assert.deepEqual(refusal({ expiry: { at: NOW - 1 } }), { kind: 'expires-before-delivery' });
      assert.deepEqual(refusal({ expiry: { afterMs: 10_000 }, deliveryTime: { afterMs: 10_000 } }), {
        kind: 'expires-before-delivery',
      });
      assert.equal(refusal({ expiry: { afterMs: 10_001 }, deliveryTime: { afterMs: 10_000 } }), undefined);
    });
  });

  it("keeps the sender's Date where it can be true, else takes the time of arrival", () => {
    assert.equal(terms({}).date, NOW);
    assert.equal(terms({ date: NOW - 60_000 }).date, NOW - 60_000);
    assert.equal(terms({ date: NOW + LIMITS.dateAheadMaxMs }).date, NOW + LIMITS.dateAheadMaxMs);
    assert.equal(terms({ date: NOW + LIMITS.dateAheadMaxMs + 1 }).date, NOW);
    assert.equal(terms({ date: NOW - LIMITS.dateBehindMaxMs }).date, NOW - LIMITS.dateBehindMaxMs);
    assert.equal(terms({ date: 0 }).date, NOW, 'a handset that thinks it is 1970');
  });

  it('notes wishes for reports where they are allowed', () => {
    const wish = { deliveryReport: true, readReport: true };
    const granted = (overrides: Partial<Submission>, policy?: Partial<Policy>) => {
      const { deliveryReport, readReport } = terms(overrides, policy);
      return { deliveryReport, readReport };
    };
    assert.deepEqual(granted({}), { deliveryReport: false, readReport: false });
    assert.deepEqual(granted(wish), wish);
    assert.deepEqual(granted(wish, { deliveryReportsAllowed: false }), { deliveryReport: false, readReport: true });
    assert.deepEqual(granted(wish, { readReportsAllowed: false }), { deliveryReport: true, readReport: false });
  });

  it('grants no reports to class Auto', () => {
    const { deliveryReport, readReport } = terms({ deliveryReport: true, readReport: true, messageClass: 'auto' });
    assert.deepEqual({ deliveryReport, readReport }, { deliveryReport: false, readReport: false });
  });
});
