import { Controller, Get, Header, StreamableFile } from '@nestjs/common';
import { Query } from '../../../core/http/input.decorators.js';
import { Can } from '../../../core/authorization/can.decorator.js';
import { CurrentUser, type Actor } from '../../../core/authorization/actor.js';
import { ApiArea, ApiRoute } from '../../../core/http/api-docs.decorators.js';
import { ListResponse } from '../../../core/http/list-response.js';
import { IdParam } from '../../../core/http/param.decorators.js';
import { visibleTasks } from '../../../tasks/task.policy.js';
import { TaskView } from '../../../tasks/tasks.dto.js';
import { TasksQueries } from '../../../tasks/tasks.queries.js';
import { CalendarService } from '../calendar/calendar.service.js';
import { STUDIES_AREA } from '../records/api.js';
import { StudyRecordsQueries } from '../records/study-records.queries.js';
import { visibleStudies } from '../study.policy.js';
import { StudyProblem } from '../studies.problems.js';
import { StudyTaskFilter } from '../task-links/task-links.dto.js';
import { TaskLinksQueries } from '../task-links/task-links.queries.js';
import { StudySummary } from './summary.dto.js';
import { SummaryQueries } from './summary.queries.js';

@ApiArea('studies', STUDIES_AREA)
@Controller('studies/:id')
export class StudyOverviewController {
  constructor(
    private readonly records: StudyRecordsQueries,
    private readonly links: TaskLinksQueries,
    private readonly tasks: TasksQueries,
    private readonly summaries: SummaryQueries,
    private readonly calendars: CalendarService,
  ) {}

  @Get('tasks')
  @Can(visibleTasks)
  @ApiRoute({
    summary: 'List tasks of a study',
    description: 'Those that you may see, with the filters of the list of tasks.',
    response: [TaskView],
    paged: true,
    errors: [StudyProblem.study_not_found],
  })
  async listTasks(
    @CurrentUser() actor: Actor,
    @IdParam() id: number,
    @Query() filter: StudyTaskFilter,
  ): Promise<ListResponse<TaskView[]>> {
    await this.records.assertStudyVisible(actor, id);
    return new ListResponse(filter, this.tasks.list(actor, filter, this.links.tasksOf(id, filter)));
  }

  @Get('summary')
  @Can(visibleStudies)
  @ApiRoute({
    summary: 'Read what needs attention in a study',
    description:
      'Late sites, monitoring visits without report, open important deviations, trainings that expire, milestones that ' +
      'slipped, and tasks by kind; of the sites and tasks that you may see, as of today (UTC).',
    response: StudySummary,
    errors: [StudyProblem.study_not_found],
  })
  async summarize(@CurrentUser() actor: Actor, @IdParam() id: number): Promise<StudySummary> {
    await this.records.assertStudyVisible(actor, id);
    return this.summaries.read(actor, id);
  }

  @Get('calendar.ics')
  @Can(visibleStudies)
  @Header('Content-Disposition', 'inline; filename="study.ics"')
  @ApiRoute({
    summary: 'Read the dates of a study as a calendar',
    description:
      'iCalendar (RFC 5545): monitoring visits, milestones, due dates of open deviations and ends of trainings, as whole days.',
    text: ['text/calendar'],
    errors: [StudyProblem.study_not_found],
  })
  async calendar(@CurrentUser() actor: Actor, @IdParam() id: number): Promise<StreamableFile> {
    await this.records.assertStudyVisible(actor, id);
    const text = await this.calendars.write(actor, id);
    return new StreamableFile(Buffer.from(text), { type: 'text/calendar; charset=utf-8' });
  }
}
