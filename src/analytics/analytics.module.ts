import { Module } from '@nestjs/common';
import { TaskTotalsModule } from './rollups/task-totals.module.js';
import { AnalyticsController } from './analytics.controller.js';
import { AnalyticsQueries } from './analytics.queries.js';
import { BlockedList } from './blocked-list.js';
import { TeamQueries } from './team.queries.js';
import { TrendsQueries } from './trends.queries.js';

@Module({
  imports: [TaskTotalsModule],
  controllers: [AnalyticsController],
  providers: [AnalyticsQueries, BlockedList, TeamQueries, TrendsQueries],
})
export class AnalyticsModule {}
