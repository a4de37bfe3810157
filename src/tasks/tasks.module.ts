import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { PointInTimeModule } from '../audit/point-in-time/point-in-time.module.js';
import { TagsModule } from './tags/tags.module.js';
import { TaskSerializer } from './list/task-serializer.js';
import { UsersModule } from '../users/users.module.js';
import { AccessLogModule } from '../audit/access-log/access-log.module.js';
import { TaskPermissionsController } from './permissions/task-permissions.controller.js';
import { TaskPermissionsService } from './permissions/task-permissions.service.js';
import { TaskAuthorizationService } from './task-authorization.service.js';
import { TaskRestorationController } from './task-restoration.controller.js';
import { TaskRestorationService } from './task-restoration.service.js';
import { TaskDeadlinesJob } from './task-deadlines.job.js';
import { TaskDeadlinesRepository } from './task-deadlines.repository.js';
import { TaskHistory } from './task-history.entity.js';
import { TaskHistoryQueries } from './task-history.queries.js';
import { TasksRepository } from './tasks.repository.js';
import { Task } from './task.entity.js';
import { BulkChangeService } from './bulk-change.service.js';
import { BulkCreationService } from './bulk-creation.service.js';
import { TasksBulkController } from './tasks.bulk.controller.js';
import { TasksController } from './tasks.controller.js';
import { TasksQueries } from './tasks.queries.js';
import { TasksService } from './tasks.service.js';

@Module({
  imports: [TypeOrmModule.forFeature([Task, TaskHistory]), TagsModule, UsersModule, PointInTimeModule, AccessLogModule],
  controllers: [TasksController, TasksBulkController, TaskRestorationController, TaskPermissionsController],
  providers: [
    TasksService,
    TaskRestorationService,
    BulkCreationService,
    BulkChangeService,
    TasksQueries,
    TaskHistoryQueries,
    TasksRepository,
    TaskDeadlinesRepository,
    TaskAuthorizationService,
    TaskSerializer,
    TaskPermissionsService,
    TaskDeadlinesJob,
  ],
  exports: [TasksService, TasksQueries],
})
export class TasksModule {}
