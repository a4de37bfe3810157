/** A source that cannot be read: what was found, and what to do about it. */
export class SourceError extends Error {
  constructor(
    cause: string,
    readonly remedy: string,
  ) {
    super(`${cause}. ${remedy}`);
  }
}
