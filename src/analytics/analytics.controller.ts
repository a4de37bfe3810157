import { Controller, Get, Header, Query, Req, Res, type StreamableFile } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { Can } from '../core/authorization/can.decorator.js';
import { Me, type Actor } from '../core/authorization/actor.js';
import { JsonText } from '../core/http/streamed-response.js';
import { Documents, PAGE_HEADERS } from '../core/http/api-docs.decorators.js';
import { answerList } from '../core/http/list-response.js';
import { PageQuery } from '../core/http/page.dto.js';
import { CoreProblem } from '../core/http/problem.js';
import { visibleTasks } from '../tasks/task.policy.js';
import { MemberFigures, Overview, OverviewQuery, Trends, TrendsSpan } from './analytics.dto.js';
import { AnalyticsQueries } from './analytics.queries.js';
import { TeamQueries } from './team.queries.js';
import { TrendsQueries } from './trends.queries.js';

const SUCCESSOR = {
  Deprecation: { description: 'This address is deprecated', schema: { type: 'string' as const, example: 'true' } },
  Link: {
    description: 'The address to use instead',
    schema: { type: 'string' as const, example: '</api/analytics>; rel="successor-version"' },
  },
};

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
  @Documents({
    summary: 'Figures of your own tasks and of your team',
    description: 'The team of managers and auditors is everyone, that of developers themselves.',
    answer: Overview,
  })
  async overview(@Me() me: Actor, @Query() query: OverviewQuery): Promise<JsonText<Overview>> {
    return new JsonText(await this.analytics.overview(me, query.blocked_limit));
  }

  @Get('tasks/analytics')
  @Can(visibleTasks)
  @Header('Deprecation', 'true')
  @Header('Link', '</api/analytics>; rel="successor-version"')
  @Documents({
    summary: 'Figures, at their former address',
    description: 'The same as `GET /api/analytics`, for clients that know it by this address.',
    answer: Overview,
    headers: SUCCESSOR,
  })
  // Innermost, so that @Documents adds to it: the other way round, its empty summary would win.
  @ApiOperation({ deprecated: true })
  formerOverview(@Me() me: Actor, @Query() query: OverviewQuery): Promise<JsonText<Overview>> {
    return this.overview(me, query);
  }

  @Get('analytics/team')
  @Can(visibleTasks)
  @Documents({
    summary: 'Figures of each person',
    description:
      'Everyone with a task that you may see, and the active developers that you may see who have none, by user id. ' +
      'Developers get themselves.',
    answer: [MemberFigures],
    headers: PAGE_HEADERS,
    refuses: [CoreProblem.invalid_cursor],
  })
  team(
    @Me() me: Actor,
    @Query() query: PageQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JsonText<MemberFigures[]> | StreamableFile> {
    return answerList(request, reply, query, {
      count: () => this.members.count(me),
      page: (limit) => this.members.page(me, query, limit),
      all: () => this.members.all(me, query),
    });
  }

  @Get('analytics/trends')
  @Can(visibleTasks)
  @Documents({
    summary: 'Tasks created, completed and overdue over time',
    description:
      'The tasks that you may see, by days or weeks of your own time zone, daylight saving included. The last 30 days ' +
      'unless told otherwise; at most 400 buckets.',
    answer: Trends,
  })
  async trends(@Me() me: Actor, @Query() span: TrendsSpan): Promise<JsonText<Trends>> {
    return new JsonText(await this.history.trends(me, span));
  }
}
