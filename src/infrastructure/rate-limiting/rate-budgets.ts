import { Injectable } from '@nestjs/common';
import { Budgets } from '../budgets/budgets.service.js';
import { type Holder } from '../budgets/fair-semaphore.js';
import { BUDGETS, type BudgetOf, type RateBudget } from '../../core/config/budgets.js';
import { Config } from '../../core/config/config.js';
import { ThrottlerStore } from './throttler-store.js';

const NOT_EXCEEDED = { exceeded: false, seconds: 0 };

/** Enforces the rate budgets of `core/config/budgets.ts`; where rate limits are off, those alone that hold `always`. */
@Injectable()
export class RateBudgets {
  /** Amounts that this process has spent, by budget, and the start of their windows. */
  private readonly processWindows = new Map<BudgetOf<'rate'>, { start: number; spent: number }>();

  constructor(
    private readonly budgets: Budgets,
    private readonly counters: ThrottlerStore,
    private readonly config: Config,
  ) {}

  /** Spends an amount. @throws Problem 429 where it exceeds the share of the holder */
  async spend(name: BudgetOf<'rate'>, holder: Holder, amount = 1): Promise<void> {
    const { exceeded, seconds } = await this.trySpend(name, holder, amount);
    if (exceeded) throw this.budgets.refusal(name, 'share', seconds);
  }

  /** Spends a unit of the process's budget. @returns `exceeded` where it is exhausted, and the seconds until the window ends */
  trySpendProcess(name: BudgetOf<'rate'>): { exceeded: boolean; seconds: number } {
    if (!this.applies(name)) return NOT_EXCEEDED;
    const { windowSeconds } = BUDGETS[name] as RateBudget;
    const now = performance.now();
    const current = this.processWindows.get(name);
    const window = current && now - current.start < windowSeconds * 1000 ? current : { start: now, spent: 0 };
    this.processWindows.set(name, window);
    const exceeded = window.spent >= this.budgets.figures(name).process;
    if (exceeded) this.countRefusal(name, 'process');
    else window.spent++;
    return { exceeded, seconds: Math.ceil(windowSeconds - (now - window.start) / 1000) };
  }

  /** Counts a rejection that no client receives. */
  countRefusal(name: BudgetOf<'rate'>, scope: 'share' | 'process'): void {
    this.budgets.countRefusal(name, scope);
  }

  /** Spends an amount. @returns `exceeded` beyond the share, and the seconds until the window ends */
  async trySpend(name: BudgetOf<'rate'>, holder: Holder, amount = 1): Promise<{ exceeded: boolean; seconds: number }> {
    if (!this.applies(name)) return NOT_EXCEEDED;
    const { windowSeconds } = BUDGETS[name] as RateBudget;
    const { spent, seconds } = await this.counters.add(`${name} ${holder}`, windowSeconds, amount);
    return { exceeded: spent > this.budgets.figures(name).share, seconds };
  }

  private applies(name: BudgetOf<'rate'>): boolean {
    return this.config.rateLimits.enabled || (BUDGETS[name] as RateBudget).always === true;
  }
}
