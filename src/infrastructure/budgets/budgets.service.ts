import { availableParallelism } from 'node:os';
import { Injectable } from '@nestjs/common';
import { Counter, Gauge, type Metric } from 'prom-client';
import { budgetFigures, BUDGETS, type Budget, type BudgetName, type BudgetOf } from '../../core/config/budgets.js';
import { Config } from '../../core/config/config.js';
import { serviceUnavailable, CoreProblem, type Problem } from '../../core/http/problem.js';
import { FairSemaphore, type Holder, type Permit, type BudgetScope } from './fair-semaphore.js';
import { HeldAmounts } from './held-amounts.js';
import { SaturatedTokens } from './saturated-tokens.js';

/** Short, since permits and memory are released within moments. */
const RETRY_AFTER_SECONDS = 1;

const names = Object.keys(BUDGETS) as BudgetName[];

/**
 * Enforces the concurrency and holding budgets of `core/config/budgets.ts`; `RateBudgets` enforces those of a time
 * window.
 */
@Injectable()
export class Budgets {
  private readonly semaphores = new Map<string, FairSemaphore>();
  readonly saturated = new SaturatedTokens();
  private inFlight = () => 0;
  private readonly amounts = new Map<string, HeldAmounts>();
  private readonly refused = new Counter({
    name: 'ctms_budget_refused_total',
    help: 'Rejections by resource, for the share of one user or address or for that of the process',
    labelNames: ['resource', 'scope'] as const,
    registers: [],
  });
  /** Registered by `Metrics`, which depends on the database, which depends on this class. */
  readonly metrics: readonly Metric[];

  constructor(private readonly config: Config) {
    for (const name of names) this.prepare(name, BUDGETS[name]);
    this.metrics = [...this.gauges(), this.refused as Metric];
  }

  /**
   * Acquires a permit, waiting for the holder's turn; aborting `gone` leaves the queue. @throws Problem 429 or 503
   * where that takes too long
   */
  acquire(name: BudgetOf<'concurrency'>, holder: Holder, gone?: AbortSignal): Promise<Permit> {
    return this.semaphore(name).acquire(holder, gone);
  }

  /** Returns the number of waiters. */
  waiting(name: BudgetOf<'concurrency'>): number {
    return this.semaphore(name).waiting;
  }

  /** Acquires a permit at once; undefined where `acquire` would wait or reject. */
  tryAcquire(name: BudgetOf<'concurrency'>, holder: Holder): Permit | undefined {
    return this.semaphore(name).tryAcquire(holder);
  }

  /**
   * Holds an amount until its release. @throws Problem 429 or 503 where the holder, or the process, holds too much
   * already
   */
  hold(name: BudgetOf<'holding'>, holder: Holder, amount: number): Permit {
    this.assertRoom(name, holder, amount);
    return this.amount(name).add(holder, amount);
  }

  /** Counts an amount that is in use already, regardless of the limits. */
  count(name: BudgetOf<'holding'>, holder: Holder, amount: number): Permit {
    return this.amount(name).add(holder, amount);
  }

  /** Asserts that the holder could hold this much more. @throws Problem 429 or 503 */
  assertRoom(name: BudgetOf<'holding'>, holder: Holder, amount = 0): void {
    const scope = this.amount(name).exceeded(holder, amount);
    if (scope) throw this.refusal(name, scope);
  }

  /** Asserts that the holder holds no more than its share, regardless of the others. @throws Problem 429 */
  assertShare(name: BudgetOf<'holding'>, holder: Holder): void {
    if (this.amount(name).exceeded(holder) === 'share') throw this.refusal(name, 'share');
  }

  /** True where the process holds its maximum. */
  isFull(name: BudgetOf<'holding'>): boolean {
    return this.amount(name).inUse >= this.figures(name).process;
  }

  /** Returns the number of requests that have begun and wait for a permit of any resource. */
  waitingInside(): number {
    let sum = -this.waiting('running_requests');
    for (const { waiting } of this.semaphores.values()) sum += waiting;
    return sum;
  }

  /** Sets the source of the number of requests in flight. */
  watchLoad(inFlight: () => number): void {
    this.inFlight = inFlight;
  }

  /** Counts a request that was shed for the load of the whole process. */
  countShed(): void {
    this.refused.inc({ resource: 'load', scope: 'process' });
  }

  /** Counts a rejection that no client receives. */
  countRefusal(name: BudgetName, scope: BudgetScope): void {
    this.refused.inc({ resource: name, scope });
  }

  /** Counts a rejection and makes its problem. */
  refusal(name: BudgetName, scope: BudgetScope, retryAfterSeconds = RETRY_AFTER_SECONDS): Problem {
    this.countRefusal(name, scope);
    const { counts }: Budget = BUDGETS[name];
    if (scope === 'process')
      return serviceUnavailable(`Too many ${counts} at once; try again in ${retryAfterSeconds} s`);
    const { share } = this.figures(name);
    return CoreProblem.too_many_requests(
      `Too many ${counts}: ${share} are allowed; try again in ${retryAfterSeconds} s`,
      { headers: { 'Retry-After': String(retryAfterSeconds) } },
    );
  }

  figures(name: BudgetName): { share: number; process: number } {
    const cores = Math.max(1, Math.floor(availableParallelism() / this.config.workers));
    return budgetFigures(name, { poolSize: this.config.databasePoolSize, cores }, this.config.budgets);
  }

  private prepare(name: BudgetName, budget: Budget): void {
    const figures = this.figures(name);
    if (budget.kind === 'holding') this.amounts.set(name, new HeldAmounts(figures));
    if (budget.kind !== 'concurrency') return;
    const limits = { ...figures, waiting: budget.waiting };
    this.semaphores.set(name, new FairSemaphore(limits, (scope) => this.refusal(name, scope)));
  }

  private semaphore(name: BudgetOf<'concurrency'>): FairSemaphore {
    return this.semaphores.get(name) as FairSemaphore;
  }

  private amount(name: BudgetOf<'holding'>): HeldAmounts {
    return this.amounts.get(name) as HeldAmounts;
  }

  private gauges(): Metric[] {
    const labelNames = ['resource'] as const;
    const resources = [...this.semaphores, ...this.amounts];
    const { semaphores } = this;
    const inFlight = () => this.inFlight();
    const inUse = new Gauge({
      name: 'ctms_budget_in_use',
      help: 'Use of each bounded resource: permits in use, bytes held',
      labelNames,
      registers: [],
      collect() {
        for (const [resource, { inUse: used }] of resources) this.set({ resource }, used);
        this.set({ resource: 'load' }, inFlight());
      },
    });
    const waiting = new Gauge({
      name: 'ctms_budget_waiting',
      help: 'Requests that wait for a permit',
      labelNames,
      registers: [],
      collect() {
        for (const [resource, { waiting: count }] of semaphores) this.set({ resource }, count);
      },
    });
    return [inUse, waiting, this.limitGauge()] as Metric[];
  }

  private limitGauge(): Gauge<'resource' | 'scope'> {
    const limit = new Gauge({
      name: 'ctms_budget_limit',
      help: 'Most that one user or address (share) and one process may use',
      labelNames: ['resource', 'scope'] as const,
      registers: [],
    });
    for (const resource of names)
      for (const [scope, figure] of Object.entries(this.figures(resource)))
        if (Number.isFinite(figure)) limit.set({ resource, scope }, figure);
    return limit;
  }
}
