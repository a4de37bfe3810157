import { storableJson } from '../../core/http/pg-text.js';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { quotedText } from '../../core/quoted-text.js';
import { type Task } from '../../tasks/task.entity.js';
import { type SampleChange } from './hierarchy-records.js';
import { type HierarchySimulation } from './hierarchy-simulation.js';
import { copyLines, copyTarget, sampleLine, type SampleTable } from './sample-data.repository.js';
import { type SeededRandom } from '../../core/seeded-random.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const READ = 0.85;
const DELIVERED = 0.7;

/** Built once: lines are added by the million. */
const TARGETS: Readonly<Record<SampleTable, string>> = {
  users: copyTarget('users'),
  tags: copyTarget('tags'),
  tasks: copyTarget('tasks'),
  task_tags: copyTarget('task_tags'),
  deadline_warnings: copyTarget('deadline_warnings'),
  task_history: copyTarget('task_history'),
  notifications: copyTarget('notifications'),
  audit_trail: copyTarget('audit_trail'),
};

/** Delay until notifications are read, and retention after that. */
export interface ReadingHabits {
  readonly random: SeededRandom;
  readonly now: number;
  readonly retentionDays: number;
}

/**
 * Writes sample data by COPY. Changes wait until no earlier one can come, so that trail, histories and notifications are in
 * the order of time, as if each had been written when it happened.
 */
export class SampleWriter {
  private lines = new Map<string, string[]>();
  private waiting: SampleChange[] = [];
  private writtenUntil = -Infinity;
  private writing: Promise<void> = Promise.resolve();
  readonly counts = { tasks: 0, changes: 0, notifications: 0 };

  constructor(
    private readonly tx: AuditedTransaction,
    private readonly reading: ReadingHabits,
  ) {}

  add(table: SampleTable, ...values: unknown[]): void {
    this.addTo(TARGETS[table], values);
  }

  /** Adds a row to a table as `copyTarget` names it. */
  addTo(target: string, values: readonly unknown[]): void {
    const lines = this.lines.get(target);
    if (lines) lines.push(sampleLine(values));
    else this.lines.set(target, [sampleLine(values)]);
  }

  addHierarchy({ records, warnings }: HierarchySimulation, tagsOf: (task: number) => readonly number[]): void {
    const { tasks, changes } = records;
    tasks.forEach((task, i) => {
      this.add('tasks', ...columnsOf(task));
      tagsOf(i).forEach((tagId) => this.add('task_tags', task.id, tagId));
    });
    warnings.forEach(({ taskId, deadline, at }) => this.add('deadline_warnings', taskId, deadline, at));
    this.counts.tasks += tasks.length;
    for (const change of changes) this.waiting.push(change);
  }

  /** @throws Error for a change before one that is written already */
  addChange(change: SampleChange): void {
    if (change.at.getTime() < this.writtenUntil) {
      const [entry] = change.entries;
      throw new Error(
        `Sample data has a ${entry?.action} at ${change.at.toISOString()}, before what is written already`,
      );
    }
    this.waiting.push(change);
  }

  /** Writes collected rows, and the changes before a time, while the next rows are made. */
  async flush(before: number): Promise<void> {
    this.writtenUntil = before;
    this.waiting.sort((a, b) => a.at.getTime() - b.at.getTime());
    const end = this.waiting.findIndex(({ at }) => at.getTime() >= before);
    const due = this.waiting.splice(0, end < 0 ? this.waiting.length : end);
    due.forEach((change) => this.addLines(change));
    const lines = this.lines;
    this.lines = new Map();
    await this.writing;
    this.writing = this.copy(lines);
    // Prevents an unhandled rejection; the next call that awaits it gets the error.
    this.writing.catch(() => undefined);
  }

  async finish(): Promise<void> {
    await this.flush(Infinity);
    await this.writing;
  }

  /** One table after the other, the referenced ones first. */
  private async copy(lines: ReadonlyMap<string, string[]>): Promise<void> {
    const first = [TARGETS.users, TARGETS.tags, TARGETS.tasks];
    for (const target of new Set([...first, ...lines.keys()]))
      await copyLines(this.tx, target, lines.get(target) ?? []);
  }

  private addLines({ at, actor, reason, entries, history, notifications }: SampleChange): void {
    const { id, username, role } = actor;
    for (const entry of entries) {
      const { action, entityType, entityId, entityVersion, entityName, entityUpdatedAt, changes } = entry;
      const record = [action, entityType, entityId, entityVersion, entityName, entityUpdatedAt, storableJson(changes)];
      this.add('audit_trail', at, id, username, role, ...record, reason);
    }
    for (const { task_id, action, from_status, to_status, changes } of history) {
      this.add('task_history', task_id, action, from_status, to_status, id, storableJson(changes), reason, at);
    }
    notifications.forEach((draft) => this.addNotification(draft, at));
    this.counts.changes += entries.length;
  }

  private addNotification(draft: SampleChange['notifications'][number], at: Date): void {
    const { random, now, retentionDays } = this.reading;
    const { userId, taskId, type, message, title = '' } = draft;
    const readAt = random.chance(READ) ? at.getTime() + Math.floor(random.between(0.1, 72) * HOUR) : Infinity;
    const isDelivered = random.chance(DELIVERED);
    // The nightly job has deleted what was read before that.
    if (readAt < now - retentionDays * DAY) return;
    const read = readAt <= now;
    const text = message.replace('{title}', () => quotedText(title));
    const times = [read, read ? new Date(readAt) : null, read || isDelivered, at];
    this.add('notifications', userId, taskId, text, type, ...times);
    this.counts.notifications++;
  }
}

const columnsOf = (task: Task): unknown[] => [
  task.id,
  task.title,
  task.description,
  task.status,
  task.priority,
  task.criticalGivenBy,
  task.assigneeId,
  task.creatorId,
  task.parentId,
  task.estimatedHours,
  task.actualHours,
  task.deadline,
  task.priorityEscalated,
  task.version,
  task.createdAt,
  task.updatedAt,
  task.completedAt,
  task.deletedAt,
];
