import fc from 'fast-check';
import { PRIORITIES } from '../../tasks/task.entity.js';
import { decodeTaskChange, encodeTaskChange, taskChangesIn, type TaskChange } from './task-change.js';

const entry = (action: string, changes = {}, entityId: number | null = 7) => ({
  action,
  entityType: action.split('.')[0] ?? '',
  entityId,
  entityVersion: 3,
  changes,
});

const changes: fc.Arbitrary<TaskChange> = fc.record({
  taskId: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
  version: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
  change: fc.constantFrom('created', 'updated', 'deleted'),
  before: fc.record(
    { assigned_to: fc.integer({ min: 1, max: 2 ** 31 - 1 }), priority: fc.constantFrom(...PRIORITIES) },
    { requiredKeys: [] },
  ),
});

describe('a change of a task between replicas', () => {
  it('is decoded as it was encoded, from an item without blanks', () =>
    fc.assert(
      fc.property(changes, (change) => {
        const item = encodeTaskChange(change);
        expect(item).not.toMatch(/\s/);
        expect(decodeTaskChange(item)).toEqual(change);
      }),
    ));

  it('is ignored where another release wrote it', () => {
    for (const item of ['', '*', '7:3:x', '7:u', '7:3:u:more', 'x:3:u']) expect(decodeTaskChange(item)).toBeUndefined();
  });
});

describe('changes of tasks in audit entries', () => {
  it('have a kind by the verb, and the judged fields before an update', () => {
    const found = taskChangesIn([
      entry('task.created', { assigned_to: [null, 2] }),
      entry('task.updated', { assigned_to: [2, 5], title: ['A', 'B'] }),
      entry('task.status_cascaded', { status: ['pending', 'completed'] }),
      entry('task.priority_escalated', { priority: ['low', 'medium'] }),
      entry('task.deleted', { deleted_at: [null, new Date()] }),
      entry('task.restored', { deleted_at: [new Date(), null] }),
    ]);
    expect(found.map(({ change }) => change)).toEqual([
      'created',
      'updated',
      'updated',
      'updated',
      'deleted',
      'created',
    ]);
    expect(found.map(({ before }) => before)).toEqual([{}, { assigned_to: 2 }, {}, { priority: 'low' }, {}, {}]);
  });

  it('leave out other records', () => {
    expect(taskChangesIn([entry('user.updated'), entry('task.exported', {}, null)])).toEqual([]);
  });
});
