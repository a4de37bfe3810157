import { auditEntryOf, auditMetadataOf } from '../../core/persistence/audited.decorator.js';
import { deadlineWarningEntry, ESCALATION, minutesUntil, WARNING } from '../../tasks/task-deadlines.job.js';
import { resolveStatusCascade } from '../../tasks/task-hierarchy.js';
import { subtree } from '../../tasks/task-tree.js';
import { criticalOriginPatch, escalationPatch, statusPatch, Task, type Status } from '../../tasks/task.entity.js';
import { historyRow } from '../../tasks/tasks.repository.js';
import { tagChange } from '../../tasks/task-values.js';
import { HierarchyRecords, type ChangeDraft } from './hierarchy-records.js';
import { planActs, type Act } from './sample-acts.js';
import { type SampleUser } from '../../extensions/sample-contribution.js';
import { type PlannedTask, type SampleWorld } from './sample-plan.js';

const HOUR = 3_600_000;
const TASK = auditMetadataOf(Task);

/** Replays the life of a task and the tasks below it, by the rules of the product, up to the present. */
export class HierarchySimulation {
  readonly records = new HierarchyRecords();
  readonly warnings: { readonly taskId: number; readonly deadline: Date; readonly at: Date }[] = [];
  private queue: Act[];

  /** @param ids of the tasks, in the order of the plan */
  constructor(
    private readonly world: SampleWorld,
    private readonly users: ReadonlyMap<number, SampleUser>,
    hierarchy: readonly PlannedTask[],
    ids: readonly number[],
  ) {
    hierarchy.forEach((planned, i) => this.create(planned, ids[i] as number, ids));
    this.queue = planActs(world, hierarchy);
  }

  run(): this {
    for (let act = this.next(); act; act = this.next()) this.perform(act);
    return this;
  }

  private next(): Act | undefined {
    let first: Act | undefined;
    for (const act of this.queue) if (!first || act.at < first.at) first = act;
    if (first) this.queue.splice(this.queue.indexOf(first), 1);
    return first;
  }

  private later(act: Act, at: number): void {
    if (at <= this.world.now) this.queue.push({ ...act, at });
  }

  private create(
    { creator, assignee, parent, at, fields, tagIds }: PlannedTask,
    id: number,
    ids: readonly number[],
  ): void {
    const created = new Date(Math.floor(at));
    const task: Task = {
      id,
      ...fields,
      status: 'pending',
      criticalGivenBy: null,
      ...criticalOriginPatch(creator, undefined, fields.priority),
      assigneeId: assignee.id,
      creatorId: creator.id,
      parentId: parent === null ? null : (ids[parent] as number),
      actualHours: null,
      priorityEscalated: false,
      version: 1,
      createdAt: created,
      updatedAt: created,
      completedAt: null,
      deletedAt: null,
    };
    this.records.tasks.push(task);
    const entry = auditEntryOf(TASK, 'created', null, task, tagChange([], tagIds));
    const event = { name: 'task.created', payload: { taskId: id, actorId: creator.id } } as const;
    this.records.record(created, creator, null, { entries: [entry], history: [], events: [event] });
  }

  private perform(act: Act): void {
    const task = this.records.tasks[act.task] as Task;
    if (task.deletedAt || (task.status === 'completed' && act.kind !== 'delete')) return;
    const assignee = this.users.get(task.assigneeId) as SampleUser;
    const at = act.by ? Math.floor(act.at) : this.world.times.atOrAfter(assignee.timeZone, Math.floor(act.at));
    if (at > act.at) return this.later(act, at);
    const actor = act.by === undefined || act.by === 'system' ? assignee : act.by;
    this.apply(act, task, actor, new Date(at));
  }

  private apply(act: Act, task: Task, actor: SampleUser, at: Date): void {
    switch (act.kind) {
      case 'escalate':
        return this.escalate(task, at);
      case 'warn':
        return this.warn(task, at);
      case 'start':
        return task.status === 'pending' ? void this.move(task, 'in_progress', actor, at) : undefined;
      case 'block':
        return task.status === 'in_progress' ? void this.move(task, 'blocked', actor, at) : undefined;
      case 'resume':
        return this.resume(act, task, actor, at);
      case 'finish':
        return this.finish(act, task, actor, at);
      case 'reassign':
        return this.update(task, { assigneeId: (act.to as SampleUser).id }, actor, at);
      case 'estimate':
        return this.update(task, { estimatedHours: act.to as string }, actor, at);
      case 'delete':
        return this.delete(task, actor, at);
    }
  }

  /** A blocked parent goes on once no child is blocked any more. */
  private resume(act: Act, task: Task, actor: SampleUser, at: Date): void {
    const childBlocks = this.records
      .live()
      .some(({ parentId, status }) => parentId === task.id && status === 'blocked');
    if (task.status !== 'blocked' || childBlocks || !this.move(task, 'in_progress', actor, at)) return;
    const parent = this.records.tasks.findIndex(({ id }) => id === task.parentId);
    if (parent >= 0) this.later({ kind: act.kind, task: parent, at: 0 }, at.getTime() + HOUR);
  }

  /** Tries again later where a child is running or something blocks the task. */
  private finish(act: Act, task: Task, actor: SampleUser, at: Date): void {
    const also = act.to === undefined ? {} : { actualHours: act.to as string };
    if (task.status === 'blocked' || !this.move(task, 'completed', actor, at, also))
      this.later(act, at.getTime() + 48 * HOUR);
  }

  /** Gives a task a status, and the tasks that follow from it theirs. @returns false where a rule forbids it */
  private move(task: Task, status: Status, actor: SampleUser, at: Date, also: Partial<Task> = {}): boolean {
    const live = this.records.live();
    const { cascades, conflict } = resolveStatusCascade(live, new Map([[task.id, status]]));
    if (conflict) return false;
    const draft: ChangeDraft = { entries: [], history: [], events: [] };
    for (const other of live) {
      const follows = cascades.get(other.id);
      if (follows) this.records.step(draft, other, statusPatch(follows, at), actor, at, 'status_cascaded');
    }
    this.records.step(draft, task, { ...statusPatch(status, at), ...also }, actor, at);
    this.records.record(at, actor, null, draft);
    return true;
  }

  private update(task: Task, patch: Partial<Task>, actor: SampleUser, at: Date): void {
    const draft: ChangeDraft = { entries: [], history: [], events: [] };
    if (patch.assigneeId !== task.assigneeId) this.records.step(draft, task, patch, actor, at);
    if (draft.entries.length > 0) this.records.record(at, actor, null, draft);
  }

  private delete(task: Task, actor: SampleUser, at: Date): void {
    const entries = subtree(this.records.live(), task.id).map((each) =>
      auditEntryOf(TASK, 'deleted', each, this.records.replace(each, { deletedAt: at }, at)),
    );
    this.records.record(at, actor, 'Entered twice', { entries, history: [], events: [] });
  }

  private escalate(task: Task, at: Date): void {
    if (task.priority === 'critical') return;
    const after = this.records.replace(task, escalationPatch(task.priority), at);
    const payload = { taskId: task.id, actorId: null, from: task.priority, to: after.priority };
    this.records.record(at, ESCALATION, ESCALATION.requestContext.reason, {
      entries: [auditEntryOf(TASK, 'escalated', task, after)],
      history: [historyRow('priority_escalated', task, after)],
      events: [{ name: 'task.priority_escalated', payload }],
    });
  }

  private warn(task: Task, at: Date): void {
    this.warnings.push({ taskId: task.id, deadline: task.deadline, at });
    const payload = { taskId: task.id, actorId: null, minutes: minutesUntil(task.deadline, at) };
    this.records.record(at, WARNING, WARNING.requestContext.reason, {
      entries: [deadlineWarningEntry(task)],
      history: [historyRow('deadline_warning', task, task)],
      events: [{ name: 'task.deadline_near', payload }],
    });
  }
}
