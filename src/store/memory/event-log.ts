/** A store of messages that logs its events, and the log, kept as long as the process lives. */
import type {
  Change,
  ContentOctets,
  Delivery,
  EventLog,
  LoggedChange,
  Message,
  MessageId,
  MessageStore,
  MessagingEvent,
  Report,
} from '#messaging';

export interface LoggedStore {
  /** Does what the store does, and logs. */
  readonly messages: MessageStore;
  readonly events: EventLog;
}

let made = 0;

/** What is written to the store by other ways is not logged. */
export function logEvents(store: MessageStore): LoggedStore {
  const log = new MemoryEventLog(store, `memory-${++made}`);
  const logged = {
    async accept(
      message: Message,
      content: ContentOctets,
      deliveries: readonly Delivery[],
      reports: readonly Report[],
      events: readonly MessagingEvent[],
    ) {
      await store.accept(message, content, deliveries, reports, events);
      log.keep(events, message, deliveries);
    },
    async change(change: Change) {
      const outcome = await store.change(change);
      if (outcome === 'done') await log.keepLater(change.events);
      return outcome;
    },
  };
  const messages = new Proxy(store, {
    get(target, name) {
      const own = logged[name as keyof typeof logged] as unknown;
      if (own !== undefined) return own;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return { messages, events: log };
}

class MemoryEventLog implements EventLog {
  readonly #store: MessageStore;
  readonly #identity: string;
  #changes: LoggedChange[] = [];
  #place = 0;
  readonly #wakes: (() => void)[] = [];

  constructor(store: MessageStore, identity: string) {
    this.#store = store;
    this.#identity = identity;
  }

  async identity(): Promise<string> {
    return this.#identity;
  }

  keep(events: readonly MessagingEvent[], message: Message, deliveries: readonly Delivery[]): void {
    if (events.length === 0) return;
    this.#changes.push({ place: ++this.#place, events, message, deliveries });
    for (const wake of this.#wakes) wake();
  }

  /** Events of messages that are not there (any more) are not kept by the store either. */
  async keepLater(events: readonly MessagingEvent[]): Promise<void> {
    for (const id of new Set<MessageId>(events.map(({ messageId }) => messageId))) {
      const message = await this.#store.message(id);
      if (!message) continue;
      const deliveries = await this.#store.deliveriesOf(id);
      this.keep(
        events.filter(({ messageId }) => messageId === id),
        message,
        deliveries,
      );
    }
  }

  async changesAfter(after: number, limit: number): Promise<readonly LoggedChange[]> {
    return this.#changes.filter(({ place }) => place > after).slice(0, limit);
  }

  async changesDone(upTo: number): Promise<void> {
    this.#changes = this.#changes.filter(({ place }) => place > upTo);
  }

  onChanges(wake: () => void): void {
    this.#wakes.push(wake);
  }
}
