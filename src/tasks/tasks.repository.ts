import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { matches, type PolicySubject } from '../core/authorization/policy.js';
import { anyOfIds } from '../core/persistence/prepared-statements.js';
import { quotedText } from '../core/quoted-text.js';
import { diff, auditMetadataOf, type Changes } from '../core/persistence/audited.decorator.js';
import { storableJson } from '../core/http/pg-text.js';
import { type AuditedTransaction } from '../core/persistence/audited-transaction.js';
import { resolveStatusCascade, type Conflict, type TaskNode, type StatusCascade } from './task-hierarchy.js';
import { type HistoryAction } from './task-history.entity.js';
import { Task, type Status } from './task.entity.js';
import { visibleTasks, type TaskAttributes } from './task.policy.js';
import { TaskProblem } from './tasks.events.js';

interface HistoryRow {
  readonly task_id: number;
  readonly action: HistoryAction;
  readonly from_status: Status;
  readonly to_status: Status;
  readonly changes: Changes;
}

/**
 * Ancestors and descendants of tasks, themselves included. `OFFSET 0` keeps each step a look-up in an index: as a join,
 * it would read the whole table where many tasks are asked for.
 */
function hierarchyIds(ids: readonly number[]): Sql {
  return sql`WITH RECURSIVE up AS (
      SELECT id, parent_task_id FROM tasks WHERE id ${anyOfIds(ids)}
      UNION SELECT t.id, t.parent_task_id FROM up,
        LATERAL (SELECT id, parent_task_id FROM tasks WHERE id = up.parent_task_id OFFSET 0) t
    ), down AS (
      SELECT id FROM up WHERE id ${anyOfIds(ids)}
      UNION SELECT t.id FROM down, LATERAL (SELECT id FROM tasks WHERE parent_task_id = down.id OFFSET 0) t
    )
    SELECT id FROM up UNION SELECT id FROM down`;
}

/** The steps that every change of tasks is made of. Each is a statement or two, whatever the number of tasks. */
@Injectable()
export class TasksRepository {
  /**
   * Locks tasks with their ancestors and descendants, in the order of ids. What joined the family while this waited is
   * locked as well, so that nobody can change the tree until the end of the transaction.
   *
   * @returns the tasks that are not deleted
   */
  async lockHierarchy(tx: AuditedTransaction, ids: readonly number[]): Promise<Task[]> {
    for (;;) {
      const [locked, family] = await Promise.all([
        tx.lockWhere(Task, sql`id = ANY(ARRAY(${hierarchyIds(ids)}))`),
        // Looks again when all are locked: PostgreSQL does the one after the other.
        tx.query<{ id: number }>(hierarchyIds(ids)),
      ]);
      const known = new Set(locked.map(({ id }) => id));
      if (family.every(({ id }) => known.has(id))) return locked.filter(({ deletedAt }) => !deletedAt);
    }
  }

  /** Locks tasks alone, for a change that concerns no other. */
  lock(tx: AuditedTransaction, ids: readonly number[]): Promise<Task[]> {
    return tx.lock(Task, ids, sql`deleted_at IS NULL`);
  }

  /**
   * What follows from giving tasks a new status; see `settle`.
   *
   * @throws Problem 409 naming the task that stands against it, as far as the actor may know it
   */
  resolveCascadeOrThrow(
    actor: PolicySubject,
    hierarchy: readonly Task[],
    requested: ReadonlyMap<number, Status>,
    attached?: ReadonlySet<number>,
  ): StatusCascade {
    const settlement = resolveStatusCascade(hierarchy, requested, attached);
    if (settlement.conflict) throw conflictProblem(actor, hierarchy, settlement.conflict);
    return settlement;
  }

  /**
   * Gives tasks their new status, a statement for each status, and tells history and subscribers.
   *
   * @param cascade whether it follows from the change of another task
   */
  async applyStatuses(
    tx: AuditedTransaction,
    tasks: readonly Task[],
    statuses: ReadonlyMap<number, Status>,
    cascade: boolean,
  ): Promise<void> {
    for (const status of new Set(statuses.values())) {
      const moving = tasks.filter((task) => statuses.get(task.id) === status && task.status !== status);
      const after = await tx.update(Task, moving, statusPatch(status, tx.now), {
        verb: cascade ? 'status_cascaded' : 'updated',
      });
      this.recordChanges(tx, moving, after, cascade);
    }
  }

  /** History and events for tasks that were changed: their images before and after, in the same order. */
  recordChanges(tx: AuditedTransaction, before: readonly Task[], after: readonly Task[], cascade = false): void {
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
    this.writeHistory(tx, rows);
  }

  /** One entry of history for each task: their images before and after, in the same order. */
  recordHistory(tx: AuditedTransaction, action: HistoryAction, before: readonly Task[], after: readonly Task[]): void {
    this.writeHistory(
      tx,
      before.map((old, i) => historyRow(action, old, after[i] as Task)),
    );
  }

  private writeHistory(tx: AuditedTransaction, rows: readonly HistoryRow[]): void {
    if (rows.length === 0) return;
    tx.enqueue(sql`INSERT INTO task_history (task_id, action, from_status, to_status, changed_by_id, changes, reason, timestamp)
      SELECT task_id, action, from_status, to_status, ${tx.principal.id}::int, changes, ${tx.principal.requestContext.reason}::text, ${tx.now}::timestamptz
      FROM jsonb_to_recordset(${storableJson(rows)}::jsonb)
        AS r(task_id int, action text, from_status text, to_status text, changes jsonb)`);
  }
}

function historyRow(action: HistoryAction, old: Task, now: Task): HistoryRow {
  const changes = diff(auditMetadataOf(Task), old, now);
  return { task_id: old.id, action, from_status: old.status, to_status: now.status, changes };
}

/** A status with the time of completion that belongs to it. */
export function statusPatch(status: Status, now: Date): Pick<Task, 'status' | 'completedAt'> {
  return { status, completedAt: status === 'completed' ? now : null };
}

/** A task in the words of a refusal. Whoever may not see it learns its id at most. */
export function taskLabelFor(actor: PolicySubject, task: Task): string {
  return matches<TaskAttributes>(task, visibleTasks(actor))
    ? `task ${task.id} ${quotedText(task.title)}`
    : `task ${task.id}`;
}

function conflictProblem(actor: PolicySubject, hierarchy: readonly Task[], { kind, task, other }: Conflict) {
  const name = ({ id }: TaskNode) =>
    id > 0 ? taskLabelFor(actor, hierarchy.find((row) => row.id === id) as Task) : 'the task';
  return kind === 'child_unfinished'
    ? TaskProblem.child_unfinished(
        `${capital(name(task))} cannot be completed while its child, ${name(other)}, is ${other.status.replace('_', ' ')}: finish that first`,
        { task_id: task.id, child_id: other.id },
      )
    : TaskProblem.parent_completed(
        `${capital(name(task))} cannot be blocked, since its parent, ${name(other)}, is completed: reopen that first`,
        { task_id: task.id, parent_id: other.id },
      );
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
