import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { DataSource } from 'typeorm';
import { Database } from '../../infrastructure/database/database.js';
import { AuditFault, nameOfEntry } from '../storage/audit-fault.js';
import { readSpan } from '../storage/leaf-span.js';
import { LeafStream } from '../storage/leaf-stream.js';
import { inSnapshot, type Snapshot } from '../storage/snapshot.js';
import { type ListedRedaction } from '../storage/redaction-list.js';
import { SpanThreads } from '../storage/span-threads.js';
import { ENTRY_COLUMNS } from '../storage/stored-tree.js';
import { type SignedCheckpoint } from '../format/checkpoint.js';
import { type EntryRow } from '../format/leaf.js';
import { SealingKey } from '../sequencing/sealing-key.js';
import { marksOf } from './checkpoint-marks.js';
import { KeyHistory } from './key-history.js';
import { checkRedactions } from './redaction-check.js';
import { TreeVerification, type VerifiedTree } from './tree-verification.js';

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
export class AuditVerification {
  constructor(
    private readonly database: Database,
    private readonly source: DataSource,
    private readonly key: SealingKey,
  ) {}

  /** @throws AuditFault that names the first thing that is wrong */
  verify(options: VerificationOptions): Promise<Verified> {
    return inSnapshot(this.database.pool, async (snapshot) => {
      const keys = await KeyHistory.read(snapshot.ask);
      const found = await this.verifyTree(snapshot, keys, options);
      this.checkKey(keys);
      await checkRedactions(snapshot.ask, options.redactions);
      return { ...found, keyId: keys.newest?.id, waiting: await unsealed(snapshot, options.grace) };
    });
  }

  private async verifyTree(
    snapshot: Snapshot,
    keys: KeyHistory,
    { grace, exported = [], threads }: VerificationOptions,
  ): Promise<VerifiedTree> {
    const size = await positions(snapshot);
    const others = threads && size >= WORTH_THREADS ? await this.inThreads(threads, snapshot) : undefined;
    const here = { parallel: 1, read: (begin: number, end: number) => readSpan(snapshot.ask, begin, end) };
    try {
      const leaves = new LeafStream(others ?? here, size);
      return await new TreeVerification(snapshot, leaves, grace * 1000).run(marksOf(snapshot, keys, exported));
    } finally {
      await others?.stop();
    }
  }

  private async inThreads(file: URL, { ask }: Snapshot): Promise<SpanThreads> {
    const [exported] = await ask<{ id: string }>(sql`SELECT pg_export_snapshot() AS id`);
    const { url } = this.source.options as { url: string };
    return new SpanThreads(file, { url, snapshot: exported?.id ?? '' });
  }

  private checkKey({ newest }: KeyHistory): void {
    if (!newest || newest.id === this.key.signer.id) return;
    throw new AuditFault(
      `The audit trail was last signed by the key ${newest.id}, which is not the one that is configured here ` +
        `(${this.key.signer.id}).`,
    );
  }
}

/** How many positions there must be entries at. @throws AuditFault at one that is none */
async function positions({ ask }: Snapshot): Promise<number> {
  const [row] = await ask<{ first: string; size: string }>(
    sql`SELECT coalesce(min(position), 0) AS first, coalesce(max(position) + 1, 0) AS size FROM audit_seals`,
  );
  if (Number(row?.first) < 0)
    throw new AuditFault(`There is no position ${row?.first}, and yet something is sealed at it.`);
  return Number(row?.size);
}

/** @throws AuditFault at an entry that should be sealed long since. @returns how many will be soon */
async function unsealed({ ask }: Snapshot, grace: number): Promise<number> {
  const late = sql`a.occurred_at < clock_timestamp() - make_interval(secs => ${grace})`;
  const [found] = await ask<{ n: number; late: string | null }>(sql`SELECT count(*)::int AS n,
      min(a.id) FILTER (WHERE ${late}) AS late
    FROM audit_trail a WHERE NOT EXISTS (SELECT FROM audit_seals s WHERE s.entry_id = a.id)`);
  if (!found?.late) return found?.n ?? 0;
  const [entry] = await ask<EntryRow>(
    sql`SELECT ${ENTRY_COLUMNS} FROM audit_trail a WHERE a.id = ${found.late}::bigint`,
  );
  const { occurred_at: time } = entry as EntryRow;
  throw new AuditFault(`${nameOfEntry(entry as EntryRow)} of ${time} was never sealed.`);
}
