import { Injectable } from '@nestjs/common';
import { type Actor } from '../../../core/authorization/actor.js';
import { isForeignKeyViolation } from '../../../core/http/database-errors.js';
import { type VersionCondition, type VersionedJson } from '../../../core/http/entity-tags.js';
import { UserProblem } from '../../../users/users.problems.js';
import { columnsOf } from '../records/columns.js';
import { StudyRecordsService } from '../records/study-records.service.js';
import { StudyAccessRepository } from '../records/study-access.repository.js';
import { StudyProblem } from '../studies.problems.js';
import { FollowUpTasksService } from './follow-up-tasks.service.js';
import { MONITORING_VISITS } from './monitoring-visit-kind.sql.js';
import { type MonitoringVisit } from './monitoring-visit.entity.js';
import {
  type MonitoringVisitPatch,
  type MonitoringVisitView,
  type NewMonitoringVisit,
} from './monitoring-visits.dto.js';

/** Plans monitoring visits and records their course. */
@Injectable()
export class MonitoringVisitsService {
  constructor(
    private readonly records: StudyRecordsService,
    private readonly access: StudyAccessRepository,
    private readonly followUps: FollowUpTasksService,
  ) {}

  /** Creates the follow-up tasks of the study's templates too. @throws Problem 404 `user_not_found`, 409 `assignee_not_a_member` */
  create(actor: Actor, studyId: number, body: NewMonitoringVisit): Promise<VersionedJson<MonitoringVisitView>> {
    const creation = this.records.create(
      actor,
      MONITORING_VISITS,
      studyId,
      columnsOf<MonitoringVisit>(body),
      (tx, visit) => this.access.assertAssignable(tx, visit.studyId, visit.siteId, visit.monitorId),
      (tx, visit) => this.followUps.create(tx, actor, visit),
    );
    return assertMonitorExists(body, creation);
  }

  /** @throws Problem 404 `user_not_found`, 409 `assignee_not_a_member`, `visit_in_use` where it moves from its deviations */
  update(
    actor: Actor,
    studyId: number,
    id: number,
    body: MonitoringVisitPatch,
    condition?: VersionCondition,
  ): Promise<VersionedJson<MonitoringVisitView>> {
    const change = this.records.change(
      actor,
      { kind: MONITORING_VISITS, studyId, id, condition },
      columnsOf<MonitoringVisit>(body),
      async (tx, after, before) => {
        const moves = after.siteId !== before?.siteId;
        if (after.monitorId === before?.monitorId && !moves) return;
        if (moves && (await this.access.hasDeviations(tx, id)))
          throw StudyProblem.visit_in_use(`Deviations refer to monitoring visit ${id}, so it stays at its site`);
        await this.access.assertAssignable(tx, after.studyId, after.siteId, after.monitorId);
      },
    );
    return assertMonitorExists(body, change);
  }

  /** Removes a visit that has not begun and that nothing refers to. @throws Problem 409 `visit_has_begun`, `visit_in_use` */
  delete(actor: Actor, studyId: number, id: number, condition?: VersionCondition): Promise<void> {
    const address = { kind: MONITORING_VISITS, studyId, id, condition };
    return this.records.remove(actor, address, StudyProblem.visit_in_use, ({ startedOn }) => {
      if (startedOn) throw StudyProblem.visit_has_begun(`Monitoring visit ${id} began on ${startedOn}`);
    });
  }
}

async function assertMonitorExists<T>({ monitor_id }: MonitoringVisitPatch, write: Promise<T>): Promise<T> {
  try {
    return await write;
  } catch (error) {
    if (!isForeignKeyViolation(error, 'monitoring_visits_monitor_id_fkey')) throw error;
    throw UserProblem.user_not_found(`User ${monitor_id} not found`);
  }
}
