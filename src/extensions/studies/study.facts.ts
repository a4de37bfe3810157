/** As ClinicalTrials.gov API v2 has them, in lower case. */
export const OVERALL_STATUSES = [
  'not_yet_recruiting',
  'recruiting',
  'enrolling_by_invitation',
  'active_not_recruiting',
  'suspended',
  'terminated',
  'completed',
  'withdrawn',
  'unknown',
] as const;
export type OverallStatus = (typeof OVERALL_STATUSES)[number];

export const STUDY_TYPES = ['interventional', 'observational', 'expanded_access'] as const;
export type StudyType = (typeof STUDY_TYPES)[number];

export const TRIAL_PHASES = [
  'na',
  'early_phase1',
  'phase1',
  'phase1_phase2',
  'phase2',
  'phase2_phase3',
  'phase3',
  'phase4',
] as const;
export type TrialPhase = (typeof TRIAL_PHASES)[number];

export const STUDY_ACCESS = ['open', 'members'] as const;
export type StudyAccess = (typeof STUDY_ACCESS)[number];

export const CERTAINTIES = ['actual', 'estimated'] as const;
export type Certainty = (typeof CERTAINTIES)[number];

export const VISIT_TYPES = ['pre_study', 'initiation', 'interim', 'close_out', 'for_cause'] as const;
export const TASK_KINDS = ['monitoring', 'document', 'training', 'deviation', 'milestone', 'other'] as const;

/** A day or a month that was reached or is expected: `YYYY-MM` or `YYYY-MM-DD`. */
export interface DatedFact {
  readonly date: string;
  readonly type: Certainty;
}

export interface Enrollment {
  readonly count: number;
  readonly type: Certainty;
}

/** Further identifier of a study, such as its EudraCT number. */
export interface StudyIdentifier {
  readonly type: string;
  readonly value: string;
}

/** Task that follows each monitoring visit of a type. */
export interface FollowUpTemplate {
  readonly visit_type: (typeof VISIT_TYPES)[number];
  readonly title: string;
  readonly kind: (typeof TASK_KINDS)[number];
  readonly priority: 'low' | 'medium' | 'high' | 'critical';
  readonly estimated_hours: string;
  /** Days from the planned date of the visit to the deadline. */
  readonly due_days: number;
}

const RUNNING = ['recruiting', 'enrolling_by_invitation', 'active_not_recruiting'] as const;

/** Statuses that may follow each status; a study that ended stays so. */
const NEXT_STATUSES: Readonly<Record<OverallStatus, readonly OverallStatus[]>> = {
  not_yet_recruiting: ['recruiting', 'enrolling_by_invitation', 'suspended', 'withdrawn', 'unknown'],
  recruiting: ['enrolling_by_invitation', 'active_not_recruiting', 'suspended', 'terminated', 'completed', 'unknown'],
  enrolling_by_invitation: ['recruiting', 'active_not_recruiting', 'suspended', 'terminated', 'completed', 'unknown'],
  active_not_recruiting: ['recruiting', 'enrolling_by_invitation', 'suspended', 'terminated', 'completed', 'unknown'],
  suspended: ['not_yet_recruiting', ...RUNNING, 'terminated', 'withdrawn', 'unknown'],
  unknown: OVERALL_STATUSES.filter((status) => status !== 'unknown'),
  terminated: [],
  completed: [],
  withdrawn: [],
};

/** Returns the statuses that may follow a status. */
export const nextStatuses = (status: OverallStatus): readonly OverallStatus[] => NEXT_STATUSES[status];

const STOPPED: readonly OverallStatus[] = ['terminated', 'withdrawn', 'suspended'];

/** True for a status that needs `why_stopped`. */
export const isStopped = (status: OverallStatus): boolean => STOPPED.includes(status);
