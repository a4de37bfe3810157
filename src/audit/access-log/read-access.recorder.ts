import { Injectable } from '@nestjs/common';
import { type Actor } from '../../core/authorization/actor.js';
import { UnitOfWork } from '../../core/persistence/unit-of-work.js';
import { type ListReader } from '../../core/http/list-response.js';
import { type JsonRow } from '../../core/http/keyset-pagination.js';
import { type ReadOperation } from './read-operation.decorator.js';

/** Reads that leave an entry of their own: by the action, and the type that the entry is filed under. */
const FILED = { 'audit.read': 'audit', 'audit.exported': 'audit', 'tasks.exported': 'task' } as const;

/** A list whose whole may need a look at the database before it begins. */
export interface AuditedList extends Omit<ListReader, 'stream'> {
  stream(): AsyncGenerator<JsonRow[]> | Promise<AsyncGenerator<JsonRow[]>>;
}

/** Says in the audit trail who read or took away what. */
@Injectable()
export class ReadAccessRecorder {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /**
   * Records a read with the filter that it had, values masked as in the request log.
   *
   * @throws Problem 503 `not_recorded` where it cannot be recorded: then nothing may be answered
   */
  record(actor: Actor, action: keyof typeof FILED, read: ReadOperation): Promise<void> {
    const changes = Object.fromEntries(
      Object.entries(read.describe()).map(([name, value]) => [name, [null, value] as const]),
    );
    const note = { action, entityType: FILED[action], entityId: null, entityVersion: null, changes };
    return this.unitOfWork.run(actor, async (tx) => tx.audit(note));
  }

  /** The same list, each read of which is recorded; what cannot be read is not. @throws Problem 503 as `record` does */
  auditedList(actor: Actor, read: ReadOperation, { count, page, stream }: AuditedList): ListReader {
    const record = () => this.record(actor, 'audit.read', read);
    const recorded = async (limit: number) => {
      const rows = await page(limit);
      await record();
      return rows;
    };
    return { count, page: recorded, stream: () => auditThenStream(stream, record) };
  }
}

/** A whole list holds a connection from its first row on, and to record needs one: so that comes first. */
async function* auditThenStream(stream: AuditedList['stream'], record: () => Promise<void>): AsyncGenerator<JsonRow[]> {
  const batches = await stream();
  await record();
  yield* batches;
}
