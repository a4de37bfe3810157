import { createHmac, hkdfSync } from 'node:crypto';
import { type Pool, type PoolClient } from 'pg';

type Queryable = Pick<Pool | PoolClient, 'query'>;

/** What the database has to know to let values go: tables of the owner, of which the role that serves reads one. */
export interface RedactionRules {
  readonly secretKey: string;
  /** How long a request has to be sealed before; undefined leaves what was set last. */
  readonly redactionDelayHours: number | undefined;
}

/** Proves to the database that a step of a redaction went through a server of this installation. */
export function redactionMac(secretKey: string, message: string): Buffer {
  return createHmac('sha256', redactionKey(secretKey)).update(message).digest();
}

/** Of one purpose: neither tells anything of SECRET_KEY. */
function redactionKey(secretKey: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secretKey, '', 'ctms redactions', 32));
}

/**
 * Stores the rules as the owner. Older keys stay, since replicas take up a new SECRET_KEY one after the other. A server that has
 * not the owner's address starts as well, where nothing is to be migrated: the rules are those of the last `migration:run`.
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
