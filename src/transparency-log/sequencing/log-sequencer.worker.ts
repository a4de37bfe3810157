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
import { signCheckpoint } from '../format/checkpoint.js';
import { entryLeafHash, leafContent, type EntryRow } from '../format/leaf.js';
import { LowWaterMark } from './low-water-mark.js';
import { SequencerMetrics } from './sequencer-metrics.js';
import { CheckpointSigningKey } from './checkpoint-signing-key.js';

const AUTHOR = systemPrincipal('sealer');
const WORK = 'seal-audit-trail';
const BATCH = 2000;
/** Where a look begins that leaves nothing out. */
const EVERYTHING = '0';
const FULL_SCAN_MS = 3_600_000;

/** How far a look has come. */
interface Look {
  readonly sealed: number;
  /** The last id that was sealed; undefined where another replica is at it. */
  readonly last: string | undefined;
}

/**
 * Gives committed entries their places in the tree, in the order of their commits as far as one look tells them apart,
 * and signs its root. One replica at a time, by a lock that ends with its transaction: if the replica is killed, the next
 * one goes on at once.
 */
@Injectable()
export class LogSequencer implements BeforeApplicationShutdown {
  private readonly logger = new Logger('Seals');
  private readonly horizon = new LowWaterMark();
  private timer: NodeJS.Timeout | undefined;
  private integrating: Promise<number> = Promise.resolve(0);
  private fullScanAt = Date.now();
  private readonly outage = new Outage(this.logger, 'The audit trail could not be sealed');
  private stopped = false;

  constructor(
    private readonly config: Config,
    private readonly unitOfWork: UnitOfWork,
    private readonly jobs: JobQueue,
    private readonly key: CheckpointSigningKey,
    private readonly metrics: SequencerMetrics,
  ) {}

  /** Seals from now on, on replicas that work on jobs. */
  start(pauseMs = 0): void {
    if (!this.config.jobsEnabled || this.stopped) return;
    const ms = Math.max(pauseMs, this.config.auditSealSeconds * 1000);
    this.timer = setTimeout(() => void this.tick(), ms).unref();
  }

  /**
   * Seals what was committed before the call.
   *
   * @returns how many entries; 0 also where another replica is at it
   */
  integrate(): Promise<number> {
    // One after the other: the horizon is that of one look.
    this.integrating = this.integrating.catch(() => 0).then(() => this.poll());
    return this.integrating;
  }

  /** What the last requests have changed is sealed before the end. */
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
    if (!(await this.unitOfWork.run(AUTHOR, (tx) => this.horizon.observe(asking(tx))))) return 0;
    let total = 0;
    for (let last: string | undefined = this.horizon.id; ;) {
      const after: string = last;
      const look = await this.unitOfWork.run(AUTHOR, (tx) => this.integrateBatch(tx, after));
      this.metrics.sealed.inc(look.sealed);
      total += look.sealed;
      last = look.last;
      if (last === undefined) return total;
      if (look.sealed < BATCH) break;
    }
    this.horizon.advance();
    return total;
  }

  private async integrateBatch(tx: AuditedTransaction, after: string): Promise<Look> {
    if (!(await this.jobs.tryExclusive(tx, WORK))) return { sealed: 0, last: undefined };
    // A look at everything may take its time.
    if (after === EVERYTHING) await tx.unlimited();
    const rows = await tx.query<EntryRow & { id: string }>(sql`SELECT ${ENTRY_LEAF_COLUMNS} FROM audit_trail a
      WHERE a.id > ${after}::bigint AND NOT EXISTS (SELECT FROM audit_seals s WHERE s.entry_id = a.id)
      ORDER BY a.id LIMIT ${BATCH}`);
    if (rows.length > 0) await this.extend(tx, rows);
    return { sealed: rows.length, last: rows.at(-1)?.id ?? after };
  }

  private async extend(tx: AuditedTransaction, rows: readonly (EntryRow & { id: string })[]): Promise<void> {
    const ask = asking(tx);
    const range = await loadCompactRange(ask);
    const signer = await this.key.claim(tx, range.size);
    const leaves = rows.map((row) => ({ entryId: row.id, hash: leafOf(row) }));
    await appendLeaves(ask, range, leaves);
    const { size, root } = range;
    const time = await databaseTime(ask);
    const note = signCheckpoint({ origin: signer.name, size, root, time }, signer);
    await tx.query(sql`INSERT INTO audit_checkpoints (tree_size, root_hash, note, key_id, created_at)
      VALUES (${size}, ${root}, ${note}, ${signer.id}, ${time})`);
  }

  private scheduleFullScan(): void {
    if (Date.now() - this.fullScanAt < FULL_SCAN_MS) return;
    this.fullScanAt = Date.now();
    this.horizon.reset();
  }
}

/** One that cannot be sealed holds up those behind it, so it has to be known. */
function leafOf(row: EntryRow): Buffer {
  try {
    return entryLeafHash(leafContent(row));
  } catch (error) {
    throw new Error(`Entry ${row.id} has no leaf: ${(error as Error).message}`);
  }
}

const asking =
  (tx: AuditedTransaction): QueryFn =>
  (statement) =>
    tx.query(statement);
