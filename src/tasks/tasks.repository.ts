import { Injectable } from '@nestjs/common';
import sql, { join } from 'sql-template-tag';
import { redactedValuesSql, type RedactedValue } from '../audit/redactions/redacted-fields.sql.js';
import { type PolicySubject } from '../core/authorization/policy.js';
import { judged, shownRecords } from '../core/authorization/restriction.sql.js';
import { type RawRow } from '../core/http/row-serializer.js';
import { auditMetadataOf, diff, type Changes } from '../core/persistence/audited.decorator.js';
import { type AuditedTransaction } from '../core/persistence/audited-transaction.js';
import { partsOf } from '../core/persistence/parts.js';
import { assertAssigneeActive, assertAssigneeExists, assigneeState, knownAssigneeState } from './task-assignee.sql.js';
import { type TaskProjection } from './list/task-projection.sql.js';
import {
  concernedIds,
  concernedTasks,
  descriptionsSql,
  lengthOfDescriptionsSql,
  limitOf,
  seenAmong,
  type Concerned,
  type DescriptionOf,
} from './task-hierarchy.sql.js';
import { type HistoryAction } from './task-history.entity.js';
import { statusPatch, Task, type Status } from './task.entity.js';
import { withTexts } from './task-values.js';
import { type TaskPatch } from './tasks.dto.js';
import { tooManyConcerned } from './tasks.problems.js';
import { taskById } from './tasks.queries.js';

/** An entry of a task's history before it is written. */
export interface HistoryRow {
  readonly task_id: number;
  readonly action: HistoryAction;
  readonly from_status: Status;
  readonly to_status: Status;
  readonly changes: Changes;
}

type AlsoChanged = () => Changes;

/** Tasks that are written and recorded before other requests have their turn: some 20 ms. */
const WRITTEN_A_TURN = 1000;

/** Judges locked tasks by what narrows the principal, for the policies of a change. */
const judgedIn = (tx: AuditedTransaction, tasks: readonly Task[]): Promise<Task[]> =>
  judged((statement) => tx.query(statement), tx.principal, tasks);

/** Locks and writes tasks and their history, in a statement for each `WRITTEN_A_TURN` tasks. */
@Injectable()
export class TasksRepository {
  /**
   * Locks tasks for new values, with those that these concern: the new parent and its ancestors, those above tasks that
   * become blocked, and the unfinished ones below tasks that become completed. Parameters and result as of `lockConcerned`.
   */
  lockForChange(
    tx: AuditedTransaction,
    actor: PolicySubject,
    ids: readonly number[],
    { status, parent_task: parentId }: Pick<TaskPatch, 'status' | 'parent_task'>,
    described: readonly number[] = [],
  ): Promise<Task[]> {
    if (parentId === undefined && status !== 'completed' && status !== 'blocked')
      return this.lock(tx, actor, ids, described);
    const below = status === 'completed' ? 'unfinished' : 'none';
    return this.lockConcerned(tx, actor, { ids, parentId, below }, described);
  }

  /**
   * Locks those tasks that the actor sees, with their ancestors and those below that the change concerns, in the order of
   * ids, until none came to them while the transaction waited. No other transaction can change how these depend on each other before
   * the end of this one.
   *
   * @param described ids of those whose description the change sets; the others come without theirs, which may be long
   * @returns the tasks that are not deleted; the deleted ones, too, where those deleted together are asked for
   * @throws Problem 409 `too_many_concerned`
   */
  async lockConcerned(
    tx: AuditedTransaction,
    actor: PolicySubject,
    tasks: Concerned,
    described: readonly number[] = [],
  ): Promise<Task[]> {
    for (;;) {
      const [locked, concerned, descriptions] = await Promise.all([
        tx.lockWhere(Task, concernedTasks(actor, tasks), ['description']),
        // Run after the locks are held, since PostgreSQL executes pipelined statements one after the other.
        tx.query<{ id: number }>(concernedIds(actor, tasks)),
        described.length > 0 ? tx.query<DescriptionOf>(descriptionsSql(actor, described)) : [],
      ]);
      const limit = limitOf(tasks.below);
      if (concerned.length > limit) throw tooManyConcerned(limit);
      const lockedIds = new Set(locked.map(({ id }) => id));
      if (!concerned.every(({ id }) => lockedIds.has(id))) continue;
      const wanted = tasks.below === 'deleted_together' ? locked : locked.filter(({ deletedAt }) => !deletedAt);
      return judgedIn(tx, withTexts(wanted, descriptions));
    }
  }

  /** Locks the parents of new tasks, with their ancestors. @throws Problem as `lockConcerned` */
  async lockParents(tx: AuditedTransaction, actor: PolicySubject, ids: readonly number[]): Promise<Task[]> {
    return ids.length > 0 ? this.lockConcerned(tx, actor, { ids, below: 'none' }) : [];
  }

  /** Locks tasks alone, for a change that concerns no other; parameters and result as of `lockConcerned`. */
  private async lock(
    tx: AuditedTransaction,
    actor: PolicySubject,
    ids: readonly number[],
    described: readonly number[],
  ): Promise<Task[]> {
    const where = sql`${seenAmong(actor, ids)} AND deleted_at IS NULL`;
    return judgedIn(tx, await tx.lockWhere(Task, where, described.length > 0 ? [] : ['description']));
  }

  /** Counts the characters of the descriptions of tasks where they are, which takes no memory of this process. */
  async lengthOfDescriptions(tx: AuditedTransaction, tasks: readonly Task[]): Promise<number> {
    const [total] = await tx.query<{ length: number }>(lengthOfDescriptionsSql(idsOf(tasks)));
    return total?.length ?? 0;
  }

  /** Reads the descriptions of tasks that were locked without them. */
  async withDescriptions(tx: AuditedTransaction, actor: PolicySubject, tasks: readonly Task[]): Promise<Task[]> {
    return withTexts(tasks, await tx.query<DescriptionOf>(descriptionsSql(actor, idsOf(tasks))));
  }

  /**
   * @param also the changes of the new task in other tables, for its audit entry
   * @throws Problem 404 `assignee_not_found`, 409 `assignee_inactive`
   */
  async insert(tx: AuditedTransaction, row: Partial<Task>, also: AlsoChanged): Promise<Task> {
    const inserting = tx.insert(Task, [row], { also, returning: knownAssigneeState(tx) });
    const [task] = (await assertAssigneeExists(row.assigneeId, inserting)) as [Task];
    assertAssigneeActive(task);
    return task;
  }

  /**
   * Changes one locked task, with its history and events.
   *
   * @param also changes in other tables, for the audit entry
   * @throws Problem 404 `assignee_not_found`, 409 `assignee_inactive` where the task is reassigned
   */
  async update(tx: AuditedTransaction, task: Task, patch: Partial<Task>, also?: AlsoChanged): Promise<void> {
    assertDescribed([task], patch);
    const isReassigned = patch.assigneeId !== undefined && patch.assigneeId !== task.assigneeId;
    const options = { ...(also && { also }), ...(isReassigned && { returning: knownAssigneeState(tx) }) };
    const after = await assertAssigneeExists(patch.assigneeId, tx.update(Task, [task], patch, options));
    if (isReassigned) after.forEach(assertAssigneeActive);
    await this.recordChanges(tx, [task], after);
  }

  /** Inserts tasks whose references were checked. @param also as of `insert`, by the place of the task */
  insertAll(tx: AuditedTransaction, rows: readonly Partial<Task>[], also: (index: number) => Changes): Promise<Task[]> {
    return tx.insert(Task, rows, { also: (_, index) => also(index) });
  }

  /** Sets the same values on locked tasks whose references were checked, with history and events. */
  async updateAll(
    tx: AuditedTransaction,
    tasks: readonly Task[],
    patch: Partial<Task>,
    also?: (task: Task) => Changes,
  ): Promise<Task[]> {
    assertDescribed(tasks, patch);
    const after = await tx.update(Task, tasks, patch, also ? { also } : {});
    await this.recordChanges(tx, tasks, after);
    return after;
  }

  /**
   * Locks users against being disabled before the end of the transaction, but those whom a narrowing hides.
   *
   * @returns whether each is active, by id
   */
  async lockAssignees(tx: AuditedTransaction, ids: readonly number[]): Promise<Map<number, boolean>> {
    const wanted = [sql`id = ANY(${ids}::int[])`, ...shownRecords(tx.principal, 'user', 'users.id')];
    const users = await tx.query<{ id: number; active: boolean }>(
      sql`SELECT id, is_active AS active FROM users WHERE ${join(wanted, ' AND ')} ORDER BY id FOR SHARE`,
    );
    return new Map(users.map(({ id, active }) => [id, active]));
  }

  /** Marks tasks as deleted; the rows stay for the auditor. */
  async markDeleted(tx: AuditedTransaction, tasks: readonly Task[]): Promise<void> {
    for (const part of partsOf(tasks, WRITTEN_A_TURN))
      await tx.update(Task, part, { deletedAt: tx.now }, { verb: 'deleted' });
  }

  /**
   * Undoes the deletion of tasks, with history and events.
   *
   * @throws Problem 409 `assignee_inactive` where the assignee of an open task is disabled
   */
  async restore(tx: AuditedTransaction, tasks: readonly Task[]): Promise<void> {
    for (const part of partsOf(tasks, WRITTEN_A_TURN)) {
      const after = await tx.update(Task, part, { deletedAt: null }, { verb: 'restored', returning: assigneeState() });
      after.filter(({ status }) => status !== 'completed').forEach(assertAssigneeActive);
      await this.recordHistory(tx, 'restored', part, after);
      after.forEach(({ id }) => tx.emit('task.restored', { taskId: id, actorId: tx.principal.id }));
    }
  }

  /** Finds texts of tasks that were redacted in the audit trail. */
  findRedacted(tx: AuditedTransaction, tasks: readonly Task[]): Promise<RedactedValue[]> {
    const ids = tasks.map(({ id }) => id);
    return tx.query(redactedValuesSql('task', ids, ['title', 'description']));
  }

  /**
   * Gives tasks their new statuses, in a statement per status and part, with history and events.
   *
   * @param cascade whether the statuses follow from the change of another task
   */
  async applyStatuses(
    tx: AuditedTransaction,
    tasks: readonly Task[],
    statuses: ReadonlyMap<number, Status>,
    cascade: boolean,
  ): Promise<void> {
    for (const status of new Set(statuses.values())) {
      const changing = tasks.filter((task) => statuses.get(task.id) === status && task.status !== status);
      for (const part of partsOf(changing, WRITTEN_A_TURN)) {
        const after = await tx.update(Task, part, statusPatch(status, tx.now), {
          verb: cascade ? 'status_cascaded' : 'updated',
        });
        await this.recordChanges(tx, part, after, cascade);
      }
    }
  }

  /** Writes one history entry per task, from its images before and after in the same order. */
  recordHistory(
    tx: AuditedTransaction,
    action: HistoryAction,
    before: readonly Task[],
    after: readonly Task[],
  ): Promise<void> {
    return this.insertHistory(
      tx,
      before.map((old, i) => historyRow(action, old, after[i] as Task)),
    );
  }

  /** Reads a task as the API shows it, in the transaction that wrote it. */
  async readRow(tx: AuditedTransaction, id: number, projection: TaskProjection): Promise<RawRow> {
    const [row] = await tx.queryRaw(taskById(id, projection));
    return row as RawRow;
  }

  /** Writes history and emits events for new assignees and statuses; images before and after in the same order. */
  private recordChanges(
    tx: AuditedTransaction,
    before: readonly Task[],
    after: readonly Task[],
    cascade = false,
  ): Promise<void> {
    const rows: HistoryRow[] = [];
    before.forEach((old, i) => {
      const now = after[i] as Task;
      const changed = { taskId: old.id, actorId: tx.principal.id };
      if (old.assigneeId !== now.assigneeId) {
        rows.push(historyRow('reassigned', old, now));
        tx.emit('task.reassigned', { ...changed, from: old.assigneeId, to: now.assigneeId, title: old.title });
      }
      if (old.status !== now.status) {
        rows.push(historyRow(cascade ? 'status_cascaded' : 'status_changed', old, now));
        tx.emit('task.status_changed', { ...changed, from: old.status, to: now.status, cascade });
      }
    });
    return this.insertHistory(tx, rows);
  }

  private insertHistory(tx: AuditedTransaction, rows: readonly HistoryRow[]): Promise<void> {
    const insert = (
      json: string,
    ) => sql`INSERT INTO task_history (task_id, action, from_status, to_status, changed_by_id, changes, reason, timestamp)
      SELECT task_id, action, from_status, to_status, ${tx.principal.id}::int, changes, ${tx.principal.requestContext.reason}::text, ${tx.now}::timestamptz
      FROM jsonb_to_recordset(${json}::jsonb)
        AS r(task_id int, action text, from_status text, to_status text, changes jsonb)`;
    return tx.enqueueInSlices(rows, insert);
  }
}

/** Drafts an entry of the history from the images of a task before and after. */
export function historyRow(action: HistoryAction, old: Task, now: Task): HistoryRow {
  const changes = diff(auditMetadataOf(Task), old, now);
  return { task_id: old.id, action, from_status: old.status, to_status: now.status, changes };
}

const idsOf = (tasks: readonly Task[]): number[] => tasks.map(({ id }) => id);

/** Asserts that the descriptions before were read, which the audit trail records. @throws Error otherwise */
function assertDescribed(tasks: readonly Task[], patch: Partial<Task>): void {
  if ('description' in patch && !tasks.every((task) => 'description' in task))
    throw new Error('A description is set of a task that was locked without it');
}
