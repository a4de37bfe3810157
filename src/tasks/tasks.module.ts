import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { PastModule } from '../audit/point-in-time/point-in-time.module.js';
import { TagsModule } from './tags/tags.module.js';
import { TaskViews } from './list/task-serializer.js';
import { UsersModule } from '../users/users.module.js';
import { WatchModule } from '../audit/access-log/access-log.module.js';
import { TaskDeadlines } from './task-deadlines.js';
import { TaskHistory } from './task-history.entity.js';
import { TaskHistoryQueries } from './task-history.queries.js';
import { TaskRows } from './task.repository.js';
import { Task } from './task.entity.js';
import { TasksController } from './tasks.controller.js';
import { TasksQueries } from './tasks.queries.js';
import { TasksService } from './tasks.service.js';

@Module({
  imports: [TypeOrmModule.forFeature([Task, TaskHistory]), TagsModule, UsersModule, PastModule, WatchModule],
  controllers: [TasksController],
  providers: [TasksService, TasksQueries, TaskHistoryQueries, TaskRows, TaskViews, TaskDeadlines],
  exports: [TasksService, TasksQueries],
})
export class TasksModule {}
