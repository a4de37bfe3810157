import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { type Actor } from '../../core/authorization/actor.js';
import { UnitOfWork } from '../../core/persistence/unit-of-work.js';
import { isConstraintViolation } from '../../core/http/database-errors.js';
import { problems } from '../../core/http/problem.js';
import { quotedText } from '../../core/quoted-text.js';
import { ALL, NONE, policy } from '../../core/authorization/policy.js';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { Task } from '../task.entity.js';
import { Tag } from './tag.entity.js';
import { type NewTag } from './tags.dto.js';

export const TagProblem = problems({
  no_such_tag: [404, 'No such tag'],
  tag_exists: [409, 'There is a tag of this name already'],
  tag_in_use: [409, 'Tasks have this tag'],
});

export const managedTags = policy<Tag>('manage tags', ({ role }) => (role === 'manager' ? ALL : NONE));

@Injectable()
export class TagsService {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  create(actor: Actor, { name }: NewTag): Promise<Tag> {
    return this.named(name, () =>
      this.unitOfWork.run(actor, async (tx) => (await tx.insert(Tag, [{ name }]))[0] as Tag),
    );
  }

  rename(actor: Actor, id: number, { name }: NewTag): Promise<Tag> {
    return this.named(name, () =>
      this.unitOfWork.run(actor, async (tx) => (await tx.update(Tag, [await this.locked(tx, id)], { name }))[0] as Tag),
    );
  }

  /**
   * Only a tag that no task has, so that no task changes behind the back of those who work on it. Tasks that were
   * deleted lose it, each with an entry in the audit trail that tells what it had.
   */
  async delete(actor: Actor, id: number): Promise<void> {
    await this.unitOfWork.run(actor, async (tx) => {
      const tag = await this.locked(tx, id);
      const [used] = await tx.query<{ n: number }>(sql`SELECT count(*)::int AS n FROM task_tags tt
        JOIN tasks t ON t.id = tt.task_id AND t.deleted_at IS NULL WHERE tt.tag_id = ${id}`);
      if (used?.n) throw TagProblem.tag_in_use(`${used.n} task(s) have the tag "${tag.name}": take it off them first`);
      await this.takeOff(tx, id);
      await tx.remove(Tag, [tag]);
    });
  }

  private async takeOff(tx: AuditedTransaction, id: number): Promise<void> {
    const tagged = await tx.query<{ task_id: number; tags: number[] }>(sql`SELECT task_id,
        array_agg(tag_id ORDER BY tag_id) AS tags FROM task_tags
      WHERE task_id IN (SELECT task_id FROM task_tags WHERE tag_id = ${id}) GROUP BY task_id`);
    const tagsOf = new Map(tagged.map(({ task_id, tags }) => [task_id, tags]));
    const tasks = await tx.lock(Task, [...tagsOf.keys()]);
    await tx.query(sql`DELETE FROM task_tags WHERE tag_id = ${id}`);
    const without = (tags: readonly number[] = []) => tags.filter((tag) => tag !== id);
    await tx.update(
      Task,
      tasks,
      {},
      { also: ({ id: task }) => ({ tags: [tagsOf.get(task), without(tagsOf.get(task))] }) },
    );
  }

  private async locked(tx: AuditedTransaction, id: number): Promise<Tag> {
    const [tag] = await tx.lock(Tag, [id]);
    if (!tag) throw TagProblem.no_such_tag(`Tag ${id} not found`);
    return tag;
  }

  private async named<T>(name: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw isConstraintViolation(error, 'tags_name_key')
        ? TagProblem.tag_exists(`There is a tag ${quotedText(name)} already`)
        : error;
    }
  }
}
