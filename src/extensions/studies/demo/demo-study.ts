import { type INestApplicationContext } from '@nestjs/common';
import { type VersionedJson } from '../../../core/http/entity-tags.js';
import { type DemoData, type DemoWorld } from '../../demo-contribution.js';
import { DeviationsService } from '../deviations/deviations.service.js';
import { MembersService } from '../members/members.service.js';
import { MilestonesService } from '../milestones/milestones.service.js';
import { MonitoringVisitsService } from '../monitoring-visits/monitoring-visits.service.js';
import { dayOf } from '../records/columns.js';
import { SitesService } from '../sites/sites.service.js';
import { StudiesService } from '../studies.service.js';
import { TaskLinksService } from '../task-links/task-links.service.js';
import { TrainingsService } from '../training/trainings.service.js';
import {
  DEMO_LINKS,
  demoDeviations,
  demoMilestones,
  demoPlannedVisit,
  demoSites,
  demoStudy,
  demoTrainings,
  demoVisits,
  FOLLOW_UPS,
  type DayOfDemo,
  type SiteNumber,
} from './demo-records.js';

const DAY_MS = 86_400_000;

/** Adds a study with three sites, its members and records, to which the demo's tasks belong. */
export const demoData: DemoData = (app, world) => new DemoStudy(app, world).create();

/** A study of the demo while it is created, as its project manager would. */
class DemoStudy {
  private readonly day: DayOfDemo;
  private readonly sites = new Map<SiteNumber | undefined, number>();
  private readonly visits: number[] = [];
  private id = 0;

  constructor(
    private readonly app: INestApplicationContext,
    private readonly world: DemoWorld,
  ) {
    this.day = (days) => dayOf(new Date(world.now.getTime() + days * DAY_MS));
  }

  async create(): Promise<void> {
    const { manager } = this.world;
    this.id = idOf(await this.get(StudiesService).create(manager, demoStudy(this.day)));
    for (const site of demoSites(this.day))
      this.sites.set(site.site_number, idOf(await this.get(SitesService).create(manager, this.id, site)));
    // At once, since a start waits for it; the records of each kind keep their order.
    await Promise.all([this.addPeople(), this.addMilestones(), this.addVisitsAndWhatFollows()]);
  }

  private async addVisitsAndWhatFollows(): Promise<void> {
    await this.addVisits();
    await Promise.all([this.addDeviations(), this.linkTasks()]);
  }

  private async addPeople(): Promise<void> {
    const { manager, users } = this.world;
    const user_id = (username: string) => users.get(username) ?? 0;
    const members = this.get(MembersService);
    const start_date = this.day(-170);
    await members.create(manager, this.id, { user_id: user_id('developer'), role: 'monitor', start_date });
    await members.create(manager, this.id, { user_id: user_id('auditor'), role: 'quality', start_date });
    for (const { username, ...training } of demoTrainings(this.day))
      await this.get(TrainingsService).create(manager, this.id, { ...training, user_id: user_id(username) });
  }

  private async addMilestones(): Promise<void> {
    for (const { site, ...milestone } of demoMilestones(this.day)) {
      const body = { ...milestone, site_id: this.sites.get(site) ?? null };
      await this.get(MilestonesService).create(this.world.manager, this.id, body);
    }
  }

  private async addVisits(): Promise<void> {
    for (const visit of demoVisits(this.day)) await this.addVisit(visit);
    await this.get(StudiesService).update(this.world.manager, this.id, { follow_up_templates: [...FOLLOW_UPS] });
    await this.addVisit(demoPlannedVisit(this.day));
  }

  private async addVisit({ site, ...visit }: ReturnType<typeof demoPlannedVisit>): Promise<void> {
    const { manager, users } = this.world;
    const body = { ...visit, site_id: this.siteId(site), monitor_id: users.get('developer') ?? 0 };
    this.visits.push(idOf(await this.get(MonitoringVisitsService).create(manager, this.id, body)));
  }

  private async addDeviations(): Promise<void> {
    for (const { site, ...deviation } of demoDeviations(this.day)) {
      const body = { ...deviation, site_id: this.siteId(site), monitoring_visit_id: this.visits[1] ?? null };
      await this.get(DeviationsService).create(this.world.manager, this.id, body);
    }
  }

  private async linkTasks(): Promise<void> {
    for (const [title, taskId] of this.world.tasks) {
      const { site, visit, kind } = DEMO_LINKS[title] ?? { kind: 'other' };
      const origin = visit === undefined ? null : `monitoring_visit:${this.visits[visit - 1]}`;
      const link = { study_id: this.id, site_id: this.sites.get(site) ?? null, kind, origin };
      await this.get(TaskLinksService).put(this.world.manager, taskId, link);
    }
  }

  private siteId(site: SiteNumber): number {
    return this.sites.get(site) ?? 0;
  }

  private get<T>(service: new (...given: never[]) => T): T {
    return this.app.get<T>(service, { strict: false });
  }
}

const idOf = ({ json }: VersionedJson<object>): number => (JSON.parse(json) as { id: number }).id;
