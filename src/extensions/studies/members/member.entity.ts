import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryGeneratedColumn, type Relation } from 'typeorm';
import { Audited } from '../../../core/persistence/audited.decorator.js';
import { Site } from '../sites/site.entity.js';
import { auditedRecords } from '../records/study-access.sql.js';
import { Study } from '../study.entity.js';
import { User } from '../../../users/user.entity.js';

export const MEMBER_ROLES = [
  'project_manager',
  'monitor',
  'principal_investigator',
  'sub_investigator',
  'study_coordinator',
  'quality',
] as const;
export type MemberRole = (typeof MEMBER_ROLES)[number];

/** A user in a role of a study, for all of it or for one site. */
@Entity('study_members')
@Index('study_members_study_id_idx', ['studyId', 'id'])
@Index('study_members_user_id_idx', ['userId', 'studyId'])
@Index('study_members_site_id_idx', ['siteId'], { where: 'site_id IS NOT NULL' })
@Check('study_members_dates_check', `end_date >= start_date`)
@Audited(
  'study_member',
  {
    studyId: 'study_id',
    siteId: 'site_id',
    userId: 'user_id',
    role: 'role',
    startDate: 'start_date',
    endDate: 'end_date',
  },
  undefined,
  {
    ...auditedRecords('study_members', 'r.site_id'),
    references: { study_id: 'study', site_id: 'study_site', user_id: 'user' },
  },
)
export class Member {
  @PrimaryGeneratedColumn('identity', {
    generatedIdentity: 'BY DEFAULT',
    primaryKeyConstraintName: 'study_members_pkey',
  })
  id: number;

  @ManyToOne(() => Study, { nullable: false })
  @JoinColumn({ name: 'study_id', foreignKeyConstraintName: 'study_members_study_id_fkey' })
  study?: Relation<Study>;

  @Column({ type: 'integer', name: 'study_id' })
  studyId: number;

  @ManyToOne(() => Site, { nullable: true })
  @JoinColumn({ name: 'site_id', foreignKeyConstraintName: 'study_members_site_id_fkey' })
  site?: Relation<Site> | null;

  @Column({ type: 'integer', name: 'site_id', nullable: true })
  siteId: number | null;

  @ManyToOne(() => User, { nullable: false })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'study_members_user_id_fkey' })
  user?: Relation<User>;

  @Column({ type: 'integer', name: 'user_id' })
  userId: number;

  @Column({ type: 'character varying', length: 32 })
  role: MemberRole;

  @Column({ type: 'date', name: 'start_date' })
  startDate: string;

  @Column({ type: 'date', name: 'end_date', nullable: true })
  endDate: string | null;

  @Column({ type: 'integer', default: 1 })
  version: number;

  @Column({ type: 'timestamptz', name: 'created_at', default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', name: 'updated_at', default: () => 'now()' })
  updatedAt: Date;
}
