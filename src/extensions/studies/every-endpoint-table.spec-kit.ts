import { type Place, type Question, type State } from './every-endpoint-model.spec-kit.js';
import {
  calendarDates,
  exportedDeviations,
  exportedSites,
  importedDeviations,
  listed,
  summarized,
  type Shown,
} from './every-endpoint-shown.spec-kit.js';

/** Paths of the kinds of records, which problem codes name. */
export const PATHS = {
  site: 'sites',
  member: 'members',
  milestone: 'milestones',
  monitoring_visit: 'monitoring-visits',
  deviation: 'deviations',
  training: 'training',
} as const;
export type Kind = keyof typeof PATHS;

/** Ids that a request names; of records that there are, or of none. */
export interface Target {
  readonly study: number;
  readonly record: number;
  readonly site: number | null;
  readonly taskKind: string;
  /** A user who is no member yet. */
  readonly newcomer: number;
  readonly projectManager: number;
}

export interface Row extends Pick<Question, 'rule'> {
  readonly at: readonly Place[];
  readonly kind?: Kind | 'task';
  readonly creates?: Kind | 'study';
  readonly query?: string;
  readonly body?: (target: Target) => object | string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly shows?: Shown;
  /** Answer to an allowed request, instead of success. */
  readonly instead?: (state: State, place: Place) => string | undefined;
}

const STUDY = ['study'] as const;
const SITES = ['A', 'B'] as const;
const ALL = ['A', 'B', 'wide'] as const;
const WIDE = ['wide'] as const;

export const STUDY_ID = 'CT-WALK';

let count = 0;

/** Bodies of new records. */
export const NEW: Readonly<Record<Kind | 'study', (target: Target) => object>> = {
  study: () => ({ sponsor_protocol_identifier: `NEW-${++count}`, full_title: 'New', study_type: 'observational' }),
  site: () => ({ facility: 'New' }),
  member: ({ newcomer, site }) => ({ user_id: newcomer, site_id: site, role: 'quality' }),
  milestone: ({ site }) => ({ type: 'other', name: 'New', planned_date: '2027-01-01', site_id: site }),
  monitoring_visit: ({ site, projectManager }) => ({
    type: 'interim',
    mode: 'remote',
    planned_date: '2027-01-01',
    site_id: site,
    monitor_id: projectManager,
  }),
  deviation: ({ site }) => ({ term: 'New', start_date: '2026-11-01', identified_on: '2026-11-02', site_id: site }),
  training: ({ newcomer }) => ({ user_id: newcomer, course: 'New', completed_on: '2026-11-01' }),
};

const link = ({ study, site, taskKind }: Target) => ({ study_id: study, site_id: site, kind: taskKind });
const REASON = { 'X-Change-Reason': 'The data base is clean' };
/** Of each site, a row of the deviation that there is, and a new one. */
const DV_FILE = [
  'STUDYID,USUBJID,SITEID,DVSPID,DVTERM,DVSTDTC',
  ...SITES.flatMap((site) => [`PD-${site}`, `NEW-${site}`].map((id) => `${STUDY_ID},,${site},${id},Late,2026-11-01`)),
].join('\n');
const CSV = { 'Content-Type': 'text/csv' };

const reads = (kind: Kind, at: readonly Place[]): Row => ({ rule: 'visible', at, kind });
const lists = (kind: Kind): Row => ({ rule: 'visible', at: STUDY, shows: listed(kind) });
const changes = (rule: Row['rule'], kind: Kind, at: readonly Place[], body: object): Row => ({
  rule,
  at,
  kind,
  body: () => body,
});
const creates = (rule: Row['rule'], kind: Kind, at: readonly Place[]): Row => ({
  rule,
  at,
  creates: kind,
  body: NEW[kind],
});
const removes = (rule: Row['rule'], kind: Kind, at: readonly Place[]): Row => ({ rule, at, kind });

/** Each operation of the extension: the rule that it is judged by, and of which places there are records to ask for. */
export const OPERATIONS: Readonly<Record<string, Row>> = {
  'GET /api/studies': { rule: 'any', at: STUDY, shows: listed('study') },
  'POST /api/studies': { rule: 'creatable', at: STUDY, creates: 'study', body: NEW.study },
  'GET /api/studies/{id}': { rule: 'visible', at: STUDY },
  'PATCH /api/studies/{id}': { rule: 'managed', at: STUDY, body: () => ({ trial_acronym: 'WALKED' }) },
  'POST /api/studies/{id}/lock': { rule: 'managed', at: STUDY, body: () => ({}), headers: REASON },
  'POST /api/studies/{id}/unlock': {
    rule: 'managed',
    at: STUDY,
    body: () => ({}),
    headers: REASON,
    instead: ({ locked }) => (locked ? '200' : '409 study_not_locked'),
  },
  'GET /api/studies/{id}/summary': { rule: 'visible', at: STUDY, shows: summarized },
  'GET /api/studies/{id}/calendar.ics': { rule: 'visible', at: STUDY, shows: calendarDates },
  'GET /api/studies/{id}/tasks': { rule: 'visible', at: STUDY, shows: listed('task') },

  'GET /api/studies/{study_id}/sites': lists('site'),
  'POST /api/studies/{study_id}/sites': creates('managed', 'site', STUDY),
  'GET /api/studies/{study_id}/sites/{id}': reads('site', SITES),
  'PATCH /api/studies/{study_id}/sites/{id}': changes('managed', 'site', SITES, { city: 'Walked' }),
  'DELETE /api/studies/{study_id}/sites/{id}': removes('managed', 'site', SITES),

  'GET /api/studies/{study_id}/members': lists('member'),
  'POST /api/studies/{study_id}/members': creates('managed', 'member', ALL),
  'GET /api/studies/{study_id}/members/{id}': reads('member', ALL),
  'PATCH /api/studies/{study_id}/members/{id}': changes('managed', 'member', ALL, {}),

  'GET /api/studies/{study_id}/milestones': lists('milestone'),
  'POST /api/studies/{study_id}/milestones': creates('managed', 'milestone', ALL),
  'GET /api/studies/{study_id}/milestones/{id}': reads('milestone', ALL),
  'PATCH /api/studies/{study_id}/milestones/{id}': changes('managed', 'milestone', ALL, { name: 'Walked' }),
  'DELETE /api/studies/{study_id}/milestones/{id}': removes('managed', 'milestone', ALL),

  'GET /api/studies/{study_id}/monitoring-visits': lists('monitoring_visit'),
  'POST /api/studies/{study_id}/monitoring-visits': creates('reportable', 'monitoring_visit', SITES),
  'GET /api/studies/{study_id}/monitoring-visits/{id}': reads('monitoring_visit', SITES),
  'PATCH /api/studies/{study_id}/monitoring-visits/{id}': changes('reportable', 'monitoring_visit', SITES, {
    mode: 'remote',
  }),
  'DELETE /api/studies/{study_id}/monitoring-visits/{id}': removes('reportable', 'monitoring_visit', SITES),

  'GET /api/studies/{study_id}/deviations': lists('deviation'),
  'POST /api/studies/{study_id}/deviations': creates('reportable', 'deviation', SITES),
  'GET /api/studies/{study_id}/deviations/{id}': reads('deviation', SITES),
  'PATCH /api/studies/{study_id}/deviations/{id}': changes('reportable', 'deviation', SITES, { category: 'Walked' }),

  'GET /api/studies/{study_id}/training': lists('training'),
  'POST /api/studies/{study_id}/training': creates('reportable', 'training', WIDE),
  'GET /api/studies/{study_id}/training/{id}': reads('training', WIDE),
  'PATCH /api/studies/{study_id}/training/{id}': changes('reportable', 'training', WIDE, { course: 'Walked' }),

  'GET /api/tasks/{id}/study': { rule: 'linked', at: ALL, kind: 'task' },
  'PUT /api/tasks/{id}/study': {
    rule: 'linkable',
    at: ALL,
    kind: 'task',
    body: link,
    // The assignee of the task of B is no member.
    instead: ({ name }, place) => (name === 'for members' && place === 'B' ? '409 assignee_not_a_member' : undefined),
  },
  'DELETE /api/tasks/{id}/study': { rule: 'linkable', at: ALL, kind: 'task' },

  'POST /api/studies/import': {
    rule: 'creatable',
    at: STUDY,
    query: '?dry_run=true',
    body: () => registryRecord(`NEW-${++count}`),
  },
  'GET /api/studies/{id}/export': { rule: 'visible', at: STUDY, shows: exportedSites },
  'GET /api/studies/{study_id}/deviations/export.csv': { rule: 'visible', at: STUDY, shows: exportedDeviations },
  'POST /api/studies/{study_id}/deviations/import': {
    rule: 'reportable',
    at: STUDY,
    query: '?dry_run=true',
    body: () => DV_FILE,
    headers: CSV,
    shows: importedDeviations,
  },
};

/** A record of ClinicalTrials.gov that has no more than a study must have. */
export const registryRecord = (id: string): object => ({
  protocolSection: {
    identificationModule: { orgStudyIdInfo: { id }, officialTitle: 'Walked', briefTitle: 'Walked' },
    designModule: { studyType: 'INTERVENTIONAL' },
  },
});
