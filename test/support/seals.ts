import sql from 'sql-template-tag';
import { Client } from 'pg';
import { type SignedCheckpoint, parseCheckpoint } from '../../src/transparency-log/format/checkpoint.js';
import {
  AuditVerifier,
  type VerificationResult,
} from '../../src/transparency-log/verification/audit-verifier.service.js';
import { LogSequencer } from '../../src/transparency-log/sequencing/log-sequencer.worker.js';
import { type TestApp } from './app.js';

/** The tables that prove something, and the entries that they prove. */
export const TABLES = ['audit_trail', 'audit_seals', 'audit_nodes', 'audit_checkpoints', 'audit_keys'] as const;

export const sealer = (app: TestApp): LogSequencer => app.nest.get(LogSequencer, { strict: false });

/**
 * Findings of `npm run audit:verify`.
 *
 * @param grace seconds for which entries may wait, and by which they may be sealed out of order; on a busy machine, that is
 * long for what a spec wrote in turn
 */
export function verified(
  app: TestApp,
  exported: readonly SignedCheckpoint[] = [],
  grace = 60,
): Promise<VerificationResult> {
  return app.nest.get(AuditVerifier, { strict: false }).verify({ grace, exported });
}

/** The newest checkpoint, as it would have left the host. */
export async function checkpointOf(app: TestApp): Promise<SignedCheckpoint> {
  const [row] = await app.rows<{ note: string }>(
    sql`SELECT note FROM audit_checkpoints ORDER BY tree_size DESC LIMIT 1`,
  );
  return parseCheckpoint(row?.note ?? '');
}

/** Entries of now, sealed by so many at a time. */
export async function someHistory(app: TestApp, count: number, step = count): Promise<void> {
  for (let done = 0; done < count; done += step) {
    await app.rows(sql`INSERT INTO audit_trail (actor_name, actor_role, action, entity_type, entity_id, entity_version,
        entity_name, changes)
      SELECT 'asha', 'manager', 'task.updated', 'task', n, 2, 'Visit ' || n,
        jsonb_build_object('title', jsonb_build_array('Old ' || n, 'New ' || n))
      FROM generate_series(${done + 1}::int, ${Math.min(done + step, count)}::int) n`);
    await sealer(app).integrate();
  }
}

/** A connection with the rights of a superuser, on which no trigger of the product fires. */
export async function intruder(app: TestApp): Promise<Client> {
  const client = new Client({ connectionString: app.database.ownerUrl });
  await client.connect();
  await client.query('SET session_replication_role = replica');
  return client;
}
