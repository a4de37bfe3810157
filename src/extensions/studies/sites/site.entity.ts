import {
  Check,
  Column,
  Entity,
  Index,
  JoinColumn,
  ManyToOne,
  PrimaryGeneratedColumn,
  type Relation,
  Unique,
} from 'typeorm';
import { Audited } from '../../../core/persistence/audited.decorator.js';
import { auditedRecords } from '../records/study-access.sql.js';
import { Study } from '../study.entity.js';

import { OVERALL_STATUSES } from '../study.facts.js';

export const SITE_STAGES = ['identified', 'selected', 'initiated', 'active', 'closed'] as const;
/** Statuses of a location in a registry: those of a study, and that of expanded access. */
export const SITE_STATUSES = [...OVERALL_STATUSES, 'available'] as const;
export type SiteStatus = (typeof SITE_STATUSES)[number];

/** Counts of participants as a site reported them. */
export interface EnrollmentReport {
  readonly as_of: string;
  readonly screened: number;
  readonly enrolled: number;
  readonly withdrawn: number;
  readonly completed: number;
}

/** A site of a study, with the latest counts of participants that it reported. */
@Entity('study_sites')
@Index('study_sites_study_id_idx', ['studyId', 'id'])
@Unique('study_sites_site_number_key', ['studyId', 'siteNumber'])
@Check('study_sites_target_enrollment_check', `target_enrollment >= 0`)
@Audited(
  'study_site',
  {
    studyId: 'study_id',
    siteNumber: 'site_number',
    facility: 'facility',
    city: 'city',
    state: 'state',
    zip: 'zip',
    country: 'country',
    timeZone: 'time_zone',
    status: 'status',
    principalInvestigator: 'principal_investigator',
    targetEnrollment: 'target_enrollment',
    selectedOn: 'selected_on',
    initiatedOn: 'initiated_on',
    activatedOn: 'activated_on',
    closedOn: 'closed_on',
    enrollmentReport: 'enrollment_report',
  },
  'facility',
  { ...auditedRecords('study_sites', 'r.id'), references: { study_id: 'study' } },
)
export class Site {
  @PrimaryGeneratedColumn('identity', { generatedIdentity: 'BY DEFAULT', primaryKeyConstraintName: 'study_sites_pkey' })
  id: number;

  @ManyToOne(() => Study, { nullable: false })
  @JoinColumn({ name: 'study_id', foreignKeyConstraintName: 'study_sites_study_id_fkey' })
  study?: Relation<Study>;

  @Column({ type: 'integer', name: 'study_id' })
  studyId: number;

  @Column({ type: 'character varying', length: 50, name: 'site_number', nullable: true })
  siteNumber: string | null;

  @Column({ type: 'character varying', length: 300 })
  facility: string;

  @Column({ type: 'character varying', length: 150, nullable: true })
  city: string | null;

  @Column({ type: 'character varying', length: 150, nullable: true })
  state: string | null;

  @Column({ type: 'character varying', length: 30, nullable: true })
  zip: string | null;

  @Column({ type: 'character varying', length: 100, nullable: true })
  country: string | null;

  @Column({ type: 'character varying', length: 64, name: 'time_zone', nullable: true })
  timeZone: string | null;

  @Column({ type: 'character varying', length: 32, nullable: true })
  status: SiteStatus | null;

  @Column({ type: 'character varying', length: 200, name: 'principal_investigator', nullable: true })
  principalInvestigator: string | null;

  @Column({ type: 'integer', name: 'target_enrollment', nullable: true })
  targetEnrollment: number | null;

  @Column({ type: 'date', name: 'selected_on', nullable: true })
  selectedOn: string | null;

  @Column({ type: 'date', name: 'initiated_on', nullable: true })
  initiatedOn: string | null;

  @Column({ type: 'date', name: 'activated_on', nullable: true })
  activatedOn: string | null;

  @Column({ type: 'date', name: 'closed_on', nullable: true })
  closedOn: string | null;

  @Column({ type: 'jsonb', name: 'enrollment_report', nullable: true })
  enrollmentReport: EnrollmentReport | null;

  @Column({ type: 'integer', default: 1 })
  version: number;

  @Column({ type: 'timestamptz', name: 'created_at', default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', name: 'updated_at', default: () => 'now()' })
  updatedAt: Date;
}
