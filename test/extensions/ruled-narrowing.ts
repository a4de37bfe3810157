import sql, { raw } from 'sql-template-tag';
import { narrowing, type Narrowing } from '../../src/core/authorization/narrowing.js';
import { ALL, type Condition, type Policy } from '../../src/core/authorization/policy.js';

/** Attributes that rules compare; a task may have several rows of them. */
export interface RuledAttributes {
  readonly unit: number | null;
  readonly site: string | null;
  readonly closed: boolean | null;
}

/** A rule about a user: conditions on attributes; null for a rule that leaves nothing. */
interface RuleRow {
  readonly condition: Condition<RuledAttributes> | null;
}

/**
 * A narrowing whose scopes are data, so that a test can try any: each user is left what one of their rules says, and a user
 * without a rule is left alone.
 */
export function ruledNarrowing(
  name: string,
  policies: readonly Policy<object>[],
  { table, key } = { table: `${name}_tasks`, key: 'task_id' },
): Narrowing {
  return narrowing<RuleRow, RuledAttributes>({
    name,
    policies,
    facts: (userId) => sql`SELECT condition FROM ${raw(`${name}_rules`)} WHERE user_id = ${userId}`,
    attributes: {
      table,
      key,
      columns: { unit: 'unit_id', site: 'site_name', closed: 'is_closed' },
    },
    scope: ({ now }, rules) => {
      if (now.getUTCFullYear() === 2099 && key === 'task_id') throw new Error('The scope of 2099 is unknown');
      return rules.length === 0 ? ALL : rules.flatMap(({ condition }) => condition ?? []);
    },
  });
}
