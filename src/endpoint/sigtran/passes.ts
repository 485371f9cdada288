/**
 * Which messages have been sent to a prepaid platform a moment ago. A platform that hands a message on without its own address in it sends the
 * gate what the gate sent it; without this memory the two would play ball with it for ever, for a UDT has no hop counter.
 */

/**
 * Messages remembered at once. Unit: messages. Source: five seconds at 20,000 redirects a second, a fifth of what a gate is to carry; 20 MB when
 * full. The oldest is forgotten at the bound.
 */
const PASSES_KEPT_MAX = 100_000;
/** How long. Unit: milliseconds. Source: a platform answers or hands on within its own deadline, 1 to 3 s; exchanges do not use a transaction id again so soon. */
const PASS_MS = 5_000;
/** Passes of one message after which it is stopped: to the platform, back from it to the service centre, and once more by mistake. Unit: passes. */
const PASSES_MAX = 3;

interface Pass {
  count: number;
  readonly expiresAt: number;
}

/** `first`: it goes to the platform. `returned`: it has been there. `loop`: it keeps coming. */
export type PassKind = 'first' | 'returned' | 'loop';

export class Passes {
  /** In the order of their first passes. */
  private readonly passes = new Map<string, Pass>();

  get size(): number {
    return this.passes.size;
  }

  /** Notes a message that is to be redirected, known by its transaction id, its calling party and the number that sent it. */
  note(otid: number, party: string, sender: string | undefined, now: number): PassKind {
    this.expire(now);
    const key = `${otid}/${party}/${sender ?? ''}`;
    const known = this.passes.get(key);
    if (known !== undefined) {
      if (known.expiresAt > now) return ++known.count > PASSES_MAX ? 'loop' : 'returned';
      // Kept too long, behind one that was noted before the clock was set back.
      this.passes.delete(key);
    }
    if (this.passes.size >= PASSES_KEPT_MAX) this.passes.delete(this.passes.keys().next().value!);
    this.passes.set(key, { count: 1, expiresAt: now + PASS_MS });
    return 'first';
  }

  private expire(now: number): void {
    for (const [key, pass] of this.passes) {
      if (pass.expiresAt > now) return;
      this.passes.delete(key);
    }
  }
}
