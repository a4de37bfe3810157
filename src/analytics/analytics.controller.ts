import { Controller, Get, Header, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Can } from '../core/access.js';
import { Me, type Actor } from '../core/actor.js';
import { JsonText } from '../core/answer.js';
import { Clock } from '../core/clock.js';
import { Documents } from '../core/docs.js';
import { visibleTasks } from '../tasks/task.policy.js';
import { MemberFigures, Overview, TrendFilter, Trends } from './analytics.dto.js';
import { AnalyticsQueries } from './analytics.queries.js';
import { spanOf } from './span.js';

@ApiTags('analytics')
@Controller()
export class AnalyticsController {
  constructor(
    private readonly queries: AnalyticsQueries,
    private readonly clock: Clock,
  ) {}

  @Get('analytics')
  @Can(visibleTasks)
  @Documents({
    summary: 'Figures of your tasks and your team',
    description: 'The team is everyone for managers and auditors, yourself for developers.',
    answer: Overview,
  })
  async overview(@Me() me: Actor): Promise<JsonText<Overview>> {
    return new JsonText(await this.queries.overview(me));
  }

  @Get('tasks/analytics')
  @Can(visibleTasks)
  @Header('Deprecation', 'true')
  @Header('Link', '</api/analytics>; rel="successor-version"')
  @Documents({ summary: 'Former address of the figures', description: 'Use `/api/analytics`.', answer: Overview })
  @ApiOperation({ deprecated: true })
  async formerOverview(@Me() me: Actor): Promise<JsonText<Overview>> {
    return new JsonText(await this.queries.overview(me));
  }

  @Get('analytics/team')
  @Can(visibleTasks)
  @Documents({ summary: 'Figures per person', answer: [MemberFigures] })
  async team(@Me() me: Actor): Promise<JsonText<MemberFigures[]>> {
    return new JsonText(await this.queries.team(me));
  }

  @Get('analytics/trends')
  @Can(visibleTasks)
  @Documents({
    summary: 'Figures over time',
    description: 'By day or week of your time zone; at most 400 buckets, the last 30 days by default.',
    answer: Trends,
  })
  async trends(@Me() me: Actor, @Query() filter: TrendFilter): Promise<JsonText<Trends>> {
    return new JsonText(await this.queries.trends(me, spanOf(filter, me.timeZone, this.clock.now())));
  }
}
