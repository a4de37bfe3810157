import { Injectable } from '@nestjs/common';
import { matches } from '../../../core/authorization/policy.js';
import { type Problem } from '../../../core/http/problem.js';
import { type AuditedTransaction } from '../../../core/persistence/audited-transaction.js';
import { type AuditEntryDraft } from '../../../core/persistence/audited.decorator.js';
import { EventBus } from '../../../core/persistence/domain-events.js';
import { StudyAuthorizationService } from '../records/study-authorization.service.js';
import { notAMember } from '../records/study-access.repository.js';
import { visibleStudies, type StudyAttributes } from '../study.policy.js';
import { StudyProblem } from '../studies.problems.js';
import { LinkedTasksRepository, type RefusedTask } from './linked-tasks.repository.js';
import { RestrictedStudiesCache } from './restricted-studies.cache.js';

/**
 * Refuses changes of tasks that their study does not allow: all changes where it is locked, and an assignee who is no member
 * where it is for members. The product's own jobs, which no user can repeat, pass.
 */
@Injectable()
export class LinkedTaskChangesHandler {
  constructor(
    events: EventBus,
    private readonly tasks: LinkedTasksRepository,
    private readonly authorization: StudyAuthorizationService,
    private readonly restrictions: RestrictedStudiesCache,
  ) {
    events.beforeCommit((tx) => this.assertAllowed(tx));
  }

  /** @throws Problem 409 `study_locked`, `assignee_not_a_member` */
  private async assertAllowed(tx: AuditedTransaction): Promise<void> {
    if (tx.principal.role === 'system') return;
    const changed = tx.auditEntries.filter(({ entityType, changes }) => entityType === 'task' && hasKeys(changes));
    if (changed.length === 0) return;
    if (!(await this.restrictions.isAnyRestricted(tx))) {
      this.enqueueAssertion(tx, changed);
      return;
    }
    const reassignedTasks = changed.filter(({ changes }) => changes.assigned_to);
    const reassigned = new Set(idsOf(reassignedTasks));
    const held = idsOf(reassignedTasks.filter(isNoNewTask));
    if (held.length > 0) await this.tasks.holdMemberships(tx, held);
    const refused = await this.tasks.findRefused(tx, idsOf(changed));
    const locked = refused.find((task) => task.locked);
    if (locked) throw await this.lockedProblem(tx, locked);
    const outsider = refused.find(({ taskId }) => reassigned.has(taskId));
    if (outsider) throw notAMember(outsider.assigneeId, isVisible(tx, outsider) ? outsider.studyId : undefined);
  }

  /** The cache may be a moment behind another replica. The database is not, and the change does not wait for it. */
  private enqueueAssertion(tx: AuditedTransaction, changed: readonly AuditEntryDraft[]): void {
    const ids = idsOf(changed.filter(isNoNewTask));
    if (ids.length > 0) this.tasks.enqueueUnrestrictedAssertion(tx, ids, () => this.restrictions.invalidate());
  }

  /** Discloses nothing of a study that the actor does not see: a change may reach its tasks through others. */
  private async lockedProblem(tx: AuditedTransaction, task: RefusedTask): Promise<Problem> {
    if (isVisible(tx, task)) return this.authorization.lockedProblem(tx, task.studyId);
    return StudyProblem.study_locked('A task that changes with this one belongs to a locked study', {
      unlocked_by: [],
    });
  }
}

function isVisible({ principal }: AuditedTransaction, study: StudyAttributes): boolean {
  const { id, role, narrowings } = principal;
  if (id === null || role === 'visitor' || role === 'system') return false;
  return matches(study, visibleStudies({ id, role, narrowings, atWork: true }));
}

const idsOf = (entries: readonly AuditEntryDraft[]): number[] => entries.flatMap(({ entityId }) => entityId ?? []);
const hasKeys = (changes: object): boolean => Object.keys(changes).length > 0;
/** A new task is in a study only where its own transaction links it, which judges that and holds the membership. */
const isNoNewTask = ({ action }: AuditEntryDraft): boolean => action !== 'task.created';
