import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryGeneratedColumn, type Relation } from 'typeorm';
import { type Principal } from '../core/authorization/actor.js';
import { Audited } from '../core/persistence/audited.decorator.js';
import { User } from '../users/user.entity.js';

export const STATUSES = ['pending', 'in_progress', 'blocked', 'completed'] as const;
export type Status = (typeof STATUSES)[number];

/** Lowest first. */
export const PRIORITIES = ['low', 'medium', 'high', 'critical'] as const;
export type Priority = (typeof PRIORITIES)[number];

/** A piece of work of a clinical trial. Deletion sets `deletedAt`; the row stays. */
@Entity('tasks')
@Index('tasks_assigned_to_id_idx', { synchronize: false })
@Index('tasks_created_by_id_idx', { synchronize: false })
@Index('tasks_parent_task_id_idx', { synchronize: false })
@Index('tasks_live_idx', { synchronize: false })
@Index('tasks_deadline_idx', { synchronize: false })
@Index('tasks_open_deadline_idx', { synchronize: false })
@Index('tasks_created_at_idx', { synchronize: false })
@Index('tasks_completed_at_idx', { synchronize: false })
@Index('tasks_assignee_open_deadline_idx', { synchronize: false })
@Index('tasks_assignee_blocked_idx', { synchronize: false })
@Index('tasks_updated_at_idx', { synchronize: false })
@Index('tasks_title_idx', { synchronize: false })
@Index('tasks_priority_idx', { synchronize: false })
@Index('tasks_status_idx', { synchronize: false })
@Index('tasks_overworked_idx', { synchronize: false })
@Check('tasks_title_check', `btrim(title) <> ''`)
@Check('tasks_status_check', `status IN ('pending', 'in_progress', 'blocked', 'completed')`)
@Check('tasks_priority_check', `priority IN ('low', 'medium', 'high', 'critical')`)
@Check('tasks_estimated_hours_check', 'estimated_hours >= 0')
@Check('tasks_actual_hours_check', 'actual_hours >= 0')
@Check('tasks_parent_check', 'parent_task_id <> id')
@Check('tasks_completed_at_check', `(status = 'completed') = (completed_at IS NOT NULL)`)
@Audited(
  'task',
  {
    title: 'title',
    description: 'description',
    status: 'status',
    priority: 'priority',
    assigneeId: 'assigned_to',
    creatorId: 'created_by',
    parentId: 'parent_task',
    estimatedHours: 'estimated_hours',
    actualHours: 'actual_hours',
    deadline: 'deadline',
    priorityEscalated: 'priority_escalated',
    createdAt: 'created_at',
    deletedAt: 'deleted_at',
  },
  'title',
)
export class Task {
  @PrimaryGeneratedColumn('identity', { generatedIdentity: 'BY DEFAULT', primaryKeyConstraintName: 'tasks_pkey' })
  id: number;

  @Column({ type: 'character varying', length: 255 })
  title: string;

  @Column({ type: 'text', default: '' })
  description: string;

  @Column({ type: 'character varying', length: 16, default: 'pending' })
  status: Status;

  @Column({ type: 'character varying', length: 16, default: 'medium' })
  priority: Priority;

  /** The role of the user who made the task critical; null for other priorities, and where it is unknown. */
  @Column({ type: 'character varying', length: 16, name: 'critical_given_by', nullable: true })
  criticalGivenBy: Principal['role'] | null;

  @ManyToOne(() => User, { nullable: false })
  @JoinColumn({ name: 'assigned_to_id', foreignKeyConstraintName: 'tasks_assigned_to_id_fkey' })
  assignee?: Relation<User>;

  @Column({ type: 'integer', name: 'assigned_to_id' })
  assigneeId: number;

  @ManyToOne(() => User, { nullable: false })
  @JoinColumn({ name: 'created_by_id', foreignKeyConstraintName: 'tasks_created_by_id_fkey' })
  creator?: Relation<User>;

  @Column({ type: 'integer', name: 'created_by_id' })
  creatorId: number;

  @ManyToOne(() => Task, { nullable: true })
  @JoinColumn({ name: 'parent_task_id', foreignKeyConstraintName: 'tasks_parent_task_id_fkey' })
  parent?: Relation<Task> | null;

  @Column({ type: 'integer', name: 'parent_task_id', nullable: true })
  parentId: number | null;

  /** Exact decimal with two places, as text. */
  @Column({ type: 'numeric', precision: 6, scale: 2, name: 'estimated_hours' })
  estimatedHours: string;

  @Column({ type: 'numeric', precision: 6, scale: 2, name: 'actual_hours', nullable: true })
  actualHours: string | null;

  @Column({ type: 'timestamptz' })
  deadline: Date;

  @Column({ type: 'boolean', name: 'priority_escalated', default: false })
  priorityEscalated: boolean;

  @Column({ type: 'integer', default: 1 })
  version: number;

  @Column({ type: 'timestamptz', name: 'created_at', default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', name: 'updated_at', default: () => 'now()' })
  updatedAt: Date;

  @Column({ type: 'timestamptz', name: 'completed_at', nullable: true })
  completedAt: Date | null;

  @Column({ type: 'timestamptz', name: 'deleted_at', nullable: true })
  deletedAt: Date | null;
}

/** A status with the time of completion that belongs to it. */
export function statusPatch(status: Status, now: Date): Pick<Task, 'status' | 'completedAt'> {
  return { status, completedAt: status === 'completed' ? now : null };
}

/**
 * The origin of a critical priority, where a change sets another priority than the task has; empty otherwise.
 *
 * @param task undefined for a new task
 */
export function criticalOriginPatch(
  { role }: Pick<Principal, 'role'>,
  task: Task | undefined,
  priority?: Priority,
): Partial<Task> {
  if (priority === undefined || priority === task?.priority) return {};
  return { criticalGivenBy: priority === 'critical' ? role : null };
}

/** The change of an escalated task: its priority rises by one, once. */
export function escalationPatch(from: Priority): Pick<Task, 'priority' | 'criticalGivenBy' | 'priorityEscalated'> {
  const priority = PRIORITIES[PRIORITIES.indexOf(from) + 1] ?? from;
  return { priority, criticalGivenBy: priority === 'critical' ? 'system' : null, priorityEscalated: true };
}
