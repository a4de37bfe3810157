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
  await client.query(
    `INSERT INTO tasks (title, description, status, priority, assigned_to_id, created_by_id, estimated_hours,
       actual_hours, deadline, created_at, updated_at, completed_at)
     SELECT 'Visit ' || n || ', site ' || n % 40, 'Check signatures and versions of all forms of visit ' || n, s.status,
       (ARRAY['low', 'medium', 'high', 'critical'])[n * 7 % 4 + 1], n % $2::int + 3, 1, n % 40 + 1,
       CASE WHEN n % 3 = 0 THEN n % 50 END, now() + (n % 400 - 100) * interval '1 day',
       now() - (n % 300 + 1) * interval '1 day', now() - n % 300 * interval '1 hour',
       CASE s.status WHEN 'completed' THEN now() - n % 300 * interval '1 hour' END
     FROM generate_series(1, $1::int) n,
       LATERAL (SELECT (ARRAY['pending', 'in_progress', 'completed', 'blocked', 'pending'])[n * 11 % 5 + 1] AS status) s`,
    [size, developers],
  );
  await client.query(`INSERT INTO task_tags SELECT id, id % 20 + 1 FROM tasks WHERE id % 2 = 0`);
  await client.query(`INSERT INTO task_history (task_id, action, from_status, to_status, changed_by_id, changes)
    SELECT id, 'status_changed', 'pending', status, 1, jsonb_build_object('status', jsonb_build_array('pending', status)) FROM tasks`);
  await client.query(`INSERT INTO notifications (user_id, task_id, message, notification_type, read, read_at, is_delivered)
    SELECT assigned_to_id, id, 'You have "' || title || '"', 'task_assigned', id % 2 = 0, CASE id % 2 WHEN 0 THEN now() END, true
    FROM tasks WHERE id <= 200000`);
  await client.query('VACUUM ANALYZE');
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
