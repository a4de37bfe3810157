import { Injectable } from '@nestjs/common';
import { type Actor } from '../../../core/authorization/actor.js';
import { isConstraintViolation } from '../../../core/http/database-errors.js';
import { type VersionCondition, type VersionedJson } from '../../../core/http/entity-tags.js';
import { columnsOf } from '../records/columns.js';
import { StudyRecordsService } from '../records/study-records.service.js';
import { StudyProblem } from '../studies.problems.js';
import { SITES } from './site-kind.sql.js';
import { type Site } from './site.entity.js';
import { type NewSite, type SitePatch, type SiteView } from './sites.dto.js';

/** Sets up sites of studies and keeps their dates and reports. */
@Injectable()
export class SitesService {
  constructor(private readonly records: StudyRecordsService) {}

  /** @throws Problem 409 `site_exists` */
  create(actor: Actor, studyId: number, body: NewSite): Promise<VersionedJson<SiteView>> {
    return rejectDuplicate(body, this.records.create(actor, SITES, studyId, columnsOf<Site>(body)));
  }

  /** @throws Problem 409 `site_exists` */
  update(
    actor: Actor,
    studyId: number,
    id: number,
    body: SitePatch,
    condition?: VersionCondition,
  ): Promise<VersionedJson<SiteView>> {
    const change = this.records.change(actor, { kind: SITES, studyId, id, condition }, columnsOf<Site>(body));
    return rejectDuplicate(body, change);
  }

  /** Removes a site that nothing refers to. @throws Problem 409 `site_in_use` */
  delete(actor: Actor, studyId: number, id: number, condition?: VersionCondition): Promise<void> {
    return this.records.remove(actor, { kind: SITES, studyId, id, condition }, StudyProblem.site_in_use);
  }
}

async function rejectDuplicate<T>({ site_number }: SitePatch, write: Promise<T>): Promise<T> {
  try {
    return await write;
  } catch (error) {
    throw isConstraintViolation(error, 'study_sites_site_number_key')
      ? StudyProblem.site_exists(`The study has a site ${site_number ?? ''} already`)
      : error;
  }
}
