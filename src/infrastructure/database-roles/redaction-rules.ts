import { createHmac, hkdfSync } from 'node:crypto';
import { type Pool, type PoolClient } from 'pg';

type Queryable = Pick<Pool | PoolClient, 'query'>;

/**
 * Rules that the database checks before it removes values: stored in tables of the owner, one of which the
 * application role can read.
 */
export interface RedactionRules {
  readonly secretKey: string;
  /** Delay between the sealed request and the removal; undefined keeps the stored one. */
  readonly redactionDelayHours: number | undefined;
}

/** Proves to the database that a step of a redaction came from a server of this installation. */
export function redactionMac(secretKey: string, message: string): Buffer {
  return createHmac('sha256', redactionKey(secretKey)).update(message).digest();
}

/** Derives a key for this purpose alone; it reveals nothing about SECRET_KEY. */
function redactionKey(secretKey: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secretKey, '', 'ctms redactions', 32));
}

/**
 * Stores the rules as the owner. Older keys stay valid, since replicas switch to a new SECRET_KEY one after the
 * other. A server without the owner's URL starts as well, where nothing is to be migrated: the rules are those of the
 * last `migration:run`.
 */
export async function storeRedactionRules(owner: Queryable, rules: RedactionRules): Promise<void> {
  const { rows } = await owner.query<{ may: boolean }>(`SELECT has_table_privilege('redaction_keys', 'INSERT') AS may`);
  if (!rows[0]?.may) return;
  await owner.query('INSERT INTO redaction_keys (key) VALUES ($1) ON CONFLICT DO NOTHING', [
    redactionKey(rules.secretKey),
  ]);
  if (rules.redactionDelayHours === undefined) return;
  await owner.query(
    `INSERT INTO redaction_delays (delay) SELECT make_interval(hours => $1)
      WHERE make_interval(hours => $1) IS DISTINCT FROM (SELECT delay FROM redaction_delays ORDER BY id DESC LIMIT 1)`,
    [rules.redactionDelayHours],
  );
}
