import { Injectable } from '@nestjs/common';
import { type Actor } from '../../../core/authorization/actor.js';
import { isReferredTo } from '../../../core/http/database-errors.js';
import { type VersionCondition, type VersionedJson } from '../../../core/http/entity-tags.js';
import { CoreProblem, type ProblemKind } from '../../../core/http/problem.js';
import { assertVersionMatches } from '../../../audit/record-history/version-precondition.js';
import { auditMetadataOf } from '../../../core/persistence/audited.decorator.js';
import { type AuditedTransaction } from '../../../core/persistence/audited-transaction.js';
import { UnitOfWork } from '../../../core/persistence/unit-of-work.js';
import { visibleStudies } from '../study.policy.js';
import { StudyProblem } from '../studies.problems.js';
import { type RecordKind, type StudyRecord, type VersionedView } from './record-kind.js';
import { StudyRecordsQueries } from './study-records.queries.js';
import { StudyAccessRepository } from './study-access.repository.js';
import { StudyAuthorizationService } from './study-authorization.service.js';
import { versionedRecord } from './versioned-record.js';

/** A record of a kind that a request names. */
export interface RecordAddress<E extends StudyRecord, V extends VersionedView> {
  readonly kind: RecordKind<E, V>;
  readonly studyId: number;
  readonly id: number;
  readonly condition?: VersionCondition | undefined;
}

/** Rules of a kind beyond those of every record; `before` is undefined for a new one. */
export type RecordRule<E> = (tx: AuditedTransaction, after: E, before: E | undefined) => Promise<unknown> | void;

/** Creates, changes and removes records of studies; each in one audited transaction. */
@Injectable()
export class StudyRecordsService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly queries: StudyRecordsQueries,
    private readonly access: StudyAccessRepository,
    private readonly authorization: StudyAuthorizationService,
  ) {}

  /**
   * @param rule asserts what holds for records of this kind, before the record is written
   * @param follow works on the record that was written
   */
  create<E extends StudyRecord, V extends VersionedView>(
    actor: Actor,
    kind: RecordKind<E, V>,
    studyId: number,
    values: Partial<E>,
    rule?: RecordRule<E>,
    follow?: (tx: AuditedTransaction, record: E) => Promise<unknown>,
  ): Promise<VersionedJson<V>> {
    return this.unitOfWork.run(
      actor,
      async (tx) => {
        const record = { ...values, studyId } as E;
        await this.assertPlaceable(tx, actor, kind, record);
        await rule?.(tx, record, undefined);
        const [stored] = (await tx.insert(kind.entity, [{ ...record, createdAt: tx.now, updatedAt: tx.now }])) as [E];
        tx.emit('study.record_created', this.event(tx, kind, stored));
        await follow?.(tx, stored);
        return stored.id;
      },
      (tx, id) => this.queries.readBack(tx, kind, id),
    );
  }

  /** Changes the fields given; the others keep their values. @throws Problem 404, 403, 409 `study_locked`, 412 */
  change<E extends StudyRecord, V extends VersionedView>(
    actor: Actor,
    address: RecordAddress<E, V>,
    values: Partial<E>,
    rule?: RecordRule<E>,
  ): Promise<VersionedJson<V>> {
    return this.unitOfWork.run(
      actor,
      (tx) => this.changeWithin(tx, actor, address, values, rule),
      (tx) => this.queries.readBack(tx, address.kind, address.id),
    );
  }

  /** As `change`, within a transaction of the caller's. @returns the record after the change */
  async changeWithin<E extends StudyRecord, V extends VersionedView>(
    tx: AuditedTransaction,
    actor: Actor,
    address: RecordAddress<E, V>,
    values: Partial<E>,
    rule?: RecordRule<E>,
  ): Promise<E> {
    const { kind } = address;
    const before = await this.lockOrThrow(tx, actor, address);
    const after = { ...before, ...values };
    if (kind.siteOf(after) !== kind.siteOf(before)) await this.assertPlaceable(tx, actor, kind, after);
    await rule?.(tx, after, before);
    await tx.update(kind.entity, [before], values);
    tx.emit('study.record_changed', this.event(tx, kind, before));
    return after;
  }

  /**
   * @param inUse the problem where other records refer to it; undefined for a kind that none can refer to
   * @throws Problem 404, 403, 409, 412
   */
  async remove<E extends StudyRecord, V extends VersionedView>(
    actor: Actor,
    address: RecordAddress<E, V>,
    inUse?: ProblemKind,
    rule?: (record: E) => void,
  ): Promise<void> {
    const { kind } = address;
    const removal = this.unitOfWork.run(actor, async (tx) => {
      const record = await this.lockOrThrow(tx, actor, address);
      rule?.(record);
      await tx.remove(kind.entity, [record]);
      tx.emit('study.record_removed', this.event(tx, kind, record));
    });
    await removal.catch((error: unknown) => {
      throw inUse && isReferredTo(error) ? inUse() : error;
    });
  }

  private async lockOrThrow<E extends StudyRecord, V extends VersionedView>(
    tx: AuditedTransaction,
    actor: Actor,
    { kind, studyId, id, condition }: RecordAddress<E, V>,
  ): Promise<E> {
    const [record] = (await tx.lock(kind.entity, [id])) as (E | undefined)[];
    const own = record?.studyId === studyId ? record : undefined;
    const hidden = () => kind.notFound(`${kind.label} ${id} not found in study ${studyId}`);
    if (!own) await this.authorization.assertAllowed(tx, actor, visibleStudies, studyId, undefined);
    if (!own) throw hidden();
    await this.authorization.assertChangeable(tx, actor, kind.editable, studyId, kind.siteOf(own), hidden);
    await assertVersionMatches(tx, condition, versionedRecord(kind.entity, `${kind.label} ${id}`, own));
    return own;
  }

  /** @throws Problem 404, 403, 409 `study_locked` where the actor may not have a record of its site */
  private async assertPlaceable<E extends StudyRecord, V extends VersionedView>(
    tx: AuditedTransaction,
    actor: Actor,
    kind: RecordKind<E, V>,
    record: E,
  ): Promise<void> {
    const site = kind.siteOf(record);
    const notFound = () => StudyProblem.site_not_found(`Site ${site} not found in study ${record.studyId}`);
    const hidden = () => (site === null ? CoreProblem.not_yours('You may work on your own site only') : notFound());
    await this.authorization.assertChangeable(tx, actor, kind.editable, record.studyId, site, hidden);
    if (site === null || site === undefined) return;
    if (await this.access.hasSite(tx, record.studyId, site)) return;
    throw notFound();
  }

  private event<E extends StudyRecord, V extends VersionedView>(
    tx: AuditedTransaction,
    { entity }: RecordKind<E, V>,
    { id, studyId }: E,
  ) {
    return { type: auditMetadataOf(entity).type, id, studyId, actorId: tx.principal.id };
  }
}
