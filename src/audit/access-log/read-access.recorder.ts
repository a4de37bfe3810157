import { Injectable } from '@nestjs/common';
import { type Actor } from '../../core/authorization/actor.js';
import { UnitOfWork } from '../../core/persistence/unit-of-work.js';
import { type ListReader } from '../../core/http/list-response.js';
import { type JsonRow } from '../../core/http/keyset-pagination.js';
import { type ReadOperation } from './read-operation.decorator.js';

/** Audited kinds of reads: the entity type of the entry by its action. */
const ENTITY_TYPES = { 'audit.read': 'audit', 'audit.exported': 'audit', 'tasks.exported': 'task' } as const;

/** A list whose stream may query the database before it begins. */
export interface AuditedList extends Omit<ListReader, 'stream'> {
  stream(): AsyncGenerator<JsonRow[]> | Promise<AsyncGenerator<JsonRow[]>>;
}

/** Audits reads and exports. */
@Injectable()
export class ReadAccessRecorder {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /**
   * Audits a read with its filter, values masked as in the request log.
   *
   * @throws Problem 503 `not_recorded` where it cannot be recorded; nothing may be returned then
   */
  record(actor: Actor, action: keyof typeof ENTITY_TYPES, read: ReadOperation): Promise<void> {
    const changes = Object.fromEntries(
      Object.entries(read.describe()).map(([name, value]) => [name, [null, value] as const]),
    );
    const note = { action, entityType: ENTITY_TYPES[action], entityId: null, entityVersion: null, changes };
    return this.unitOfWork.run(actor, async (tx) => tx.audit(note));
  }

  /** Wraps a list so that each successful read is audited before it is returned. @throws Problem 503 as `record` does */
  auditedList(actor: Actor, read: ReadOperation, { count, page, stream }: AuditedList): ListReader {
    const record = () => this.record(actor, 'audit.read', read);
    const recorded = async (limit: number, gone?: () => AbortSignal) => {
      const rows = await page(limit, gone);
      await record();
      return rows;
    };
    return { count, page: recorded, stream: () => auditThenStream(stream, record) };
  }
}

/** Audits before the first row, since a streaming list holds a connection and auditing needs one too. */
async function* auditThenStream(stream: AuditedList['stream'], record: () => Promise<void>): AsyncGenerator<JsonRow[]> {
  const batches = await stream();
  await record();
  yield* batches;
}
