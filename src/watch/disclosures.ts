import { Injectable } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { type Actor } from '../core/actor.js';
import { Change } from '../core/change.js';
import { maskedQuery } from './masking.js';
import { operationOf, recordOf } from './operations.js';

/** Reads that leave an entry of their own: by the action, and the type that the entry is filed under. */
const FILED = { 'audit.read': 'audit', 'audit.exported': 'audit', 'tasks.exported': 'task' } as const;

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
}
