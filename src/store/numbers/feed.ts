/**
 * How other threads of this process read the same numbers: the table is shared, what stands beside it comes as messages.
 *
 * The writer sends an update, then counts the generation up, and only then changes the table. A reader looks at the generation before and after a
 * lookup; when it has changed it takes the messages in and, if need be, looks again. So nothing is ever read that the reader does not know yet.
 */
import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import {
  type NumberFinding,
  type NumberLookup,
  type NumberRecord,
  type NumberStoreState,
  type NumbersImage,
  type NumbersUpdate,
  type NumbersVersion,
  NumberView,
} from '#portability';

/** Words of the shared head: generation, state; then, in 64-bit words, the last change and its instant. */
const GENERATION = 0;
const STATE = 1;
const CHANGE = 1;
const CHANGED_AT = 2;
const HEAD_OCTETS = 24;

const STATES: readonly NumberStoreState[] = ['ready', 'loading', 'missing', 'damaged'];

type FeedMessage =
  | { readonly kind: 'update'; readonly update: NumbersUpdate }
  | { readonly kind: 'load'; readonly load: string; readonly image: NumbersImage };

/** What a thread needs to read the numbers: goes to it in `workerData` or a message, with `port` in the transfer list. */
export interface NumbersAttachment {
  readonly head: SharedArrayBuffer;
  readonly port: MessagePort;
}

/** The side of whoever keeps the numbers up to date. */
export class NumbersFeed {
  readonly #head = new SharedArrayBuffer(HEAD_OCTETS);
  readonly #words = new Int32Array(this.#head);
  readonly #longs = new BigInt64Array(this.#head);
  readonly #ports = new Set<MessagePort>();

  constructor(state: NumberStoreState) {
    this.state(state);
  }

  /** Another reader. `image`: what there is now, when there is anything. */
  attach(load: string, image: NumbersImage | undefined): NumbersAttachment {
    const { port1, port2 } = new MessageChannel();
    port1.unref();
    port1.on('close', () => this.#ports.delete(port1));
    this.#ports.add(port1);
    if (image !== undefined) port1.postMessage({ kind: 'load', load, image } satisfies FeedMessage);
    return { head: this.#head, port: port2 };
  }

  state(state: NumberStoreState): void {
    Atomics.store(this.#words, STATE, STATES.indexOf(state));
  }

  version(change: number, changedAt: number): void {
    Atomics.store(this.#longs, CHANGE, BigInt(change));
    Atomics.store(this.#longs, CHANGED_AT, BigInt(changedAt));
  }

  update(update: NumbersUpdate): void {
    this.#send({ kind: 'update', update });
  }

  /** Everything is another from here on. `image` is only made when somebody reads. */
  load(load: string, image: () => NumbersImage): void {
    if (this.#ports.size > 0) this.#send({ kind: 'load', load, image: image() });
  }

  close(): void {
    for (const port of this.#ports) port.close();
    this.#ports.clear();
  }

  #send(message: FeedMessage): void {
    if (this.#ports.size === 0) return;
    for (const port of this.#ports) port.postMessage(message);
    Atomics.add(this.#words, GENERATION, 1);
  }
}

/** The numbers in a thread that does not write them. Answers as the store does, from the same memory. */
export class NumberReader implements NumberLookup {
  readonly #port: MessagePort;
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #longs: BigInt64Array<SharedArrayBuffer>;
  #generation = -1;
  #view: NumberView | undefined;
  #load = '';

  constructor({ head, port }: NumbersAttachment) {
    this.#words = new Int32Array(head);
    this.#longs = new BigInt64Array(head);
    this.#port = port;
    // Also when nobody asks: what is sent must not pile up. Taken in early, it is known before it is needed.
    port.on('message', (message: FeedMessage) => this.#take(message));
    port.unref();
  }

  get state(): NumberStoreState {
    return STATES[Atomics.load(this.#words, STATE)]!;
  }

  get version(): NumbersVersion {
    this.#current();
    return {
      load: this.#load,
      change: Number(Atomics.load(this.#longs, CHANGE)),
      changedAt: Number(Atomics.load(this.#longs, CHANGED_AT)),
    };
  }

  find(number: number, now: number): NumberRecord | undefined {
    for (;;) {
      const view = this.#current();
      const found = view.find(number, now, true);
      if (Atomics.load(this.#words, GENERATION) === this.#generation) return found;
    }
  }

  finding(number: number, now: number): NumberFinding | undefined {
    for (;;) {
      const view = this.#current();
      const found = view.finding(number, now, true);
      if (Atomics.load(this.#words, GENERATION) === this.#generation) return found;
    }
  }

  close(): void {
    this.#port.close();
  }

  #current(): NumberView {
    const generation = Atomics.load(this.#words, GENERATION);
    if (generation !== this.#generation) this.#takeIn(generation);
    if (this.#view === undefined) throw new Error(`the numbers are ${this.state}`);
    return this.#view;
  }

  #takeIn(generation: number): void {
    for (let got = receiveMessageOnPort(this.#port); got !== undefined; got = receiveMessageOnPort(this.#port)) {
      this.#take(got.message as FeedMessage);
    }
    this.#generation = generation;
  }

  #take(message: FeedMessage): void {
    if (message.kind === 'update') this.#view!.take(message.update);
    else [this.#view, this.#load] = [new NumberView(message.image), message.load];
  }
}
