import { Controller, Get, Header, type StreamableFile } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Query } from '../core/http/input.decorators.js';
import { Can } from '../core/authorization/can.decorator.js';
import { CurrentUser, type Actor } from '../core/authorization/actor.js';
import { PreserializedJson } from '../core/http/streamed-response.js';
import { ApiRoute } from '../core/http/api-docs.decorators.js';
import { ListResponse } from '../core/http/list-response.js';
import { PageQuery } from '../core/http/page.dto.js';
import { visibleTasks } from '../tasks/task.policy.js';
import { MemberFigures, Overview, OverviewQuery, Trends, TrendsSpan } from './analytics.dto.js';
import { AnalyticsQueries } from './overview.queries.js';
import { TeamQueries } from './team.queries.js';
import { TrendsQueries } from './trends.queries.js';

const SUCCESSOR = {
  Deprecation: { description: 'This address is deprecated', schema: { type: 'string' as const, example: 'true' } },
  Link: {
    description: 'The address to use instead',
    schema: { type: 'string' as const, example: '</api/analytics>; rel="successor-version"' },
  },
};

type OverviewAnswer = PreserializedJson<Overview> | StreamableFile;

@ApiTags('analytics')
@Controller()
export class AnalyticsController {
  constructor(
    private readonly analytics: AnalyticsQueries,
    private readonly members: TeamQueries,
    private readonly history: TrendsQueries,
  ) {}

  @Get('analytics')
  @Can(visibleTasks)
  @ApiRoute({
    summary: 'Get figures of your own tasks and of your team',
    description: 'The team of managers and auditors is everyone, that of developers themselves.',
    response: Overview,
  })
  overview(@CurrentUser() actor: Actor, @Query() query: OverviewQuery): Promise<OverviewAnswer> {
    return this.analytics.overview(actor, query.blocked_limit);
  }

  @Get('tasks/analytics')
  @Can(visibleTasks)
  @Header('Deprecation', 'true')
  @Header('Link', '</api/analytics>; rel="successor-version"')
  @ApiRoute({
    summary: 'Get figures, at their former address',
    description: 'The same as `GET /api/analytics`, for clients that know it by this address.',
    response: Overview,
    headers: SUCCESSOR,
  })
  // Innermost, so that @Documents adds to it: the other way round, its empty summary would win.
  @ApiOperation({ deprecated: true })
  formerOverview(@CurrentUser() actor: Actor, @Query() query: OverviewQuery): Promise<OverviewAnswer> {
    return this.overview(actor, query);
  }

  @Get('analytics/team')
  @Can(visibleTasks)
  @ApiRoute({
    summary: 'Get figures of each person',
    description:
      'Everyone with a task that you may see, and the active developers that you may see who have none, by user id. ' +
      'Developers get themselves.',
    response: [MemberFigures],
    paged: true,
  })
  team(@CurrentUser() actor: Actor, @Query() query: PageQuery): ListResponse<MemberFigures[]> {
    return new ListResponse(query, this.members.list(actor, query));
  }

  @Get('analytics/trends')
  @Can(visibleTasks)
  @ApiRoute({
    summary: 'Get tasks created, completed and overdue over time',
    description:
      'The tasks that you may see, by days or weeks of your own time zone, daylight saving included. The last 30 days ' +
      'unless given; at most 400 buckets.',
    response: Trends,
  })
  async trends(@CurrentUser() actor: Actor, @Query() span: TrendsSpan): Promise<PreserializedJson<Trends>> {
    return new PreserializedJson(await this.history.trends(actor, span));
  }
}
