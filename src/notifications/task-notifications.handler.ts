import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { type DomainEvent } from '../core/persistence/event-map.js';
import { EventBus } from '../core/persistence/domain-events.js';
import { quotedTextSql } from '../core/quoted-text.js';
import { type AuditedTransaction } from '../core/persistence/audited-transaction.js';
import { type NotificationType } from './notification.entity.js';

/** For whom: a user, or whoever has the task when the change is done. */
interface Draft {
  readonly taskId: number;
  readonly userId: number | null;
  readonly type: NotificationType;
  /** With `{title}` for the title of the task between quotation marks. */
  readonly message: string;
  /** Left out: the one that the task has when the change is done. */
  readonly title?: string;
}

/** Where one change gives a person several reasons to be told of a task, the first of these is told. */
const WEIGHT: readonly NotificationType[] = [
  'task_assigned',
  'task_unassigned',
  'priority_escalated',
  'deadline_warning',
  'status_change',
];

/**
 * Writes the notifications of a change in its own transaction, in one statement whatever the number of tasks. One
 * change tells a person of a task at most once (contract, section 5).
 */
@Injectable()
export class NotifyPeopleWhenTasksChange {
  constructor(events: EventBus) {
    events.beforeCommit(async (tx, happenings) => this.write(tx, happenings));
  }

  private write(tx: AuditedTransaction, happenings: readonly DomainEvent[]): void {
    const drafts = oncePerPerson(happenings.flatMap((happening) => draftsOf(happening, tx.principal.username)));
    if (drafts.length === 0) return;
    tx.enqueue<{ id: number; userId: number }>(insertion(drafts, tx.now), (rows) =>
      tx.emit('notifications.written', { rows }),
    );
  }
}

const QUOTED_TITLE = quotedTextSql('coalesce(d.title, t.title)');

function insertion(drafts: readonly Draft[], now: Date): Sql {
  return sql`INSERT INTO notifications
        (user_id, task_id, message, notification_type, created_at)
      SELECT coalesce(d."userId", t.assigned_to_id), t.id, replace(d.message, '{title}', ${QUOTED_TITLE}), d.type, ${now}
      FROM ROWS FROM (jsonb_to_recordset(${JSON.stringify(drafts)}::jsonb)
        AS ("taskId" int, "userId" int, type text, message text, title text))
        WITH ORDINALITY AS d("taskId", "userId", type, message, title, position),
        LATERAL (SELECT id, title, assigned_to_id FROM tasks WHERE id = d."taskId" OFFSET 0) t ORDER BY d.position
      RETURNING id, user_id AS "userId"`;
}

function draftsOf({ name, payload }: DomainEvent, by: string): Draft[] {
  switch (name) {
    case 'task.created':
      return [toAssignee(payload.taskId, 'task_assigned', `${by} gave you the task {title}`)];
    case 'task.reassigned':
      return [
        toAssignee(payload.taskId, 'task_assigned', `${by} gave you the task {title}`),
        {
          ...toAssignee(payload.taskId, 'task_unassigned', `${by} took the task {title} off you`),
          ...{ userId: payload.from, title: payload.title },
        },
      ];
    case 'task.priority_escalated':
      return [
        toAssignee(
          payload.taskId,
          'priority_escalated',
          `The deadline of {title} is near: its priority went from ${payload.from} to ${payload.to}`,
        ),
      ];
    case 'task.deadline_near':
      return [toAssignee(payload.taskId, 'deadline_warning', `{title} ${due(payload.minutes)}`)];
    case 'task.status_changed': {
      const change = `from ${words(payload.from)} to ${words(payload.to)}`;
      return [toAssignee(payload.taskId, 'status_change', `${by} moved {title} ${change}`)];
    }
    default:
      return [];
  }
}

const toAssignee = (taskId: number, type: NotificationType, message: string): Draft => ({
  taskId,
  userId: null,
  type,
  message,
});

const words = (status: string): string => status.replace('_', ' ');

function due(minutes: number): string {
  if (minutes === 0) return 'is due now';
  const span = `${Math.abs(minutes)} minute${Math.abs(minutes) === 1 ? '' : 's'}`;
  return minutes > 0 ? `is due in ${span}` : `was due ${span} ago`;
}

function oncePerPerson(drafts: readonly Draft[]): Draft[] {
  const first = new Map<string, Draft>();
  for (const draft of drafts) {
    const key = `${draft.taskId} ${draft.userId ?? 'assignee'}`;
    const told = first.get(key);
    if (!told || WEIGHT.indexOf(draft.type) < WEIGHT.indexOf(told.type)) first.set(key, draft);
  }
  return [...first.values()];
}
