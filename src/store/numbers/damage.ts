/** Something that had been flushed cannot be read: in words for an operator. */
export class Damage extends Error {
  override readonly name = 'Damage';
}
