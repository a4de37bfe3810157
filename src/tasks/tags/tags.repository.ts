import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { isForeignKeyViolation } from '../../core/http/database-errors.js';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { TaskProblem } from '../tasks.problems.js';

/** Statements on `task_tags`, the tags of tasks. Their audit entries are the caller's: a tag list is a field of its task. */
@Injectable()
export class TagsRepository {
  /** @returns the lowest of the ids that no tag has; null where all exist */
  async findMissing(tx: AuditedTransaction, tagIds: readonly number[]): Promise<number | null> {
    const [missing] = await tx.query<{ tag: number | null }>(sql`SELECT min(wanted) AS tag
      FROM unnest(${tagIds}::int[]) wanted WHERE NOT EXISTS (SELECT FROM tags WHERE id = wanted)`);
    return missing?.tag ?? null;
  }

  /** @returns the tags of a task in the order of their ids */
  async idsOfTask(tx: AuditedTransaction, taskId: number): Promise<number[]> {
    const rows = await tx.query<{ tag_id: number }>(
      sql`SELECT tag_id FROM task_tags WHERE task_id = ${taskId} ORDER BY tag_id`,
    );
    return rows.map(({ tag_id }) => tag_id);
  }

  /** @returns those of the ids that no tag has */
  async findAllMissing(tx: AuditedTransaction, tagIds: readonly number[]): Promise<Set<number>> {
    const rows = await tx.query<{ tag: number }>(sql`SELECT wanted AS tag FROM unnest(${tagIds}::int[]) wanted
      WHERE NOT EXISTS (SELECT FROM tags WHERE id = wanted)`);
    return new Set(rows.map(({ tag }) => tag));
  }

  /** @returns the tags of tasks in the order of their ids; a task without tags is left out */
  async idsOfTasks(tx: AuditedTransaction, taskIds: readonly number[]): Promise<Map<number, number[]>> {
    const rows = await tx.query<{ task_id: number; tags: number[] }>(sql`SELECT task_id,
        array_agg(tag_id ORDER BY tag_id) AS tags FROM task_tags WHERE task_id = ANY(${taskIds}::int[]) GROUP BY task_id`);
    return new Map(rows.map(({ task_id, tags }) => [task_id, tags]));
  }

  /** Adds tags to tasks, as pairs; errors as of `attach`. */
  attachAll(tx: AuditedTransaction, pairs: readonly (readonly [taskId: number, tagId: number])[]): void {
    if (pairs.length === 0) return;
    const tagIds = pairs.map(([, tagId]) => tagId);
    const insert = sql`INSERT INTO task_tags (task_id, tag_id) SELECT * FROM unnest(${pairs.map(([id]) => id)}::int[], ${tagIds}::int[])
      ON CONFLICT DO NOTHING`;
    tx.enqueue(insert, undefined, (error) => missingTagProblem(error, tagIds));
  }

  /** Gives tasks exactly these tags; errors as of `attach`. */
  replaceAll(tx: AuditedTransaction, taskIds: readonly number[], tagIds: readonly number[]): void {
    tx.enqueue(sql`DELETE FROM task_tags WHERE task_id = ANY(${taskIds}::int[]) AND tag_id <> ALL(${tagIds}::int[])`);
    if (taskIds.length === 0 || tagIds.length === 0) return;
    // PostgreSQL makes the pairs: a thousand tasks with a hundred tags each would be two lists of 100,000 ids.
    const insert = sql`INSERT INTO task_tags (task_id, tag_id)
      SELECT task, tag FROM unnest(${taskIds}::int[]) task, unnest(${tagIds}::int[]) tag ORDER BY task, tag ON CONFLICT DO NOTHING`;
    tx.enqueue(insert, undefined, (error) => missingTagProblem(error, tagIds));
  }

  /** Adds tags to a task. Fails the commit with 404 `tag_not_found` where one was deleted since it was checked. */
  attach(tx: AuditedTransaction, taskId: number, tagIds: readonly number[]): void {
    if (tagIds.length === 0) return;
    const insert = sql`INSERT INTO task_tags (task_id, tag_id) SELECT ${taskId}, unnest(${tagIds}::int[]) ON CONFLICT DO NOTHING`;
    tx.enqueue(insert, undefined, (error) => missingTagProblem(error, tagIds));
  }

  /** Gives a task exactly these tags; errors as of `attach`. */
  replace(tx: AuditedTransaction, taskId: number, tagIds: readonly number[]): void {
    tx.enqueue(sql`DELETE FROM task_tags WHERE task_id = ${taskId} AND tag_id <> ALL(${tagIds}::int[])`);
    this.attach(tx, taskId, tagIds);
  }

  /** Counts the tasks with a tag, without deleted ones. */
  async countTasks(tx: AuditedTransaction, tagId: number): Promise<number> {
    const [row] = await tx.query<{ n: number }>(sql`SELECT count(*)::int AS n FROM task_tags tt
        JOIN tasks t ON t.id = tt.task_id AND t.deleted_at IS NULL WHERE tt.tag_id = ${tagId}`);
    return row?.n ?? 0;
  }

  /** @returns for each task with a tag, deleted ones too, all its tags in the order of their ids */
  async tagIdsByTask(tx: AuditedTransaction, tagId: number): Promise<Map<number, number[]>> {
    const rows = await tx.query<{ task_id: number; tags: number[] }>(sql`SELECT task_id,
        array_agg(tag_id ORDER BY tag_id) AS tags FROM task_tags
      WHERE task_id IN (SELECT task_id FROM task_tags WHERE tag_id = ${tagId}) GROUP BY task_id`);
    return new Map(rows.map(({ task_id, tags }) => [task_id, tags]));
  }

  /** Takes a tag off all tasks. */
  async detachFromAll(tx: AuditedTransaction, tagId: number): Promise<void> {
    await tx.query(sql`DELETE FROM task_tags WHERE tag_id = ${tagId}`);
  }
}

/** The error of a change that adds tags, one of which was deleted since it was checked. */
function missingTagProblem(error: unknown, tagIds: readonly number[]): unknown {
  if (!isForeignKeyViolation(error, 'task_tags_tag_id_fkey')) return error;
  return TaskProblem.tag_not_found(`A tag of ${[...new Set(tagIds)].join(', ')} was deleted`);
}
