/**
 * Takes the keys of a Map in their order, each to be removed by the taker.
 *
 * `map.keys().next()` would do, but a Map that loses its first entry keeps a hole in its place until it is rehashed, and a new iterator
 * walks over all holes: with a hundred thousand entries that was most of the cost of an acceptance. This one stays where it was.
 */
export class OldestFirst<K> {
  readonly #map: ReadonlyMap<K, unknown>;
  #keys: Iterator<K>;

  constructor(map: ReadonlyMap<K, unknown>) {
    this.#map = map;
    this.#keys = map.keys();
  }

  /** The oldest key; undefined when the map is empty. */
  next(): K | undefined {
    let next = this.#keys.next();
    if (next.done) {
      this.#keys = this.#map.keys();
      next = this.#keys.next();
    }
    return next.done ? undefined : next.value;
  }
}
