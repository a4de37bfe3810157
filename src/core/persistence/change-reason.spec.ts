import { systemPrincipal, type Principal } from '../authorization/actor.js';
import { type Problem } from '../http/problem.js';
import {
  isJudgedByRules,
  reasonRequirementsFor,
  reasonRequirementsForFields,
  isMeaningful,
  isReasonRule,
  parseReasonRule,
  assertReasonGiven,
} from './change-reason.js';

describe('isMeaningful', () => {
  it.each(['', '   ', 'x', '-', 'n/a', 'N/A', '...', '- - -', '?! …', 'none', '🙂 🙂', 'asdf.'])(
    'rejects %j',
    (text) => {
      expect(isMeaningful(text)).toBe(false);
    },
  );

  it.each(['Entered twice', 'Protocol amendment 3', 'typo – corrected', 'Ошибка ввода', '患者中止', 'ป้อนข้อมูลผิด'])(
    'accepts %j',
    (text) => expect(isMeaningful(text)).toBe(true),
  );

  it('rejects a missing reason', () => expect(isMeaningful(null)).toBe(false));
});

describe('a reason rule', () => {
  const note = (action: string, changes: Record<string, readonly [unknown, unknown]> = {}) => ({
    action,
    entityType: 'task',
    entityId: 7,
    entityVersion: 2,
    changes,
  });
  const names = (rules: string, ...change: [ReturnType<typeof note>, ((field: string) => unknown)?]) =>
    reasonRequirementsFor(rules.split(',').map(parseReasonRule), ...change).map(({ name }) => name);
  const was = (status: string) => (field: string) => (field === 'status' ? status : null);
  const deadline = note('task.updated', { deadline: ['a', 'b'] });

  it('is written as an action or a field, optionally with a condition on the record before the change', () => {
    expect(
      ['task.deleted', 'task.deadline[status=completed]', 'user.is_active[role=manager]'].map(isReasonRule),
    ).toEqual([true, true, true]);
    for (const text of [
      'task',
      'task.',
      'task.deadline[]',
      'task.deadline[status]',
      'Task.deleted',
      'a.b[c=d][e=f]',
      'a.b.c',
    ])
      expect([text, isReasonRule(text)]).toEqual([text, false]);
  });

  it('matches an action regardless of the changed fields', () => {
    expect(names('task.deleted,task.created', note('task.deleted'))).toEqual(['task.deleted']);
    expect(names('task.deleted[status=completed]', note('task.deleted'), was('pending'))).toEqual([]);
  });

  it('matches a changed field, but no initial value of a new record', () => {
    expect(names('task.deadline,task.title', deadline, was('pending'))).toEqual(['task.deadline']);
    expect(names('task.deadline', note('task.created', { deadline: [null, 'b'] }))).toEqual([]);
  });

  it('matches a field of records that met its condition before the change', () => {
    const rules = 'task.deadline[status=completed],task.deadline[status=blocked]';
    expect(names(rules, deadline, was('completed'))).toEqual(['task.deadline']);
    expect(names(rules, deadline, was('pending'))).toEqual([]);
  });

  it('appears in the error with its records, the first few of many', () => {
    const changes = [1, 2, 3, 4, 5].map((id) => ({ name: 'task.deleted', record: `task ${id}` }));
    const author: Principal = { ...systemPrincipal('m'), role: 'manager' };
    const thrown = (() => {
      try {
        return assertReasonGiven(author, [...changes, { name: 'user.role', record: 'user 2' }]);
      } catch (error) {
        return error as Problem;
      }
    })() as Problem;
    expect(thrown.extras.errors?.map(({ message }) => message)).toEqual([
      'task.deleted needs a reason (task 1, task 2, task 3, 2 more)',
      'user.role needs a reason (user 2)',
    ]);
    expect(() => assertReasonGiven(systemPrincipal('job'), changes)).not.toThrow();
    expect(() =>
      assertReasonGiven({ ...author, ...systemPrincipal('m', 'Entered twice'), role: 'manager' }, changes),
    ).not.toThrow();
  });
});

describe('a change that always needs a reason', () => {
  const manager = { ...systemPrincipal('spec'), role: 'manager' } as Principal;
  const change = (verb: string, changes: Record<string, readonly [unknown, unknown]>) => ({
    action: `kit.${verb}`,
    entityType: 'kit',
    entityId: 7,
    entityVersion: 2,
    changes,
  });
  const refusal = (...given: Parameters<typeof reasonRequirementsForFields>) => {
    try {
      assertReasonGiven(manager, reasonRequirementsForFields(...given));
    } catch (error) {
      return (error as Problem).message;
    }
  };
  const known = () => 'a';

  it('names the changed fields of a record', () => {
    expect(refusal(change('updated', { name: ['a', 'b'] }), known)).toContain('kit.name needs a reason (kit 7)');
  });

  it('names the action where a record is deleted, also one without values, and where no field changed', () => {
    expect(refusal(change('deleted', { name: ['a', null] }))).toContain('kit.deleted needs a reason (kit 7)');
    expect(refusal(change('deleted', {}))).toContain('kit.deleted needs a reason (kit 7)');
    expect(refusal(change('sealed', {}), known)).toContain('kit.sealed needs a reason (kit 7)');
  });
});

describe('a field that rules judge by', () => {
  const rules = ['task.status[description=Endpoint]', 'task.title', 'kit.deleted[name=Kit]'].map(parseReasonRule);
  it.each([
    ['task', 'description', true],
    ['task', 'title', false],
    ['task', 'name', false],
    ['kit', 'name', true],
    ['kit', 'description', false],
    ['task', undefined, false],
  ])('%s.%s: %s', (type, field, expected) => expect(isJudgedByRules(rules, type, field)).toBe(expected));
});
