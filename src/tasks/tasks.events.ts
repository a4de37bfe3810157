import { type Priority, type Status } from './task.entity.js';

/** Payload that every task event has; events are published after the commit. */
export interface TaskChanged {
  readonly taskId: number;
  /** Null where a job of the product made the change. */
  readonly actorId: number | null;
}

export interface TaskStatusChanged extends TaskChanged {
  readonly from: Status;
  readonly to: Status;
  /** True where the status follows from a change of a parent or child. */
  readonly cascade: boolean;
}

export interface TaskReassigned extends TaskChanged {
  readonly from: number;
  readonly to: number;
  /** The title before the change, which the former assignee knows. */
  readonly title: string;
}

export interface TaskEscalated extends TaskChanged {
  readonly from: Priority;
  readonly to: Priority;
}

export interface TaskDeadlineNear extends TaskChanged {
  /** Minutes until the deadline, rounded up; negative where it has passed. */
  readonly minutes: number;
}

declare module '../core/persistence/event-map.js' {
  interface EventMap {
    'task.created': TaskChanged;
    'task.deleted': TaskChanged;
    'task.restored': TaskChanged;
    'task.status_changed': TaskStatusChanged;
    'task.reassigned': TaskReassigned;
    'task.priority_escalated': TaskEscalated;
    'task.deadline_near': TaskDeadlineNear;
  }
}
