import { asNewRecord } from '../core/authorization/restriction.sql.js';
import { type Actor } from '../core/authorization/actor.js';
import { type Changes } from '../core/persistence/audited.decorator.js';
import { criticalOriginPatch, statusPatch, type Task } from './task.entity.js';
import { type NewTask, type TaskPatch } from './tasks.dto.js';

/** The row of a new task. */
export function newRow(actor: Actor, body: NewTask, now: Date): Partial<Task> {
  return {
    ...columns(body),
    ...criticalOriginPatch(actor, undefined, body.priority),
    ...statusPatch(body.status ?? 'pending', now),
    creatorId: actor.id,
    createdAt: now,
    updatedAt: now,
  };
}

/** Attributes of a new task that policies judge. */
export const attributesOf = ({ assigned_to, priority = 'medium' }: NewTask) =>
  asNewRecord({ assigneeId: assigned_to, priority });

/** The fields of a body as properties of the entity; those left out stay out. */
export function columns(body: TaskPatch): Partial<Task> {
  const values = {
    title: body.title,
    description: body.description,
    status: body.status,
    priority: body.priority,
    deadline: body.deadline,
    estimatedHours: body.estimated_hours,
    actualHours: body.actual_hours,
    assigneeId: body.assigned_to,
    parentId: body.parent_task,
  };
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

/** Those of the tasks that a patch concerns whose description it sets: all, or none. */
export const describedIn = ({ description }: TaskPatch, ids: readonly number[]): readonly number[] =>
  description === undefined ? [] : ids;

/** The change of a tag list, for the audit entry of its task. */
export function tagChange(before: readonly number[], after: readonly number[]): Changes {
  return before.join() === after.join() ? {} : { tags: [before, after] };
}

export const sortedUnique = (ids: readonly number[]): number[] => [...new Set(ids)].sort((a, b) => a - b);

/** Tasks with these descriptions, for those that were locked without theirs. */
export function withTexts(tasks: readonly Task[], descriptions: readonly Pick<Task, 'id' | 'description'>[]): Task[] {
  const byId = new Map(descriptions.map((row) => [row.id, row]));
  return tasks.map((task) => ({ ...task, ...byId.get(task.id) }));
}
