import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { NotificationsModule } from '../../notifications/notifications.module.js';
import { TasksModule } from '../../tasks/tasks.module.js';
import { CalendarQueries } from './calendar/calendar.queries.js';
import { CalendarService } from './calendar/calendar.service.js';
import { demoData } from './demo/demo-study.js';
import { Deviation } from './deviations/deviation.entity.js';
import { DeviationsController } from './deviations/deviations.controller.js';
import { DeviationImportService } from './deviations/interchange/deviation-import.service.js';
import { DeviationImportsRepository } from './deviations/interchange/deviation-imports.repository.js';
import { DeviationsExportQueries } from './deviations/interchange/deviations-export.queries.js';
import { DeviationsExportService } from './deviations/interchange/deviations-export.service.js';
import { DeviationsInterchangeController } from './deviations/interchange/deviations-interchange.controller.js';
import { DeviationsService } from './deviations/deviations.service.js';
import { StudyExportQueries } from './interchange/study-export.queries.js';
import { StudyExportService } from './interchange/study-export.service.js';
import { ImportRepository } from './interchange/import.repository.js';
import { DocumentImportService } from './interchange/document-import.service.js';
import { ImportValidationService } from './interchange/import-validation.service.js';
import { InterchangeController } from './interchange/interchange.controller.js';
import { SiteImportService } from './interchange/site-import.service.js';
import { StudyImport } from './interchange/study-import.entity.js';
import { StudyImportService } from './interchange/study-import.service.js';
import { Member } from './members/member.entity.js';
import { MembershipFactsService } from './members/membership-facts.service.js';
import { membershipNarrowing } from './members/membership-narrowing.sql.js';
import { MembersController } from './members/members.controller.js';
import { MembersRepository } from './members/members.repository.js';
import { MembersService } from './members/members.service.js';
import { Milestone } from './milestones/milestone.entity.js';
import { MilestonesController } from './milestones/milestones.controller.js';
import { MilestonesService } from './milestones/milestones.service.js';
import { FollowUpTasksService } from './monitoring-visits/follow-up-tasks.service.js';
import { MonitoringVisit } from './monitoring-visits/monitoring-visit.entity.js';
import { MonitoringVisitsController } from './monitoring-visits/monitoring-visits.controller.js';
import { MonitoringVisitsService } from './monitoring-visits/monitoring-visits.service.js';
import { StudyRecordsQueries } from './records/study-records.queries.js';
import { StudyRecordsService } from './records/study-records.service.js';
import { StudyAccessRepository } from './records/study-access.repository.js';
import { StudyAuthorizationService } from './records/study-authorization.service.js';
import { sampleData } from './sample/sample-studies.js';
import { endingTraining, lateReport, overdueDeviation } from './reminders/reminder-kinds.sql.js';
import { RemindersJob } from './reminders/reminders.job.js';
import { RemindersRepository } from './reminders/reminders.repository.js';
import { Site } from './sites/site.entity.js';
import { SitesController } from './sites/sites.controller.js';
import { SitesService } from './sites/sites.service.js';
import { StudiesController } from './studies.controller.js';
import { StudiesQueries } from './studies.queries.js';
import { StudiesService } from './studies.service.js';
import { StudiesSettings } from './studies.settings.js';
import { Study } from './study.entity.js';
import { StudyOverviewController } from './summary/study-overview.controller.js';
import { SummaryQueries } from './summary/summary.queries.js';
import { LinkAuthorizationService } from './task-links/link-authorization.service.js';
import { LinkedTaskChangesHandler } from './task-links/linked-task-changes.handler.js';
import { LinkedTasksRepository } from './task-links/linked-tasks.repository.js';
import { RestrictedStudiesCache } from './task-links/restricted-studies.cache.js';
import { TaskLink } from './task-links/task-link.entity.js';
import { TaskLinksController } from './task-links/task-links.controller.js';
import { TaskLinksQueries } from './task-links/task-links.queries.js';
import { TaskLinksRepository } from './task-links/task-links.repository.js';
import { TaskLinksService } from './task-links/task-links.service.js';
import { Training } from './training/training.entity.js';
import { TrainingsController } from './training/trainings.controller.js';
import { TrainingsService } from './training/trainings.service.js';
import './study-sentences.js';

/** Memberships narrow who sees the tasks of studies, wherever the product reads tasks. */
export const narrowings = [membershipNarrowing];

export { demoData, sampleData };
export const notificationKinds = [lateReport, overdueDeviation, endingTraining];

@Module({
  imports: [
    TypeOrmModule.forFeature([
      Study,
      Site,
      Member,
      Milestone,
      MonitoringVisit,
      Deviation,
      Training,
      TaskLink,
      StudyImport,
    ]),
    TasksModule,
    NotificationsModule,
  ],
  controllers: [
    InterchangeController,
    StudiesController,
    StudyOverviewController,
    SitesController,
    MembersController,
    MilestonesController,
    MonitoringVisitsController,
    DeviationsInterchangeController,
    DeviationsController,
    TrainingsController,
    TaskLinksController,
  ],
  providers: [
    StudyRecordsQueries,
    StudyRecordsService,
    StudyAccessRepository,
    StudyAuthorizationService,
    StudiesService,
    StudiesQueries,
    SitesService,
    MembersService,
    MembersRepository,
    MembershipFactsService,
    MilestonesService,
    MonitoringVisitsService,
    FollowUpTasksService,
    DeviationsService,
    DeviationsExportQueries,
    DeviationsExportService,
    DeviationImportService,
    DeviationImportsRepository,
    TrainingsService,
    TaskLinksService,
    LinkAuthorizationService,
    TaskLinksQueries,
    TaskLinksRepository,
    LinkedTaskChangesHandler,
    LinkedTasksRepository,
    RestrictedStudiesCache,
    SummaryQueries,
    CalendarQueries,
    CalendarService,
    DocumentImportService,
    ImportRepository,
    ImportValidationService,
    StudyImportService,
    SiteImportService,
    StudyExportService,
    StudyExportQueries,
    StudiesSettings,
    RemindersRepository,
    RemindersJob,
  ],
})
export class StudiesModule {}
