import { type OverallStatus } from '../../study.facts.js';

/** Value set research-study-status of FHIR R4, which is coarser than a registry's. */
export const R4_STATUSES: Readonly<Record<string, OverallStatus>> = {
  'in-review': 'not_yet_recruiting',
  approved: 'not_yet_recruiting',
  active: 'recruiting',
  'closed-to-accrual': 'active_not_recruiting',
  'closed-to-accrual-and-intervention': 'active_not_recruiting',
  'temporarily-closed-to-accrual': 'suspended',
  'temporarily-closed-to-accrual-and-intervention': 'suspended',
  'administratively-completed': 'terminated',
  completed: 'completed',
  withdrawn: 'withdrawn',
  disapproved: 'withdrawn',
};

/** The words that R4 writes; an unknown status has none. */
export const R4_WORDS: Readonly<Record<OverallStatus, string | undefined>> = {
  not_yet_recruiting: 'approved',
  recruiting: 'active',
  enrolling_by_invitation: 'active',
  active_not_recruiting: 'closed-to-accrual',
  suspended: 'temporarily-closed-to-accrual',
  terminated: 'administratively-completed',
  completed: 'completed',
  withdrawn: 'withdrawn',
  unknown: undefined,
};

/** States of R5's `progressStatus` (http://hl7.org/fhir/research-study-status). */
export const R5_STATES: Readonly<Record<string, OverallStatus>> = {
  ...R4_STATUSES,
  'not-yet-recruiting': 'not_yet_recruiting',
  recruiting: 'recruiting',
  'enrolling-by-invitation': 'enrolling_by_invitation',
  'active-but-not-recruiting': 'active_not_recruiting',
  terminated: 'terminated',
};

/** The states that R5 writes; an unknown status has none. */
export const R5_WORDS: Readonly<Record<OverallStatus, string | undefined>> = {
  not_yet_recruiting: 'not-yet-recruiting',
  recruiting: 'recruiting',
  enrolling_by_invitation: 'enrolling-by-invitation',
  active_not_recruiting: 'active-but-not-recruiting',
  suspended: 'temporarily-closed-to-accrual',
  terminated: 'terminated',
  completed: 'completed',
  withdrawn: 'withdrawn',
  unknown: undefined,
};
