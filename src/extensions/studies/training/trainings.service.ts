import { Injectable } from '@nestjs/common';
import { type Actor } from '../../../core/authorization/actor.js';
import { isForeignKeyViolation } from '../../../core/http/database-errors.js';
import { type VersionCondition, type VersionedJson } from '../../../core/http/entity-tags.js';
import { UserProblem } from '../../../users/users.problems.js';
import { columnsOf } from '../records/columns.js';
import { StudyRecordsService } from '../records/study-records.service.js';
import { TRAININGS } from './training-kind.sql.js';
import { type Training } from './training.entity.js';
import { type NewTraining, type TrainingPatch, type TrainingView } from './trainings.dto.js';

/** Records the trainings of members. */
@Injectable()
export class TrainingsService {
  constructor(private readonly records: StudyRecordsService) {}

  /** @throws Problem 404 `user_not_found` */
  create(actor: Actor, studyId: number, body: NewTraining): Promise<VersionedJson<TrainingView>> {
    return assertUserExists(body, this.records.create(actor, TRAININGS, studyId, columnsOf<Training>(body)));
  }

  /** @throws Problem 404 `user_not_found` */
  update(
    actor: Actor,
    studyId: number,
    id: number,
    body: TrainingPatch,
    condition?: VersionCondition,
  ): Promise<VersionedJson<TrainingView>> {
    const address = { kind: TRAININGS, studyId, id, condition };
    const change = this.records.change(actor, address, columnsOf<Training>(body));
    return assertUserExists(body, change);
  }
}

async function assertUserExists<T>({ user_id }: TrainingPatch, write: Promise<T>): Promise<T> {
  try {
    return await write;
  } catch (error) {
    if (!isForeignKeyViolation(error, 'study_trainings_user_id_fkey')) throw error;
    throw UserProblem.user_not_found(`User ${user_id} not found`);
  }
}
