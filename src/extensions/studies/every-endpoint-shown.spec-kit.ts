import { type Place } from './every-endpoint-model.spec-kit.js';

/** An answer, as far as what it shows is read. */
interface Answer {
  readonly text: string;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

/** The place of a record of the walked study. */
type PlaceOf = (kind: string, id: number) => string;

/** Records of a study in an answer. */
export interface Shown {
  readonly kinds: readonly string[];
  /** The rule by which records are expected to be shown; tasks are by their own. */
  readonly by: 'visible' | 'reportable';
  /** @returns each record as its kind and place, such as `site A` */
  readonly read: (answer: Answer, placeOf: PlaceOf) => readonly string[];
}

/** Kinds of the tasks of the walked study, by their place. */
export const TASK_KINDS: Readonly<Record<Place, string>> = {
  study: 'other',
  A: 'monitoring',
  B: 'document',
  wide: 'training',
};
/** Facilities of the sites of the walked study. */
export const FACILITIES = { A: 'Alder Clinic', B: 'Birch Clinic' } as const;

/** A list, whose total is that of what it shows. */
export const listed = (kind: string): Shown => ({
  kinds: [kind],
  by: 'visible',
  read: ({ body, headers }, placeOf) => {
    const rows = body as { id: number }[];
    const total = headers['x-total-count'];
    const shown = rows.map(({ id }) => `${kind} ${placeOf(kind, id)}`);
    return total === String(rows.length) ? shown : [...shown, `a total of ${total}`];
  },
});

export const calendarDates: Shown = {
  kinds: ['monitoring_visit', 'milestone', 'deviation', 'training'],
  by: 'visible',
  read: ({ text }, placeOf) =>
    [...text.matchAll(/^UID:(\w+)-(\d+)@/gm)].map(([, kind = '', id]) => `${kind} ${placeOf(kind, Number(id))}`),
};

/** A file names the facilities of sites. */
export const exportedSites: Shown = {
  kinds: ['site'],
  by: 'visible',
  read: ({ text }) =>
    Object.entries(FACILITIES).flatMap(([place, facility]) => (text.includes(facility) ? [`site ${place}`] : [])),
};

export const exportedDeviations: Shown = {
  kinds: ['deviation'],
  by: 'visible',
  read: ({ text }) => [...text.matchAll(/PD-(\w+)/g)].map(([, place]) => `deviation ${place}`),
};

interface ImportBody {
  readonly records: readonly { readonly sponsor_defined_identifier: string; readonly outcome: string }[];
}

/** Each site has a known and a new deviation in the file. */
export const importedDeviations: Shown = {
  kinds: ['deviation', 'deviation'],
  by: 'reportable',
  read: ({ body }) =>
    (body as ImportBody).records.flatMap(({ sponsor_defined_identifier: identifier, outcome }) =>
      outcome === 'rejected' ? [] : [`deviation ${identifier.split('-')[1]}`],
    ),
};

interface SummaryBody {
  readonly counts: Readonly<Record<string, number>>;
  readonly late_sites: readonly { readonly site_id: number; readonly overdue_tasks: number }[];
  readonly visits_without_report: readonly { readonly id: number }[];
  readonly open_important_deviations: readonly { readonly id: number }[];
  readonly ending_trainings: readonly { readonly id: number }[];
  readonly slipped_milestones: readonly { readonly id: number }[];
  readonly tasks_by_kind: readonly { readonly kind: string; readonly open_tasks: number }[];
}

/** In the walked study, every record but the members needs attention. */
export const summarized: Shown = {
  kinds: ['site', 'monitoring_visit', 'deviation', 'training', 'milestone', 'task', 'late task'],
  by: 'visible',
  read: ({ body }, placeOf) => {
    const summary = body as SummaryBody;
    const shown = [
      ...summary.late_sites.map(({ site_id }) => `site ${placeOf('site', site_id)}`),
      ...summary.visits_without_report.map(({ id }) => `monitoring_visit ${placeOf('monitoring_visit', id)}`),
      ...summary.open_important_deviations.map(({ id }) => `deviation ${placeOf('deviation', id)}`),
      ...summary.ending_trainings.map(({ id }) => `training ${placeOf('training', id)}`),
      ...summary.slipped_milestones.map(({ id }) => `milestone ${placeOf('milestone', id)}`),
    ];
    return [...shown, ...tasksIn(summary, placeOf), ...wrongCounts(summary)];
  },
};

/** A task of each kind, so that counts distinguish them; those of sites are late. */
function tasksIn({ tasks_by_kind, late_sites }: SummaryBody, placeOf: PlaceOf): string[] {
  const placeOfKind = (kind: string) => Object.entries(TASK_KINDS).find((entry) => entry[1] === kind)?.[0];
  return [
    ...tasks_by_kind.flatMap(({ kind, open_tasks }) => Array<string>(open_tasks).fill(`task ${placeOfKind(kind)}`)),
    ...late_sites.flatMap(({ site_id, overdue_tasks }) =>
      Array<string>(overdue_tasks).fill(`late task ${placeOf('site', site_id)}`),
    ),
  ];
}

/** @returns the counts that are not those of the sections */
function wrongCounts(summary: SummaryBody): string[] {
  const expected: Readonly<Record<string, number>> = {
    sites: summary.late_sites.length,
    late_sites: summary.late_sites.length,
    visits_overdue: 0,
    visits_without_report: summary.visits_without_report.length,
    open_important_deviations: summary.open_important_deviations.length,
    expiring_trainings: summary.ending_trainings.length,
    expired_trainings: 0,
    slipped_milestones: summary.slipped_milestones.length,
  };
  return Object.entries(summary.counts).flatMap(([name, count]) =>
    count === expected[name] ? [] : [`${count} ${name}`],
  );
}
