import { Injectable, type StreamableFile } from '@nestjs/common';
import { type ReadOperation } from '../../../../audit/access-log/read-operation.decorator.js';
import { describeActions } from '../../../../audit/descriptions/action-sentences.js';
import { type Actor } from '../../../../core/authorization/actor.js';
import { streamCsv } from '../../../../core/http/csv.js';
import { type CsvQuery } from '../../../../core/http/csv.dto.js';
import { UnitOfWork } from '../../../../core/persistence/unit-of-work.js';
import { StudyRecordsQueries } from '../../records/study-records.queries.js';
import { DeviationsExportQueries } from './deviations-export.queries.js';
import { DV_COLUMNS } from './dv-columns.js';

describeActions({
  'protocol_deviation.exported': ({ actor, record }) => `${actor} exported the protocol deviations of ${record}`,
});

/** Exports deviations as the DV domain; each export is audited before its first row. */
@Injectable()
export class DeviationsExportService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly records: StudyRecordsQueries,
    private readonly queries: DeviationsExportQueries,
  ) {}

  /** @throws Problem 404 `study_not_found`; 503 `not_recorded`, and nothing is exported then */
  async export(actor: Actor, studyId: number, query: CsvQuery, read: ReadOperation): Promise<StreamableFile> {
    await this.records.assertStudyVisible(actor, studyId);
    await this.unitOfWork.run(actor, async (tx) =>
      tx.audit({
        action: 'protocol_deviation.exported',
        entityType: 'study',
        entityId: studyId,
        entityVersion: null,
        changes: exportedFields(read),
      }),
    );
    const names = DV_COLUMNS.map(({ name }) => name);
    return streamCsv(names, this.queries.rows(actor, studyId), query);
  }
}

const exportedFields = (read: ReadOperation) =>
  Object.fromEntries(Object.entries(read.describe()).map(([name, value]) => [name, [null, value] as const]));
