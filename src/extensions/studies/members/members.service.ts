import { Injectable } from '@nestjs/common';
import { type Actor } from '../../../core/authorization/actor.js';
import { isForeignKeyViolation } from '../../../core/http/database-errors.js';
import { VersionedJson, type VersionCondition } from '../../../core/http/entity-tags.js';
import { validationError } from '../../../core/http/problem.js';
import { type AuditedTransaction } from '../../../core/persistence/audited-transaction.js';
import { UnitOfWork } from '../../../core/persistence/unit-of-work.js';
import { UserProblem } from '../../../users/users.problems.js';
import { columnsOf, dayOf } from '../records/columns.js';
import { StudyRecordsQueries } from '../records/study-records.queries.js';
import { StudyRecordsService } from '../records/study-records.service.js';
import { StudyProblem } from '../studies.problems.js';
import { MEMBERS } from './member-kind.sql.js';
import { type Member } from './member.entity.js';
import { type ChangedMember, type MemberPatch, type MemberView, type NewMember } from './members.dto.js';
import { MembershipFactsService } from './membership-facts.service.js';
import { MembersRepository } from './members.repository.js';

/** Makes users members of studies and ends memberships. */
@Injectable()
export class MembersService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly records: StudyRecordsService,
    private readonly queries: StudyRecordsQueries,
    private readonly repository: MembersRepository,
    private readonly facts: MembershipFactsService,
  ) {}

  /** @throws Problem 404 `user_not_found`, 409 `already_a_member` */
  async create(actor: Actor, studyId: number, body: NewMember): Promise<VersionedJson<MemberView>> {
    const values = { startDate: this.queries.today, ...columnsOf<Member>(body) };
    try {
      return await this.records.create(actor, MEMBERS, studyId, values, this.assertConsistent);
    } catch (error) {
      if (!isForeignKeyViolation(error, 'study_members_user_id_fkey')) throw error;
      throw UserProblem.user_not_found(`User ${body.user_id} not found`);
    }
  }

  /** Answers with the tasks to hand over. @throws Problem 409 `already_a_member`, `last_project_manager` */
  update(
    actor: Actor,
    studyId: number,
    id: number,
    body: MemberPatch,
    condition?: VersionCondition,
  ): Promise<VersionedJson<ChangedMember>> {
    const address = { kind: MEMBERS, studyId, id, condition };
    const rule = async (tx: AuditedTransaction, after: Member, before?: Member) => {
      await this.assertConsistent(tx, after);
      await this.assertProjectManagerRemains(tx, after, before);
    };
    return this.unitOfWork.run(
      actor,
      (tx) => this.records.changeWithin(tx, actor, address, columnsOf<Member>(body), rule),
      async (tx, member) => {
        const { json, version, varies } = await this.queries.readBack(tx, MEMBERS, id);
        const tasks = JSON.stringify(await this.repository.tasksToHandOver(tx, member, body.end_date ?? null));
        return new VersionedJson<ChangedMember>(`${json.slice(0, -1)},"tasks_to_hand_over":${tasks}}`, version, varies);
      },
    );
  }

  private readonly assertConsistent = async (tx: AuditedTransaction, member: Member): Promise<void> => {
    if (member.endDate && member.endDate < member.startDate) {
      const message = 'end_date must not be before start_date';
      throw validationError([{ field: 'end_date', code: 'before_start', message }]);
    }
    this.facts.membershipChanges(tx, member.userId);
    await this.repository.lockStudy(tx, member.studyId);
    if (await this.repository.overlaps(tx, member)) {
      throw StudyProblem.already_a_member(`User ${member.userId} has this membership at that time already`);
    }
  };

  private async assertProjectManagerRemains(tx: AuditedTransaction, after: Member, before?: Member): Promise<void> {
    const today = dayOf(tx.now);
    if (!before || !isActiveProjectManager(before, today)) return;
    // A last day, also one to come, is a departure: two members with one each would leave the study without any.
    const isNoEarlier = after.endDate === null || (before.endDate !== null && after.endDate >= before.endDate);
    if (isNoEarlier && isActiveProjectManager(after, today)) return;
    if ((await this.repository.otherProjectManagers(tx, after.studyId, after.id, true)) > 0) return;
    throw StudyProblem.last_project_manager(
      `Study ${after.studyId} would have no project manager without a last day: make another member project manager without one first`,
    );
  }
}

/** True for a project manager of the whole study who is active today. */
const isActiveProjectManager = ({ role, siteId, startDate, endDate }: Member, today: string): boolean =>
  role === 'project_manager' && siteId === null && startDate <= today && (endDate === null || endDate >= today);
