import { Module } from '@nestjs/common';
import { visibleUsers } from '../../../src/users/user.policy.js';
import { ruledNarrowing } from '../ruled-narrowing.js';

export const narrowings = [ruledNarrowing('staff', [visibleUsers], { table: 'staff_users', key: 'user_id' })];

@Module({})
export class StaffModule {}
