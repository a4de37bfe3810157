import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { type Changes } from '../core/persistence/audited.decorator.js';
import { User } from '../users/user.entity.js';
import { Task } from './task.entity.js';

export type HistoryAction =
  'status_changed' | 'status_cascaded' | 'reassigned' | 'priority_escalated' | 'deadline_warning' | 'restored';

/** One entry of a task's history, for the people who work on it. Triggers allow no change but a redaction. */
@Entity('task_history')
@Index('task_history_task_id_idx', ['taskId', 'id'])
export class TaskHistory {
  @PrimaryColumn({
    type: 'bigint',
    generated: 'identity',
    generatedIdentity: 'BY DEFAULT',
    primaryKeyConstraintName: 'task_history_pkey',
  })
  id: string;

  @ManyToOne(() => Task, { nullable: false })
  @JoinColumn({ name: 'task_id', foreignKeyConstraintName: 'task_history_task_id_fkey' })
  task?: Relation<Task>;

  @Column({ type: 'integer', name: 'task_id' })
  taskId: number;

  @Column({ type: 'character varying', length: 100 })
  action: string;

  @Column({ type: 'character varying', length: 20, name: 'from_status', nullable: true })
  fromStatus: string | null;

  @Column({ type: 'character varying', length: 20, name: 'to_status', nullable: true })
  toStatus: string | null;

  @ManyToOne(() => User, { nullable: true })
  @JoinColumn({ name: 'changed_by_id', foreignKeyConstraintName: 'task_history_changed_by_id_fkey' })
  changedBy?: Relation<User> | null;

  @Column({ type: 'integer', name: 'changed_by_id', nullable: true })
  changedById: number | null;

  @Column({ type: 'jsonb', default: {} })
  changes: Changes;

  @Column({ type: 'text', nullable: true })
  reason: string | null;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  timestamp: Date;
}
