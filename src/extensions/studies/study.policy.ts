import { ALL, NONE, policy, type PolicySubject, type Scope } from '../../core/authorization/policy.js';
import { type StudyAccess } from './study.facts.js';

/** Attributes of a record of a study, relative to the user who asks. */
export interface StudyAttributes {
  readonly access: StudyAccess;
  /** `study`: active member for all of it; `site`: for the site of the record alone, or for any site of the study itself. */
  readonly membership: 'study' | 'site' | 'none';
}

/** Their columns; each query of records joins `studies s` and the caller's membership as `me`. */
export const STUDY_COLUMNS = { access: 's.access', membership: 'me.membership' } as const;

type Rule = (subject: PolicySubject) => Scope<StudyAttributes>;

const member: Rule = () => [{ membership: 'study' }, { membership: 'site' }];
const openOrMember: Rule = (subject) => [{ access: 'open' }, ...member(subject)];

/** An open study is for every user; one for members is for these and for auditors. */
export const visibleStudies = policy<StudyAttributes>('see studies', (subject) =>
  subject.role === 'auditor' ? ALL : openOrMember(subject),
);

export const creatableStudies = policy<StudyAttributes>('create studies', ({ role }) =>
  role === 'manager' ? ALL : NONE,
);

/** Judges the study itself, its sites, members and milestones. */
export const managedStudies = policy<StudyAttributes>('manage studies', ({ role }) =>
  role === 'manager' ? [{ access: 'open' }, { membership: 'study' }] : NONE,
);

/** Judges what the work at sites is about: monitoring visits, deviations and trainings. */
export const reportableStudies = policy<StudyAttributes>(
  'report on studies',
  (subject) =>
    ({ manager: openOrMember(subject), auditor: NONE, developer: subject.atWork ? member(subject) : NONE })[
      subject.role
    ],
);

/** Judges the study, or the site, that a task joins or leaves. */
export const linkableTasks = policy<StudyAttributes>('link tasks to studies', (subject) => reportableStudies(subject));

/** Opens the audit entries of records of studies to managers, who read those of the records that they may see. */
export const auditedStudies = policy<object>('read the audit trail of studies', ({ role }) =>
  role === 'manager' ? ALL : NONE,
);
