import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { User } from '../users/user.entity.js';

/** A fact about a record of an extension of which a user was notified. It outlives the notification, which is deleted. */
@Entity('notified_facts')
export class NotifiedFactEntry {
  @PrimaryColumn({
    type: 'character varying',
    length: 32,
    name: 'notification_type',
    primaryKeyConstraintName: 'notified_facts_pkey',
  })
  notificationType: string;

  @PrimaryColumn({ type: 'integer', name: 'record_id', primaryKeyConstraintName: 'notified_facts_pkey' })
  recordId: number;

  @PrimaryColumn({
    type: 'character varying',
    length: 100,
    primaryKeyConstraintName: 'notified_facts_pkey',
  })
  fact: string;

  @PrimaryColumn({ type: 'integer', name: 'user_id', primaryKeyConstraintName: 'notified_facts_pkey' })
  userId: number;

  @ManyToOne(() => User, { nullable: false })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'notified_facts_user_id_fkey' })
  user?: Relation<User>;

  @Column({ type: 'timestamptz', name: 'notified_at' })
  notifiedAt: Date;
}
