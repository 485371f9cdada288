/**
 * Octets of request bodies in memory, all VASPs together. What a body may come to is set aside before it is read, so that what has been let in can
 * end, and what is too much is told so before it was sent. A body whose length nobody said is let in as it grows.
 */

/** What is set aside for one body. */
export interface Share {
  /** Whether the body may come to this many octets. */
  hold(octets: number): boolean;
  /** The body is not needed any more. May be called again. */
  give(): void;
}

export class BodyAdmission {
  /** Octets set aside. */
  octets = 0;
  private readonly max: number;

  /** `max`: octets at most, but for one body that is alone. */
  constructor(max: number) {
    this.max = max;
  }

  /** Sets aside this much; undefined where there is no room for it now. */
  take(octets: number): Share | undefined {
    let held = 0;
    const hold = (wanted: number): boolean => {
      if (wanted <= held) return true;
      // One body always fits, however small the setting.
      if (this.octets > held && this.octets + wanted - held > this.max) return false;
      this.octets += wanted - held;
      held = wanted;
      return true;
    };
    const give = (): void => {
      this.octets -= held;
      held = 0;
    };
    return hold(octets) ? { hold, give } : undefined;
  }
}
