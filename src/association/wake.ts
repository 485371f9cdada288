/** The one timer of a conversation: set to when it next has something to do. Instants are those of `performance.now()`. */

export class Wake {
  private readonly call: () => void;
  private timer: NodeJS.Timeout | undefined;
  private at: number | undefined;

  constructor(call: () => void) {
    this.call = call;
  }

  /** Undefined: nothing is waited for. */
  set(at: number | undefined): void {
    if (at === this.at) return;
    clearTimeout(this.timer);
    this.at = at;
    this.timer =
      at === undefined
        ? undefined
        : setTimeout(
            () => {
              this.at = undefined;
              this.call();
            },
            // A timer of Node may come a fraction of a millisecond early, and would find nothing due.
            Math.max(0, Math.ceil(at - performance.now())) + 1,
          );
  }
}
