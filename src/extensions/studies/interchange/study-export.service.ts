import { Injectable } from '@nestjs/common';
import { type Actor } from '../../../core/authorization/actor.js';
import { StudyExportQueries } from './study-export.queries.js';
import { type JsonObject, type StudyFormat, type WritableSite } from './study-record.js';

/** Writes studies in the formats of registries. */
@Injectable()
export class StudyExportService {
  constructor(private readonly queries: StudyExportQueries) {}

  /** @throws Problem 404 `study_not_found` */
  async export(actor: Actor, studyId: number, format: StudyFormat): Promise<JsonObject> {
    const { fields, sites, document, siteIds } = await this.queries.study(actor, studyId, format.name);
    const positions = new Map(siteIds.map((id, position) => [id, position]));
    const placed = sites.map(({ id, ...site }): WritableSite => ({ fields: site, position: positions.get(id) }));
    return format.write({ fields, sites: placed, source: document ?? undefined });
  }
}
