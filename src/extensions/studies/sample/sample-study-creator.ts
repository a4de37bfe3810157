import { type SampleContext, type SampleUser } from '../../sample-contribution.js';
import { Member } from '../members/member.entity.js';
import { Milestone } from '../milestones/milestone.entity.js';
import { dayOf } from '../records/columns.js';
import { type EnrollmentReport, Site } from '../sites/site.entity.js';
import { type OverallStatus } from '../study.facts.js';
import { Study } from '../study.entity.js';
import { Training } from '../training/training.entity.js';
import { DAY, type CourseStep, type RecordCourse } from './record-course.js';
import { studyValues } from './sample-study-values.js';
import { planMembers, type PlannedMember, type SampleTeam } from './sample-team.js';
import { FACILITIES, INVESTIGATORS, PLACES } from './sample-words.js';

const HIGHEST_SITE_NUMBER = 40;
const REPORT_EVERY = 75 * DAY;

/** Plan of a study: when it begins, and how large it becomes. */
export interface StudyPlan {
  readonly index: number;
  /** ms since the epoch. */
  readonly begins: number;
  readonly siteCount: number;
  readonly team: SampleTeam;
}

/** A study with all but its visits and tasks, as it is at the present. */
export interface SampleStudy {
  readonly study: Study;
  readonly team: SampleTeam;
  readonly sites: readonly Site[];
  readonly members: readonly Member[];
  readonly milestones: readonly Milestone[];
  readonly trainings: readonly Training[];
}

/** Replays how a lead sets up studies and keeps their sites, members, milestones and trainings. */
export class SampleStudyCreator {
  constructor(
    private readonly context: SampleContext,
    private readonly course: RecordCourse,
  ) {}

  /** @returns undefined where the study is still to begin */
  async create(plan: StudyPlan): Promise<SampleStudy | undefined> {
    const { begins, team } = plan;
    const values = (at: Date) => studyValues(this.context.random, plan.index, at);
    const study = await this.course.replay(Study, { by: team.lead, at: begins, values }, this.statuses(plan));
    if (!study) return undefined;
    const lead = await this.leadOf(study, team.lead);
    const sites = await this.sitesOf(study, plan);
    const planned = planMembers(this.context, team, sites);
    const [members, trainings] = await this.membersOf(study, plan, planned);
    const milestones = await this.milestonesOf(study, plan);
    return { study, team, sites, members: [lead, ...members], milestones, trainings };
  }

  private statuses({ index, begins, team }: StudyPlan): CourseStep<Study>[] {
    const { random } = this.context;
    const step = (days: number, overallStatus: OverallStatus, whyStopped: string | null): CourseStep<Study> => {
      const reason = whyStopped ? { reason: whyStopped } : {};
      return { by: team.lead, at: begins + days * DAY, ...reason, patch: () => ({ overallStatus, whyStopped }) };
    };
    const begin: CourseStep<Study> = {
      by: team.lead,
      at: begins + random.between(25, 40) * DAY,
      patch: (at) => ({ overallStatus: 'recruiting', startDate: { date: dayOf(at), type: 'actual' } }),
    };
    if (index % 7 === 5) return [begin, step(250, 'suspended', 'The safety board reviews the data')];
    return index % 5 === 3 ? [begin, step(270, 'active_not_recruiting', null)] : [begin];
  }

  /** Created in the transaction of the study. */
  private leadOf(study: Study, lead: SampleUser): Promise<Member> {
    const { createdAt: at } = study;
    const values = { studyId: study.id, userId: lead.id, role: 'project_manager', startDate: dayOf(at) } as const;
    return this.context.records.create(Member, values, { by: lead, at });
  }

  private async sitesOf(study: Study, { begins, siteCount, team }: StudyPlan): Promise<Site[]> {
    const { random } = this.context;
    const numbers = random.shuffled(Array.from({ length: HIGHEST_SITE_NUMBER }, (_, i) => i + 1)).slice(0, siteCount);
    const sites: Site[] = [];
    for (const number of numbers.sort((a, b) => a - b)) {
      const values = { ...this.placeOf(number), studyId: study.id };
      const at = Math.max(begins + random.between(1, 6) * DAY, study.createdAt.getTime());
      const created = { by: team.lead, at, values: () => values };
      const site = await this.course.replay(Site, created, this.stagesOf(at, values.targetEnrollment, team.lead));
      if (site) sites.push(site);
    }
    return sites;
  }

  private placeOf(number: number) {
    const { random } = this.context;
    return {
      ...random.pick(PLACES),
      siteNumber: String(number).padStart(2, '0'),
      facility: random.pick(FACILITIES),
      principalInvestigator: `Dr. ${random.pick(INVESTIGATORS)}`,
      targetEnrollment: random.integer(8, 30),
    };
  }

  private stagesOf(created: number, target: number, by: SampleUser): CourseStep<Site>[] {
    const { random } = this.context;
    const selected = created + random.between(4, 40) * DAY;
    const initiated = selected + random.between(15, 60) * DAY;
    const activated = initiated + random.between(5, 25) * DAY;
    const steps: CourseStep<Site>[] = [{ by, at: selected, patch: (at) => ({ selectedOn: dayOf(at) }) }];
    if (random.chance(0.08)) return steps;
    steps.push(
      { by, at: initiated, patch: (at) => ({ initiatedOn: dayOf(at) }) },
      { by, at: activated, patch: (at) => ({ activatedOn: dayOf(at), status: 'recruiting' }) },
    );
    let enrolled = 0;
    for (let i = 1; i <= 4; i++) {
      enrolled = Math.min(target, enrolled + random.integer(1, 6));
      const counts = countsOf(enrolled, random.integer(0, 4));
      const patch = (at: Date) => ({ enrollmentReport: { as_of: dayOf(at), ...counts } });
      steps.push({ by, at: activated + i * REPORT_EVERY, patch });
    }
    return steps;
  }

  private async membersOf(
    study: Study,
    { begins, team: { lead } }: StudyPlan,
    planned: readonly PlannedMember[],
  ): Promise<[Member[], Training[]]> {
    const { random } = this.context;
    const [members, trainings]: [Member[], Training[]] = [[], []];
    for (const { user, role, site } of planned) {
      const since = Math.max(begins + 6 * DAY, site?.createdAt.getTime() ?? 0);
      const at = since + random.between(0.1, 5) * DAY;
      const values = (time: Date) => ({
        studyId: study.id,
        siteId: site?.id ?? null,
        userId: user.id,
        role,
        startDate: dayOf(time),
      });
      const member = await this.course.replay(Member, { by: lead, at, values });
      if (member) members.push(member);
      const lasts = random.chance(0.6) ? 365 : 730;
      const trained = (time: Date) => ({
        studyId: study.id,
        userId: user.id,
        course: 'Good clinical practice',
        completedOn: dayOf(time),
        expiresOn: dayOf(new Date(time.getTime() + lasts * DAY)),
      });
      const training = await this.course.replay(Training, {
        by: lead,
        at: at + random.between(1, 20) * DAY,
        values: trained,
      });
      if (training) trainings.push(training);
    }
    return [members, trainings];
  }

  private async milestonesOf(study: Study, { begins, team: { lead } }: StudyPlan): Promise<Milestone[]> {
    const { random } = this.context;
    const milestones: Milestone[] = [];
    for (const [type, name, days] of MILESTONES) {
      const planned = begins + days * DAY;
      const values = { studyId: study.id, type, name, plannedDate: dayOf(new Date(planned)) };
      const created = { by: lead, at: study.createdAt.getTime() + 60_000, values: () => values };
      const reached = planned + random.between(-6, 25) * DAY;
      const steps = [{ by: lead, at: reached, patch: (at: Date) => ({ actualDate: dayOf(at) }) }];
      const milestone = await this.course.replay(Milestone, created, random.chance(0.85) ? steps : []);
      if (milestone) milestones.push(milestone);
    }
    return milestones;
  }
}

const MILESTONES = [
  ['protocol_approval', 'Protocol approved', 20],
  ['first_site_activated', 'First site active', 75],
  ['first_participant_in', 'First participant in', 95],
  ['last_participant_in', 'Last participant in', 420],
  ['database_lock', 'Database lock', 600],
] as const;

const countsOf = (enrolled: number, more: number): Omit<EnrollmentReport, 'as_of'> => ({
  screened: enrolled + more,
  enrolled,
  withdrawn: Math.floor(enrolled / 9),
  completed: Math.floor(enrolled / 4),
});
