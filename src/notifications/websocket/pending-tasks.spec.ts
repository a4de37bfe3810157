import { PendingTasks } from './pending-tasks.js';
import { type TaskFrame } from './task-stream.service.js';

const frame = (task_id: number, change: TaskFrame['change'], version = 1): TaskFrame => ({
  type: 'task',
  change,
  task_id,
  version,
});

function drained(tasks: PendingTasks): TaskFrame[] {
  const frames: TaskFrame[] = [];
  for (let next = tasks.shift(); next; next = tasks.shift()) frames.push(next);
  return frames;
}

describe('changes of tasks that wait for a connection', () => {
  it('are one per task, the latest, in the order in which the tasks first changed', () => {
    const tasks = new PendingTasks();
    for (const [id, change] of [
      [1, 'updated'],
      [2, 'updated'],
      [1, 'hidden'],
    ] as const)
      expect(tasks.add(frame(id, change))).toBe(true);
    expect(drained(tasks)).toEqual([frame(1, 'hidden'), frame(2, 'updated')]);
  });

  it('still report a task as created that was updated since', () => {
    const tasks = new PendingTasks();
    tasks.add(frame(1, 'created'));
    tasks.add(frame(1, 'updated', 2));
    expect(drained(tasks)).toEqual([frame(1, 'created', 2)]);
  });

  it('are refused beyond 5,000 tasks, however often each changes', () => {
    const tasks = new PendingTasks();
    for (let round = 0; round < 3; round++)
      for (let id = 1; id <= 5000; id++) expect(tasks.add(frame(id, 'updated', round))).toBe(true);
    expect(tasks.add(frame(5001, 'updated'))).toBe(false);
  });
});
