import { Controller, HttpCode, Injectable, Module, Put } from '@nestjs/common';
import { IsArray, IsInt } from 'class-validator';
import sql from 'sql-template-tag';
import { Body } from '../../../src/core/http/input.decorators.js';
import { Can } from '../../../src/core/authorization/can.decorator.js';
import { CurrentUser, type Actor } from '../../../src/core/authorization/actor.js';
import { Narrowings } from '../../../src/core/authorization/narrowings.service.js';
import { ALL, NONE, policy } from '../../../src/core/authorization/policy.js';
import { ApiRoute } from '../../../src/core/http/api-docs.decorators.js';
import { type AuditedTransaction } from '../../../src/core/persistence/audited-transaction.js';
import { UnitOfWork } from '../../../src/core/persistence/unit-of-work.js';
import { visibleTasks } from '../../../src/tasks/task.policy.js';
import { ruledNarrowing } from '../ruled-narrowing.js';

export const narrowings = [ruledNarrowing('departments', [visibleTasks])];

const managedDepartments = policy<object>('manage departments', ({ role }) => (role === 'manager' ? ALL : NONE));

class RulesOfUser {
  @IsInt()
  user_id: number;

  @IsArray()
  conditions: object[];
}

class UserOfFacts {
  @IsInt()
  user_id: number;
}

class RulesChanged {
  rules: number;
}

@Injectable()
export class RulesRepository {
  async replace(tx: AuditedTransaction, { user_id, conditions }: RulesOfUser): Promise<void> {
    await tx.query(sql`DELETE FROM departments_rules WHERE user_id = ${user_id}`);
    await tx.query(sql`INSERT INTO departments_rules
      SELECT ${user_id}::int, c FROM jsonb_array_elements(${JSON.stringify(conditions)}::jsonb) c`);
  }
}

@Controller('departments')
export class DepartmentsController {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly rules: RulesRepository,
    private readonly narrowings: Narrowings,
  ) {}

  @Put('rules')
  @HttpCode(200)
  @Can(managedDepartments)
  @ApiRoute({ summary: 'Replace the rules about a user', response: RulesChanged })
  async replace(@CurrentUser() actor: Actor, @Body() rules: RulesOfUser): Promise<RulesChanged> {
    await this.unitOfWork.run(actor, async (tx) => {
      await this.rules.replace(tx, rules);
      this.narrowings.invalidate(tx, [rules.user_id]);
    });
    return { rules: rules.conditions.length };
  }

  /** For rules that were written past the product. */
  @Put('facts-changed')
  @HttpCode(200)
  @Can(managedDepartments)
  @ApiRoute({ summary: 'Invalidate the facts about a user', response: RulesChanged })
  async invalidate(@CurrentUser() actor: Actor, @Body() { user_id }: UserOfFacts): Promise<RulesChanged> {
    await this.unitOfWork.run(actor, async (tx) => this.narrowings.invalidate(tx, [user_id]));
    return { rules: 0 };
  }
}

@Module({ controllers: [DepartmentsController], providers: [RulesRepository] })
export class DepartmentsModule {}
