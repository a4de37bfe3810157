import { Injectable } from '@nestjs/common';
import { type DomainEvent } from '../core/persistence/event-map.js';
import { EventBus } from '../core/persistence/domain-events.js';
import { type AuditedTransaction } from '../core/persistence/audited-transaction.js';
import { type NotificationType } from './notification.entity.js';
import { NotificationsRepository, type NotificationDraft } from './notifications.repository.js';

/** Precedence of types: of several notifications of one change to a user about a task, the first is sent. */
const PRECEDENCE: readonly NotificationType[] = [
  'task_assigned',
  'task_unassigned',
  'priority_escalated',
  'deadline_warning',
  'status_change',
];

/**
 * Writes the notifications of a change in its own transaction, in one statement for any number of tasks. A user gets at
 * most one notification per change and task (contract, section 5).
 */
@Injectable()
export class TaskNotificationsHandler {
  constructor(
    eventBus: EventBus,
    private readonly notifications: NotificationsRepository,
  ) {
    eventBus.beforeCommit(async (tx, events) => this.insert(tx, events));
  }

  private insert(tx: AuditedTransaction, events: readonly DomainEvent[]): void {
    const drafts = notificationsOf(events, tx.principal.username);
    if (drafts.length === 0) return;
    this.notifications.insert(tx, drafts, (rows) => tx.emit('notifications.written', { rows }));
  }
}

/** Returns the notifications of the events of one change. @param by name of the user who made the change */
export const notificationsOf = (events: readonly DomainEvent[], by: string): NotificationDraft[] =>
  oncePerUser(events.flatMap((event) => draftsOf(event, by)));

function draftsOf({ name, payload }: DomainEvent, by: string): NotificationDraft[] {
  switch (name) {
    case 'task.created':
      return [toAssignee(payload.taskId, 'task_assigned', `${by} gave you the task {title}`)];
    case 'task.restored':
      return [toAssignee(payload.taskId, 'task_assigned', `${by} restored your task {title}`)];
    case 'task.reassigned':
      return [
        toAssignee(payload.taskId, 'task_assigned', `${by} gave you the task {title}`),
        {
          ...toAssignee(payload.taskId, 'task_unassigned', `${by} took the task {title} off you`),
          userId: payload.from,
          title: payload.title,
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
      const change = `from ${humanize(payload.from)} to ${humanize(payload.to)}`;
      return [toAssignee(payload.taskId, 'status_change', `${by} moved {title} ${change}`)];
    }
    default:
      return [];
  }
}

const toAssignee = (taskId: number, type: NotificationType, message: string): NotificationDraft => ({
  taskId,
  userId: null,
  type,
  message,
});

const humanize = (status: string): string => status.replace('_', ' ');

function due(minutes: number): string {
  if (minutes === 0) return 'is due now';
  const span = `${Math.abs(minutes)} minute${Math.abs(minutes) === 1 ? '' : 's'}`;
  return minutes > 0 ? `is due in ${span}` : `was due ${span} ago`;
}

function oncePerUser(drafts: readonly NotificationDraft[]): NotificationDraft[] {
  const byKey = new Map<string, NotificationDraft>();
  for (const draft of drafts) {
    const key = `${draft.taskId} ${draft.userId ?? 'assignee'}`;
    const chosen = byKey.get(key);
    if (!chosen || PRECEDENCE.indexOf(draft.type) < PRECEDENCE.indexOf(chosen.type)) byKey.set(key, draft);
  }
  return [...byKey.values()];
}
