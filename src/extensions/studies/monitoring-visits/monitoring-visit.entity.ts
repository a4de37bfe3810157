import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryGeneratedColumn, type Relation } from 'typeorm';
import { Audited } from '../../../core/persistence/audited.decorator.js';
import { User } from '../../../users/user.entity.js';
import { Site } from '../sites/site.entity.js';
import { auditedRecords } from '../records/study-access.sql.js';
import { Study } from '../study.entity.js';

import { type VISIT_TYPES } from '../study.facts.js';

export type VisitType = (typeof VISIT_TYPES)[number];
export const VISIT_MODES = ['on_site', 'remote'] as const;
export type VisitMode = (typeof VISIT_MODES)[number];
export const VISIT_STAGES = [
  'planned',
  'overdue',
  'confirmed',
  'in_progress',
  'awaiting_report',
  'report_in_review',
  'follow_up',
  'complete',
] as const;

/** A visit of a monitor to a site, on the spot or remote. */
@Entity('monitoring_visits')
@Index('monitoring_visits_study_id_idx', ['studyId', 'id'])
@Index('monitoring_visits_site_id_idx', ['siteId', 'plannedDate'])
@Audited(
  'monitoring_visit',
  {
    studyId: 'study_id',
    siteId: 'site_id',
    type: 'type',
    mode: 'mode',
    plannedDate: 'planned_date',
    confirmedOn: 'confirmed_on',
    startedOn: 'started_on',
    endedOn: 'ended_on',
    reportCompletedOn: 'report_completed_on',
    reportApprovedOn: 'report_approved_on',
    monitorId: 'monitor_id',
  },
  undefined,
  {
    ...auditedRecords('monitoring_visits', 'r.site_id'),
    references: { study_id: 'study', site_id: 'study_site', monitor_id: 'user' },
  },
)
export class MonitoringVisit {
  @PrimaryGeneratedColumn('identity', {
    generatedIdentity: 'BY DEFAULT',
    primaryKeyConstraintName: 'monitoring_visits_pkey',
  })
  id: number;

  @ManyToOne(() => Study, { nullable: false })
  @JoinColumn({ name: 'study_id', foreignKeyConstraintName: 'monitoring_visits_study_id_fkey' })
  study?: Relation<Study>;

  @Column({ type: 'integer', name: 'study_id' })
  studyId: number;

  @ManyToOne(() => Site, { nullable: false })
  @JoinColumn({ name: 'site_id', foreignKeyConstraintName: 'monitoring_visits_site_id_fkey' })
  site?: Relation<Site>;

  @Column({ type: 'integer', name: 'site_id' })
  siteId: number;

  @Column({ type: 'character varying', length: 16 })
  type: VisitType;

  @Column({ type: 'character varying', length: 16 })
  mode: VisitMode;

  @Column({ type: 'date', name: 'planned_date' })
  plannedDate: string;

  @Column({ type: 'date', name: 'confirmed_on', nullable: true })
  confirmedOn: string | null;

  @Column({ type: 'date', name: 'started_on', nullable: true })
  startedOn: string | null;

  @Column({ type: 'date', name: 'ended_on', nullable: true })
  endedOn: string | null;

  @Column({ type: 'date', name: 'report_completed_on', nullable: true })
  reportCompletedOn: string | null;

  @Column({ type: 'date', name: 'report_approved_on', nullable: true })
  reportApprovedOn: string | null;

  @ManyToOne(() => User, { nullable: false })
  @JoinColumn({ name: 'monitor_id', foreignKeyConstraintName: 'monitoring_visits_monitor_id_fkey' })
  monitor?: Relation<User>;

  @Column({ type: 'integer', name: 'monitor_id' })
  monitorId: number;

  @Column({ type: 'integer', default: 1 })
  version: number;

  @Column({ type: 'timestamptz', name: 'created_at', default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', name: 'updated_at', default: () => 'now()' })
  updatedAt: Date;
}
