import { type SiteStatus } from '../../sites/site.entity.js';
import { OVERALL_STATUSES, STUDY_TYPES, type OverallStatus, type StudyType } from '../../study.facts.js';

const upper = <T extends string>(words: readonly T[]): Record<string, T> =>
  Object.fromEntries(words.map((word) => [word.toUpperCase(), word]));

export const STUDY_TYPE_WORDS: Readonly<Record<string, StudyType>> = upper(STUDY_TYPES);

/** Expanded access has statuses of its own, which stand for the stages of a study that are closest to them. */
export const STATUS_WORDS: Readonly<Record<string, OverallStatus>> = {
  ...upper(OVERALL_STATUSES),
  AVAILABLE: 'recruiting',
  TEMPORARILY_NOT_AVAILABLE: 'suspended',
  NO_LONGER_AVAILABLE: 'completed',
  APPROVED_FOR_MARKETING: 'completed',
  WITHHELD: 'unknown',
};

/** Words for a study of expanded access where a status has two. */
export const EXPANDED_ACCESS_WORDS: Readonly<Partial<Record<OverallStatus, string>>> = {
  recruiting: 'AVAILABLE',
  suspended: 'TEMPORARILY_NOT_AVAILABLE',
  completed: 'NO_LONGER_AVAILABLE',
};

export const SITE_STATUS_WORDS: Readonly<Record<string, SiteStatus>> = {
  ...upper(OVERALL_STATUSES),
  AVAILABLE: 'available',
};

export const CERTAINTY_WORDS = { ACTUAL: 'actual', ESTIMATED: 'estimated' } as const;
export const PHASE_WORDS = {
  NA: 'na',
  EARLY_PHASE1: 'early_phase1',
  PHASE1: 'phase1',
  PHASE2: 'phase2',
  PHASE3: 'phase3',
  PHASE4: 'phase4',
} as const;
