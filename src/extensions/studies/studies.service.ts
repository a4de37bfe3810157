import { Injectable } from '@nestjs/common';
import { type Actor } from '../../core/authorization/actor.js';
import { assertVersionMatches } from '../../audit/record-history/version-precondition.js';
import { isConstraintViolation } from '../../core/http/database-errors.js';
import { type VersionCondition, type VersionedJson } from '../../core/http/entity-tags.js';
import { validationError } from '../../core/http/problem.js';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { UnitOfWork } from '../../core/persistence/unit-of-work.js';
import { Member } from './members/member.entity.js';
import { MembershipFactsService } from './members/membership-facts.service.js';
import { MembersRepository } from './members/members.repository.js';
import { columnsOf, dayOf } from './records/columns.js';
import { StudyAccessRepository } from './records/study-access.repository.js';
import { StudyAuthorizationService } from './records/study-authorization.service.js';
import { versionedRecord } from './records/versioned-record.js';
import { isStopped, nextStatuses } from './study.facts.js';
import { managedStudies } from './study.policy.js';
import { Study } from './study.entity.js';
import { type NewStudy, type StudyPatch, type StudyView } from './studies.dto.js';
import { StudyProblem } from './studies.problems.js';
import { StudiesQueries } from './studies.queries.js';

const NEW: Partial<Study> = {
  overallStatus: 'not_yet_recruiting',
  access: 'open',
  identifiers: [],
  followUpTemplates: [],
};

/** Sets up studies, changes, locks and unlocks them; each in one audited transaction. */
@Injectable()
export class StudiesService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly queries: StudiesQueries,
    private readonly members: MembersRepository,
    private readonly facts: MembershipFactsService,
    private readonly authorization: StudyAuthorizationService,
    private readonly access: StudyAccessRepository,
  ) {}

  /** Makes the creator the project manager. @throws Problem 409 `study_exists` */
  create(actor: Actor, body: NewStudy): Promise<VersionedJson<StudyView>> {
    const values = { ...NEW, ...columnsOf<Study>(body) };
    assertReasonOfStop(values);
    const creation = this.unitOfWork.run(
      actor,
      (tx) => this.createWithin(tx, actor, values),
      (tx, { id }) => this.queries.readBack(tx, id),
    );
    return rejectDuplicate(creation);
  }

  /** As `create`, within a transaction of the caller's. The caller checks that a stop has its reason. */
  async createWithin(tx: AuditedTransaction, actor: Actor, values: Partial<Study>): Promise<Study> {
    const times = { createdAt: tx.now, updatedAt: tx.now };
    const [study] = (await tx.insert(Study, [{ ...NEW, ...values, ...times }])) as [Study];
    const manager = {
      studyId: study.id,
      userId: actor.id,
      role: 'project_manager',
      startDate: dayOf(tx.now),
    } as const;
    await tx.insert(Member, [{ ...manager, ...times }]);
    if (study.access === 'members') await this.facts.accessChanges(tx);
    tx.emit('study.created', { studyId: study.id, actorId: actor.id });
    return study;
  }

  /** Sets values of a locked study as a registry has them: it publishes where a study stands, not each step on the way. */
  async changeWithin(tx: AuditedTransaction, before: Study, values: Partial<Study>): Promise<void> {
    if (Object.keys(values).length === 0) return;
    await tx.update(Study, [before], values);
    this.emitChange(tx, before, { ...before, ...values });
  }

  /**
   * Changes the fields given; the others keep their values. `why_stopped` ends with the status that it explains.
   *
   * @throws Problem 404 `study_not_found`; 409 `study_locked`, `status_not_reachable`, `no_project_manager`, `study_exists`
   */
  update(actor: Actor, id: number, body: StudyPatch, condition?: VersionCondition): Promise<VersionedJson<StudyView>> {
    const change = this.unitOfWork.run(
      actor,
      async (tx) => {
        if (body.access === 'members') await this.holdTasks(tx, actor, id);
        const before = await this.lockOrThrow(tx, actor, id, condition);
        if (before.lockedAt) throw await this.authorization.lockedProblem(tx, id);
        const values = columnsOf<Study>(body);
        const status = values.overallStatus ?? before.overallStatus;
        if (!isStopped(status) && values.whyStopped === undefined) values.whyStopped = null;
        const after = { ...before, ...values };
        assertReasonOfStop(after);
        assertReachable(before, after);
        if (after.access === 'members' && before.access === 'open') await this.assertManaged(tx, id);
        if (after.access !== before.access) await this.facts.accessChanges(tx);
        await tx.update(Study, [before], values);
        this.emitChange(tx, before, after);
      },
      (tx) => this.queries.readBack(tx, id),
    );
    return rejectDuplicate(change);
  }

  /** Locks a study with all its records and tasks, once changes of them that are under way are done. Needs a reason. @throws Problem 409 `study_locked` */
  lock(actor: Actor, id: number, condition?: VersionCondition): Promise<VersionedJson<StudyView>> {
    return this.setLock(actor, id, true, condition);
  }

  /** Needs a reason. @throws Problem 409 `study_not_locked` */
  unlock(actor: Actor, id: number, condition?: VersionCondition): Promise<VersionedJson<StudyView>> {
    return this.setLock(actor, id, false, condition);
  }

  private setLock(actor: Actor, id: number, locked: boolean, condition?: VersionCondition) {
    return this.unitOfWork.run(
      actor,
      async (tx) => {
        if (locked) await this.holdTasks(tx, actor, id);
        const before = await this.lockOrThrow(tx, actor, id, condition);
        if (locked && before.lockedAt) throw await this.authorization.lockedProblem(tx, id);
        if (!locked && !before.lockedAt) throw StudyProblem.study_not_locked(`Study ${id} is not locked`);
        const values = { lockedAt: locked ? tx.now : null };
        await tx.update(Study, [before], values, { verb: locked ? 'locked' : 'unlocked', needsReason: true });
        tx.emit(locked ? 'study.locked' : 'study.unlocked', { studyId: id, actorId: actor.id });
      },
      (tx) => this.queries.readBack(tx, id),
    );
  }

  /** The right is judged first: a user without it waits for no change of a task, and keeps none waiting. */
  private async holdTasks(tx: AuditedTransaction, actor: Actor, id: number): Promise<void> {
    await this.authorization.assertAllowedYet(tx, actor, managedStudies, id);
    await this.access.holdTasks(tx, id);
  }

  private async lockOrThrow(
    tx: AuditedTransaction,
    actor: Actor,
    id: number,
    condition?: VersionCondition,
  ): Promise<Study> {
    const [study] = await tx.lock(Study, [id]);
    await this.authorization.assertAllowed(tx, actor, managedStudies, id, undefined);
    await assertVersionMatches(tx, condition, versionedRecord(Study, `Study ${id}`, study as Study));
    return study as Study;
  }

  private async assertManaged(tx: AuditedTransaction, id: number): Promise<void> {
    if ((await this.members.otherProjectManagers(tx, id, 0)) > 0) return;
    throw StudyProblem.no_project_manager(`Study ${id} has no active project manager: make a member one first`);
  }

  private emitChange(tx: AuditedTransaction, before: Study, after: Study): void {
    const changed = { studyId: before.id, actorId: tx.principal.id };
    tx.emit('study.record_changed', { ...changed, type: 'study', id: before.id });
    const [from, to] = [before.overallStatus, after.overallStatus];
    if (from !== to) tx.emit('study.status_changed', { ...changed, from, to });
  }
}

/** @throws Problem 422 where `why_stopped` is missing, or explains no stop */
function assertReasonOfStop({ overallStatus, whyStopped }: Partial<Study>): void {
  const stopped = overallStatus !== undefined && isStopped(overallStatus);
  if (stopped === Boolean(whyStopped)) return;
  const message = stopped
    ? `why_stopped is required for a study that is ${overallStatus}`
    : 'why_stopped is for a study that is suspended, terminated or withdrawn';
  throw validationError([{ field: 'why_stopped', code: stopped ? 'required' : 'not_stopped', message }]);
}

/** @throws Problem 409 `status_not_reachable` with those allowed */
function assertReachable({ overallStatus: from }: Study, { overallStatus: to }: Study): void {
  const allowed = nextStatuses(from);
  if (from === to || allowed.includes(to)) return;
  const next = allowed.length > 0 ? `it may become ${allowed.join(', ')}` : 'it ended for good';
  throw StudyProblem.status_not_reachable(`A study that is ${from} cannot become ${to}: ${next}`, { allowed });
}

/** @throws Problem 409 `study_exists` */
async function rejectDuplicate<T>(write: Promise<T>): Promise<T> {
  try {
    return await write;
  } catch (error) {
    if (isConstraintViolation(error, 'studies_nct_number_key'))
      throw StudyProblem.study_exists('There is a study with this NCT number already');
    throw isConstraintViolation(error, 'studies_sponsor_protocol_identifier_key')
      ? StudyProblem.study_exists('There is a study with this protocol identifier already')
      : error;
  }
}
