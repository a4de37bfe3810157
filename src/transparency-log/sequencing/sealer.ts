import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import sql from 'sql-template-tag';
import { Config } from '../../core/config/config.js';
import { systemAuthor } from '../../core/authorization/actor.js';
import { Change } from '../../core/persistence/unit-of-work.js';
import { Outage } from '../../core/persistence/outage.js';
import { type Ask } from '../../core/persistence/prepared-statements.js';
import { type Tx } from '../../core/persistence/audited-transaction.js';
import { Jobs } from '../../infrastructure/jobs/jobs.js';
import { databaseTime, ENTRY_COLUMNS, openTree, storeLeaves } from '../storage/stored-tree.js';
import { signCheckpoint } from '../format/checkpoint.js';
import { leafHash, sealedEntry, type EntryRow } from '../format/leaf.js';
import { Horizon } from './horizon.js';
import { SealMetrics } from './seal-metrics.js';
import { SealingKey } from './sealing-key.js';

const AUTHOR = systemAuthor('sealer');
const WORK = 'seal-audit-trail';
const BATCH = 2000;
/** Where a look begins that leaves nothing out. */
const EVERYTHING = '0';
const FULL_LOOK_MS = 3_600_000;

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
export class Sealer implements BeforeApplicationShutdown {
  private readonly logger = new Logger('Seals');
  private readonly horizon = new Horizon();
  private timer: NodeJS.Timeout | undefined;
  private sealing: Promise<number> = Promise.resolve(0);
  private fullLookAt = Date.now();
  private readonly outage = new Outage(this.logger, 'The audit trail could not be sealed');
  private stopped = false;

  constructor(
    private readonly config: Config,
    private readonly change: Change,
    private readonly jobs: Jobs,
    private readonly key: SealingKey,
    private readonly metrics: SealMetrics,
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
  sealNow(): Promise<number> {
    // One after the other: the horizon is that of one look.
    this.sealing = this.sealing.catch(() => 0).then(() => this.look());
    return this.sealing;
  }

  /** What the last requests have changed is sealed before the end. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    if (this.timer) await this.sealNow().catch((error: unknown) => this.outage.failed(error));
  }

  private async tick(): Promise<void> {
    let pauseMs = 0;
    try {
      await this.sealNow();
      this.outage.worked();
    } catch (error) {
      this.metrics.failures.inc();
      pauseMs = this.outage.failed(error);
    }
    this.start(pauseMs);
  }

  private async look(): Promise<number> {
    this.lookAtAllNowAndThen();
    if (!(await this.change.by(AUTHOR, (tx) => this.horizon.observe(asking(tx))))) return 0;
    let total = 0;
    for (let last: string | undefined = this.horizon.id; ;) {
      const after: string = last;
      const look = await this.change.by(AUTHOR, (tx) => this.sealBatch(tx, after));
      this.metrics.sealed.inc(look.sealed);
      total += look.sealed;
      last = look.last;
      if (last === undefined) return total;
      if (look.sealed < BATCH) break;
    }
    this.horizon.advance();
    return total;
  }

  private async sealBatch(tx: Tx, after: string): Promise<Look> {
    if (!(await this.jobs.alone(tx, WORK))) return { sealed: 0, last: undefined };
    // A look at everything may take its time.
    if (after === EVERYTHING) await tx.unlimited();
    const rows = await tx.query<EntryRow & { id: string }>(sql`SELECT ${ENTRY_COLUMNS} FROM audit_trail a
      WHERE a.id > ${after}::bigint AND NOT EXISTS (SELECT FROM audit_seals s WHERE s.entry_id = a.id)
      ORDER BY a.id LIMIT ${BATCH}`);
    if (rows.length > 0) await this.extend(tx, rows);
    return { sealed: rows.length, last: rows.at(-1)?.id ?? after };
  }

  private async extend(tx: Tx, rows: readonly (EntryRow & { id: string })[]): Promise<void> {
    const ask = asking(tx);
    const range = await openTree(ask);
    const signer = await this.key.take(tx, range.size);
    const leaves = rows.map((row) => ({ entryId: row.id, hash: leafOf(row) }));
    await storeLeaves(ask, range, leaves);
    const { size, root } = range;
    const time = await databaseTime(ask);
    const note = signCheckpoint({ origin: signer.name, size, root, time }, signer);
    await tx.query(sql`INSERT INTO audit_checkpoints (tree_size, root_hash, note, key_id, created_at)
      VALUES (${size}, ${root}, ${note}, ${signer.id}, ${time})`);
  }

  private lookAtAllNowAndThen(): void {
    if (Date.now() - this.fullLookAt < FULL_LOOK_MS) return;
    this.fullLookAt = Date.now();
    this.horizon.forget();
  }
}

/** One that cannot be sealed holds up those behind it, so it has to be known. */
function leafOf(row: EntryRow): Buffer {
  try {
    return leafHash(sealedEntry(row));
  } catch (error) {
    throw new Error(`Entry ${row.id} has no leaf: ${(error as Error).message}`);
  }
}

const asking =
  (tx: Tx): Ask =>
  (statement) =>
    tx.query(statement);
