import { Injectable } from '@nestjs/common';
import { readOnlyProblem } from './database-problem.js';

/** Background writers try again every few seconds, so that an older refusal is over. */
const LASTS_MS = 30_000;

/** Whether the database took the last writes of this process, for readiness: a full disk shows nowhere else. */
@Injectable()
export class Writability {
  private refusedAt = -Infinity;

  /** @param error of a write */
  failed(error: unknown): void {
    if (readOnlyProblem(error)) this.refusedAt = performance.now();
  }

  worked(): void {
    this.refusedAt = -Infinity;
  }

  get refused(): boolean {
    return performance.now() - this.refusedAt < LASTS_MS;
  }
}
