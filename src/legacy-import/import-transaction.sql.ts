import sql from 'sql-template-tag';
import { type AuditedTransaction } from '../core/persistence/audited-transaction.js';

/** Key of the advisory lock that lets one import run at a time; "lega" in ASCII. */
const IMPORT_LOCK = 0x6c656761;

/** Lifts the time limits of the transaction, which takes as long as the dump does, and waits for any other import. */
export async function beginImport(tx: AuditedTransaction): Promise<void> {
  await tx.unlimited();
  await tx.query(sql`SET LOCAL idle_in_transaction_session_timeout = 0`);
  await tx.query(sql`SELECT pg_advisory_xact_lock(${IMPORT_LOCK}::bigint)`);
}

export async function setSavepoint(tx: AuditedTransaction): Promise<void> {
  await tx.query(sql`SAVEPOINT checked`);
}

export async function rollBackToSavepoint(tx: AuditedTransaction): Promise<void> {
  await tx.query(sql`ROLLBACK TO SAVEPOINT checked`);
}
