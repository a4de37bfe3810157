import { type SampleContext, type SampleUser } from '../../sample-contribution.js';
import { Deviation } from '../deviations/deviation.entity.js';
import { MonitoringVisit, type VisitType } from '../monitoring-visits/monitoring-visit.entity.js';
import { dayOf } from '../records/columns.js';
import { type Site } from '../sites/site.entity.js';
import { DAY, type CourseStep, type RecordCourse } from './record-course.js';
import { type SampleStudy } from './sample-study-creator.js';
import { DEVIATIONS, EPOCHS } from './sample-words.js';

const PLANNED_AHEAD = 30 * DAY;
const UNREPORTED = 0.06;
const UNAPPROVED = 0.08;
const RESOLVED = 0.75;

export interface SampleVisits {
  readonly visits: readonly MonitoringVisit[];
  readonly deviations: readonly Deviation[];
}

/** Replays monitoring visits, and the deviations that they find. */
export class SampleVisitCourses {
  private readonly visits: MonitoringVisit[] = [];
  private readonly deviations: Deviation[] = [];

  constructor(
    private readonly context: SampleContext,
    private readonly course: RecordCourse,
    private readonly of: SampleStudy,
  ) {}

  async create(): Promise<SampleVisits> {
    const { random, now } = this.context;
    for (const site of this.of.sites) {
      if (!site.initiatedOn) continue;
      const initiated = Date.parse(`${site.initiatedOn}T06:00:00Z`);
      await this.addVisit(site, 'initiation', initiated);
      let planned = initiated + random.between(50, 80) * DAY;
      for (; site.activatedOn && planned < now.getTime() + PLANNED_AHEAD; planned += random.between(55, 85) * DAY)
        await this.addVisit(site, 'interim', planned);
    }
    return { visits: this.visits, deviations: this.deviations };
  }

  private async addVisit(site: Site, type: VisitType, day: number): Promise<void> {
    const { random } = this.context;
    const { study, team } = this.of;
    // The members are there by then.
    const known = study.createdAt.getTime() + 15 * DAY;
    const monitor = random.pick(team.monitors);
    const values = () =>
      ({
        studyId: study.id,
        siteId: site.id,
        type,
        mode: random.chance(0.8) ? 'on_site' : 'remote',
        plannedDate: dayOf(new Date(day)),
        monitorId: monitor.id,
      }) as const;
    const created = { by: team.lead, at: Math.max(known, day - PLANNED_AHEAD), values };
    const visit = await this.course.replay(MonitoringVisit, created, this.stepsOf(monitor, day));
    if (!visit) return;
    this.visits.push(visit);
    const found = visit.endedOn && type === 'interim' ? random.integer(0, 2) : 0;
    for (let i = 0; i < found; i++) await this.addDeviation(site, visit, monitor);
  }

  private stepsOf(monitor: SampleUser, day: number): CourseStep<MonitoringVisit>[] {
    const { random } = this.context;
    const held: CourseStep<MonitoringVisit>[] = [
      { by: monitor, at: day - 7 * DAY, patch: (at) => ({ confirmedOn: dayOf(at) }) },
      { by: monitor, at: day, patch: (at) => ({ startedOn: dayOf(at) }) },
      { by: monitor, at: day + DAY / 3, patch: (at) => ({ endedOn: dayOf(at) }) },
    ];
    if (random.chance(UNREPORTED)) return held;
    const completed = day + random.between(3, 14) * DAY;
    held.push({ by: monitor, at: completed, patch: (at) => ({ reportCompletedOn: dayOf(at) }) });
    if (random.chance(UNAPPROVED)) return held;
    const approved = completed + random.between(1, 8) * DAY;
    return [...held, { by: this.of.team.lead, at: approved, patch: (at) => ({ reportApprovedOn: dayOf(at) }) }];
  }

  private async addDeviation(site: Site, visit: MonitoringVisit, by: SampleUser): Promise<void> {
    const { random } = this.context;
    const found = Math.max(
      Date.parse(`${visit.endedOn}T00:00:00Z`) + random.between(0.1, 2) * DAY,
      visit.createdAt.getTime(),
    );
    const day = (days: number) => dayOf(new Date(found + days * DAY));
    const values = (at: Date) => ({
      ...random.pick(DEVIATIONS),
      studyId: this.of.study.id,
      siteId: site.id,
      monitoringVisitId: visit.id,
      sponsorDefinedIdentifier: `PD-${String(this.deviations.length + 1).padStart(4, '0')}`,
      participantCode: `${site.siteNumber}-${String(random.integer(1, 30)).padStart(3, '0')}`,
      epoch: random.pick(EPOCHS),
      startDate: day(-random.integer(3, 50)),
      identifiedOn: dayOf(at),
      seriousNoncompliance: random.chance(0.03),
      dueDate: day(random.integer(30, 45)),
    });
    const resolve = (at: Date) => ({
      resolution: 'The site was trained, and its log corrected',
      resolvedOn: dayOf(at),
    });
    const steps = [{ by, at: found + random.between(5, 60) * DAY, patch: resolve }];
    const created = { by, at: found, values };
    const deviation = await this.course.replay(Deviation, created, random.chance(RESOLVED) ? steps : []);
    if (deviation) this.deviations.push(deviation);
  }
}
