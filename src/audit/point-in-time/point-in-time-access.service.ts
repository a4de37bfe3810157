import { Injectable } from '@nestjs/common';
import { denial } from '../../core/authorization/decision.js';
import { type Actor } from '../../core/authorization/actor.js';
import { Clock } from '../../core/clock.js';
import { validationError } from '../../core/http/problem.js';
import { type Policy } from '../../core/authorization/policy.js';
import { WorkingCalendar } from '../../core/authorization/working-calendar.js';
import { Database } from '../../infrastructure/database/database.js';
import { ReadAccessRecorder } from '../access-log/read-access.recorder.js';
import { type ReadOperation } from '../access-log/read-operation.decorator.js';
import { isFutureSql } from './state-as-of.sql.js';

/** Authorizes `as_of` reads with the caller's current permissions; every such read is audited. */
@Injectable()
export class PointInTimeAccess {
  constructor(
    private readonly database: Database,
    private readonly readAccess: ReadAccessRecorder,
    private readonly calendar: WorkingCalendar,
    private readonly clock: Clock,
  ) {}

  /**
   * Authorizes and audits a read; does nothing where `asOf` is undefined.
   *
   * @param rule policy of past records of this kind
   * @throws Problem 403 where the rule allows nothing, 422 for a future time
   */
  async authorize<T extends object>(actor: Actor, rule: Policy<T>, asOf: string | undefined, read: ReadOperation) {
    if (asOf === undefined) return;
    if (rule(actor).length === 0) throw denial(rule, actor, this.calendar, this.clock.now());
    const row = await this.database.row<{ future: boolean }>(isFutureSql(asOf));
    if (row?.future)
      throw validationError([{ field: 'as_of', code: 'future', message: 'as_of must not be in the future' }]);
    await this.readAccess.record(actor, 'audit.read', read);
  }
}
