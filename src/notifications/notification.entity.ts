import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryGeneratedColumn, type Relation } from 'typeorm';
import { Task } from '../tasks/task.entity.js';
import { User } from '../users/user.entity.js';

/** The kinds of the product; extensions add theirs (`NotificationKinds`). */
export const NOTIFICATION_TYPES = [
  'status_change',
  'deadline_warning',
  'task_assigned',
  'task_unassigned',
  'priority_escalated',
] as const;
export type NotificationType = (typeof NOTIFICATION_TYPES)[number];

/** A notification of one user. Sockets deliver the row earlier, but do not replace it. */
@Entity('notifications')
@Index('notifications_user_id_idx', { synchronize: false })
@Index('notifications_unread_idx', { synchronize: false })
@Index('notifications_undelivered_idx', { synchronize: false })
@Index('notifications_read_idx', { synchronize: false })
@Check(
  'notifications_type_check',
  `record_id IS NOT NULL OR notification_type IN ('status_change', 'deadline_warning', 'task_assigned', 'task_unassigned', 'priority_escalated')`,
)
@Check('notifications_record_id_check', `record_id IS NULL OR task_id IS NULL`)
export class Notification {
  @PrimaryGeneratedColumn('identity', {
    generatedIdentity: 'BY DEFAULT',
    primaryKeyConstraintName: 'notifications_pkey',
  })
  id: number;

  @ManyToOne(() => User, { nullable: false })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'notifications_user_id_fkey' })
  user?: Relation<User>;

  @Column({ type: 'integer', name: 'user_id' })
  userId: number;

  @ManyToOne(() => Task, { nullable: true })
  @JoinColumn({ name: 'task_id', foreignKeyConstraintName: 'notifications_task_id_fkey' })
  task?: Relation<Task> | null;

  @Column({ type: 'integer', name: 'task_id', nullable: true })
  taskId: number | null;

  /** Record of an extension that it is about, instead of a task; its type follows from the kind. */
  @Column({ type: 'integer', name: 'record_id', nullable: true })
  recordId: number | null;

  @Column({ type: 'text' })
  message: string;

  @Column({ type: 'character varying', length: 32, name: 'notification_type' })
  notificationType: string;

  @Column({ type: 'boolean', default: false })
  read: boolean;

  @Column({ type: 'timestamptz', name: 'read_at', nullable: true })
  readAt: Date | null;

  /** True once it was written to a socket of its user. */
  @Column({ type: 'boolean', name: 'is_delivered', default: false })
  isDelivered: boolean;

  @Column({ type: 'timestamptz', name: 'created_at', default: () => 'now()' })
  createdAt: Date;
}
