/** The domain's service, put together: each command in the file of its name, around what they share. */
import { LIMITS } from '#base';
import type { Context } from './context.js';
import { DueWork } from './deliver.js';
import { deliveryReported, handoverAnswered } from './far-answers.js';
import { KeySource } from './key.js';
import { KnownHandsets } from './known-handsets.js';
import type { MessagingService } from './messaging.js';
import type { Policy } from './policy.js';
import type { Ports } from './ports.js';
import { readReported } from './read-report.js';
import { cancel, replace } from './recall.js';
import { fetched, retrieve } from './retrieve.js';
import { actOnRoad } from './road-actions.js';
import { prefixRouter } from './route.js';
import { acknowledged, notificationAnswered } from './settle.js';
import { storeRefusal } from './store-refusal.js';
import { Submissions } from './submit.js';
import { Turns } from './turns.js';
import { WaitingMessages } from './waiting.js';

export function createMessaging(given: Ports, policy: Policy): MessagingService {
  const waiting = new WaitingMessages(given.messages);
  const ports: Ports = {
    ...given,
    observe: (events) => {
      waiting.note(events);
      given.observe(events);
    },
  };
  const handsets = new KnownHandsets(ports);
  const context: Context = {
    ports,
    policy,
    keys: new KeySource(ports.randomOctets),
    handsets,
    router: ports.router ?? prefixRouter(policy),
    waiting,
  };
  const submissions = new Submissions(context);
  const dueWork = new DueWork(context);
  // Two replacements of one message at once would each leave a new version behind.
  const recalls = new Turns();
  return {
    submit: (submission) => submissions.submit(submission),
    retrieve: (key, by) => retrieve(context, key, by),
    fetched: (key) => fetched(context, key),
    notificationAnswered: (answer) => notificationAnswered(context, answer),
    acknowledged: (acknowledgement) => acknowledged(context, acknowledgement),
    readReported: (receipt) => readReported(context, receipt),
    handoverAnswered: (answer) => handoverAnswered(context, (delivery) => dueWork.roads.isUnderWay(delivery), answer),
    deliveryReported: (report) => deliveryReported(context, report),
    cancel: (cancellation) => recalls.take(cancellation.messageId, () => cancel(context, dueWork.roads, cancellation)),
    replace: (replacement) => recalls.take(replacement.messageId, () => replace(context, dueWork.roads, replacement)),
    roads: () => dueWork.roads.queues(),
    waitingFor: (road, limit, after) => ports.messages.waitingFor(road, limit, after),
    holdRoad: (road, reason) => dueWork.roads.hold(road, reason),
    resumeRoad: (road) => dueWork.resume(road),
    actOnRoad: async (road, action, by, selection) => {
      const acted = await actOnRoad(context, dueWork.roads, road, action, by, selection);
      if (action.kind === 'requeue') dueWork.work().catch(() => {});
      return acted;
    },
    handsetSeen: (handset) => handsets.seen(handset),
    handsetReachable: (msisdn) => dueWork.reached(msisdn),
    workDue: () => dueWork.work(),
    stopWork: () => dueWork.stop(),
    housekeep: () => housekeep(context),
  };
}

/** Removes what is older than the operator keeps, in short steps. A store that is not available ends it; the next time goes on. */
async function housekeep({ ports, policy }: Context): Promise<number> {
  let removed = 0;
  try {
    for (let round = 0; round < LIMITS.pruneRoundsMax; round++) {
      const pruned = await ports.messages.prune(ports.now() - policy.historyMs, LIMITS.pruneBatchMax);
      removed += pruned;
      if (pruned < LIMITS.pruneBatchMax) break;
    }
  } catch (thrown) {
    storeRefusal(thrown);
  }
  return removed;
}
