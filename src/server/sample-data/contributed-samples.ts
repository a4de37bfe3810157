import { createHash } from 'node:crypto';
import { type INestApplicationContext } from '@nestjs/common';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { SeededRandom } from '../../core/seeded-random.js';
import { ContributedData } from '../../extensions/contributed-data.js';
import {
  type SampleContext,
  type SampleFollower,
  type SampleTask,
  type SampleUser,
} from '../../extensions/sample-contribution.js';
import { ContributedRecords } from './contributed-records.js';
import { type HierarchySimulation } from './hierarchy-simulation.js';
import { type SampleWriter } from './sample-writer.js';
import { type WorkingTimes } from './working-times.js';

/** State that the contributions of all extensions share. */
export interface ContributionBasis {
  readonly users: readonly SampleUser[];
  readonly times: WorkingTimes;
  readonly seed: number;
  readonly taskCount: number;
  readonly from: Date;
  readonly now: Date;
}

/** Sample data of extensions: made before the first task, then following the tasks. */
export class ContributedSamples {
  private readonly followers: SampleFollower[] = [];
  private readonly records: ContributedRecords;

  constructor(
    tx: AuditedTransaction,
    writer: SampleWriter,
    private readonly basis: ContributionBasis,
  ) {
    this.records = new ContributedRecords(tx, writer, basis.now);
  }

  /** Number of records by type. */
  get counts(): Readonly<Record<string, number>> {
    return this.records.counts;
  }

  /** @throws Error that names the extension whose sample data cannot be made */
  async begin(app: INestApplicationContext): Promise<void> {
    for (const { extension, sampleData } of app.get(ContributedData).contributions) {
      const follower = await sampleData?.(this.contextOf(extension)).catch((cause: unknown) => {
        throw new Error(`The sample data of the extension ${extension}: ${(cause as Error).message}`, { cause });
      });
      if (follower) this.followers.push(follower);
    }
  }

  async follow(simulation: HierarchySimulation): Promise<void> {
    if (this.followers.length === 0) return;
    const tasks = sampleTasks(simulation);
    for (const follower of this.followers) await follower.follow(tasks);
  }

  private contextOf(extension: string): SampleContext {
    const { users, times, seed, taskCount, from, now } = this.basis;
    return {
      records: this.records,
      // Of its own, so that the rows of the product are the same with and without an extension.
      random: new SeededRandom(createHash('sha256').update(`${seed} ${extension}`).digest().readUInt32BE(0)),
      users,
      taskCount,
      from,
      now,
      workingTime: ({ timeZone }, at) => new Date(times.atOrAfter(timeZone, at.getTime())),
    };
  }
}

function sampleTasks({ records: { tasks, changes } }: HierarchySimulation): SampleTask[] {
  const people = new Map(tasks.map(({ id }) => [id, { assigneeIds: new Set<number>(), actorIds: new Set<number>() }]));
  for (const { actor, entries } of changes)
    for (const { entityId, changes: changed } of entries) {
      const found = people.get(entityId ?? 0);
      if (actor.id !== null) found?.actorIds.add(actor.id);
      if (changed.assigned_to) found?.assigneeIds.add(Number(changed.assigned_to[1]));
    }
  return tasks.map((task) => {
    const { assigneeIds = [], actorIds = [] } = people.get(task.id) ?? {};
    return { task, assigneeIds: [...assigneeIds], actorIds: [...actorIds] };
  });
}
