import { Injectable } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { type Actor } from '../../core/authorization/actor.js';
import { Change } from '../../core/persistence/unit-of-work.js';
import { type Listing } from '../../core/http/list-response.js';
import { type JsonRow } from '../../core/http/keyset-pagination.js';
import { maskedQuery } from './masking.js';
import { operationOf, recordOf } from './operation-name.js';

/** Reads that leave an entry of their own: by the action, and the type that the entry is filed under. */
const FILED = { 'audit.read': 'audit', 'audit.exported': 'audit', 'tasks.exported': 'task' } as const;

/** A list whose whole may need a look at the database before it begins. */
interface Disclosed extends Omit<Listing, 'all'> {
  all(): AsyncGenerator<JsonRow[]> | Promise<AsyncGenerator<JsonRow[]>>;
}

/** Says in the audit trail who read or took away what. */
@Injectable()
export class Disclosures {
  constructor(private readonly change: Change) {}

  /**
   * Records a read with the filter that it had, values masked as in the request log.
   *
   * @throws Problem 503 `not_recorded` where it cannot be recorded: then nothing may be answered
   */
  record(me: Actor, action: keyof typeof FILED, request: FastifyRequest): Promise<void> {
    const query = maskedQuery(request.query);
    const record = recordOf(request);
    const changes = {
      operation: [null, operationOf(request)] as const,
      ...(record && { record: [null, record] as const }),
      ...(query !== null && { query: [null, query] as const }),
    };
    const note = { action, entityType: FILED[action], entityId: null, entityVersion: null, changes };
    return this.change.by(me, async (tx) => tx.record(note));
  }

  /** The same list, each read of which is recorded; what cannot be read is not. @throws Problem 503 as `record` does */
  listing(me: Actor, request: FastifyRequest, { count, page, all }: Disclosed): Listing {
    const record = () => this.record(me, 'audit.read', request);
    const recorded = async (limit: number) => {
      const read = await page(limit);
      await record();
      return read;
    };
    return { count, page: recorded, all: () => recordedFirst(all, record) };
  }
}

/** A whole list holds a connection from its first row on, and to record needs one: so that comes first. */
async function* recordedFirst(all: Disclosed['all'], record: () => Promise<void>): AsyncGenerator<JsonRow[]> {
  const batches = await all();
  await record();
  yield* batches;
}
