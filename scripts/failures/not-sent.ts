/** A failure that cannot be sent back, and what to do instead. */
export class NotSent extends Error {
  override readonly name = 'NotSent';
}
