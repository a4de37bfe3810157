import { Module } from '@nestjs/common';
import { RollupsModule } from './rollups/rollups.module.js';
import { AnalyticsController } from './analytics.controller.js';
import { AnalyticsQueries } from './overview.queries.js';
import { BlockedTasksCache } from './blocked-tasks.cache.js';
import { BlockedTasksQueries } from './blocked-tasks.queries.js';
import { TeamQueries } from './team.queries.js';
import { TrendsQueries } from './trends.queries.js';

@Module({
  imports: [RollupsModule],
  controllers: [AnalyticsController],
  providers: [AnalyticsQueries, BlockedTasksCache, BlockedTasksQueries, TeamQueries, TrendsQueries],
})
export class AnalyticsModule {}
