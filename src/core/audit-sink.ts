import { type TrailNote } from './recorded.js';
import { type Tx } from './tx.js';

/** A seam: where the audit entries of a transaction go. Throwing refuses the change. */
export abstract class AuditSink {
  /** Writes the notes within the transaction that made the changes. */
  abstract write(tx: Tx, notes: readonly TrailNote[]): Promise<void>;
}
