import { Injectable } from '@nestjs/common';
import { type Actor } from '../../../core/authorization/actor.js';
import { isConstraintViolation } from '../../../core/http/database-errors.js';
import { type VersionCondition, type VersionedJson } from '../../../core/http/entity-tags.js';
import { type AuditedTransaction } from '../../../core/persistence/audited-transaction.js';
import { MonitoringVisit } from '../monitoring-visits/monitoring-visit.entity.js';
import { columnsOf } from '../records/columns.js';
import { StudyRecordsService } from '../records/study-records.service.js';
import { StudyProblem } from '../studies.problems.js';
import { DEVIATIONS } from './deviation-kind.sql.js';
import { type Deviation } from './deviation.entity.js';
import { type DeviationPatch, type DeviationView, type NewDeviation } from './deviations.dto.js';

/** Records protocol deviations and how they were resolved. */
@Injectable()
export class DeviationsService {
  constructor(private readonly records: StudyRecordsService) {}

  /** @throws Problem 404 `monitoring_visit_not_found`; 409 `deviation_exists` */
  create(actor: Actor, studyId: number, body: NewDeviation): Promise<VersionedJson<DeviationView>> {
    const values = { important: false, seriousNoncompliance: false, ...columnsOf<Deviation>(body) };
    return rejectDuplicate(this.records.create(actor, DEVIATIONS, studyId, values, assertVisitOfSite));
  }

  /** @throws Problem 404 `monitoring_visit_not_found`; 409 `deviation_exists` */
  update(
    actor: Actor,
    studyId: number,
    id: number,
    body: DeviationPatch,
    condition?: VersionCondition,
  ): Promise<VersionedJson<DeviationView>> {
    const address = { kind: DEVIATIONS, studyId, id, condition };
    return rejectDuplicate(this.records.change(actor, address, columnsOf<Deviation>(body), assertVisitOfSite));
  }
}

async function assertVisitOfSite(tx: AuditedTransaction, { monitoringVisitId, siteId }: Deviation): Promise<void> {
  if (!monitoringVisitId) return;
  const [visit] = await tx.lock(MonitoringVisit, [monitoringVisitId]);
  if (visit?.siteId === siteId) return;
  throw StudyProblem.monitoring_visit_not_found(`Monitoring visit ${monitoringVisitId} not found at site ${siteId}`);
}

/** @throws Problem 409 `deviation_exists` */
export async function rejectDuplicate<T>(write: Promise<T>): Promise<T> {
  try {
    return await write;
  } catch (error) {
    throw isConstraintViolation(error, 'protocol_deviations_identifier_key')
      ? StudyProblem.deviation_exists('The study has a deviation with this sponsor-defined identifier already')
      : error;
  }
}
