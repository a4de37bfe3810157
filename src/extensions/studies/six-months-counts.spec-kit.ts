import { type Reader, type TrialModel } from './six-months-model.spec-kit.js';

const LATEST = '9999-12-31';

/** Orders rows by a text, then by id. */
const by =
  <R extends { id: number }>(key: (row: R) => string) =>
  (a: R, b: R): number =>
    key(a).localeCompare(key(b)) || a.id - b.id;

/** The summary of a study as a reader shall find it, counted by hand. */
export function summaryByHand(model: TrialModel, reader: Reader): object {
  const seen = model.seenBy(reader);
  const late = lateSites(model, reader);
  const unreported = seen['monitoring-visits'].filter(({ stage }) => stage === 'awaiting_report');
  const important = seen.deviations.filter(({ important: is, stage }) => is && stage !== 'resolved');
  const ending = endingTrainings(model, reader);
  const slipped = seen.milestones.filter(({ stage }) => stage === 'overdue');
  return {
    study_id: model.studyId,
    as_of: model.today,
    overall_status: model.status,
    warning: model.status === 'suspended' ? 'The study is suspended; its tasks are open all the same' : null,
    counts: {
      sites: seen.sites.length,
      late_sites: late.length,
      visits_overdue: seen['monitoring-visits'].filter(({ stage }) => stage === 'overdue').length,
      visits_without_report: unreported.length,
      open_important_deviations: important.length,
      expiring_trainings: ending.filter(({ stage }) => stage === 'expiring').length,
      expired_trainings: ending.filter(({ stage }) => stage === 'expired').length,
      slipped_milestones: slipped.length,
    },
    late_sites: late,
    visits_without_report: unreported
      .sort(by(({ ended_on }) => ended_on ?? ''))
      .map(({ id, site_id, type, ended_on }) => ({
        id,
        site_id,
        type,
        ended_on,
        days_since: model.daysSince(ended_on as string),
        monitor: model.monitor,
      })),
    open_important_deviations: important
      .sort(by(({ due_date }) => due_date ?? LATEST))
      .map(({ id, site_id, term, stage, due_date }) => ({ id, site_id, term, stage, due_date })),
    ending_trainings: ending,
    slipped_milestones: slipped
      .sort(by(({ planned_date }) => planned_date))
      .map(({ id, site_id, name, planned_date }) => ({
        id,
        site_id,
        name,
        planned_date,
        days_late: model.daysSince(planned_date),
      })),
    tasks_by_kind: tasksByKind(model, reader),
  };
}

/** Sites that are not closed and have not kept a date. */
function lateSites(model: TrialModel, reader: Reader) {
  const seen = model.seenBy(reader);
  const overdueAt = (rows: readonly { site_id: number | null; stage: string }[], site: number): number =>
    rows.filter(({ site_id, stage }) => site_id === site && stage === 'overdue').length;
  return seen.sites
    .filter(({ stage }) => stage !== 'closed')
    .map(({ id, site_number, facility, stage, enrolled, target_enrollment }) => ({
      site_id: id,
      site_number,
      facility,
      stage,
      overdue_visits: overdueAt(seen['monitoring-visits'], id),
      overdue_milestones: overdueAt(seen.milestones, id),
      overdue_deviations: overdueAt(seen.deviations, id),
      overdue_tasks: model.tasksSeenBy(reader).filter((task) => task.site_id === id && model.isOverdue(task)).length,
      enrolled,
      target_enrollment,
    }))
    .filter((site) => site.overdue_visits + site.overdue_milestones + site.overdue_deviations + site.overdue_tasks > 0);
}

/** Trainings that end, but for those whose user took the same course again and has it for longer. */
function endingTrainings(model: TrialModel, reader: Reader) {
  const { training } = model.seenBy(reader);
  return training
    .filter(({ stage }) => stage !== 'current')
    .filter((row) => {
      const same = training.filter(({ user_id, course }) => user_id === row.user_id && course === row.course);
      const longest = same.map(({ expires_on }) => expires_on ?? LATEST).sort()[same.length - 1];
      return row.expires_on === longest;
    })
    .sort(by(({ expires_on }) => expires_on as string))
    .map(({ id, user_id, username, course, expires_on, stage }) => ({
      id,
      user_id,
      username,
      course,
      expires_on,
      stage,
    }));
}

function tasksByKind(model: TrialModel, reader: Reader) {
  const tasks = model.tasksSeenBy(reader);
  return [...new Set(tasks.map(({ kind }) => kind))].sort().map((kind) => {
    const own = tasks.filter((task) => task.kind === kind);
    return {
      kind,
      open_tasks: own.filter(({ completed }) => !completed).length,
      overdue_tasks: own.filter((task) => model.isOverdue(task)).length,
      completed_tasks: own.filter(({ completed }) => completed).length,
    };
  });
}

/** Entry of a calendar: its name, the first day, the day after the last, and whether it is certain. */
export type Entry = readonly [uid: string, summary: string, start: string, end: string, status: string];

/** The entries that the calendar of a reader shall have, in the order of their uids. */
export function calendarByHand(model: TrialModel, reader: Reader): Entry[] {
  const seen = model.seenBy(reader);
  const siteName = (id: number | null) => model.sites.find((site) => site.id === id)?.site_number;
  const at = (id: number | null) => (id === null ? '' : `, site ${siteName(id)}`);
  const entry = (uid: string, title: string, first: string, last: string, certain: boolean): Entry => [
    `${uid}@studies.ctms`,
    `${model.acronym}: ${title}`,
    first.replaceAll('-', ''),
    new Date(Date.parse(last) + 86_400_000).toISOString().slice(0, 10).replaceAll('-', ''),
    certain ? 'CONFIRMED' : 'TENTATIVE',
  ];
  const visits = seen['monitoring-visits'].map((visit) => {
    const first = visit.started_on ?? visit.planned_date;
    const last = visit.ended_on !== null && visit.ended_on > first ? visit.ended_on : first;
    const title = `${visit.type.replaceAll('_', ' ')} visit${at(visit.site_id)}`;
    const isCertain = visit.started_on !== null || visit.confirmed_on !== null;
    return entry(`monitoring_visit-${visit.id}`, title, first, last, isCertain);
  });
  const milestones = seen.milestones.map(({ id, name, site_id, planned_date, actual_date }) => {
    const day = actual_date ?? planned_date;
    return entry(`milestone-${id}`, `${name}${at(site_id)}`, day, day, actual_date !== null);
  });
  const deviations = seen.deviations.flatMap(({ id, term, site_id, due_date, stage }) => {
    if (due_date === null || stage === 'resolved') return [];
    return [entry(`deviation-${id}`, `Deviation due: ${term}${at(site_id)}`, due_date, due_date, true)];
  });
  const trainings = seen.training.flatMap(({ id, username, course, expires_on }) => {
    if (expires_on === null) return [];
    return [entry(`training-${id}`, `Training of ${username} ends: ${course}`, expires_on, expires_on, true)];
  });
  return [...visits, ...milestones, ...deviations, ...trainings].sort(([a], [b]) => a.localeCompare(b));
}

/** Reads the entries of a calendar (RFC 5545), in the order of their uids. */
export function entriesIn(calendar: string): Entry[] {
  const events = calendar.replaceAll('\r\n ', '').split('BEGIN:VEVENT\r\n').slice(1);
  const read = (event: string): Entry => {
    const lines = new Map(event.split('\r\n').map((line) => line.split(/:(.*)/s, 2) as [string, string]));
    const value = (name: string) => (lines.get(name) ?? '').replaceAll(/\\([\\;,])/g, '$1');
    return [value('UID'), value('SUMMARY'), value('DTSTART;VALUE=DATE'), value('DTEND;VALUE=DATE'), value('STATUS')];
  };
  return events.map(read).sort(([a], [b]) => a.localeCompare(b));
}
