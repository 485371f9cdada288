/** The sockets of MM1 as the simulated network has them: what `src/endpoint/mm1/server.ts` does with a request, without HTTP. */
import type { Msisdn } from '#base';
import { Admission, type Answers, createAccess, createAnswers, createTelemetry, type Mm1Ports, type Reply } from '#endpoint/mm1';
import type { Messaging } from '#messaging';
import type { Loop, Owner } from '../kit/loop.js';
import type { Random } from '../kit/random.js';
import { CONTENT_URL, MM1_PATH, type WorldSettings } from '../world/settings.js';

/** Where a handset posts its PDUs, and where it fetches content. */
export interface HttpRequest {
  readonly method: 'POST' | 'GET';
  readonly path: string;
  /** Whom the network names as the sender. */
  readonly msisdn: Msisdn | undefined;
  readonly userAgent: string;
  readonly octets: Uint8Array;
  /** An upload or download ends before this share of it has gone; undefined: it goes to the end. */
  readonly endsAt: number | undefined;
}

export type HttpAnswer =
  | Reply
  /** What came of a message; `whole` when it was all of it. */
  | { readonly kind: 'content'; readonly octets: Uint8Array; readonly whole: boolean }
  /** The connection was refused, broke or never answered. */
  | { readonly kind: 'none' };

/** How long a body takes to arrive, or content to go. Milliseconds. */
const TRANSFER_MS = 2_000;
/** What of a body comes first. Octets. */
const FIRST_PIECE = 64;

/** How often an end looks whether requests are under way. Milliseconds. */
const CLOSE_LOOK_MS = 100;

const NONE: HttpAnswer = { kind: 'none' };

export class Mm1Driver {
  readonly #loop: Loop;
  readonly #owner: Owner;
  readonly #random: Random;
  readonly #messaging: Messaging;
  readonly #admission: Admission;
  readonly #answers: Answers;
  #underWay = 0;
  readonly #access = createAccess(MM1_PATH, CONTENT_URL);

  constructor(loop: Loop, owner: Owner, random: Random, settings: WorldSettings, ports: Mm1Ports) {
    this.#loop = loop;
    this.#owner = owner;
    this.#random = random;
    this.#messaging = ports.messaging;
    this.#admission = new Admission(settings.mm1);
    const telemetry = createTelemetry(ports.log, ports.meter, this.#admission, () => 0);
    this.#answers = createAnswers(settings.mm1, ports, this.#admission, telemetry);
  }

  /** Waits for the requests under way; more do not come. */
  async close(): Promise<void> {
    while (this.#underWay > 0) await this.#loop.sleep(CLOSE_LOOK_MS, this.#owner);
  }

  /** Serves one request; settles only while the machine lives. */
  async serve(request: HttpRequest): Promise<HttpAnswer> {
    this.#underWay++;
    try {
      return await this.#served(request);
    } finally {
      this.#underWay--;
    }
  }

  async #served(request: HttpRequest): Promise<HttpAnswer> {
    const headers = { 'content-type': 'application/vnd.wap.mms-message' };
    const wanted = this.#access({ method: request.method, url: request.path, headers });
    if (wanted.kind === 'refused') throw new Error(`${request.method} ${request.path} is refused: ${wanted.why}`);
    return wanted.kind === 'post' ? this.#post(request) : this.#get(request, wanted.key);
  }

  async #post({ octets, msisdn, userAgent, endsAt }: HttpRequest): Promise<HttpAnswer> {
    const caller = msisdn === undefined ? {} : { msisdn };
    const first = octets.subarray(0, FIRST_PIECE);
    let held = first.length;
    this.#admission.bodyOctets += held;
    const release = (): void => {
      this.#admission.bodyOctets -= held;
      held = 0;
    };
    if (octets.length > first.length) {
      const early = this.#answers.early(first, false, caller);
      if (early !== undefined) {
        release();
        return early;
      }
      await this.#transfer();
      if (endsAt !== undefined) {
        release();
        return NONE;
      }
      this.#admission.bodyOctets += octets.length - held;
      held = octets.length;
    }
    try {
      // The receiver's buffer is used again for the next body: nobody may keep a view of it.
      const body = Uint8Array.from(octets);
      const reply = await this.#answers.post({ octets: body, caller, traits: { userAgent } });
      body.fill(0xee);
      return reply;
    } finally {
      release();
    }
  }

  async #get({ msisdn, userAgent, endsAt }: HttpRequest, key: string): Promise<HttpAnswer> {
    const caller = msisdn === undefined ? {} : { msisdn };
    const share = await this.#admission.roomToSend();
    if (share === undefined) return this.#answers.refuseRetrieval({ kind: 'overloaded' }, key, caller) as Reply;
    const reply = await this.#answers.get({ key, caller, traits: { userAgent } });
    if (reply.kind !== 'content') {
      share.give();
      return reply;
    }
    const octets = Buffer.concat([reply.head, reply.content]);
    share.resize(octets.length);
    await this.#transfer();
    share.give();
    if (endsAt !== undefined)
      return { kind: 'content', octets: octets.subarray(0, Math.floor(octets.length * endsAt)), whole: false };
    void this.#messaging.fetched(reply.key);
    return { kind: 'content', octets, whole: true };
  }

  #transfer(): Promise<void> {
    return this.#loop.sleep(this.#random.unit() * TRANSFER_MS, this.#owner);
  }
}
