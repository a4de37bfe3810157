import { Injectable } from '@nestjs/common';
import { readOnlyProblem } from '../http/database-errors.js';

/** Background writers try again every few seconds, so that an older refusal is over. */
const LASTS_MS = 30_000;

type Writer = 'changes' | 'request log';

/** Whether the database took the last writes of this process, for readiness: a full disk shows nowhere else. */
@Injectable()
export class Writability {
  /** By writer: one table may have room where another has none. */
  private readonly refusedAt = new Map<Writer, number>();

  failed(writer: Writer, error: unknown): void {
    if (readOnlyProblem(error)) this.refusedAt.set(writer, performance.now());
  }

  worked(writer: Writer): void {
    this.refusedAt.delete(writer);
  }

  get refused(): boolean {
    return [...this.refusedAt.values()].some((at) => performance.now() - at < LASTS_MS);
  }
}
