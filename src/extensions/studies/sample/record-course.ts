import { type EntityClass } from '../../../core/persistence/audited-transaction.js';
import { type SampleContext, type SampleUser } from '../../sample-contribution.js';

const MINUTE = 60_000;
export const DAY = 86_400_000;

/** A change of a record: planned for a time, made at the next working time of its author. */
export interface CourseStep<E> {
  readonly by: SampleUser;
  /** ms since the epoch. */
  readonly at: number;
  readonly reason?: string;
  /** @param at when it is made */
  readonly patch: (at: Date) => Partial<E>;
}

/** Replays the courses of records up to the present. */
export class RecordCourse {
  constructor(private readonly context: SampleContext) {}

  /**
   * @param steps in the order of time; none is made before the one before it
   * @returns the record as it is at the present; undefined where its creation is still to come
   */
  async replay<E extends { createdAt: Date }>(
    entity: EntityClass<E>,
    created: { readonly by: SampleUser; readonly at: number; readonly values: (at: Date) => Partial<E> },
    steps: readonly CourseStep<E>[] = [],
  ): Promise<E | undefined> {
    const { records } = this.context;
    const at = this.timeOf(created.by, created.at);
    if (!at) return undefined;
    let record = await records.create(entity, created.values(at), { by: created.by, at });
    let last = at.getTime();
    for (const { by, at: planned, reason, patch } of steps) {
      const time = this.timeOf(by, Math.max(planned, last + MINUTE));
      if (!time) break;
      record = records.update(entity, record, patch(time), { by, at: time, ...(reason && { reason }) });
      last = time.getTime();
    }
    return record;
  }

  /** Returns the next working time of a user; undefined where it is still to come. */
  timeOf(user: SampleUser, at: number): Date | undefined {
    const time = this.context.workingTime(user, new Date(Math.floor(at)));
    return time <= this.context.now ? time : undefined;
  }
}
