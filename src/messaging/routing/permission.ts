/** Whether a message that came one way may leave by another: loops, transit, and what a subscriber may use. */
import type { OuterRoad } from '#messaging';
import type { Question } from './question.js';
import type { ExplainedDecision } from './trace.js';

/** The road, unless something forbids it. */
export function takeRoad(question: Question, road: OuterRoad): ExplainedDecision {
  if (leadsBack(question, road)) {
    question.note({ step: 'forbidden', because: 'it would go back to where it came from' });
    return question.nowhere('loop');
  }
  const because = transitFault(question, road) ?? senderFault(question, road.kind);
  return because === undefined ? question.road(road) : forbidden(question, because);
}

export function forbidden(question: Question, because: string): ExplainedDecision {
  question.note({ step: 'forbidden', because });
  return question.nowhere('not-allowed');
}

function leadsBack({ query: { origin } }: Question, road: OuterRoad): boolean {
  if (origin.interface === 'mm4') return road.kind === 'peer' && road.peer === origin.peer;
  return origin.interface === 'mm7' && road.kind === 'vasp' && road.vasp === origin.vasp;
}

/** What came from another network leaves to a third one only where the operator wants to carry it; Internet mail never leaves as Internet mail. */
function transitFault({ query: { origin }, snapshot, settings }: Question, road: OuterRoad): string | undefined {
  if (road.kind === 'vasp') return undefined;
  if (origin.interface === 'mm4' && !snapshot.peer(origin.peer)?.transit) return `no transit for peer ${origin.peer}`;
  if (origin.interface !== 'mm3') return undefined;
  if (road.kind === 'email') return 'Internet mail is not passed on as Internet mail';
  return settings.mailToPeers === 'refuse' ? 'Internet mail is not passed on to peers' : undefined;
}

/** What our own subscriber may send by. Of a sender that is no subscriber nothing is known here. */
export function senderFault(
  { query: { origin, sender, size }, snapshot }: Question,
  road: OuterRoad['kind'] | 'handset',
): string | undefined {
  if (origin.interface !== 'mm1' || sender.kind !== 'number') return undefined;
  const subscriber = snapshot.subscriber(sender.msisdn);
  if (!subscriber) return undefined;
  if (subscriber.state !== 'active') return `the sender is ${subscriber.state}`;
  const { sizeMax } = subscriber;
  if (sizeMax !== undefined && size > sizeMax) return `the content has ${size} octets, the sender may send ${sizeMax}`;
  return subscriber.roadsOut.includes(road) ? undefined : `the sender may not use the road ${road}`;
}
