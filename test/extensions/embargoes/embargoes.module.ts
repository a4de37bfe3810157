import { Module } from '@nestjs/common';
import { deletableTasks, visibleTasks } from '../../../src/tasks/task.policy.js';
import { ruledNarrowing } from '../ruled-narrowing.js';

export const narrowings = [ruledNarrowing('embargoes', [visibleTasks, deletableTasks])];

@Module({})
export class EmbargoesModule {}
