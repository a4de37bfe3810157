/** Records of a trial as its staff would keep them on paper, and the counts that they would make by hand. */

export interface SiteFacts {
  id: number;
  site_number: string;
  facility: string;
  target_enrollment: number | null;
  selected_on: string | null;
  initiated_on: string | null;
  activated_on: string | null;
  closed_on: string | null;
  enrolled: number | null;
}
export interface VisitFacts {
  id: number;
  site_id: number;
  type: string;
  planned_date: string;
  confirmed_on: string | null;
  started_on: string | null;
  ended_on: string | null;
  report_completed_on: string | null;
  report_approved_on: string | null;
}
export interface DeviationFacts {
  id: number;
  site_id: number;
  monitoring_visit_id: number | null;
  term: string;
  important: boolean;
  due_date: string | null;
  resolved_on: string | null;
}
export interface TrainingFacts {
  id: number;
  user_id: number;
  username: string;
  course: string;
  expires_on: string | null;
}
export interface MilestoneFacts {
  id: number;
  site_id: number | null;
  name: string;
  planned_date: string;
  actual_date: string | null;
}
export interface TaskFacts {
  id: number;
  site_id: number | null;
  kind: string;
  visit: number | null;
  assignee: number;
  deadline: string;
  completed: boolean;
}

/** Reader of a trial: all of it or one site, and all tasks of that or the own ones alone. */
export interface Reader {
  readonly site: number | null;
  readonly assignee: number | null;
}

type Staged<R> = R & { readonly stage: string };
type Day = string | null;

const daysBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / 86_400_000;

export class TrialModel {
  now = new Date(0);
  status = 'not_yet_recruiting';
  readonly sites: SiteFacts[] = [];
  readonly visits: VisitFacts[] = [];
  readonly deviations: DeviationFacts[] = [];
  readonly trainings: TrainingFacts[] = [];
  readonly milestones: MilestoneFacts[] = [];
  readonly tasks: TaskFacts[] = [];

  constructor(
    readonly studyId: number,
    readonly acronym: string,
    readonly monitor: string,
  ) {}

  get today(): string {
    return this.now.toISOString().slice(0, 10);
  }

  private isReached(day: Day): boolean {
    return day !== null && daysBetween(day, this.today) >= 0;
  }

  private isPast(day: Day): boolean {
    return day !== null && daysBetween(day, this.today) > 0;
  }

  /** The records of each kind that a reader sees, by id, with their stages. */
  seenBy({ site }: Reader) {
    const ofSite = (id: number | null): boolean => site === null || id === site;
    const staged = <R extends { id: number }>(rows: R[], sees: (row: R) => boolean, stage: (row: R) => string) =>
      rows
        .filter(sees)
        .sort((a, b) => a.id - b.id)
        .map((row): Staged<R> => ({ ...row, stage: stage(row) }));
    return {
      sites: staged(
        this.sites,
        ({ id }) => ofSite(id),
        (row) => this.siteStage(row),
      ),
      'monitoring-visits': staged(
        this.visits,
        (row) => ofSite(row.site_id),
        (row) => this.visitStage(row),
      ),
      deviations: staged(
        this.deviations,
        (row) => ofSite(row.site_id),
        (row) => this.deviationStage(row),
      ),
      training: staged(
        this.trainings,
        () => site === null,
        (row) => this.trainingStage(row),
      ),
      milestones: staged(
        this.milestones,
        (row) => ofSite(row.site_id),
        (row) => this.milestoneStage(row),
      ),
    };
  }

  tasksSeenBy({ site, assignee }: Reader): TaskFacts[] {
    return this.tasks.filter((task) =>
      assignee === null ? site === null || task.site_id === site : task.assignee === assignee,
    );
  }

  private siteStage(site: SiteFacts): string {
    if (this.isReached(site.closed_on)) return 'closed';
    if (this.isReached(site.activated_on)) return 'active';
    if (this.isReached(site.initiated_on)) return 'initiated';
    return this.isReached(site.selected_on) ? 'selected' : 'identified';
  }

  private visitStage(visit: VisitFacts): string {
    const open = this.tasks.some((task) => task.visit === visit.id && !task.completed);
    if (this.isReached(visit.report_approved_on)) return open ? 'follow_up' : 'complete';
    if (this.isReached(visit.report_completed_on)) return 'report_in_review';
    if (this.isReached(visit.ended_on)) return 'awaiting_report';
    if (this.isReached(visit.started_on)) return 'in_progress';
    if (this.isPast(visit.planned_date)) return 'overdue';
    return this.isReached(visit.confirmed_on) ? 'confirmed' : 'planned';
  }

  private deviationStage(deviation: DeviationFacts): string {
    if (this.isReached(deviation.resolved_on)) return 'resolved';
    return this.isPast(deviation.due_date) ? 'overdue' : 'open';
  }

  private trainingStage({ expires_on }: TrainingFacts): string {
    if (expires_on === null) return 'current';
    if (this.isPast(expires_on)) return 'expired';
    return daysBetween(this.today, expires_on) <= 30 ? 'expiring' : 'current';
  }

  private milestoneStage(milestone: MilestoneFacts): string {
    if (this.isReached(milestone.actual_date)) return 'achieved';
    return this.isPast(milestone.planned_date) ? 'overdue' : 'upcoming';
  }

  isOverdue({ completed, deadline }: TaskFacts): boolean {
    return !completed && new Date(deadline) < this.now;
  }

  daysSince(day: string): number {
    return daysBetween(day, this.today);
  }
}
