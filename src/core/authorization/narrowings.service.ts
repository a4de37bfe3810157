import { Logger } from '@nestjs/common';
import { type AuditedTransaction } from '../persistence/audited-transaction.js';
import { type QueryFn } from '../persistence/prepared-statements.js';
import { ActiveNarrowing, narrows } from './active-narrowing.js';
import { type NarrowedUser, type Narrowing } from './narrowing.js';
import { type Policy } from './policy.js';
import { attributesExistSql } from './restriction.sql.js';

declare module '../persistence/event-map.js' {
  interface EventMap {
    /** Users of whom facts changed that narrowings depend on. */
    'narrowing.facts_changed': { readonly userIds: readonly number[] };
  }
}

/** Facts about a user, which are kept with the session. */
export class NarrowingFacts {
  /** @param read the facts of each narrowing; an error where they could not be read */
  constructor(private readonly read: readonly (readonly [Narrowing, readonly object[] | Error])[]) {}

  /** False where facts could not be read, so that they must be read again. */
  get areComplete(): boolean {
    return !this.read.some(([, facts]) => facts instanceof Error);
  }

  /** Returns what narrows the user in one request. */
  activate(user: NarrowedUser): readonly ActiveNarrowing[] {
    return this.read.map(([narrowing, facts]) => new ActiveNarrowing(narrowing, facts, user));
  }
}

const logger = new Logger('Narrowings');

/** The narrowings of all extensions. */
export class Narrowings {
  private readonly verified = new Set<Narrowing>();

  /** @throws where two have the same name */
  constructor(private readonly all: readonly Narrowing[]) {
    const names = all.map(({ name }) => name);
    const twice = names.find((name, i) => names.indexOf(name) < i);
    if (twice !== undefined) throw new Error(`Two extensions narrow policies under the name "${twice}"`);
  }

  /** True where no extension narrows anything. */
  get isEmpty(): boolean {
    return this.all.length === 0;
  }

  /**
   * Reads the facts about users again from their next request on, on every replica. Call it in the transaction that
   * changes the facts; rolled back with it.
   */
  invalidate(tx: AuditedTransaction, userIds: readonly number[]): void {
    if (userIds.length > 0) tx.emit('narrowing.facts_changed', { userIds });
  }

  /** Reads the facts about a user, one statement for each narrowing. */
  async factsOf(query: QueryFn, userId: number): Promise<NarrowingFacts> {
    const read = this.all.map(async (one) => [one, await this.read(query, one, userId)] as const);
    return new NarrowingFacts(await Promise.all(read));
  }

  /** Names what narrows a policy. */
  namesFor(policy: Policy<object>): string[] {
    return this.all.filter((narrowing) => narrows(narrowing, policy)).map(({ name }) => name);
  }

  /** A failure is kept as such: it concerns the policies that are narrowed, and nothing else. */
  private async read(query: QueryFn, narrowing: Narrowing, userId: number): Promise<readonly object[] | Error> {
    try {
      if (!this.verified.has(narrowing)) await query(attributesExistSql(narrowing.attributes));
      this.verified.add(narrowing);
      return await query<object>(narrowing.facts(userId));
    } catch (error) {
      logger.error({ msg: `The facts of the narrowing "${narrowing.name}" could not be read`, err: error });
      return error instanceof Error ? error : new Error(String(error));
    }
  }
}
