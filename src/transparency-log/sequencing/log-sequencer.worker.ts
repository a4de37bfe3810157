import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import sql from 'sql-template-tag';
import { Config } from '../../core/config/config.js';
import { systemPrincipal } from '../../core/authorization/actor.js';
import { UnitOfWork } from '../../core/persistence/unit-of-work.js';
import { Outage } from '../../core/persistence/outage.js';
import { type QueryFn } from '../../core/persistence/prepared-statements.js';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { JobQueue } from '../../infrastructure/jobs/job-queue.service.js';
import { databaseTime, ENTRY_LEAF_COLUMNS, loadCompactRange, appendLeaves } from '../storage/stored-tree.js';
import { mapInTurns } from '../storage/turns.js';
import { signCheckpoint } from '../format/checkpoint.js';
import { entryLeafHash, leafContent, type EntryRow } from '../format/leaf.js';
import { LowWaterMark } from './low-water-mark.js';
import { SequencerMetrics } from './sequencer-metrics.js';
import { CheckpointSigningKey } from './checkpoint-signing-key.js';

const PRINCIPAL = systemPrincipal('sealer');
const LOCK = 'seal-audit-trail';
const BATCH = 2000;
/** Entries that are in memory at a time: each may have texts of 100 kB. */
const SLICE = 100;
/** Entry id before the first: scans the whole trail. */
const FROM_START = '0';
const FULL_SCAN_MS = 3_600_000;

/** The progress of one transaction. */
interface BatchResult {
  readonly sealed: number;
  /** The last id of the batch; undefined where another replica holds the lock. */
  readonly last: string | undefined;
}

/**
 * Integrates committed entries into the tree and signs a checkpoint. Entries of earlier polls precede those of later ones;
 * within a poll they are in the order of ids. One replica works at a time, under a lock that ends with its transaction: if
 * the replica is killed, the next one continues at once.
 */
@Injectable()
export class LogSequencer implements BeforeApplicationShutdown {
  private readonly logger = new Logger('Seals');
  private readonly lowWaterMark = new LowWaterMark();
  private timer: NodeJS.Timeout | undefined;
  private integrating: Promise<number> = Promise.resolve(0);
  private fullScanAt = performance.now();
  private readonly outage = new Outage(this.logger, 'The audit trail could not be sealed');
  private stopped = false;

  constructor(
    private readonly config: Config,
    private readonly unitOfWork: UnitOfWork,
    private readonly jobs: JobQueue,
    private readonly key: CheckpointSigningKey,
    private readonly metrics: SequencerMetrics,
  ) {}

  /** Schedules the next poll, on replicas that work on jobs. */
  start(pauseMs = 0): void {
    if (!this.config.jobsEnabled || this.stopped) return;
    const ms = Math.max(pauseMs, this.config.auditSealSeconds * 1000);
    this.timer = setTimeout(() => void this.tick(), ms).unref();
  }

  /**
   * Integrates all entries that were committed before the call.
   *
   * @returns the number of entries; 0 also where another replica holds the lock
   */
  integrate(): Promise<number> {
    // Polls run one after the other, since each advances the low-water mark that it observed.
    this.integrating = this.integrating.catch(() => 0).then(() => this.poll());
    return this.integrating;
  }

  /** Integrates the changes of the last requests before the process ends. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    if (this.timer) await this.integrate().catch((error: unknown) => this.outage.failed(error));
  }

  private async tick(): Promise<void> {
    let pauseMs = 0;
    try {
      await this.integrate();
      this.outage.worked();
    } catch (error) {
      this.metrics.failures.inc();
      pauseMs = this.outage.failed(error);
    }
    this.start(pauseMs);
  }

  private async poll(): Promise<number> {
    this.scheduleFullScan();
    if (!(await this.unitOfWork.run(PRINCIPAL, (tx) => this.lowWaterMark.observe(queryIn(tx))))) return 0;
    let total = 0;
    for (let last: string | undefined = this.lowWaterMark.id; ;) {
      const after: string = last;
      const batch = await this.unitOfWork.run(PRINCIPAL, (tx) => this.integrateBatch(tx, after));
      this.metrics.sealed.inc(batch.sealed);
      total += batch.sealed;
      last = batch.last;
      if (last === undefined) return total;
      if (batch.sealed < BATCH) break;
    }
    this.lowWaterMark.advance();
    return total;
  }

  private async integrateBatch(tx: AuditedTransaction, after: string): Promise<BatchResult> {
    if (!(await this.jobs.tryExclusive(tx, LOCK))) return { sealed: 0, last: undefined };
    // A full scan exceeds the usual time limit of statements.
    if (after === FROM_START) await tx.unlimited();
    const rows = await tx.query<{ id: string }>(sql`SELECT a.id FROM audit_trail a
      WHERE a.id > ${after}::bigint AND NOT EXISTS (SELECT FROM audit_seals s WHERE s.entry_id = a.id)
      ORDER BY a.id LIMIT ${BATCH}`);
    const ids = rows.map(({ id }) => id);
    if (ids.length > 0) await this.appendBatch(tx, ids);
    return { sealed: ids.length, last: ids.at(-1) ?? after };
  }

  private async appendBatch(tx: AuditedTransaction, ids: readonly string[]): Promise<void> {
    const query = queryIn(tx);
    const range = await loadCompactRange(query);
    const signer = await this.key.claim(tx, range.size);
    const leaves: LeafOfEntry[] = [];
    for (let start = 0; start < ids.length; start += SLICE)
      leaves.push(...(await leavesOf(query, ids.slice(start, start + SLICE))));
    await appendLeaves(query, range, leaves);
    const { size, root } = range;
    const time = await databaseTime(query);
    const note = signCheckpoint({ origin: signer.name, size, root, time }, signer);
    await tx.query(sql`INSERT INTO audit_checkpoints (tree_size, root_hash, note, key_id, created_at)
      VALUES (${size}, ${root}, ${note}, ${signer.id}, ${time})`);
  }

  private scheduleFullScan(): void {
    if (performance.now() - this.fullScanAt < FULL_SCAN_MS) return;
    this.fullScanAt = performance.now();
    this.lowWaterMark.reset();
  }
}

interface LeafOfEntry {
  readonly entryId: string;
  readonly hash: Buffer;
}

/** Hashes entries in the order of their ids, without holding up the requests of the process. */
async function leavesOf(query: QueryFn, ids: readonly string[]): Promise<LeafOfEntry[]> {
  const rows = await query<EntryRow & { id: string }>(
    sql`SELECT ${ENTRY_LEAF_COLUMNS} FROM audit_trail a WHERE a.id = ANY(${ids}::bigint[]) ORDER BY a.id`,
  );
  return mapInTurns(rows, (row) => ({ entryId: row.id, hash: leafHashOrThrow(row) }));
}

/** @throws Error that names the entry: one without a leaf holds up all later ones */
function leafHashOrThrow(row: EntryRow): Buffer {
  try {
    return entryLeafHash(leafContent(row));
  } catch (error) {
    throw new Error(`Entry ${row.id} has no leaf: ${(error as Error).message}`);
  }
}

const queryIn =
  (tx: AuditedTransaction): QueryFn =>
  (statement) =>
    tx.query(statement);
