import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Progress } from '../../core/progress.js';
import { Database } from '../../infrastructure/database/database.js';
import { IntegrityError, storedEntryLabel } from '../storage/integrity-error.js';
import { readLeafRange } from '../storage/leaf-range.js';
import { LeafRangeReader } from '../storage/leaf-range-reader.js';
import { withReadSnapshot, type ReadSnapshot } from '../storage/read-snapshot.js';
import { type ListedRedaction } from '../storage/redaction-list.js';
import { LeafHashWorkerPool } from '../storage/leaf-hash-worker-pool.js';
import { type SignedCheckpoint } from '../format/checkpoint.js';
import { type EntryRow } from '../format/leaf.js';
import { CheckpointSigningKey } from '../sequencing/checkpoint-signing-key.js';
import { entryById, EXPORTED_SNAPSHOT, SEALED_RANGE, unsealedEntries } from './audit-verifier.sql.js';
import { checkpointRecordsOf } from './checkpoint-records.js';
import { StoredKeyHistory } from './stored-key-history.js';
import { assertRedactionsConsistent } from './redaction-check.js';
import { LogVerifier, type VerifiedTree } from './log-verifier.js';

/** Below this size, threads take longer to start than they save. */
const MIN_SIZE_FOR_WORKERS = 20_000;

export interface VerificationOptions {
  /** Seconds that an entry may wait to be sealed, and that clocks may differ. */
  readonly grace: number;
  /** Checkpoints that were published outside of the host. */
  readonly exported?: readonly SignedCheckpoint[];
  /** Redactions of lists kept outside of the host. */
  readonly redactions?: readonly ListedRedaction[];
  /** The built module `leaf-hash.worker.js`; without it, or for small logs, leaves are hashed in this thread. */
  readonly threads?: URL;
  readonly progress?: Progress;
}

/** The proven state of the audit trail. */
export interface VerificationResult extends VerifiedTree {
  readonly keyId: string | undefined;
  /** Number of entries within the grace that are not sealed yet. */
  readonly waiting: number;
}

/** Verifies the whole audit trail: every entry, the tree over them, its checkpoints and their keys. */
@Injectable()
export class AuditVerifier {
  constructor(
    private readonly database: Database,
    private readonly source: DataSource,
    private readonly key: CheckpointSigningKey,
  ) {}

  /** @throws IntegrityError for the first defect */
  verify(options: VerificationOptions): Promise<VerificationResult> {
    return withReadSnapshot(this.database.pool, async (snapshot) => {
      const keys = await StoredKeyHistory.read(snapshot.query);
      const found = await this.verifyTree(snapshot, keys, options);
      this.assertSignedByConfiguredKey(keys);
      await assertRedactionsConsistent(snapshot.query, options.redactions);
      return { ...found, keyId: keys.newest?.id, waiting: await countUnsealedOrThrow(snapshot, options.grace) };
    });
  }

  private async verifyTree(
    snapshot: ReadSnapshot,
    keys: StoredKeyHistory,
    { grace, exported = [], threads, progress }: VerificationOptions,
  ): Promise<VerifiedTree> {
    const size = await treeSizeOrThrow(snapshot);
    const others = threads && size >= MIN_SIZE_FOR_WORKERS ? await this.startWorkerPool(threads, snapshot) : undefined;
    const here = { parallel: 1, read: (begin: number, end: number) => readLeafRange(snapshot.query, begin, end) };
    try {
      const leaves = new LeafRangeReader(others ?? here, size, progress);
      return await new LogVerifier(snapshot, leaves, grace * 1000).run(checkpointRecordsOf(snapshot, keys, exported));
    } finally {
      await others?.stop();
    }
  }

  private async startWorkerPool(file: URL, { query }: ReadSnapshot): Promise<LeafHashWorkerPool> {
    const [exported] = await query<{ id: string }>(EXPORTED_SNAPSHOT);
    const { url } = this.source.options as { url: string };
    return new LeafHashWorkerPool(file, { url, snapshot: exported?.id ?? '' });
  }

  private assertSignedByConfiguredKey({ newest }: StoredKeyHistory): void {
    if (!newest || newest.id === this.key.signer.id) return;
    throw new IntegrityError(
      `The audit trail was last signed by the key ${newest.id}, which is not the one that is configured here ` +
        `(${this.key.signer.id}).`,
    );
  }
}

/** Returns the number of sealed positions. @throws IntegrityError at a negative one */
async function treeSizeOrThrow({ query }: ReadSnapshot): Promise<number> {
  const [row] = await query<{ first: string; size: string }>(SEALED_RANGE);
  if (Number(row?.first) < 0)
    throw new IntegrityError(`There is no position ${row?.first}, and yet something is sealed at it.`);
  return Number(row?.size);
}

/** Counts entries that wait to be sealed. @throws IntegrityError at one that has waited longer than the grace */
async function countUnsealedOrThrow({ query }: ReadSnapshot, grace: number): Promise<number> {
  const [found] = await query<{ n: number; late: string | null }>(unsealedEntries(grace));
  if (!found?.late) return found?.n ?? 0;
  const [entry] = await query<EntryRow>(entryById(found.late));
  const { occurred_at: time } = entry as EntryRow;
  throw new IntegrityError(`${storedEntryLabel(entry as EntryRow)} of ${time} was never sealed.`);
}
