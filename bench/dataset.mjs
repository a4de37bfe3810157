// The data that is measured on: a trial of a given number of tasks, 217 for each developer, as in the systems replaced.
import { createHash, createHmac, randomUUID } from 'node:crypto';
import bcrypt from 'bcrypt';

export const PASSWORD = 'trial-bench-2026';
const TASKS_EACH = 217;

/** Fills an empty, migrated database. `size` is the number of tasks. */
export async function fill(client, size) {
  const developers = Math.max(1, Math.ceil(size / TASKS_EACH));
  const hash = `bcrypt_sha256$${await bcrypt.hash(createHash('sha256').update(PASSWORD).digest('hex'), 12)}`;
  await client.query(
    `INSERT INTO users (username, email, hashed_password, role, timezone, email_verified)
     SELECT CASE n WHEN 1 THEN 'manager' WHEN 2 THEN 'auditor' ELSE 'developer' || (n - 2) END,
       'user' || n || '@example.org', $1, CASE n WHEN 1 THEN 'manager' WHEN 2 THEN 'auditor' ELSE 'developer' END, 'UTC', true
     FROM generate_series(1, $2::int + 2) n`,
    [hash, developers],
  );
  await client.query(`INSERT INTO tags (name) SELECT 'tag-' || n FROM generate_series(1, 20) n`);
  const remake = await withoutIndexes(client);
  await client.query(
    `INSERT INTO tasks (title, description, status, priority, assigned_to_id, created_by_id, parent_task_id,
       estimated_hours, actual_hours, deadline, priority_escalated, created_at, updated_at, completed_at)
     SELECT 'Visit ' || n || ', site ' || n % 40, 'Check signatures and versions of all forms of visit ' || n, s.status,
       (ARRAY['low', 'medium', 'high', 'critical'])[s.chance / 8 % 4 + 1], n % $2::int + 3,
       CASE n % 10 WHEN 0 THEN n % $2::int + 3 ELSE 1 END, CASE WHEN n % 100 = 0 AND n > 6000 THEN n - 50 END, n % 40 + 1,
       CASE WHEN n % 3 = 0 THEN s.chance / 64 % 50 END, s.deadline,
       -- A system that has been running has raised what is due long since; else its job would do so while others are measured.
       s.status <> 'completed' AND s.deadline <= now() + interval '1 day',
       now() - (n % 300 + 2) * interval '1 day' + s.part, now() - n % 300 * interval '1 hour' - s.part / 24,
       CASE s.status WHEN 'completed' THEN now() - n % 300 * interval '1 hour' - s.part / 24 END
     FROM generate_series(1, $1::int) n,
       -- By chance, but the same each time: no column foretells another. Parents and children are pending.
       LATERAL (SELECT hashint4(n) & 2147483647 AS chance) c,
       LATERAL (SELECT n::bigint * 7919 % 86400 * interval '1 second' AS part) p,
       LATERAL (SELECT CASE WHEN n % 50 = 0 THEN 'pending'
           ELSE (ARRAY['pending', 'in_progress', 'completed', 'blocked', 'pending'])[c.chance % 5 + 1] END AS status,
         c.chance, p.part, now() + (c.chance / 4096 % 400 - 100) * interval '1 day' + p.part AS deadline) s`,
    [size, developers],
  );
  await client.query(`INSERT INTO task_tags SELECT id, id % 20 + 1 FROM tasks WHERE id % 2 = 0`);
  await client.query(`INSERT INTO task_history (task_id, action, from_status, to_status, changed_by_id, changes)
    SELECT id, 'status_changed', 'pending', status, 1, jsonb_build_object('status', jsonb_build_array('pending', status)) FROM tasks`);
  await client.query(`INSERT INTO notifications (user_id, task_id, message, notification_type, read, read_at, is_delivered)
    SELECT assigned_to_id, id, 'You have "' || title || '"', 'task_assigned', id % 2 = 0, CASE id % 2 WHEN 0 THEN now() END, true
    FROM tasks WHERE id <= 200000`);
  await remake();
  await client.query('VACUUM ANALYZE');
}

/** Rows by the million go in before what finds them, as in any load. Unique indexes and keys stay. */
async function withoutIndexes(client) {
  const { rows } =
    await client.query(`SELECT x.indexrelid::regclass::text AS name, pg_get_indexdef(x.indexrelid) AS made
    FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid
    WHERE NOT x.indisunique AND t.relname IN ('tasks', 'task_texts', 'task_tags', 'task_history', 'notifications')`);
  for (const { name } of rows) await client.query(`DROP INDEX ${name}`);
  return async () => {
    for (const { made } of rows) await client.query(made);
  };
}

/** A session for a user, and its access token. */
export async function signIn(client, username, secret) {
  const { rows } = await client.query(
    `INSERT INTO user_sessions (user_id, device_id, refresh_token_hash, refresh_salt, expires_at)
     SELECT id, $2, '', '', now() + interval '1 day' FROM users WHERE username = $1 RETURNING id AS sid, user_id AS sub`,
    [username, randomUUID()],
  );
  const iat = Math.floor(Date.now() / 1000);
  const claims = {
    sub: String(rows[0].sub),
    sid: rows[0].sid,
    type: 'access',
    iat,
    exp: iat + 86_400,
    jti: randomUUID(),
  };
  const body = [{ alg: 'HS256', typ: 'JWT' }, claims].map((part) =>
    Buffer.from(JSON.stringify(part)).toString('base64url'),
  );
  const signature = createHmac('sha256', secret).update(body.join('.')).digest('base64url');
  return [...body, signature].join('.');
}
