import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryGeneratedColumn, type Relation } from 'typeorm';
import { Audited } from '../../../core/persistence/audited.decorator.js';
import { Site } from '../sites/site.entity.js';
import { auditedRecords } from '../records/study-access.sql.js';
import { Study } from '../study.entity.js';

export const MILESTONE_TYPES = [
  'protocol_approval',
  'first_site_activated',
  'first_participant_in',
  'last_participant_in',
  'last_participant_out',
  'database_lock',
  'other',
] as const;
export type MilestoneType = (typeof MILESTONE_TYPES)[number];
export const MILESTONE_STAGES = ['upcoming', 'overdue', 'achieved'] as const;

/** A milestone of a study or of one of its sites. */
@Entity('study_milestones')
@Index('study_milestones_study_id_idx', ['studyId', 'id'])
@Index('study_milestones_site_id_idx', ['siteId'], { where: 'site_id IS NOT NULL' })
@Audited(
  'study_milestone',
  {
    studyId: 'study_id',
    siteId: 'site_id',
    type: 'type',
    name: 'name',
    plannedDate: 'planned_date',
    actualDate: 'actual_date',
  },
  'name',
  { ...auditedRecords('study_milestones', 'r.site_id'), references: { study_id: 'study', site_id: 'study_site' } },
)
export class Milestone {
  @PrimaryGeneratedColumn('identity', {
    generatedIdentity: 'BY DEFAULT',
    primaryKeyConstraintName: 'study_milestones_pkey',
  })
  id: number;

  @ManyToOne(() => Study, { nullable: false })
  @JoinColumn({ name: 'study_id', foreignKeyConstraintName: 'study_milestones_study_id_fkey' })
  study?: Relation<Study>;

  @Column({ type: 'integer', name: 'study_id' })
  studyId: number;

  @ManyToOne(() => Site, { nullable: true })
  @JoinColumn({ name: 'site_id', foreignKeyConstraintName: 'study_milestones_site_id_fkey' })
  site?: Relation<Site> | null;

  @Column({ type: 'integer', name: 'site_id', nullable: true })
  siteId: number | null;

  @Column({ type: 'character varying', length: 32 })
  type: MilestoneType;

  @Column({ type: 'character varying', length: 200 })
  name: string;

  @Column({ type: 'date', name: 'planned_date' })
  plannedDate: string;

  @Column({ type: 'date', name: 'actual_date', nullable: true })
  actualDate: string | null;

  @Column({ type: 'integer', default: 1 })
  version: number;

  @Column({ type: 'timestamptz', name: 'created_at', default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', name: 'updated_at', default: () => 'now()' })
  updatedAt: Date;
}
