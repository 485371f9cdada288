/**
 * The published call flow, to the letter: Oracle DSR MNP User's Guide, Portability Check for Mobile Originated SMS, steps 4 to 15. Each end is a
 * row of the decision table in docs/gate-decision.md; where the source is silent the ambiguity of that document is named (A2 to A5, A10, A15).
 */
import type { Place } from './decision.js';
import type { Matter } from './matter.js';
import { prepaidTypeOf } from './portability-type.js';

export function decideVstp(matter: Matter): void {
  const { prepaid, portabilityCheck, recipients } = matter.plan;
  matter.trace?.push({ step: 'features', clause: 4, prepaid, portabilityCheck });
  if (!prepaid) {
    withoutPrepaid(matter);
    return;
  }
  if (withPrepaid(matter) && recipients) matter.relayForRecipient(14, matter.place);
  // Step 13, the other MO-SMS services, is led to by no step of the source: they stand before every exit to translation (A7).
}

/** Steps 5 to 7. */
function withoutPrepaid(matter: Matter): void {
  if (!matter.plan.portabilityCheck) {
    matter.pass('row 3', 'features-off');
    return;
  }
  if (!matter.conditionSender(undefined, 'A10')) return;
  const found = matter.lookUpSender(5, 'A15');
  if (found === 'landed') return;
  if (found === 'not-stored') {
    matter.pass('row 4', 'sender-not-stored');
    return;
  }
  switch (matter.typeClass(6)) {
    case 'prepaid':
      matter.pass('row 5', 'prepaid-off');
      return;
    case 'screened':
      atHome(matter, 'row 7', 'row 6');
      return;
    case 'other':
      // A3: the source has no branch for such a type while PPSMS is off.
      matter.pass('row 8', 'type-not-screened');
  }
}

/** Steps 8 to 11. True: the message goes on to what else PPSMS does, the check of its recipient. */
function withPrepaid(matter: Matter): boolean {
  if (matter.origin(8) !== undefined) {
    // A4: to PPSMS, whose own first test lets what comes from its platforms go on to translation.
    matter.origin(14);
    matter.pass('row 9', 'from-platform');
    return false;
  }
  if (!matter.conditionSender(undefined, 'A10')) return false;
  const found = matter.lookUpSender(9, 'A15');
  if (found === 'landed') return false;
  if (found === 'not-stored') {
    matter.pass('row 10', 'sender-not-stored');
    return true;
  }
  switch (matter.typeClass(10)) {
    case 'prepaid':
      matter.relayFor(14, 'sender', matter.sender, prepaidTypeOf(matter.record!.portabilityType), 'row 11');
      return false;
    case 'screened':
      if (matter.plan.portabilityCheck) return !atHome(matter, 'row 14', 'row 13');
      matter.pass('row 12', 'portability-check-off');
      return true;
    case 'other':
      matter.pass('row 15', 'type-not-screened');
      return true;
  }
}

/** Step 7. True: it is a home SMSC, and the message ends here. */
function atHome(matter: Matter, home: Place, foreign: Place): boolean {
  if (matter.isAtHome(7, home)) return true;
  matter.pass(foreign, 'foreign-smsc');
  return false;
}
