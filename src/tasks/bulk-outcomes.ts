import { Problem } from '../core/http/problem.js';
import { type Task } from './task.entity.js';
import { type BulkItem, type BulkItemProblem, type BulkMode } from './tasks.bulk.dto.js';

/** Failed items that the problem of an atomic change lists. */
const MAX_LISTED = 100;

/** Collects what becomes of each item of a bulk change. */
export class BulkOutcomes {
  private readonly problems = new Map<number, Problem>();
  private readonly done = new Map<number, Omit<BulkItem, 'index'>>();

  /** @param ids of the items, where they are known beforehand */
  constructor(
    private readonly length: number,
    private readonly ids: readonly number[] = [],
  ) {}

  /** Runs the check of an item. @returns its result; undefined where it threw a problem, which is the item's then */
  judge<T>(index: number, check: () => T): T | undefined {
    try {
      return check();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.fail(index, error);
      return undefined;
    }
  }

  fail(index: number, problem: Problem): void {
    this.problems.set(index, problem);
  }

  hasFailed(index: number): boolean {
    return this.problems.has(index);
  }

  succeed(index: number, status: number, { id, version }: Pick<Task, 'id' | 'version'>): void {
    this.done.set(index, { id, status, version });
  }

  /** @throws Problem that of the first failed item, with the results of the failed ones, unless the change is partial */
  assertComplete(mode: BulkMode): void {
    const [first] = [...this.problems.keys()].sort((a, b) => a - b);
    if (mode === 'partial' || first === undefined) return;
    const failed = this.results().filter(({ index }) => this.hasFailed(index));
    const problem = this.problems.get(first) as Problem;
    throw problem.forRecord(`item ${first}; nothing was changed`).with({ results: failed.slice(0, MAX_LISTED) });
  }

  results(): BulkItem[] {
    return Array.from({ length: this.length }, (_, index) => this.resultOf(index));
  }

  private resultOf(index: number): BulkItem {
    const problem = this.problems.get(index);
    if (!problem) return { index, ...(this.done.get(index) as Omit<BulkItem, 'index'>) };
    const id = this.ids[index] ?? null;
    return { index, id, status: problem.getStatus(), version: null, problem: problemOf(problem) };
  }
}

function problemOf(problem: Problem): BulkItemProblem {
  const { code, title, detail, extras } = problem;
  const errors = extras.errors?.map((error) => ({ ...error }));
  return {
    type: `urn:ctms:problem:${code}`,
    title,
    status: problem.getStatus(),
    detail,
    code,
    ...(errors && { errors }),
  };
}
