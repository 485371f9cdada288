/** From what the flow says to what is done: mode, sample, ceiling, answer. */
import type { Decision, Held, Outcome } from './decision.js';
import { draw, isAmong, SAMPLE } from './draw.js';
import type { Matter } from './matter.js';
import type { Mode } from './settings.js';

/** Rejects that the ceiling counts and holds back. A store that is down is known to be; it has an alarm and a setting of its own. */
export const isAboutPortedSender = ({ rule }: Matter): boolean => rule === 'home-smsc' || rule === 'service-centre';

/** Works out mode and answer. */
export function applyMode(matter: Matter): Mode {
  const { selector, home, rule } = matter;
  if (matter.verdict === 'reject') {
    matter.answer = (rule === 'home-smsc' ? home?.smsc.answer : undefined) ?? selector.answers[rule!];
    if (isAboutPortedSender(matter) && home?.smsc.mode !== undefined) return (matter.mode = home.smsc.mode);
  }
  return (matter.mode = selector.mode);
}

/** Whether the verdict is carried out, after `applyMode`. */
export function holdBack(matter: Matter, isCeilingExceeded: boolean): void {
  matter.held = matter.verdict === 'pass' ? 'no' : heldBy(matter, matter.mode!, isCeilingExceeded);
  if (matter.trace === undefined) return;
  const { mode, verdict, held, selector } = matter;
  matter.trace.push({ step: 'mode', mode: mode!, from: mode === selector.mode ? selector.modeFrom : 'home-smsc', verdict, held });
}

function heldBy(matter: Matter, mode: Mode, isCeilingExceeded: boolean): Held {
  if (matter.answer?.kind === 'monitor-only') return 'answer';
  if (mode.kind === 'monitor' || mode.kind === 'off') return 'monitor';
  if (mode.kind === 'sample' && !isAmong(draw(matter.sender, matter.submission.reference ?? 0, SAMPLE), mode.percent))
    return 'sample';
  return isCeilingExceeded && isAboutPortedSender(matter) ? 'ceiling' : 'no';
}

export function decisionOf(matter: Matter): Decision {
  return {
    action: matter.held === 'no' ? matter.verdict : 'pass',
    verdict: matter.verdict,
    held: matter.held,
    place: matter.place,
    reason: matter.reason,
    mode: matter.mode!.kind,
    selector: matter.selector.name,
    sender: matter.sender < 0 ? undefined : matter.sender,
    record: matter.record,
    homeSmsc: matter.home?.smsc,
    serviceCentre: matter.serviceCentre,
    rule: matter.rule,
    answer: matter.answer,
    relay: matter.relay,
  };
}

const HELD_REJECT: Readonly<Record<Exclude<Held, 'no'>, Outcome>> = {
  monitor: 'reject-monitored',
  sample: 'reject-not-sampled',
  ceiling: 'reject-above-ceiling',
  answer: 'reject-monitor-only',
};

/** As it is counted. */
export function outcomeOf({ verdict, held, answer }: Pick<Decision, 'verdict' | 'held' | 'answer'>): Outcome {
  if (verdict === 'pass') return 'passed';
  if (verdict === 'redirect')
    return held === 'no' ? 'redirected' : held === 'sample' ? 'redirect-not-sampled' : 'redirect-monitored';
  if (held !== 'no') return HELD_REJECT[held];
  // An answer that lets the message pass is held by it.
  return answer!.kind === 'monitor-only' ? 'reject-monitor-only' : answer!.kind;
}
