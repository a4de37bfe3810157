import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { explainDenial } from '../../core/authorization/can.decorator.js';
import { type Actor } from '../../core/authorization/actor.js';
import { Clock } from '../../core/clock.js';
import { validationError } from '../../core/http/problem.js';
import { type Policy } from '../../core/authorization/policy.js';
import { WorkingCalendar } from '../../core/authorization/working-calendar.js';
import { Database } from '../../infrastructure/database/database.js';
import { ReadAccessRecorder } from '../access-log/read-access.recorder.js';
import { type ReadOperation } from '../access-log/read-operation.decorator.js';

/** The door to records as they were: who may look is decided by today's permissions, and each look is recorded. */
@Injectable()
export class PointInTimeAccess {
  constructor(
    private readonly database: Database,
    private readonly readAccess: ReadAccessRecorder,
    private readonly calendar: WorkingCalendar,
    private readonly clock: Clock,
  ) {}

  /**
   * Lets the actor look, or refuses; nothing to do where no time is asked for.
   *
   * @param rule who may see the past of these records
   * @throws Problem 403 where the rule allows nothing, 422 for a time to come
   */
  async authorize<T extends object>(actor: Actor, rule: Policy<T>, asOf: string | undefined, read: ReadOperation) {
    if (asOf === undefined) return;
    if (rule(actor).length === 0) throw explainDenial(rule, actor, this.calendar, this.clock.now());
    // By the clock that the entries are stamped by. A time to the millisecond stands for the whole of it.
    const row = await this.database.row<{ future: boolean }>(
      sql`SELECT date_trunc('milliseconds', ${asOf}::timestamptz) > clock_timestamp() AS future`,
    );
    if (row?.future)
      throw validationError([{ field: 'as_of', code: 'future', message: 'as_of must not be in the future' }]);
    await this.readAccess.record(actor, 'audit.read', read);
  }
}
