import fc from 'fast-check';
import { type Condition } from '../../src/core/authorization/policy.js';
import { type RuledAttributes } from './ruled-narrowing.js';

export type Attributes = { -readonly [K in keyof RuledAttributes]: RuledAttributes[K] };
export type RandomCondition = Condition<RuledAttributes> | null;

export const attributes = {
  unit: fc.option(fc.integer({ min: 1, max: 3 })),
  site: fc.option(fc.constantFrom('Bonn', "O'Fallon")),
  closed: fc.option(fc.boolean()),
};
const equalities = fc.record(attributes, { requiredKeys: [] }).filter((made) => Object.keys(made).length > 0);
/** A condition; null for a rule that leaves nothing. */
export const condition: fc.Arbitrary<RandomCondition> = fc.option(equalities, { freq: 6 });

/** The definition of a narrowing, written a second time: rows of a record that do not match hide it, and no row is one of nulls. */
export function isLeft(given: readonly Attributes[], conditions: readonly RandomCondition[]): boolean {
  const rows = given.length > 0 ? given : [{ unit: null, site: null, closed: null }];
  const within = (row: Attributes) =>
    conditions.some((one) =>
      Object.entries(one ?? { unit: NaN }).every(([name, value]) => row[name as keyof Attributes] === value),
    );
  return conditions.length === 0 || rows.every(within);
}
