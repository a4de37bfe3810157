import { Injectable } from '@nestjs/common';
import { Counter, Gauge } from 'prom-client';
import sql from 'sql-template-tag';
import { Database } from '../../infrastructure/database/database.js';
import { Metrics } from '../../infrastructure/monitoring/metrics.js';

/** Metrics of sealing. The lag is that of all replicas; alert on it. */
@Injectable()
export class SequencerMetrics {
  readonly sealed: Counter;
  readonly failures: Counter;

  constructor(database: Database, { registry }: Metrics) {
    const registers = [registry];
    this.sealed = new Counter({
      name: 'ctms_audit_sealed_total',
      help: 'Audit entries that this replica sealed',
      registers,
    });
    this.failures = new Counter({
      name: 'ctms_audit_seal_failures_total',
      help: 'Attempts of this replica to seal that failed',
      registers,
    });
    new Gauge({
      name: 'ctms_audit_seal_lag_seconds',
      help: 'Age of the oldest audit entry that is not sealed',
      registers,
      // All workers read the same value.
      aggregator: 'max',
      async collect() {
        this.set(await lagSeconds(database));
      },
    });
  }
}

/** Returns 0 where the database cannot be reached, so that the other metrics stay readable. */
async function lagSeconds(database: Database): Promise<number> {
  const row = await database
    .row<{ seconds: number }>(
      sql`SELECT coalesce(extract(epoch FROM clock_timestamp() - min(occurred_at)), 0)::float8 AS seconds
        FROM audit_trail WHERE id > coalesce((SELECT max(entry_id) FROM audit_seals), 0)`,
    )
    .catch(() => undefined);
  return row?.seconds ?? 0;
}
