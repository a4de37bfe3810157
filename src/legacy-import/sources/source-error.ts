/** Signals a source that cannot be read, with a cause and a remedy. */
export class SourceError extends Error {
  constructor(
    cause: string,
    readonly remedy: string,
  ) {
    super(`${cause}. ${remedy}`);
  }
}
