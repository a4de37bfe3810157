import { type Actor } from '../core/authorization/actor.js';
import { WorkingCalendar } from '../core/authorization/working-calendar.js';
import { type Config } from '../core/config/config.js';
import { TaskAuthorizationService } from './task-authorization.service.js';
import { type Task } from './task.entity.js';
import { editableTasks } from './task.policy.js';

describe('the authorization of many tasks', () => {
  const service = new TaskAuthorizationService(new WorkingCalendar({ workingHours: { start: 9, end: 18 } } as Config));
  const actorOf = (role: 'manager' | 'auditor') => ({ id: 1, role, timeZone: 'UTC', atWork: true }) as unknown as Actor;
  const noon = new Date('2026-03-02T12:00:00Z');

  /** Tasks that count how often their titles are read. */
  const titled = (count: number) => {
    const read: number[] = [];
    const tasks = Array.from({ length: count }, (_, id) => ({
      ...{ id, assigneeId: 2, priority: 'low', status: 'pending', parentId: null },
      get title() {
        read.push(id);
        return `Task ${id}`;
      },
    }));
    return { tasks: tasks as unknown as Task[], read };
  };

  it('names none of those that are allowed', () => {
    const { tasks, read } = titled(100);
    service.assertAllAllowed(actorOf('manager'), noon, editableTasks, tasks);
    const cascades = new Map(tasks.map(({ id }) => [id, 'blocked'] as const));
    service.assertCascadesAllowed(actorOf('manager'), noon, tasks, cascades);
    // One for each copy that is judged as if it were the actor's own.
    expect(read.length).toBeLessThanOrEqual(100);
  });

  it('names the first that is denied', () => {
    const { tasks, read } = titled(100);
    expect(() => service.assertAllAllowed(actorOf('auditor'), noon, editableTasks, tasks)).toThrow(/task 0 "Task 0"/);
    expect(new Set(read)).toEqual(new Set([0]));
  });
});
