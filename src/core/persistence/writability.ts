import { Injectable } from '@nestjs/common';
import { readOnlyProblem } from '../http/database-errors.js';

/** Longer than the retry interval of the background writers, so that an older failure is over. */
const VALID_MS = 30_000;

type Writer = 'changes' | 'request log';

/**
 * Tracks whether the database accepted the last writes of this process, for readiness: nothing else shows a full
 * disk.
 */
@Injectable()
export class Writability {
  /** Separate by writer: one table may have room where another has none. */
  private readonly failedAt = new Map<Writer, number>();

  failed(writer: Writer, error: unknown): void {
    if (readOnlyProblem(error)) this.failedAt.set(writer, performance.now());
  }

  worked(writer: Writer): void {
    this.failedAt.delete(writer);
  }

  get refused(): boolean {
    return [...this.failedAt.values()].some((at) => performance.now() - at < VALID_MS);
  }
}
