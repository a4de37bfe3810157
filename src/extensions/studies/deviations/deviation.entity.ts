import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryGeneratedColumn, Unique, type Relation } from 'typeorm';
import { Audited } from '../../../core/persistence/audited.decorator.js';
import { MonitoringVisit } from '../monitoring-visits/monitoring-visit.entity.js';
import { Site } from '../sites/site.entity.js';
import { auditedRecords } from '../records/study-access.sql.js';
import { Study } from '../study.entity.js';

export const DEVIATION_STAGES = ['open', 'overdue', 'resolved'] as const;

/** A protocol deviation (SDTM DV). */
@Entity('protocol_deviations')
@Index('protocol_deviations_study_id_idx', ['studyId', 'id'])
@Index('protocol_deviations_site_id_idx', ['siteId', 'id'])
@Unique('protocol_deviations_identifier_key', ['studyId', 'sponsorDefinedIdentifier'])
@Index('protocol_deviations_monitoring_visit_id_idx', ['monitoringVisitId'])
@Audited(
  'protocol_deviation',
  {
    studyId: 'study_id',
    siteId: 'site_id',
    monitoringVisitId: 'monitoring_visit_id',
    sponsorDefinedIdentifier: 'sponsor_defined_identifier',
    participantCode: 'participant_code',
    term: 'term',
    codedTerm: 'coded_term',
    category: 'category',
    epoch: 'epoch',
    startDate: 'start_date',
    endDate: 'end_date',
    identifiedOn: 'identified_on',
    important: 'important',
    seriousNoncompliance: 'serious_noncompliance',
    reportedOn: 'reported_on',
    dueDate: 'due_date',
    resolution: 'resolution',
    resolvedOn: 'resolved_on',
  },
  'term',
  {
    ...auditedRecords('protocol_deviations', 'r.site_id'),
    references: { study_id: 'study', site_id: 'study_site', monitoring_visit_id: 'monitoring_visit' },
  },
)
export class Deviation {
  @PrimaryGeneratedColumn('identity', {
    generatedIdentity: 'BY DEFAULT',
    primaryKeyConstraintName: 'protocol_deviations_pkey',
  })
  id: number;

  @ManyToOne(() => Study, { nullable: false })
  @JoinColumn({ name: 'study_id', foreignKeyConstraintName: 'protocol_deviations_study_id_fkey' })
  study?: Relation<Study>;

  @Column({ type: 'integer', name: 'study_id' })
  studyId: number;

  @ManyToOne(() => Site, { nullable: false })
  @JoinColumn({ name: 'site_id', foreignKeyConstraintName: 'protocol_deviations_site_id_fkey' })
  site?: Relation<Site>;

  @Column({ type: 'integer', name: 'site_id' })
  siteId: number;

  @ManyToOne(() => MonitoringVisit, { nullable: true })
  @JoinColumn({ name: 'monitoring_visit_id', foreignKeyConstraintName: 'protocol_deviations_monitoring_visit_id_fkey' })
  monitoringVisit?: Relation<MonitoringVisit> | null;

  @Column({ type: 'integer', name: 'monitoring_visit_id', nullable: true })
  monitoringVisitId: number | null;

  /** DVSPID: identifies a deviation in files of others. Unique within the study. */
  @Column({
    type: 'character varying',
    length: 100,
    name: 'sponsor_defined_identifier',
    default: () => 'gen_random_uuid()',
  })
  sponsorDefinedIdentifier: string;

  @Column({ type: 'character varying', length: 50, name: 'participant_code', nullable: true })
  participantCode: string | null;

  @Column({ type: 'text' })
  term: string;

  @Column({ type: 'character varying', length: 200, name: 'coded_term', nullable: true })
  codedTerm: string | null;

  @Column({ type: 'character varying', length: 200, nullable: true })
  category: string | null;

  @Column({ type: 'character varying', length: 100, nullable: true })
  epoch: string | null;

  @Column({ type: 'date', name: 'start_date' })
  startDate: string;

  @Column({ type: 'date', name: 'end_date', nullable: true })
  endDate: string | null;

  @Column({ type: 'date', name: 'identified_on' })
  identifiedOn: string;

  @Column({ type: 'boolean' })
  important: boolean;

  @Column({ type: 'boolean', name: 'serious_noncompliance' })
  seriousNoncompliance: boolean;

  @Column({ type: 'date', name: 'reported_on', nullable: true })
  reportedOn: string | null;

  @Column({ type: 'date', name: 'due_date', nullable: true })
  dueDate: string | null;

  @Column({ type: 'text', nullable: true })
  resolution: string | null;

  @Column({ type: 'date', name: 'resolved_on', nullable: true })
  resolvedOn: string | null;

  @Column({ type: 'integer', default: 1 })
  version: number;

  @Column({ type: 'timestamptz', name: 'created_at', default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', name: 'updated_at', default: () => 'now()' })
  updatedAt: Date;
}
