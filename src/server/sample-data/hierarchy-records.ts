import { type Principal } from '../../core/authorization/actor.js';
import { auditEntryOf, auditMetadataOf, type AuditEntryDraft } from '../../core/persistence/audited.decorator.js';
import { type DomainEvent } from '../../core/persistence/event-map.js';
import { type NotificationDraft } from '../../notifications/notifications.repository.js';
import { notificationsOf } from '../../notifications/task-notifications.handler.js';
import { Task } from '../../tasks/task.entity.js';
import { type HistoryAction } from '../../tasks/task-history.entity.js';
import { historyRow, type HistoryRow } from '../../tasks/tasks.repository.js';
import { type SampleUser } from '../../extensions/sample-contribution.js';

const TASK = auditMetadataOf(Task);

/** One change of a hierarchy, with all that the product would have written in its transaction. */
export interface SampleChange {
  readonly at: Date;
  readonly actor: Pick<Principal, 'id' | 'username' | 'role'>;
  readonly reason: string | null;
  readonly entries: AuditEntryDraft[];
  readonly history: HistoryRow[];
  readonly notifications: NotificationDraft[];
}

/** The parts of a change while it is made. */
export type ChangeDraft = Pick<SampleChange, 'entries' | 'history'> & { readonly events: DomainEvent[] };

/** The tasks of a hierarchy as they are, and all changes that led there. */
export class HierarchyRecords {
  readonly tasks: Task[] = [];
  readonly changes: SampleChange[] = [];

  /** Changes a task, and drafts all that the product writes with it. */
  step(
    draft: ChangeDraft,
    before: Task,
    patch: Partial<Task>,
    actor: SampleUser,
    at: Date,
    verb?: HistoryAction,
  ): void {
    const after = this.replace(before, patch, at);
    const changed = { taskId: before.id, actorId: actor.id };
    draft.entries.push(auditEntryOf(TASK, verb ?? 'updated', before, after));
    if (before.assigneeId !== after.assigneeId) {
      draft.history.push(historyRow('reassigned', before, after));
      const payload = { ...changed, from: before.assigneeId, to: after.assigneeId, title: before.title };
      draft.events.push({ name: 'task.reassigned', payload });
    }
    if (before.status !== after.status) {
      draft.history.push(historyRow(verb ?? 'status_changed', before, after));
      const payload = { ...changed, from: before.status, to: after.status, cascade: verb !== undefined };
      draft.events.push({ name: 'task.status_changed', payload });
    }
  }

  /** Puts a changed task in the place of what it was. */
  replace(before: Task, patch: Partial<Task>, at: Date): Task {
    const after = { ...before, ...patch, version: before.version + 1, updatedAt: at };
    this.tasks[this.tasks.indexOf(before)] = after;
    return after;
  }

  /** Adds a change, with its notifications. */
  record(
    at: Date,
    actor: SampleChange['actor'],
    reason: string | null,
    { entries, history, events }: ChangeDraft,
  ): void {
    const notifications = notificationsOf(events, actor.username).map((draft) => {
      const task = this.tasks.find(({ id }) => id === draft.taskId) as Task;
      return { ...draft, userId: draft.userId ?? task.assigneeId, title: draft.title ?? task.title };
    });
    this.changes.push({ at, actor, reason, entries, history, notifications });
  }

  /** Returns the tasks that are not deleted. */
  live(): Task[] {
    return this.tasks.filter(({ deletedAt }) => !deletedAt);
  }
}
