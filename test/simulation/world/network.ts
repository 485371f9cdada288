/** Carries requests of handsets to the machine and its answers back, as well as the faults of the moment let it. */
import type { Msisdn } from '#base';
import type { Loop } from '../kit/loop.js';
import type { Random } from '../kit/random.js';
import type { Trace } from '../kit/trace.js';
import type { Hazards } from '../machine/hazards.js';
import type { HttpAnswer, HttpRequest } from '../machine/mm1-driver.js';

/** One way takes up to so long. Milliseconds. */
const WAY_MS = 300;
/** A handset gives up waiting for an answer. Milliseconds. */
const PATIENCE_MS = 30_000;

const NONE: HttpAnswer = { kind: 'none' };

export interface Server {
  serve(request: HttpRequest): Promise<HttpAnswer>;
}

export class Network {
  readonly #loop: Loop;
  readonly #trace: Trace;
  readonly #hazards: Hazards;
  readonly #server: Server;

  constructor(loop: Loop, trace: Trace, hazards: Hazards, server: Server) {
    this.#loop = loop;
    this.#trace = trace;
    this.#hazards = hazards;
    this.#server = server;
  }

  /** What the handset gets; never rejects. `random`: the handset's own chance. */
  exchange(request: HttpRequest, random: Random): Promise<HttpAnswer> {
    return new Promise((resolve) => {
      const deadline = this.#loop.after(PATIENCE_MS, this.#loop.world, () => this.#answer(resolve, 'no answer in time', NONE));
      const answered = (answer: HttpAnswer): void => {
        this.#loop.cancel(deadline);
        resolve(answer);
      };
      this.#carry(request, random, answered);
      if (random.chance(this.#hazards.requestsDoubled)) {
        this.#trace.count('network', 'a request arrives twice');
        this.#carry(request, random, answered);
      }
    });
  }

  #answer(resolve: (answer: HttpAnswer) => void, why: string, answer: HttpAnswer): void {
    this.#trace.count('network', why);
    resolve(answer);
  }

  #carry(request: HttpRequest, random: Random, answered: (answer: HttpAnswer) => void): void {
    const { world } = this.#loop;
    if (random.chance(this.#hazards.requestsLost)) {
      this.#trace.count('network', 'a request is lost');
      return;
    }
    this.#loop.after(random.unit() * WAY_MS, world, () => {
      void this.#server.serve(request).then((answer) => {
        if (answer.kind === 'none') this.#trace.count('network', 'a connection breaks or is refused');
        if (random.chance(this.#hazards.answersLost)) {
          this.#trace.count('network', 'an answer is lost');
          return;
        }
        this.#loop.after(random.unit() * WAY_MS, world, () => answered(answer));
      });
    });
  }
}

/** Names a number in the trace by its last digits. */
export const short = (msisdn: Msisdn): string => msisdn.slice(-3);
