import fc from 'fast-check';
import sql, { join } from 'sql-template-tag';
import { readableEntries } from '../../src/audit/audit.policy.js';
import { ROLES } from '../../src/core/authorization/actor.js';
import {
  ALL,
  inScope,
  matches,
  NONE,
  type PolicySubject,
  type Policy,
  type Scope,
} from '../../src/core/authorization/policy.js';
import * as taskPolicies from '../../src/tasks/task.policy.js';
import { PRIORITIES } from '../../src/tasks/task.entity.js';
import { TASK_COLUMNS, type TaskAttributes } from '../../src/tasks/task.policy.js';
import { TestApp } from '../support/app.js';

const assigneeId = fc.integer({ min: 1, max: 4 });
const priority = fc.constantFrom(...PRIORITIES);
const actor: fc.Arbitrary<PolicySubject> = fc.record({
  id: assigneeId,
  role: fc.constantFrom(...ROLES),
  atWork: fc.boolean(),
});
const rows: fc.Arbitrary<TaskAttributes[]> = fc.array(fc.record({ assigneeId, priority }), {
  minLength: 1,
  maxLength: 30,
});
const scopes: fc.Arbitrary<Scope<TaskAttributes>> = fc.oneof(
  { weight: 1, arbitrary: fc.constantFrom<Scope<TaskAttributes>>(ALL, NONE) },
  { weight: 5, arbitrary: fc.array(fc.record({ assigneeId, priority }, { requiredKeys: [] }), { maxLength: 4 }) },
);
const POLICIES = Object.values(taskPolicies).filter(
  (value): value is Policy<TaskAttributes> => typeof value === 'function',
);

describe('a scope', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.stop());

  /** Indexes of the rows within a scope, as PostgreSQL sees it. */
  async function inDatabase(given: readonly TaskAttributes[], scope: Scope<TaskAttributes>): Promise<number[]> {
    const values = join(given.map((row, i) => sql`(${i}::int, ${row.assigneeId}::int, ${row.priority}::text)`));
    const found = await app.rows<{ i: number }>(sql`SELECT t.i FROM (VALUES ${values}) t (i, assigned_to_id, priority)
      WHERE ${inScope(scope, TASK_COLUMNS)} ORDER BY t.i`);
    return found.map(({ i }) => i);
  }

  const inMemory = (given: readonly TaskAttributes[], scope: Scope<TaskAttributes>) =>
    given.flatMap((row, i) => (matches(row, scope) ? [i] : []));

  it('means the same in `matches` and in SQL', () =>
    fc.assert(
      fc.asyncProperty(rows, scopes, async (given, scope) => {
        expect(await inDatabase(given, scope)).toEqual(inMemory(given, scope));
      }),
      { numRuns: 150 },
    ));

  it('of every task policy, for every actor, means the same in both', () =>
    fc.assert(
      fc.asyncProperty(rows, actor, fc.constantFrom(...POLICIES), async (given, facts, policy) => {
        const scope = policy(facts);
        expect(await inDatabase(given, scope)).toEqual(inMemory(given, scope));
        if (facts.role === 'manager' && policy !== taskPolicies.visibleDeletedTasks)
          expect(inMemory(given, scope)).toHaveLength(given.length);
        if (facts.role === 'developer')
          expect(inMemory(given, scope).every((i) => given[i]?.assigneeId === facts.id)).toBe(true);
      }),
      { numRuns: 150 },
    ));

  it('of ALL is every row, of NONE no row, of both every row', async () => {
    const given: TaskAttributes[] = [{ assigneeId: 1, priority: 'low' }];
    for (const [scope, expected] of [
      [ALL, [0]],
      [NONE, []],
      [[...NONE, ...ALL], [0]],
      [[{ assigneeId: 2 }, {}], [0]],
      [[{ assigneeId: 1, priority: 'high' }], []],
    ] as [Scope<TaskAttributes>, number[]][]) {
      expect(inMemory(given, scope)).toEqual(expected);
      expect(await inDatabase(given, scope)).toEqual(expected);
    }
  });

  it('with an undefined value throws instead of widening', () => {
    const scope = [{ assigneeId: undefined as unknown as number }];
    expect(() => matches<TaskAttributes>({ assigneeId: 1, priority: 'low' }, scope)).toThrow('has no value');
    expect(() => inScope<TaskAttributes>(scope, TASK_COLUMNS)).toThrow('has no value');
  });

  it('on a field without a column throws', () => {
    expect(() => inScope<TaskAttributes>([{ priority: 'low' }], { assigneeId: 't.assigned_to_id' })).toThrow(
      'No column',
    );
  });

  it('takes null as a value, and values as parameters', () => {
    const statement = inScope<{ a: string | null }>([{ a: null }, { a: "' OR 1=1 --" }], { a: 't.a' });
    expect(statement.sql).toBe('((t.a IS NULL) OR (t.a = ?))');
    expect(statement.values).toEqual(["' OR 1=1 --"]);
    expect(matches<{ a: string | null }>({ a: null }, [{ a: null }])).toBe(true);
  });

  it('of the audit gives managers tasks and tags, developers nothing', () => {
    const of = (role: PolicySubject['role']) => readableEntries({ id: 1, role, atWork: true });
    for (const entityType of ['task', 'tag']) expect(matches({ entityType }, of('manager'))).toBe(true);
    for (const entityType of ['user', 'session']) expect(matches({ entityType }, of('manager'))).toBe(false);
    expect([of('developer'), of('auditor')]).toEqual([NONE, ALL]);
  });
});
