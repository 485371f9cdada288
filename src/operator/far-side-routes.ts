/** The operator API's handlers for peers, VASPs and routes at work: their state, what waits for them, and tests. */
import type { ChangeSet, ObjectKind, ObjectStore } from '#directory';
import {
  addressText,
  type MessageId,
  type Messaging,
  type RoadActionDone,
  type RoadQueue,
  type RoadSelection,
  roadName,
} from '#messaging';
import { Problem } from './http-api.js';
import { maskedAddress, maskedWords } from './masking.js';
import type { ChangedView, FarSide, FarSideView, TestView, WaitingView } from './object-api.js';
import { changedViewOf, existing, given } from './object-routes.js';
import type { Asked, Handlers, ResourceName } from './resources.js';
import type { OperatorCaller } from './roles.js';

/** The domain's commands about what waits for far sides. */
export type RoadPorts = Pick<Messaging, 'roads' | 'waitingFor' | 'actOnRoad'>;

export interface FarSidePorts {
  readonly objects: ObjectStore;
  /** Absent while the program has no roads to others: then nothing waits. */
  readonly roads?: RoadPorts;
  /** A dialogue with a peer up to RCPT; absent while MM4 is not served. */
  readonly testPeer?: (peer: string, recipient: string | undefined) => Promise<TestView>;
  /** The last troubles with a far side, newest first; absent: none are known but the queue's reason. */
  readonly troubles?: (kind: FarSide, name: string) => readonly { readonly at: number; readonly text: string }[];
}

const instant = (at: number): string => new Date(at).toISOString();

const roadOf = (kind: FarSide, name: string): string => roadName(kind === 'peer' ? { kind, peer: name } : { kind, vasp: name });

/** Deliveries of one step, so that other work goes on in between, and steps of one request. */
const STEP_DELIVERIES = 500;
const STEPS_MAX = 2_000;

/** Attempts to change a state that others are changing, too. */
const STATE_ATTEMPTS = 8;

const emptyQueue = (road: string): RoadQueue => ({ road, waiting: 0, awaiting: 0, underWay: 0, state: 'open' });

/** Words of far sides as the caller may see them: they may name a recipient. */
const wordsFor = ({ role }: OperatorCaller): ((text: string) => string) => (role === 'viewer' ? maskedWords : (text) => text);

const queueViewOf = (
  { road: _, oldestAt, triedNextAt, reason, ...queue }: RoadQueue,
  words: (text: string) => string,
): FarSideView['queue'] => ({
  ...queue,
  ...(reason === undefined ? {} : { reason: words(reason) }),
  ...(oldestAt === undefined ? {} : { oldestAt: instant(oldestAt) }),
  ...(triedNextAt === undefined ? {} : { triedNextAt: instant(triedNextAt) }),
});

/** What waits for each road, by its name. */
async function queues(roads: RoadPorts | undefined): Promise<ReadonlyMap<string, RoadQueue>> {
  return new Map((await roads?.roads())?.map((queue) => [queue.road, queue]));
}

/** What a handler is given, whichever resource it is of. */
type Given<N extends ResourceName> = Pick<Asked<N, OperatorCaller>, 'params' | 'query' | 'body' | 'caller'>;

class FarSides {
  readonly #ports: FarSidePorts;

  constructor(ports: FarSidePorts) {
    this.#ports = ports;
  }

  async all(kind: FarSide, caller: OperatorCaller): Promise<{ farSides: FarSideView[] }> {
    const waiting = await queues(this.#ports.roads);
    return { farSides: this.#ports.objects.list(kind).map(({ name }) => this.#view(kind, name, waiting, caller)) };
  }

  async one(kind: FarSide, name: string, caller: OperatorCaller): Promise<FarSideView> {
    existing(this.#ports.objects, kind, name);
    return this.#view(kind, name, await queues(this.#ports.roads), caller);
  }

  /** What waits for it: also for one that was removed meanwhile, as somebody has to deal with that. */
  async #queueOf(kind: FarSide, name: string): Promise<RoadQueue | undefined> {
    const queue = (await queues(this.#ports.roads)).get(roadOf(kind, name));
    if (queue === undefined) existing(this.#ports.objects, kind, name);
    return queue;
  }

  async waiting(kind: FarSide, { params: { name }, query: { limit }, caller }: Given<'peerQueue'>): Promise<WaitingView> {
    const { roads } = this.#ports;
    const road = roadOf(kind, name);
    const words = wordsFor(caller);
    const queue = queueViewOf((await this.#queueOf(kind, name)) ?? emptyQueue(road), words);
    const text = caller.role === 'viewer' ? maskedAddress : (address: string) => address;
    const found = (await roads?.waitingFor(road, limit)) ?? [];
    return {
      queue,
      deliveries: found.map(({ delivery, message }) => ({
        message: message.id,
        sender: text(addressText(message.sender)),
        recipient: text(addressText(delivery.recipient)),
        size: message.size,
        acceptedAt: instant(message.acceptedAt),
        state: delivery.state,
        attempts: delivery.attempts,
        ...(delivery.dueAt === undefined ? {} : { dueAt: instant(delivery.dueAt) }),
        ...(delivery.reason === undefined ? {} : { reason: words(delivery.reason) }),
      })),
    };
  }

  async act(kind: FarSide, { params: { name }, body, caller }: Given<'peerQueueAction'>): Promise<{ deliveries: number }> {
    const { roads } = this.#ports;
    await this.#queueOf(kind, name);
    if (roads === undefined) throw new Problem(503, 'Unavailable', 'this program has no roads to others');
    const { action: act, messages, reason = `by ${caller.name}` } = body;
    const action = act === 'expire' ? ({ kind: act, reason } as const) : ({ kind: act } as const);
    const selection = {
      limit: STEP_DELIVERIES,
      ...(messages === undefined ? {} : { messages: messages.map((id) => id as MessageId) }),
    };
    let deliveries = 0;
    let after: RoadSelection['after'];
    // What comes into the queue meanwhile could keep this going for ever: the bound is far above any queue.
    for (let step = 0; step < STEPS_MAX; step += 1) {
      const { done, next }: RoadActionDone = await roads.actOnRoad(roadOf(kind, name), action, caller.name, {
        ...selection,
        ...(after === undefined ? {} : { after }),
      });
      deliveries += done;
      if (next === undefined) break;
      after = next;
    }
    return { deliveries };
  }

  /** Writes the state into what the object is now; others who change the rest of it at the same time are no reason to refuse. */
  async setState(
    kind: ObjectKind,
    name: string,
    { state, reason }: { readonly state: string; readonly reason?: string | undefined },
    caller: OperatorCaller,
  ): Promise<ChangedView> {
    const { objects } = this.#ports;
    for (let attempt = 1; ; attempt += 1) {
      const { object, revision } = existing(objects, kind, name);
      const changes: ChangeSet['changes'] = [{ act: 'put', kind, object: { ...object, state } }];
      const outcome = await objects.change({
        who: caller.name,
        seen: revision,
        changes,
        ...(reason === undefined ? {} : { reason }),
      });
      const isStale = !outcome.ok && outcome.error.kind === 'stale';
      if (!isStale || attempt >= STATE_ATTEMPTS) return changedViewOf(given(outcome, changes), true);
    }
  }

  async test({ params: { name }, body: { recipient } }: Given<'peerTest'>): Promise<TestView> {
    const { objects, testPeer } = this.#ports;
    existing(objects, 'peer', name);
    if (testPeer === undefined) throw new Problem(503, 'Unavailable', 'this program does not serve MM4');
    return testPeer(name, recipient);
  }

  #view(kind: FarSide, name: string, waiting: ReadonlyMap<string, RoadQueue>, caller: OperatorCaller): FarSideView {
    const { objects, troubles } = this.#ports;
    const { revision, changedAt, changedBy } = existing(objects, kind, name);
    const { snapshot } = objects;
    const state = (kind === 'peer' ? snapshot.peer(name) : snapshot.vasp(name))!.state;
    const road = roadOf(kind, name);
    const words = wordsFor(caller);
    return {
      name,
      state,
      revision,
      changedAt: instant(changedAt),
      changedBy,
      queue: queueViewOf(waiting.get(road) ?? emptyQueue(road), words),
      troubles: (troubles?.(kind, name) ?? []).map(({ at, text }) => ({ at: instant(at), text: words(text) })),
    };
  }
}

type FarSideResource =
  | 'peers'
  | 'peer'
  | 'peerState'
  | 'peerQueue'
  | 'peerQueueAction'
  | 'peerTest'
  | 'vasps'
  | 'vasp'
  | 'vaspState'
  | 'vaspQueue'
  | 'vaspQueueAction'
  | 'routeState';

export function farSideHandlers(ports: FarSidePorts): Handlers<FarSideResource, OperatorCaller> {
  const farSides = new FarSides(ports);
  return {
    peers: ({ caller }) => farSides.all('peer', caller),
    peer: ({ params, caller }) => farSides.one('peer', params.name, caller),
    peerState: ({ params, body, caller }) => farSides.setState('peer', params.name, body, caller),
    peerQueue: (asked) => farSides.waiting('peer', asked),
    peerQueueAction: (asked) => farSides.act('peer', asked),
    peerTest: (asked) => farSides.test(asked),
    vasps: ({ caller }) => farSides.all('vasp', caller),
    vasp: ({ params, caller }) => farSides.one('vasp', params.name, caller),
    vaspState: ({ params, body, caller }) => farSides.setState('vasp', params.name, body, caller),
    vaspQueue: (asked) => farSides.waiting('vasp', asked),
    vaspQueueAction: (asked) => farSides.act('vasp', asked),
    routeState: ({ params, body, caller }) => farSides.setState('route', params.name, body, caller),
  };
}
