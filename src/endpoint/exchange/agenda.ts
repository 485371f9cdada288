/** Things to be done at their times: a heap, the earliest on top. */
interface Entry<T> {
  readonly at: number;
  readonly what: T;
}

export class Agenda<T> {
  private readonly heap: Entry<T>[] = [];

  get size(): number {
    return this.heap.length;
  }

  add(at: number, what: T): void {
    const { heap } = this;
    let place = heap.length;
    heap.push({ at, what });
    while (place > 0) {
      const above = (place - 1) >> 1;
      if (heap[above]!.at <= at) break;
      heap[place] = heap[above]!;
      heap[above] = { at, what };
      place = above;
    }
  }

  /** Takes the earliest thing that is due; undefined when none is. */
  due(now: number): T | undefined {
    const { heap } = this;
    const first = heap[0];
    if (first === undefined || first.at > now) return undefined;
    const last = heap.pop()!;
    if (heap.length > 0) this.sink(last);
    return first.what;
  }

  private sink(entry: Entry<T>): void {
    const { heap } = this;
    let place = 0;
    for (;;) {
      let below = 2 * place + 1;
      if (below + 1 < heap.length && heap[below + 1]!.at < heap[below]!.at) below++;
      if (below >= heap.length || heap[below]!.at >= entry.at) break;
      heap[place] = heap[below]!;
      place = below;
    }
    heap[place] = entry;
  }
}
