import { availableParallelism } from 'node:os';
import { Injectable } from '@nestjs/common';
import { Counter, Gauge, type Metric } from 'prom-client';
import { budgetFigures, BUDGETS, type Budget, type BudgetName, type BudgetOf } from '../../core/config/budgets.js';
import { Config } from '../../core/config/config.js';
import { serviceUnavailable, CoreProblem, type Problem } from '../../core/http/problem.js';
import { FairSemaphore, type Holder, type Permit, type BudgetScope } from './fair-semaphore.js';
import { HeldAmounts } from './held-amounts.js';
import { SaturatedTokens } from './saturated-tokens.js';

/** For what is given back within moments, as places and memory are. */
const RETRY_AFTER_SECONDS = 1;

const names = Object.keys(BUDGETS) as BudgetName[];

/** Enforces the budgets of `core/config/budgets.ts` that bound what is used at once; `RateBudgets` has those of a window. */
@Injectable()
export class Budgets {
  private readonly semaphores = new Map<string, FairSemaphore>();
  readonly saturated = new SaturatedTokens();
  private underWay = () => 0;
  private readonly amounts = new Map<string, HeldAmounts>();
  private readonly refused = new Counter({
    name: 'ctms_budget_refused_total',
    help: 'Refusals by resource, for the share of one user or address or for that of the process',
    labelNames: ['resource', 'scope'] as const,
    registers: [],
  });
  /** For `Metrics` to register: it depends on the database, which depends on these. */
  readonly metrics: readonly Metric[];

  constructor(private readonly config: Config) {
    for (const name of names) this.prepare(name, BUDGETS[name]);
    this.metrics = [...this.gauges(), this.refused as Metric];
  }

  /** A place, at once or as soon as it is the holder's turn; `gone` leaves the queue. @throws Problem 429 or 503 where that takes too long */
  acquire(name: BudgetOf<'concurrency'>, holder: Holder, gone?: AbortSignal): Promise<Permit> {
    return this.semaphore(name).acquire(holder, gone);
  }

  /** The number of those who wait for a place. */
  waiting(name: BudgetOf<'concurrency'>): number {
    return this.semaphore(name).waiting;
  }

  /** A place at once; undefined where `acquire` would wait, or be refused. */
  tryAcquire(name: BudgetOf<'concurrency'>, holder: Holder): Permit | undefined {
    return this.semaphore(name).tryAcquire(holder);
  }

  /** Holds an amount until it is released. @throws Problem 429 or 503 where the holder, or all, hold too much already */
  hold(name: BudgetOf<'holding'>, holder: Holder, amount: number): Permit {
    this.assertRoom(name, holder, amount);
    return this.amount(name).add(holder, amount);
  }

  /** Counts an amount that is there already, however much it is. */
  count(name: BudgetOf<'holding'>, holder: Holder, amount: number): Permit {
    return this.amount(name).add(holder, amount);
  }

  /** @throws Problem 429 or 503 where the holder, or all, could not hold so much more */
  assertRoom(name: BudgetOf<'holding'>, holder: Holder, amount = 0): void {
    const scope = this.amount(name).exceeded(holder, amount);
    if (scope) throw this.refusal(name, scope);
  }

  /** @throws Problem 429 where the holder holds more than their share already; what others hold is no matter */
  assertShare(name: BudgetOf<'holding'>, holder: Holder): void {
    if (this.amount(name).exceeded(holder) === 'share') throw this.refusal(name, 'share');
  }

  /** Whether all together hold as much as there is. */
  isFull(name: BudgetOf<'holding'>): boolean {
    return this.amount(name).inUse >= this.figures(name).process;
  }

  /** Requests that wait for a place, of whatever resource. */
  waitingInAll(): number {
    let sum = 0;
    for (const { waiting } of this.semaphores.values()) sum += waiting;
    return sum;
  }

  /** Shows how many requests are under way. */
  watchLoad(underWay: () => number): void {
    this.underWay = underWay;
  }

  /** Counts a request that was refused for the load of the whole process. */
  countShed(): void {
    this.refused.inc({ resource: 'load', scope: 'process' });
  }

  /** Counts a refusal that nobody is told of. */
  countRefusal(name: BudgetName, scope: BudgetScope): void {
    this.refused.inc({ resource: name, scope });
  }

  /** Counts a refusal and makes the problem that says so. */
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
    const underWay = () => this.underWay();
    const inUse = new Gauge({
      name: 'ctms_budget_in_use',
      help: 'Use of each bounded resource: places that are taken, bytes that are held',
      labelNames,
      registers: [],
      collect() {
        for (const [resource, { inUse: used }] of resources) this.set({ resource }, used);
        this.set({ resource: 'load' }, underWay());
      },
    });
    const waiting = new Gauge({
      name: 'ctms_budget_waiting',
      help: 'Those who wait for a place',
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
