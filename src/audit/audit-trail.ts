import { Injectable } from '@nestjs/common';
import { AuditSink, notRecorded } from '../core/persistence/audit-sink.js';
import { type AuditEntryDraft } from '../core/persistence/audited.decorator.js';
import { type AuditedTransaction } from '../core/persistence/audited-transaction.js';
import { insertEntriesSql } from './audit-trail.sql.js';

/** Writes the audit trail with one statement for each slice of the entries of a transaction. */
@Injectable()
export class AuditTrail extends AuditSink {
  write(tx: AuditedTransaction, entries: readonly AuditEntryDraft[]): Promise<void> {
    return tx.enqueueInSlices(entries, (json) => insertEntriesSql(tx.principal, json), notRecorded);
  }
}
