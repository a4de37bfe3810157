import { Check, Column, Entity, PrimaryGeneratedColumn, Unique } from 'typeorm';
import { Audited } from '../../core/persistence/audited.decorator.js';

import { studyVisibility } from './records/study-access.sql.js';
import { auditedStudies } from './study.policy.js';
import type { FollowUpTemplate, StudyAccess, StudyIdentifier } from './study.facts.js';
import type { DatedFact, Enrollment, OverallStatus, StudyType, TrialPhase } from './study.facts.js';

/** A clinical study, as its protocol and its registry describe it. */
@Entity('studies')
@Unique('studies_sponsor_protocol_identifier_key', ['sponsorProtocolIdentifier'])
@Unique('studies_nct_number_key', ['nctNumber'])
@Check('studies_nct_number_check', `nct_number ~ '^NCT[0-9]{8}$'`)
@Check('studies_access_check', `access IN ('open', 'members')`)
@Audited(
  'study',
  {
    sponsorProtocolIdentifier: 'sponsor_protocol_identifier',
    nctNumber: 'nct_number',
    identifiers: 'identifiers',
    fullTitle: 'full_title',
    trialShortTitle: 'trial_short_title',
    trialAcronym: 'trial_acronym',
    trialPhase: 'trial_phase',
    studyType: 'study_type',
    sponsorName: 'sponsor_name',
    overallStatus: 'overall_status',
    whyStopped: 'why_stopped',
    startDate: 'start_date',
    primaryCompletionDate: 'primary_completion_date',
    completionDate: 'completion_date',
    enrollment: 'enrollment',
    protocolVersion: 'protocol_version',
    approvalDate: 'approval_date',
    access: 'access',
    followUpTemplates: 'follow_up_templates',
    lockedAt: 'locked_at',
  },
  'sponsorProtocolIdentifier',
  { readers: auditedStudies, visible: studyVisibility },
)
export class Study {
  @PrimaryGeneratedColumn('identity', { generatedIdentity: 'BY DEFAULT', primaryKeyConstraintName: 'studies_pkey' })
  id: number;

  @Column({ type: 'character varying', length: 100, name: 'sponsor_protocol_identifier' })
  sponsorProtocolIdentifier: string;

  @Column({ type: 'character varying', length: 11, name: 'nct_number', nullable: true })
  nctNumber: string | null;

  @Column({ type: 'jsonb' })
  identifiers: StudyIdentifier[];

  @Column({ type: 'text', name: 'full_title' })
  fullTitle: string;

  @Column({ type: 'character varying', length: 300, name: 'trial_short_title', nullable: true })
  trialShortTitle: string | null;

  @Column({ type: 'character varying', length: 50, name: 'trial_acronym', nullable: true })
  trialAcronym: string | null;

  @Column({ type: 'character varying', length: 32, name: 'trial_phase', nullable: true })
  trialPhase: TrialPhase | null;

  @Column({ type: 'character varying', length: 32, name: 'study_type' })
  studyType: StudyType;

  @Column({ type: 'character varying', length: 300, name: 'sponsor_name', nullable: true })
  sponsorName: string | null;

  @Column({ type: 'character varying', length: 32, name: 'overall_status' })
  overallStatus: OverallStatus;

  @Column({ type: 'text', name: 'why_stopped', nullable: true })
  whyStopped: string | null;

  @Column({ type: 'jsonb', name: 'start_date', nullable: true })
  startDate: DatedFact | null;

  @Column({ type: 'jsonb', name: 'primary_completion_date', nullable: true })
  primaryCompletionDate: DatedFact | null;

  @Column({ type: 'jsonb', name: 'completion_date', nullable: true })
  completionDate: DatedFact | null;

  @Column({ type: 'jsonb', nullable: true })
  enrollment: Enrollment | null;

  @Column({ type: 'character varying', length: 50, name: 'protocol_version', nullable: true })
  protocolVersion: string | null;

  @Column({ type: 'date', name: 'approval_date', nullable: true })
  approvalDate: string | null;

  @Column({ type: 'character varying', length: 8 })
  access: StudyAccess;

  @Column({ type: 'jsonb', name: 'follow_up_templates' })
  followUpTemplates: FollowUpTemplate[];

  @Column({ type: 'timestamptz', name: 'locked_at', nullable: true })
  lockedAt: Date | null;

  @Column({ type: 'integer', default: 1 })
  version: number;

  @Column({ type: 'timestamptz', name: 'created_at', default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', name: 'updated_at', default: () => 'now()' })
  updatedAt: Date;
}
