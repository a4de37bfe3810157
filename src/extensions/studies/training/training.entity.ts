import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryGeneratedColumn, type Relation } from 'typeorm';
import { Audited } from '../../../core/persistence/audited.decorator.js';
import { auditedRecords } from '../records/study-access.sql.js';
import { Study } from '../study.entity.js';
import { User } from '../../../users/user.entity.js';

export const TRAINING_STAGES = ['current', 'expiring', 'expired'] as const;

/** A training that a member of a study completed. */
@Entity('study_trainings')
@Index('study_trainings_study_id_idx', ['studyId', 'id'])
@Index('study_trainings_user_id_idx', ['userId'])
@Audited(
  'study_training',
  {
    studyId: 'study_id',
    userId: 'user_id',
    course: 'course',
    protocolVersion: 'protocol_version',
    completedOn: 'completed_on',
    expiresOn: 'expires_on',
  },
  'course',
  { ...auditedRecords('study_trainings', 'NULL::int'), references: { study_id: 'study', user_id: 'user' } },
)
export class Training {
  @PrimaryGeneratedColumn('identity', {
    generatedIdentity: 'BY DEFAULT',
    primaryKeyConstraintName: 'study_trainings_pkey',
  })
  id: number;

  @ManyToOne(() => Study, { nullable: false })
  @JoinColumn({ name: 'study_id', foreignKeyConstraintName: 'study_trainings_study_id_fkey' })
  study?: Relation<Study>;

  @Column({ type: 'integer', name: 'study_id' })
  studyId: number;

  @ManyToOne(() => User, { nullable: false })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'study_trainings_user_id_fkey' })
  user?: Relation<User>;

  @Column({ type: 'integer', name: 'user_id' })
  userId: number;

  @Column({ type: 'character varying', length: 200 })
  course: string;

  @Column({ type: 'character varying', length: 50, name: 'protocol_version', nullable: true })
  protocolVersion: string | null;

  @Column({ type: 'date', name: 'completed_on' })
  completedOn: string;

  @Column({ type: 'date', name: 'expires_on', nullable: true })
  expiresOn: string | null;

  @Column({ type: 'integer', default: 1 })
  version: number;

  @Column({ type: 'timestamptz', name: 'created_at', default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', name: 'updated_at', default: () => 'now()' })
  updatedAt: Date;
}
