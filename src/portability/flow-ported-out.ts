/** The order for live networks, steps 4 to 11 of docs/gate-decision.md: only who left is stopped, and nobody is relayed who is to be stopped. */
import type { Reason } from './decision.js';
import type { Matter } from './matter.js';
import { prepaidTypeOf } from './portability-type.js';

export function decidePortedOut(matter: Matter): void {
  const { prepaid, portabilityCheck, recipients } = matter.plan;
  matter.trace?.push({ step: 'features', prepaid, portabilityCheck });
  if (!matter.conditionSender(4, 'step 4')) return;
  if (matter.origin(5) !== undefined) {
    matter.pass('step 5', 'from-platform');
    return;
  }
  if (!prepaid && !portabilityCheck) {
    matter.pass('step 11', 'features-off');
    return;
  }
  const found = matter.lookUpSender(6, 'step 6');
  if (found === 'landed') return;
  const reason = found === 'stored' ? screenOrRelay(matter) : 'sender-not-stored';
  if (reason === undefined) return;
  matter.pass('step 11', reason);
  if (recipients) matter.relayForRecipient(9, 'step 9');
}

/** Steps 7 and 8. Undefined: the message has landed; else why it goes on. */
function screenOrRelay(matter: Matter): Reason | undefined {
  switch (matter.typeClass(6)) {
    case 'screened':
      if (!matter.plan.portabilityCheck) return 'portability-check-off';
      return matter.isAtHome(7, 'step 7') ? undefined : 'foreign-smsc';
    case 'prepaid':
      if (!matter.plan.prepaid) return 'prepaid-off';
      matter.relayFor(8, 'sender', matter.sender, prepaidTypeOf(matter.record!.portabilityType), 'step 8');
      return undefined;
    case 'other':
      return 'type-not-screened';
  }
}
