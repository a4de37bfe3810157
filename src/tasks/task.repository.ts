import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { matches, type Facts } from '../core/authorization/policy.js';
import { among } from '../core/persistence/prepared-statements.js';
import { quotedText } from '../core/quoted-text.js';
import { difference, recordingOf, type Changes } from '../core/persistence/audited.decorator.js';
import { storableJson } from '../core/http/storable.js';
import { type Tx } from '../core/persistence/audited-transaction.js';
import { settle, type Conflict, type Member, type Settlement } from './task-hierarchy.js';
import { type HistoryAction } from './task-history.entity.js';
import { Task, type Status } from './task.entity.js';
import { visibleTasks, type TaskFacts } from './task.policy.js';
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
function familyOf(ids: readonly number[]): Sql {
  return sql`WITH RECURSIVE up AS (
      SELECT id, parent_task_id FROM tasks WHERE id ${among(ids)}
      UNION SELECT t.id, t.parent_task_id FROM up,
        LATERAL (SELECT id, parent_task_id FROM tasks WHERE id = up.parent_task_id OFFSET 0) t
    ), down AS (
      SELECT id FROM up WHERE id ${among(ids)}
      UNION SELECT t.id FROM down, LATERAL (SELECT id FROM tasks WHERE parent_task_id = down.id OFFSET 0) t
    )
    SELECT id FROM up UNION SELECT id FROM down`;
}

/** The steps that every change of tasks is made of. Each is a statement or two, whatever the number of tasks. */
@Injectable()
export class TaskRows {
  /**
   * Locks tasks with their ancestors and descendants, in the order of ids. What joined the family while this waited is
   * locked as well, so that nobody can change the tree until the end of the transaction.
   *
   * @returns the tasks that are not deleted
   */
  async lockFamily(tx: Tx, ids: readonly number[]): Promise<Task[]> {
    for (;;) {
      const [locked, family] = await Promise.all([
        tx.lockWhere(Task, sql`id = ANY(ARRAY(${familyOf(ids)}))`),
        // Looks again when all are locked: PostgreSQL does the one after the other.
        tx.query<{ id: number }>(familyOf(ids)),
      ]);
      const known = new Set(locked.map(({ id }) => id));
      if (family.every(({ id }) => known.has(id))) return locked.filter(({ deletedAt }) => !deletedAt);
    }
  }

  /** Locks tasks alone, for a change that concerns no other. */
  lock(tx: Tx, ids: readonly number[]): Promise<Task[]> {
    return tx.lock(Task, ids, sql`deleted_at IS NULL`);
  }

  /**
   * What follows from giving tasks a new status; see `settle`.
   *
   * @throws Problem 409 naming the task that stands against it, as far as the actor may know it
   */
  settled(
    me: Facts,
    family: readonly Task[],
    wanted: ReadonlyMap<number, Status>,
    arrived?: ReadonlySet<number>,
  ): Settlement {
    const settlement = settle(family, wanted, arrived);
    if (settlement.conflict) throw conflictProblem(me, family, settlement.conflict);
    return settlement;
  }

  /**
   * Gives tasks their new status, a statement for each status, and tells history and subscribers.
   *
   * @param cascade whether it follows from the change of another task
   */
  async giveStatus(
    tx: Tx,
    tasks: readonly Task[],
    statuses: ReadonlyMap<number, Status>,
    cascade: boolean,
  ): Promise<void> {
    for (const status of new Set(statuses.values())) {
      const moving = tasks.filter((task) => statuses.get(task.id) === status && task.status !== status);
      const after = await tx.update(Task, moving, statusPatch(status, tx.now), {
        verb: cascade ? 'status_cascaded' : 'updated',
      });
      this.tell(tx, moving, after, cascade);
    }
  }

  /** History and events for tasks that were changed: their images before and after, in the same order. */
  tell(tx: Tx, before: readonly Task[], after: readonly Task[], cascade = false): void {
    const rows: HistoryRow[] = [];
    before.forEach((old, i) => {
      const now = after[i] as Task;
      const changed = { taskId: old.id, actorId: tx.author.id };
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
  record(tx: Tx, action: HistoryAction, before: readonly Task[], after: readonly Task[]): void {
    this.writeHistory(
      tx,
      before.map((old, i) => historyRow(action, old, after[i] as Task)),
    );
  }

  private writeHistory(tx: Tx, rows: readonly HistoryRow[]): void {
    if (rows.length === 0) return;
    tx.send(sql`INSERT INTO task_history (task_id, action, from_status, to_status, changed_by_id, changes, reason, timestamp)
      SELECT task_id, action, from_status, to_status, ${tx.author.id}::int, changes, ${tx.author.origin.reason}::text, ${tx.now}::timestamptz
      FROM jsonb_to_recordset(${storableJson(rows)}::jsonb)
        AS r(task_id int, action text, from_status text, to_status text, changes jsonb)`);
  }
}

function historyRow(action: HistoryAction, old: Task, now: Task): HistoryRow {
  const changes = difference(recordingOf(Task), old, now);
  return { task_id: old.id, action, from_status: old.status, to_status: now.status, changes };
}

/** A status with the time of completion that belongs to it. */
export function statusPatch(status: Status, now: Date): Pick<Task, 'status' | 'completedAt'> {
  return { status, completedAt: status === 'completed' ? now : null };
}

/** A task in the words of a refusal. Whoever may not see it learns its id at most. */
export function nameFor(me: Facts, task: Task): string {
  return matches<TaskFacts>(task, visibleTasks(me)) ? `task ${task.id} ${quotedText(task.title)}` : `task ${task.id}`;
}

function conflictProblem(me: Facts, family: readonly Task[], { kind, task, other }: Conflict) {
  const name = ({ id }: Member) => (id > 0 ? nameFor(me, family.find((row) => row.id === id) as Task) : 'the task');
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
