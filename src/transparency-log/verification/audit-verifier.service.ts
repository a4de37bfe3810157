import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { DataSource } from 'typeorm';
import { Database } from '../../infrastructure/database/database.js';
import { IntegrityError, storedEntryLabel } from '../storage/integrity-error.js';
import { readLeafRange } from '../storage/leaf-range.js';
import { LeafRangeReader } from '../storage/leaf-range-reader.js';
import { withReadSnapshot, type ReadSnapshot } from '../storage/read-snapshot.js';
import { type ListedRedaction } from '../storage/redaction-list.js';
import { LeafHashWorkerPool } from '../storage/leaf-hash-worker-pool.js';
import { ENTRY_LEAF_COLUMNS } from '../storage/stored-tree.js';
import { type SignedCheckpoint } from '../format/checkpoint.js';
import { type EntryRow } from '../format/leaf.js';
import { CheckpointSigningKey } from '../sequencing/checkpoint-signing-key.js';
import { checkpointRecordsOf } from './checkpoint-records.js';
import { StoredKeyHistory } from './stored-key-history.js';
import { checkRedactions } from './redaction-check.js';
import { LogVerifier, type VerifiedTree } from './log-verifier.js';

/** Below it, threads take longer to start than they save. */
const WORTH_THREADS = 20_000;

export interface VerificationOptions {
  /** An entry may be so old before it counts as not sealed, or as sealed out of its time. Seconds. */
  readonly grace: number;
  /** Checkpoints that had left the host. */
  readonly exported?: readonly SignedCheckpoint[];
  /** Redactions of lists that were kept outside. */
  readonly redactions?: readonly ListedRedaction[];
  /** The module to run in threads of its own where there is much to read: `span-thread.js` of the build. */
  readonly threads?: URL;
}

/** What was found to be right. */
export interface Verified extends VerifiedTree {
  readonly keyId: string | undefined;
  /** Entries that are younger than the grace and not sealed yet. */
  readonly waiting: number;
}

/** Checks the audit trail of the database whole: every entry, the tree over them, its checkpoints and their keys. */
@Injectable()
export class AuditVerifier {
  constructor(
    private readonly database: Database,
    private readonly source: DataSource,
    private readonly key: CheckpointSigningKey,
  ) {}

  /** @throws IntegrityError that names the first thing that is wrong */
  verify(options: VerificationOptions): Promise<Verified> {
    return withReadSnapshot(this.database.pool, async (snapshot) => {
      const keys = await StoredKeyHistory.read(snapshot.ask);
      const found = await this.verifyTree(snapshot, keys, options);
      this.checkKey(keys);
      await checkRedactions(snapshot.ask, options.redactions);
      return { ...found, keyId: keys.newest?.id, waiting: await unsealed(snapshot, options.grace) };
    });
  }

  private async verifyTree(
    snapshot: ReadSnapshot,
    keys: StoredKeyHistory,
    { grace, exported = [], threads }: VerificationOptions,
  ): Promise<VerifiedTree> {
    const size = await positions(snapshot);
    const others = threads && size >= WORTH_THREADS ? await this.inThreads(threads, snapshot) : undefined;
    const here = { parallel: 1, read: (begin: number, end: number) => readLeafRange(snapshot.ask, begin, end) };
    try {
      const leaves = new LeafRangeReader(others ?? here, size);
      return await new LogVerifier(snapshot, leaves, grace * 1000).run(checkpointRecordsOf(snapshot, keys, exported));
    } finally {
      await others?.stop();
    }
  }

  private async inThreads(file: URL, { ask }: ReadSnapshot): Promise<LeafHashWorkerPool> {
    const [exported] = await ask<{ id: string }>(sql`SELECT pg_export_snapshot() AS id`);
    const { url } = this.source.options as { url: string };
    return new LeafHashWorkerPool(file, { url, snapshot: exported?.id ?? '' });
  }

  private checkKey({ newest }: StoredKeyHistory): void {
    if (!newest || newest.id === this.key.signer.id) return;
    throw new IntegrityError(
      `The audit trail was last signed by the key ${newest.id}, which is not the one that is configured here ` +
        `(${this.key.signer.id}).`,
    );
  }
}

/** How many positions there must be entries at. @throws IntegrityError at one that is none */
async function positions({ ask }: ReadSnapshot): Promise<number> {
  const [row] = await ask<{ first: string; size: string }>(
    sql`SELECT coalesce(min(position), 0) AS first, coalesce(max(position) + 1, 0) AS size FROM audit_seals`,
  );
  if (Number(row?.first) < 0)
    throw new IntegrityError(`There is no position ${row?.first}, and yet something is sealed at it.`);
  return Number(row?.size);
}

/** @throws IntegrityError at an entry that should be sealed long since. @returns how many will be soon */
async function unsealed({ ask }: ReadSnapshot, grace: number): Promise<number> {
  const late = sql`a.occurred_at < clock_timestamp() - make_interval(secs => ${grace})`;
  const [found] = await ask<{ n: number; late: string | null }>(sql`SELECT count(*)::int AS n,
      min(a.id) FILTER (WHERE ${late}) AS late
    FROM audit_trail a WHERE NOT EXISTS (SELECT FROM audit_seals s WHERE s.entry_id = a.id)`);
  if (!found?.late) return found?.n ?? 0;
  const [entry] = await ask<EntryRow>(
    sql`SELECT ${ENTRY_LEAF_COLUMNS} FROM audit_trail a WHERE a.id = ${found.late}::bigint`,
  );
  const { occurred_at: time } = entry as EntryRow;
  throw new IntegrityError(`${storedEntryLabel(entry as EntryRow)} of ${time} was never sealed.`);
}
