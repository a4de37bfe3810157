import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { AuditSink, notRecorded } from '../core/persistence/audit-sink.js';
import { type AuditEntryDraft } from '../core/persistence/audited.decorator.js';
import { type AuditedTransaction } from '../core/persistence/audited-transaction.js';
import { insertEntriesSql } from './audit-trail.sql.js';

/** Entries that are rendered before other requests have their turn. */
const TURN = 1000;

/** Writes the audit trail with one statement for each thousand entries of a transaction. */
@Injectable()
export class AuditTrail extends AuditSink {
  async write(tx: AuditedTransaction, entries: readonly AuditEntryDraft[]): Promise<void> {
    for (let start = 0; start < entries.length; start += TURN) {
      if (start > 0) await nextTurn();
      tx.enqueue(insertEntriesSql(tx.principal, entries.slice(start, start + TURN)), undefined, notRecorded);
    }
  }
}
