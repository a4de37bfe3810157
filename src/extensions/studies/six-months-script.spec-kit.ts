import { as, type TestActor } from '../../../test/kit.js';
import { type TrialModel, type VisitFacts } from './six-months-model.spec-kit.js';
import { idOf } from './study-world.spec-kit.js';

/** Staff of the trial: who signs, and who is assigned the work. */
export interface Staff {
  readonly manager: TestActor;
  readonly monitor: TestActor;
  readonly coordinator: TestActor;
}

const VISIT_TYPES = ['pre_study', 'initiation', 'interim', 'close_out', 'for_cause'];
const TASK_KINDS = ['monitoring', 'document', 'training', 'deviation', 'milestone', 'other'];
const COURSES = ['ICH E6 Good Clinical Practice', 'Protocol, version 2', 'Pharmacovigilance'];

/** Two tasks follow each interim visit, and one each close-out. */
export const TEMPLATES = [
  { visit_type: 'interim', title: 'Write the report', kind: 'monitoring', due_days: 10 },
  { visit_type: 'interim', title: 'Collect the missing documents', kind: 'document', due_days: 21 },
  { visit_type: 'close_out', title: 'Archive the binder', kind: 'other', due_days: 5 },
].map((template) => ({ ...template, priority: 'high', estimated_hours: '4.00' }));

/** Pseudo-random numbers of a seed (mulberry32), so that a script can be played again. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Plays what happens in a trial, by requests, and keeps the same on paper. */
export class TrialScript {
  private serial = 0;

  constructor(
    readonly path: string,
    private readonly model: TrialModel,
    private readonly staff: Staff,
    private readonly random: () => number,
  ) {}

  private readonly happenings: readonly (() => Promise<void>)[] = [
    () => this.advanceSite(),
    () => this.reportEnrollment(),
    () => this.planVisit(),
    () => this.planVisit(),
    () => this.advanceVisit(),
    () => this.advanceVisit(),
    () => this.advanceVisit(),
    () => this.removeVisit(),
    () => this.recordDeviation(),
    () => this.changeDeviation(),
    () => this.recordTraining(),
    () => this.planMilestone(),
    () => this.changeMilestone(),
    () => this.addTask(),
    () => this.addTask(),
    () => this.changeTask(),
    () => this.changeTask(),
    () => this.changeStatus(),
  ];

  /** Anything that may happen on a day of the trial. */
  async happen(): Promise<void> {
    await this.oneOf(this.happenings)();
  }

  async openSite(site_number: string, target_enrollment: number | null): Promise<number> {
    const site = { site_number, facility: `Clinic ${site_number}`, target_enrollment };
    const dates = { selected_on: null, initiated_on: null, activated_on: null, closed_on: null };
    const { id } = await this.sent('post', 'sites', site);
    this.model.sites.push({ ...site, ...dates, id, enrolled: null });
    return id;
  }

  private async advanceSite(): Promise<void> {
    const site = this.oneOf(this.model.sites);
    const next = (['selected_on', 'initiated_on', 'activated_on', 'closed_on'] as const).find((step) => !site[step]);
    // Sites close late in the trial.
    if (!next || (next === 'closed_on' && this.random() < 0.9)) return;
    const change = { [next]: this.day(-6, 12) };
    await this.sent('patch', `sites/${site.id}`, change);
    Object.assign(site, change);
  }

  private async reportEnrollment(): Promise<void> {
    const site = this.oneOf(this.model.sites);
    const enrolled = (site.enrolled ?? 0) + this.integer(0, 4);
    const report = { as_of: this.model.today, screened: enrolled + 3, enrolled, withdrawn: 0, completed: 0 };
    await this.sent('patch', `sites/${site.id}`, { enrollment_report: report });
    site.enrolled = enrolled;
  }

  private async planVisit(): Promise<void> {
    const [type, site] = [this.oneOf(VISIT_TYPES), this.oneOf(this.model.sites)];
    const planned = { type, site_id: site.id, planned_date: this.day(-2, 30) };
    const body = { ...planned, mode: 'on_site', monitor_id: this.staff.monitor.id };
    const { id } = await this.sent('post', 'monitoring-visits', body, this.staff.manager);
    const dates = { confirmed_on: null, started_on: null, ended_on: null };
    this.model.visits.push({ ...planned, ...dates, id, report_completed_on: null, report_approved_on: null });
    await this.noteFollowUps(id, site.id, planned);
  }

  /** Keeps the tasks that follow a visit on paper, by what the templates say of them. */
  private async noteFollowUps(visit: number, site_id: number, { type, planned_date }: Partial<VisitFacts>) {
    const templates = TEMPLATES.filter(({ visit_type }) => visit_type === type);
    const known = new Set(this.model.tasks.map(({ id }) => id));
    const listed = (await as(this.staff.manager).get(`${this.path}/tasks?sort=id`)).body as {
      id: number;
      title: string;
      deadline: string;
    }[];
    const added = listed.filter(({ id }) => !known.has(id));
    const wanted = templates.map(({ title, due_days }) => {
      const due = new Date(Date.parse(planned_date as string) + due_days * 86_400_000).toISOString().slice(0, 10);
      return [title, `${due}T17:00:00.000Z`];
    });
    expect(added.map(({ title, deadline }) => [title, deadline])).toEqual(wanted);
    added.forEach(({ id, deadline }, n) => {
      const kind = templates[n]?.kind as string;
      const assignee = this.staff.monitor.id;
      this.model.tasks.push({ id, site_id, kind, visit, assignee, deadline, completed: false });
    });
  }

  /** Records the next of the dates of a visit, or plans it for another day. */
  private async advanceVisit(): Promise<void> {
    const visit = this.maybeOneOf(this.model.visits.filter(({ report_approved_on }) => !report_approved_on));
    if (!visit) return;
    const steps = ['confirmed_on', 'started_on', 'ended_on', 'report_completed_on', 'report_approved_on'] as const;
    const next = steps.find((step) => !visit[step]);
    const isMoved = !visit.started_on && this.random() < 0.3;
    const change = isMoved ? { planned_date: this.day(-3, 20) } : { [next as string]: this.day(-4, 3) };
    // A visit may begin without having been confirmed.
    if (!isMoved && next === 'confirmed_on' && this.random() < 0.3)
      Object.assign(change, { confirmed_on: null, started_on: this.day(-3, 0) });
    const who = this.random() < 0.5 ? this.staff.monitor : this.staff.manager;
    await this.sent('patch', `monitoring-visits/${visit.id}`, change, who);
    Object.assign(visit, change);
  }

  private async removeVisit(): Promise<void> {
    const visit = this.maybeOneOf(this.model.visits);
    if (!visit || this.random() < 0.5) return;
    const isReferredTo = this.model.deviations.some(({ monitoring_visit_id: id }) => id === visit.id);
    const { status, body } = await as(this.staff.manager).delete(`${this.path}/monitoring-visits/${visit.id}`);
    const refusal = visit.started_on ? 'visit_has_begun' : isReferredTo && 'visit_in_use';
    expect([status, refusal && body.code]).toEqual(refusal ? [409, refusal] : [204, false]);
    if (!refusal) this.model.visits.splice(this.model.visits.indexOf(visit), 1);
  }

  private async recordDeviation(): Promise<void> {
    const site_id = this.oneOf(this.model.sites).id;
    const visit = this.maybeOneOf(this.model.visits.filter((one) => one.site_id === site_id));
    const body = {
      site_id,
      monitoring_visit_id: this.random() < 0.5 ? (visit?.id ?? null) : null,
      term: `Dose; taken late, case ${++this.serial}`,
      important: this.random() < 0.5,
      due_date: this.random() < 0.8 ? this.day(-2, 25) : null,
    };
    const dates = { start_date: this.day(-20, -5), identified_on: this.day(-5, 0) };
    const { id } = await this.sent('post', 'deviations', { ...body, ...dates }, this.staff.monitor);
    this.model.deviations.push({ ...body, id, resolved_on: null });
  }

  private async changeDeviation(): Promise<void> {
    const deviation = this.maybeOneOf(this.model.deviations.filter(({ resolved_on }) => resolved_on === null));
    if (!deviation) return;
    const change = this.oneOf([
      { resolved_on: this.day(-3, 12), resolution: 'Trained again' },
      { due_date: this.day(-1, 30) },
      { important: !deviation.important },
    ]);
    await this.sent('patch', `deviations/${deviation.id}`, change);
    Object.assign(deviation, change);
  }

  private async recordTraining(): Promise<void> {
    const user = this.oneOf([this.staff.monitor, this.staff.coordinator]);
    const expires_on = this.random() < 0.15 ? null : this.day(-5, 120);
    const training = { user_id: user.id, course: this.oneOf(COURSES), expires_on };
    const { id } = await this.sent('post', 'training', { ...training, completed_on: this.day(-300, -10) });
    this.model.trainings.push({ ...training, id, username: user.username });
  }

  private async planMilestone(): Promise<void> {
    const site_id = this.random() < 0.5 ? null : this.oneOf(this.model.sites).id;
    const milestone = { site_id, name: `Milestone ${++this.serial}`, planned_date: this.day(-3, 40) };
    const { id } = await this.sent('post', 'milestones', { ...milestone, type: 'other' });
    this.model.milestones.push({ ...milestone, id, actual_date: null });
  }

  private async changeMilestone(): Promise<void> {
    const milestone = this.maybeOneOf(this.model.milestones);
    if (!milestone) return;
    if (this.random() < 0.15) {
      expect((await as(this.staff.manager).delete(`${this.path}/milestones/${milestone.id}`)).status).toBe(204);
      this.model.milestones.splice(this.model.milestones.indexOf(milestone), 1);
      return;
    }
    const change = this.oneOf([{ actual_date: this.day(-2, 2) }, { planned_date: this.day(-5, 40) }]);
    await this.sent('patch', `milestones/${milestone.id}`, change);
    Object.assign(milestone, change);
  }

  private async addTask(): Promise<void> {
    const { manager, monitor, coordinator } = this.staff;
    const [assignee, kind] = [this.oneOf([monitor, coordinator]).id, this.oneOf(TASK_KINDS)];
    const site_id = this.random() < 0.3 ? null : this.oneOf(this.model.sites).id;
    const deadline = `${this.day(-3, 30)}T12:00:00.000Z`;
    const draft = { title: `Work ${++this.serial}`, estimated_hours: '2', deadline, assigned_to: assignee };
    const { status, body } = await as(manager).post('/api/tasks', draft);
    expect(status).toBe(201);
    const link = await as(manager).put(`/api/tasks/${body.id}/study`, { study_id: idOf(this.path), site_id, kind });
    expect(link.status).toBe(200);
    this.model.tasks.push({ id: body.id, site_id, kind, visit: null, assignee, deadline, completed: false });
  }

  private async changeTask(): Promise<void> {
    const { manager, monitor, coordinator } = this.staff;
    const task = this.maybeOneOf(this.model.tasks.filter(({ completed }) => !completed));
    if (!task) return;
    const chance = this.random();
    if (chance < 0.1) {
      const way = chance < 0.05 ? `/api/tasks/${task.id}` : `/api/tasks/${task.id}/study`;
      expect((await as(manager).delete(way)).status).toBe(204);
      this.model.tasks.splice(this.model.tasks.indexOf(task), 1);
      return;
    }
    const assignee = this.oneOf([monitor, coordinator]).id;
    const deadline = `${this.day(-1, 30)}T12:00:00.000Z`;
    const [change, noted] = this.oneOf<[object, object]>([
      [{ status: 'completed' }, { completed: true }],
      [{ deadline }, { deadline }],
      [{ assigned_to: assignee }, { assignee }],
    ]);
    expect((await as(manager).patch(`/api/tasks/${task.id}`, change)).status).toBe(200);
    Object.assign(task, noted);
  }

  private async changeStatus(): Promise<void> {
    if (this.random() < 0.6) return;
    const overall_status = this.model.status === 'recruiting' ? 'suspended' : 'recruiting';
    const why_stopped = overall_status === 'suspended' ? 'Safety review' : null;
    await this.sent('patch', '', { overall_status, why_stopped });
    this.model.status = overall_status;
  }

  /** Sends a change of the study that is accepted. */
  private async sent(method: 'post' | 'patch', path: string, body: object, who = this.staff.manager) {
    const answer = await as(who)[method](`${this.path}${path && '/'}${path}`, body);
    if (answer.status >= 300) throw new Error(`${method} ${path} ${JSON.stringify(body)}: ${answer.text}`);
    return answer.body as { id: number };
  }

  private integer(from: number, to: number): number {
    return from + Math.floor(this.random() * (to - from + 1));
  }

  /** A day between two, counted from today. */
  private day(from: number, to: number): string {
    return new Date(Date.parse(this.model.today) + this.integer(from, to) * 86_400_000).toISOString().slice(0, 10);
  }

  oneOf<T>(choices: readonly T[]): T {
    return choices[this.integer(0, choices.length - 1)] as T;
  }

  private maybeOneOf<T>(choices: readonly T[]): T | undefined {
    return choices.length === 0 ? undefined : this.oneOf(choices);
  }
}
