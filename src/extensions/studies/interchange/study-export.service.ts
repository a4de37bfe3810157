import { Injectable } from '@nestjs/common';
import { type Actor } from '../../../core/authorization/actor.js';
import { StudyRecordsQueries } from '../records/study-records.queries.js';
import { StudyExportQueries } from './study-export.queries.js';
import { ImportRepository } from './import.repository.js';
import { type JsonObject, type StudyFormat, type WritableSite } from './study-record.js';

/** Writes studies in the formats of registries. */
@Injectable()
export class StudyExportService {
  constructor(
    private readonly records: StudyRecordsQueries,
    private readonly queries: StudyExportQueries,
    private readonly repository: ImportRepository,
  ) {}

  /** @throws Problem 404 `study_not_found` */
  async export(actor: Actor, studyId: number, format: StudyFormat): Promise<JsonObject> {
    await this.records.assertStudyVisible(actor, studyId);
    const [fields, sites, source] = await Promise.all([
      this.queries.study(studyId),
      this.queries.sites(actor, studyId),
      this.repository.findSource(studyId, format.name),
    ]);
    const positions = new Map(source?.siteIds.map((id, position) => [id, position]));
    const placed = sites.map(({ id, ...site }): WritableSite => ({ fields: site, position: positions.get(id) }));
    return format.write({ fields, sites: placed, source: source?.document });
  }
}
