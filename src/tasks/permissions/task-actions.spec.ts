import fc from 'fast-check';
import { ROLES } from '../../core/authorization/actor.js';
import { decide } from '../../core/authorization/decision.js';
import { matches } from '../../core/authorization/policy.js';
import { WorkingCalendar } from '../../core/authorization/working-calendar.js';
import { type Config } from '../../core/config/config.js';
import { PRIORITIES } from '../task.entity.js';
import { allowedActions } from './allowed-actions.js';
import { TASK_ACTIONS, type TaskAction } from './task-actions.js';

const ZONES = ['UTC', 'Asia/Kolkata', 'America/New_York', 'Pacific/Apia', 'Africa/Casablanca', 'Australia/Lord_Howe'];
const calendar = new WorkingCalendar({ workingHours: { start: 9, end: 18 } } as Config);

const subject = fc.record({
  id: fc.integer({ min: 1, max: 2 }),
  role: fc.constantFrom(...ROLES),
  timeZone: fc.constantFrom(...ZONES),
  criticalException: fc.constantFrom(
    { givenBy: 'anyone', covers: 'all' } as const,
    { givenBy: 'manager', covers: 'changes' } as const,
  ),
});
const task = fc.record({
  assigneeId: fc.integer({ min: 1, max: 2 }),
  priority: fc.constantFrom(...PRIORITIES),
  criticalGivenBy: fc.constantFrom('manager' as const, 'developer' as const, null),
});
const action = fc.constantFrom(...(Object.keys(TASK_ACTIONS) as TaskAction[]));
const time = fc.date({ min: new Date('2026-01-01'), max: new Date('2027-12-31'), noInvalidDate: true });

describe('a decision about a task', () => {
  it('allows what the policy allows, and says from when on it would, to the millisecond', () => {
    let later = 0;
    fc.assert(
      fc.property(action, subject, task, time, (name, user, row, at) => {
        const rule = TASK_ACTIONS[name].task;
        const allowedAt = (instant: Date) =>
          matches(row, rule({ ...user, atWork: calendar.isOpen(user.timeZone, instant) }));
        const decision = decide(rule, user, calendar, at, row);
        expect(decision.allowed).toBe(allowedAt(at));
        expect(decision.code === null).toBe(decision.allowed);
        expect(decision.allowedRoles.includes(user.role)).toBe(decision.allowed || decision.allowedFrom !== null);
        if (decision.allowedFrom === null) return;
        later += 1;
        const from = new Date(decision.allowedFrom);
        expect(allowedAt(from)).toBe(true);
        expect(allowedAt(new Date(from.getTime() - 1))).toBe(false);
      }),
      { numRuns: 3000 },
    );
    expect(later).toBeGreaterThan(100);
  });
});

describe('the allowed actions on a task', () => {
  it('are those that a decision allows, in the order of a call', () => {
    fc.assert(
      fc.property(subject, task, time, (user, row, at) => {
        const actor = { ...user, atWork: calendar.isOpen(user.timeZone, at) };
        const allows = (name: TaskAction, resulting = row) =>
          [TASK_ACTIONS.see.task, TASK_ACTIONS[name].route].every(
            (rule) => decide(rule, user, calendar, at, row).allowed,
          ) && decide(TASK_ACTIONS[name].task, user, calendar, at, resulting).allowed;
        const expected = [
          ...(allows('see') ? ['see'] : []),
          ...(allows('edit') ? ['edit'] : []),
          ...(allows('edit') && allows('delete') ? ['delete'] : []),
          ...(allows('edit') && allows('assign', { ...row, assigneeId: 7 }) ? ['assign'] : []),
        ];
        expect(allowedActions(actor, row)).toEqual(expected);
      }),
      { numRuns: 3000 },
    );
  });
});
