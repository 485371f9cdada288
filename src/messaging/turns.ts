/** One after the other, by name: what has the same name waits for what began before. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Names with something under way. */
  get size(): number {
    return this.#last.size;
  }

  has(name: string): boolean {
    return this.#last.has(name);
  }

  /** Begins `work` when all that was begun under this name before has ended, however it ended. */
  async take<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(name);
    const mine = (async () => {
      await before?.catch(() => {});
      return work();
    })();
    this.#last.set(name, mine);
    try {
      return await mine;
    } finally {
      if (this.#last.get(name) === mine) this.#last.delete(name);
    }
  }
}
