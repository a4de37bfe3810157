import { connected, newDatabase, type TestDatabase } from '../../support/database.js';

type Options = Readonly<Record<string, number>>;

/** Of what is changed or deleted: a fixed number of dead rows, and a part of the table that may be dead besides. */
const CHANGING = [
  'tasks',
  'task_texts',
  'task_tags',
  'task_deltas',
  'task_totals',
  'notifications',
  'deadline_warnings',
  'users',
  'user_sessions',
  'email_verification_tokens',
  'password_reset_tokens',
  'login_failures',
  'login_questions',
  'login_locks',
  'known_devices',
  'socket_tickets',
  'idempotency_keys',
];
const GROWING = ['audit_trail', 'audit_nodes', 'task_history'];

describe('autovacuum', () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await newDatabase();
  });
  afterEach(() => database.drop());

  const query = <R extends object>(text: string) =>
    connected(database.ownerUrl, async (client) => (await client.query<R>(text)).rows);

  async function optionsOf(table: string): Promise<Options> {
    const options = await query<{ name: string; value: string }>(
      `SELECT o.option_name AS name, o.option_value AS value
        FROM pg_class c, pg_options_to_table(c.reloptions) o WHERE c.oid = '${table}'::regclass`,
    );
    return Object.fromEntries(options.map(({ name, value }) => [name, Number(value)]));
  }

  const partitions = async () =>
    (
      await query<{ name: string }>(
        `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'api_audit_logs'::regclass`,
      )
    ).map(({ name }) => name);

  it.each(CHANGING)('goes over %s long before a fifth of it is dead', async (table) => {
    const options = await optionsOf(table);
    expect(options.autovacuum_vacuum_scale_factor).toBeLessThanOrEqual(0.05);
    expect(options.autovacuum_vacuum_threshold).toBeLessThanOrEqual(500);
  });

  it('freezes what only grows at its first vacuum, also in the months of the request log to come', async () => {
    await query(`SELECT make_request_log_partition('2031-05-01')`);
    const months = await partitions();
    expect(months).toContain('api_audit_logs_2031_05');
    expect(months).toContain('api_audit_logs_other');
    for (const table of [...GROWING, ...months])
      expect({ table, ...(await optionsOf(table)) }).toMatchObject({
        table,
        autovacuum_vacuum_insert_scale_factor: 0.02,
        autovacuum_vacuum_insert_threshold: 10_000,
        autovacuum_freeze_min_age: 0,
      });
  });

  it('finds room on the page for what logins write, so that no index gets another entry', async () => {
    await query(`INSERT INTO users (username, email, hashed_password)
      SELECT 'visitor' || n, 'visitor' || n || '@example.org', repeat('x', 97) FROM generate_series(1, 2000) n`);
    await query(`VACUUM users`);
    const before = await query<{ size: string }>(`SELECT pg_indexes_size('users') AS size`);
    // A fifth of the rows: a transaction that is open elsewhere in the cluster can keep a page from being pruned.
    for (let login = 0; login < 2; login++) await query(`UPDATE users SET last_login = now() WHERE id % 10 = ${login}`);
    await query('SELECT pg_stat_force_next_flush()');
    const [changes] = await query<{ hot: number; all: number }>(
      `SELECT n_tup_hot_upd::float8 AS hot, n_tup_upd::float8 AS all FROM pg_stat_user_tables WHERE relname = 'users'`,
    );
    expect(changes?.all).toBeGreaterThanOrEqual(400);
    expect((changes?.hot ?? 0) / (changes?.all ?? 1)).toBeGreaterThan(0.9);
    expect(await query(`SELECT pg_indexes_size('users') AS size`)).toEqual(before);
  });
});
