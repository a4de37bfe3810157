import { anActor, as, sql, TestApp, type TestActor } from '../../../test/kit.js';
import { type Persona, type Place, type State } from './every-endpoint-model.spec-kit.js';
import { FACILITIES, TASK_KINDS } from './every-endpoint-shown.spec-kit.js';
import { PATHS, NEW, STUDY_ID, type Kind, type Target } from './every-endpoint-table.spec-kit.js';

const YESTERDAY = '2026-11-15';
const TOMORROW = '2026-11-17';
const LATE = '2026-11-10';
const VISIT = { type: 'interim', mode: 'on_site', planned_date: LATE, started_on: LATE, ended_on: LATE };
const DEVIATION = { term: 'Late', start_date: '2026-11-01', identified_on: LATE, important: true, due_date: LATE };

const REMOVAL = {
  study: (id: number) => sql`DELETE FROM studies WHERE id = ${id}`,
  site: (id: number) => sql`DELETE FROM study_sites WHERE id = ${id}`,
  member: (id: number) => sql`DELETE FROM study_members WHERE id = ${id}`,
  milestone: (id: number) => sql`DELETE FROM study_milestones WHERE id = ${id}`,
  monitoring_visit: (id: number) => sql`DELETE FROM monitoring_visits WHERE id = ${id}`,
  deviation: (id: number) => sql`DELETE FROM protocol_deviations WHERE id = ${id}`,
  training: (id: number) => sql`DELETE FROM study_trainings WHERE id = ${id}`,
};

/** A study on Monday, 16 November 2026, with a record of each kind at each place, and the people who walk through it. */
export class WalkedStudy {
  readonly people = new Map<Persona, TestActor>();
  /** Records by kind, with their places. */
  readonly records = new Map<string, Map<number, Place>>();
  private study = 0;
  private state: State;
  private colleague: TestActor;
  private newcomer: TestActor;

  private constructor(readonly app: TestApp) {}

  static async start(): Promise<WalkedStudy> {
    const walked = new WalkedStudy(await TestApp.start());
    walked.app.clock.set('2026-11-16T10:00:00Z');
    await walked.invite();
    await walked.setUp();
    return walked;
  }

  /** Anonymous requests are of the app. */
  who(persona: Persona): TestActor | TestApp {
    return this.people.get(persona) ?? this.app;
  }

  /** @returns the ids that a request for a record of a place names; without a kind, the study's */
  target(place: Place, kind?: string): Target {
    const site = place === 'A' || place === 'B' ? this.idAt('site', place) : null;
    return {
      study: this.study,
      record: kind ? this.idAt(kind, place) : 0,
      site,
      taskKind: TASK_KINDS[place],
      newcomer: this.newcomer.id,
      projectManager: this.actor('project manager').id,
    };
  }

  placeOf = (kind: string, id: number): string => this.records.get(kind)?.get(id) ?? `none of the study (${id})`;

  /** @returns a new record, made to be removed */
  async another(kind: Kind, target: Target): Promise<number> {
    return this.create(kind, NEW[kind](target));
  }

  /** Removes what a walk made, or gives back what it removed, past the rules. */
  async remove(kind: Kind | 'study', id: number): Promise<void> {
    if (kind === 'study') await this.app.rows(sql`DELETE FROM study_members WHERE study_id = ${id}`);
    await this.app.rows(REMOVAL[kind](id));
  }

  async linkAgain({ study, record, site, taskKind }: Target): Promise<void> {
    await this.app.rows(sql`INSERT INTO study_task_links (task_id, study_id, site_id, kind)
      VALUES (${record}, ${study}, ${site}, ${taskKind})`);
  }

  /** Gives the study an access and a lock, or those of before. */
  async enter(state = this.state): Promise<void> {
    const { access, locked } = (this.state = state);
    const manager = as(this.actor('project manager'));
    const path = `/api/studies/${this.study}`;
    const reason = { 'X-Change-Reason': 'The walk goes on' };
    const { locked_at } = (await manager.get(path)).body;
    if (locked_at) await manager.post(`${path}/unlock`, {}, reason);
    const changed = await manager.patch(path, { access });
    const answer = locked ? await manager.post(`${path}/lock`, {}, reason) : changed;
    expect([answer.status, answer.body.access, Boolean(answer.body.locked_at)]).toEqual([200, access, locked]);
  }

  private async invite(): Promise<void> {
    const { app, people } = this;
    for (const persona of ['project manager', 'manager of site A', 'manager outside'] as const)
      people.set(persona, await anActor(app, 'manager'));
    for (const persona of ['manager of the past', 'manager of tomorrow'] as const)
      people.set(persona, await anActor(app, 'manager'));
    for (const persona of ['monitor of site A', 'developer with a task of B'] as const)
      people.set(persona, await anActor(app, 'developer'));
    people.set('auditor', await anActor(app, 'auditor'));
    this.colleague = await anActor(app, 'developer');
    this.newcomer = await anActor(app, 'developer');
  }

  private async setUp(): Promise<void> {
    const study = { sponsor_protocol_identifier: STUDY_ID, full_title: 'Walked', study_type: 'interventional' };
    const { body } = await as(this.actor('project manager')).post('/api/studies', study);
    this.study = body.id as number;
    this.keep('study', this.study, 'study');
    for (const place of ['A', 'B'] as const) {
      const site = { facility: FACILITIES[place], site_number: place };
      this.keep('site', await this.create('site', site), place);
    }
    await this.setUpMembers();
    await this.setUpRecords();
    for (const place of ['A', 'B', 'wide'] as const) await this.setUpTask(place);
  }

  private async setUpMembers(): Promise<void> {
    const path = `/api/studies/${this.study}/members`;
    const [first] = (await as(this.actor('project manager')).get(path)).body as { id: number }[];
    this.keep('member', first?.id as number, 'wide');
    const members: [TestActor, Place, object][] = [
      [this.actor('manager of site A'), 'A', { role: 'monitor' }],
      [this.actor('monitor of site A'), 'A', { role: 'monitor' }],
      [this.colleague, 'B', { role: 'monitor' }],
      [this.actor('manager of the past'), 'wide', { role: 'quality', start_date: '2026-01-01', end_date: YESTERDAY }],
      [this.actor('manager of tomorrow'), 'wide', { role: 'quality', start_date: TOMORROW }],
    ];
    for (const [{ id: user_id }, place, given] of members)
      this.keep('member', await this.create('member', { user_id, site_id: this.target(place).site, ...given }), place);
  }

  private async setUpRecords(): Promise<void> {
    const monitor_id = this.actor('project manager').id;
    for (const place of ['A', 'B'] as const) {
      const { site: site_id } = this.target(place);
      const deviation = { ...DEVIATION, site_id, sponsor_defined_identifier: `PD-${place}` };
      const visit = { ...VISIT, site_id, monitor_id };
      this.keep('monitoring_visit', await this.create('monitoring_visit', visit), place);
      this.keep('deviation', await this.create('deviation', deviation), place);
    }
    for (const place of ['A', 'B', 'wide'] as const) {
      const milestone = { type: 'other', name: 'Kick-off', planned_date: LATE, site_id: this.target(place).site };
      this.keep('milestone', await this.create('milestone', milestone), place);
    }
    const training = { course: 'GCP', completed_on: '2025-11-20', expires_on: '2026-11-20' };
    this.keep('training', await this.create('training', { user_id: this.colleague.id, ...training }), 'wide');
  }

  private async setUpTask(place: 'A' | 'B' | 'wide'): Promise<void> {
    const assignees = {
      A: 'monitor of site A',
      B: 'developer with a task of B',
      wide: 'project manager',
    } as const;
    const manager = as(this.actor('project manager'));
    const task = await manager.post('/api/tasks', {
      title: `Task ${place}`,
      assigned_to: this.actor(assignees[place]).id,
      estimated_hours: '1',
      deadline: `${LATE}T10:00:00Z`,
    });
    this.keep('task', task.body.id as number, place);
    if (place !== 'wide') this.keep('late task', task.body.id as number, place);
    const { study, site, taskKind } = this.target(place);
    const link = await manager.put(`/api/tasks/${task.body.id}/study`, {
      study_id: study,
      site_id: site,
      kind: taskKind,
    });
    expect([link.status, link.body.code]).toEqual([200, undefined]);
  }

  private async create(kind: Kind, body: object): Promise<number> {
    const answer = await as(this.actor('project manager')).post(`/api/studies/${this.study}/${PATHS[kind]}`, body);
    if (answer.status !== 201) throw new Error(`${kind}: ${answer.status} ${answer.text}`);
    return answer.body.id as number;
  }

  private keep(kind: string, id: number, place: Place): void {
    this.records.set(kind, (this.records.get(kind) ?? new Map<number, Place>()).set(id, place));
  }

  private idAt(kind: string, place: Place): number {
    const found = [...(this.records.get(kind) ?? [])].find((entry) => entry[1] === place);
    if (!found) throw new Error(`There is no ${kind} of ${place}`);
    return found[0];
  }

  private actor(persona: Persona): TestActor {
    return this.people.get(persona) as TestActor;
  }
}
