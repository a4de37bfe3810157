import { Injectable } from '@nestjs/common';
import { type Actor } from '../../core/authorization/actor.js';
import { assertVersionMatches } from '../../audit/record-history/version-precondition.js';
import { type VersionCondition } from '../../core/http/entity-tags.js';
import { isConstraintViolation } from '../../core/http/database-errors.js';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { UnitOfWork } from '../../core/persistence/unit-of-work.js';
import { quotedText } from '../../core/quoted-text.js';
import { Task } from '../task.entity.js';
import { Tag } from './tag.entity.js';
import { type NewTag } from './tags.dto.js';
import { TagProblem } from './tags.problems.js';
import { TagsRepository } from './tags.repository.js';

/** Creates, renames and deletes tags; each in one audited transaction. */
@Injectable()
export class TagsService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly repository: TagsRepository,
  ) {}

  /** @throws Problem 409 `tag_exists` */
  create(actor: Actor, { name }: NewTag): Promise<Tag> {
    return rejectDuplicateName(
      name,
      this.unitOfWork.run(actor, async (tx) => {
        const [tag] = await tx.insert(Tag, [{ name }]);
        return tag as Tag;
      }),
    );
  }

  /** @throws Problem 404 `no_such_tag`, 409 `tag_exists`, 412 where the condition does not name its version */
  rename(actor: Actor, id: number, { name }: NewTag, condition?: VersionCondition): Promise<Tag> {
    return rejectDuplicateName(
      name,
      this.unitOfWork.run(actor, async (tx) => {
        const [tag] = await tx.update(Tag, [await lockOrThrow(tx, id, condition)], { name });
        return tag as Tag;
      }),
    );
  }

  /**
   * Deletes a tag that no task has, so that no task changes unnoticed by those who work on it. Deleted tasks lose the
   * tag, each with an audit entry that keeps the tags it had.
   *
   * @throws Problem 404 `no_such_tag`, 409 `tag_in_use`, 412 where the condition does not name its version
   */
  async delete(actor: Actor, id: number, condition?: VersionCondition): Promise<void> {
    await this.unitOfWork.run(actor, async (tx) => {
      const tag = await lockOrThrow(tx, id, condition);
      const used = await this.repository.countTasks(tx, id);
      if (used > 0) throw tagInUse(used, tag);
      await this.detachFromDeletedTasks(tx, tag);
      await tx.remove(Tag, [tag]);
    });
  }

  private async detachFromDeletedTasks(tx: AuditedTransaction, tag: Tag): Promise<void> {
    const { id } = tag;
    const found = await this.repository.tagIdsByTask(tx, id);
    const tasks = await tx.lock(Task, [...found.keys()]);
    // Again, now that no other change of these tasks is under way: a deletion may have been undone.
    const used = await this.repository.countTasks(tx, id);
    if (used > 0) throw tagInUse(used, tag);
    const tagIdsByTask = await this.repository.tagIdsByTask(tx, id);
    await this.repository.detachFromAll(tx, id);
    const tagChange = ({ id: taskId }: Task) => {
      const before = tagIdsByTask.get(taskId);
      const after = (before ?? []).filter((tag) => tag !== id);
      return { tags: [before, after] as const };
    };
    await tx.update(Task, tasks, {}, { also: tagChange });
  }
}

const tagInUse = (used: number, { name }: Tag) =>
  TagProblem.tag_in_use(`${used} task(s) have the tag "${name}": take it off them first`);

async function lockOrThrow(tx: AuditedTransaction, id: number, condition?: VersionCondition): Promise<Tag> {
  const [tag] = await tx.lock(Tag, [id]);
  if (!tag) throw TagProblem.no_such_tag(`Tag ${id} not found`);
  const { version } = tag;
  await assertVersionMatches(tx, condition, { type: 'tag', id, version, label: `Tag ${id}`, fields: ['name'] });
  return tag;
}

/** @throws Problem 409 `tag_exists` where the write fails because another tag has the name, in upper or lower case */
async function rejectDuplicateName<T>(name: string, write: Promise<T>): Promise<T> {
  try {
    return await write;
  } catch (error) {
    throw isConstraintViolation(error, 'tags_name_key')
      ? TagProblem.tag_exists(`There is a tag ${quotedText(name)} already`)
      : error;
  }
}
