import { Injectable } from '@nestjs/common';
import { Budgets } from '../budgets/budgets.service.js';
import { type Holder } from '../budgets/fair-semaphore.js';
import { BUDGETS, type BudgetOf } from '../../core/config/budgets.js';
import { ThrottlerStore } from './throttler-store.js';

/** Enforces the budgets of `core/config/budgets.ts` that bound what is used within a window of time. */
@Injectable()
export class RateBudgets {
  /** What this process has spent, by budget, since when. */
  private readonly own = new Map<BudgetOf<'rate'>, { start: number; spent: number }>();

  constructor(
    private readonly budgets: Budgets,
    private readonly counters: ThrottlerStore,
  ) {}

  /** Spends an amount. @throws Problem 429 where that exceeds the share of the holder */
  async spend(name: BudgetOf<'rate'>, holder: Holder, amount = 1): Promise<void> {
    const { exceeded, seconds } = await this.trySpend(name, holder, amount);
    if (exceeded) throw this.budgets.refusal(name, 'share', seconds);
  }

  /** Spends one unit of the budget of the whole process. @returns false where it is used up */
  trySpendProcess(name: BudgetOf<'rate'>): boolean {
    const { windowSeconds } = BUDGETS[name] as { windowSeconds: number };
    const now = performance.now();
    const known = this.own.get(name);
    const window = known && now - known.start < windowSeconds * 1000 ? known : { start: now, spent: 0 };
    this.own.set(name, window);
    if (window.spent >= this.budgets.figures(name).process) {
      this.countRefusal(name, 'process');
      return false;
    }
    window.spent++;
    return true;
  }

  /** Counts a refusal that nobody is told of. */
  countRefusal(name: BudgetOf<'rate'>, scope: 'share' | 'process'): void {
    this.budgets.countRefusal(name, scope);
  }

  /** Spends an amount. @returns whether that exceeds the share, and in how many seconds the window ends */
  async trySpend(name: BudgetOf<'rate'>, holder: Holder, amount = 1): Promise<{ exceeded: boolean; seconds: number }> {
    const { windowSeconds } = BUDGETS[name] as { windowSeconds: number };
    const { spent, seconds } = await this.counters.add(`${name} ${holder}`, windowSeconds, amount);
    return { exceeded: spent > this.budgets.figures(name).share, seconds };
  }
}
