import { Module } from '@nestjs/common';
import { AnalyticsController } from './analytics.controller.js';
import { AnalyticsQueries } from './analytics.queries.js';
import { TrendsQueries } from './trends.queries.js';

@Module({
  controllers: [AnalyticsController],
  providers: [AnalyticsQueries, TrendsQueries],
})
export class AnalyticsModule {}
