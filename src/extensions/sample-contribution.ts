import { type Principal, type Role } from '../core/authorization/actor.js';
import { type EntityClass } from '../core/persistence/audited-transaction.js';
import { type SeededRandom } from '../core/seeded-random.js';
import { type Task } from '../tasks/task.entity.js';

/** A user of sample data. */
export interface SampleUser {
  readonly id: number;
  readonly username: string;
  readonly role: Role;
  readonly timeZone: string;
}

/** Author, time and reason of a change of sample data. */
export interface SampleAct {
  readonly by: Pick<Principal, 'id' | 'username' | 'role'>;
  /** From the begin of sample data to its present. */
  readonly at: Date;
  readonly reason?: string;
}

/** A task of sample data, as it is at the present. */
export interface SampleTask {
  readonly task: Task;
  /** Everyone to whom it was ever assigned. */
  readonly assigneeIds: readonly number[];
  /** Every user who ever changed it. */
  readonly actorIds: readonly number[];
}

/** Writes records of an extension with their audit trail by COPY. */
export interface SampleRecords {
  /**
   * Drafts the entry of a new record; `write` adds its row.
   *
   * @returns the record with an id, with its times and version where the entity has them, and null for columns left out
   */
  create<E extends object>(entity: EntityClass<E>, values: Partial<E>, act: SampleAct): Promise<E>;
  /** Drafts the entry of a change. @returns the record after it, with its next version */
  update<E extends object>(entity: EntityClass<E>, before: E, patch: Partial<E>, act: SampleAct): E;
  /** Adds rows as they are at the present; those that others refer to come first. */
  write<E extends object>(entity: EntityClass<E>, records: readonly E[]): void;
}

/** Data of the product, and helpers, from which an extension makes its sample data. */
export interface SampleContext {
  readonly records: SampleRecords;
  /** Numbers of the extension's own, which the seed determines. */
  readonly random: SeededRandom;
  /** All users; they joined before `from`. */
  readonly users: readonly SampleUser[];
  /** Number of tasks that will be made. */
  readonly taskCount: number;
  /** Begin of sample data, a year before its present. */
  readonly from: Date;
  /** The present of sample data; nothing happens after it. */
  readonly now: Date;
  /** Returns a time within the user's working hours, `at` or soon after it. */
  workingTime(user: SampleUser, at: Date): Date;
}

/** Follows the tasks of sample data as they are made. */
export interface SampleFollower {
  /** Called for each task and those below it, parents first, in the order of their creation; acts of it are later than that. */
  follow(tasks: readonly SampleTask[]): Promise<void>;
}

/**
 * Makes the sample data of an extension, within the transaction of the product's own: `export const sampleData: SampleData = …`
 * beside its module. The product's rows are the same without it.
 *
 * @returns what follows the tasks, where something does
 */
export type SampleData = (world: SampleContext) => Promise<SampleFollower | void>;
