import { Injectable } from '@nestjs/common';
import { type Actor } from '../../../core/authorization/actor.js';
import { type VersionCondition, type VersionedJson } from '../../../core/http/entity-tags.js';
import { columnsOf } from '../records/columns.js';
import { StudyRecordsService } from '../records/study-records.service.js';
import { MILESTONES } from './milestone-kind.sql.js';
import { type Milestone } from './milestone.entity.js';
import { type MilestonePatch, type MilestoneView, type NewMilestone } from './milestones.dto.js';

/** Plans milestones and records when they were achieved. */
@Injectable()
export class MilestonesService {
  constructor(private readonly records: StudyRecordsService) {}

  create(actor: Actor, studyId: number, body: NewMilestone): Promise<VersionedJson<MilestoneView>> {
    return this.records.create(actor, MILESTONES, studyId, columnsOf<Milestone>(body));
  }

  update(
    actor: Actor,
    studyId: number,
    id: number,
    body: MilestonePatch,
    condition?: VersionCondition,
  ): Promise<VersionedJson<MilestoneView>> {
    return this.records.change(actor, { kind: MILESTONES, studyId, id, condition }, columnsOf<Milestone>(body));
  }

  delete(actor: Actor, studyId: number, id: number, condition?: VersionCondition): Promise<void> {
    return this.records.remove(actor, { kind: MILESTONES, studyId, id, condition });
  }
}
