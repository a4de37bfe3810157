// After the load: what was written is all there, once, and everything that counts it agrees.
import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

const SEAL_PATIENCE_MS = 120_000;

/** Statements whose two figures must be equal. `$1` is the last audit entry before the load, `$2` its time. */
const EQUAL = {
  'versions of tasks and their audit entries': `SELECT
    (SELECT sum(version - 1)::int FROM tasks) AS a,
    (SELECT count(*)::int FROM audit_trail WHERE entity_type = 'task'
      AND action NOT IN ('task.created', 'task.deadline_warned')) AS b`,
  'tasks whose version is not that of their last audit entry': `SELECT 0 AS a, (SELECT count(*)::int FROM tasks t JOIN
      (SELECT entity_id, max(entity_version) AS last FROM audit_trail WHERE entity_type = 'task' GROUP BY 1) n
      ON n.entity_id = t.id WHERE n.last <> t.version) AS b`,
  'audit entries of a status and rows of the history': `SELECT
    (SELECT count(*)::int FROM audit_trail WHERE id > $1 AND entity_type = 'task' AND action <> 'task.created' AND changes ? 'status') AS a,
    (SELECT count(*)::int FROM task_history WHERE timestamp >= $2 AND from_status <> to_status) AS b`,
  'audit entries of a status and notifications of it': `SELECT
    (SELECT count(*)::int FROM audit_trail WHERE id > $1 AND entity_type = 'task' AND action <> 'task.created' AND changes ? 'status') AS a,
    (SELECT count(*)::int FROM notifications WHERE created_at >= $2 AND notification_type = 'status_change') AS b`,
  'created tasks and notifications of their assignees': `SELECT
    (SELECT count(*)::int FROM audit_trail WHERE id > $1 AND action = 'task.created') AS a,
    (SELECT count(*)::int FROM notifications WHERE created_at >= $2 AND notification_type = 'task_assigned') AS b`,
};

/** State before the load, for the comparison. */
export async function standing(client) {
  const { rows } = await client.query(
    `SELECT coalesce((SELECT max(id) FROM audit_trail), 0) AS entry, clock_timestamp() AS time`,
  );
  return rows[0];
}

/** @returns what does not agree, one sentence each */
export async function recount({ client, url, env, manager, developer, before, wrote }) {
  const faults = [];
  const same = (what, a, b) => a === b || faults.push(`${what}: ${a} and ${b}`);
  for (const [what, text] of Object.entries(EQUAL)) {
    const values = [before.entry, before.time].slice(0, /\$2/.test(text) ? 2 : 0);
    const { rows } = await client.query(text, values);
    same(what, rows[0].a, rows[0].b);
  }
  for (const write of wrote) faults.push(...(await missing(client, before, write)));
  faults.push(...(await shown(client, url, manager, developer)), ...(await sealed(client, env)));
  return faults;
}

/**
 * Each answered write has its entry; one that was under way when the load ended may have one as well. Where requests for
 * the same tasks overlap, one of them may find nothing left to change.
 */
async function missing(client, before, { name, answered, sent, each, ids, overlaps }) {
  const { rows } = await client.query(
    ids
      ? {
          text: `SELECT count(*)::int AS n FROM audit_trail WHERE id > $1 AND action = 'task.updated' AND entity_id = ANY($2)`,
          values: [before.entry, ids],
        }
      : {
          text: `SELECT count(*)::int AS n FROM audit_trail WHERE id > $1 AND action = 'task.created'`,
          values: [before.entry],
        },
  );
  const [{ n }] = rows;
  const least = overlaps ? each : answered * each;
  return n >= least && n <= sent * each
    ? []
    : [`${name}: ${answered} of ${sent} were answered, of ${each} each, but there are ${n} audit entries`];
}

/** Lists and analytics, as clients see them, against a count. */
async function shown(client, url, manager, developer) {
  const faults = [];
  const same = (what, a, b) =>
    JSON.stringify(a) === JSON.stringify(b) || faults.push(`${what}: ${JSON.stringify(a)} and ${JSON.stringify(b)}`);
  const get = async (path, token) =>
    (await fetch(`${url}${path}`, { headers: { Authorization: `Bearer ${token}` } })).json();
  const { rows } = await client.query(`SELECT count(*)::int AS total,
      count(*) FILTER (WHERE status = 'pending')::int AS pending, count(*) FILTER (WHERE status = 'in_progress')::int AS in_progress,
      count(*) FILTER (WHERE status = 'blocked')::int AS blocked, count(*) FILTER (WHERE status = 'completed')::int AS completed,
      array_agg(id ORDER BY id) FILTER (WHERE assigned_to_id = 3) AS own,
      count(*) FILTER (WHERE assigned_to_id = 3 AND status = 'pending')::int AS own_pending FROM tasks WHERE deleted_at IS NULL`);
  const [truth] = rows;
  const [all, own] = [await get('/api/analytics', manager), await get('/api/analytics', developer)];
  same('team of a manager', all.team_tasks.total, truth.total);
  same('completed tasks of the team', all.team_tasks.completed, truth.completed);
  same('blocked tasks of the team', all.team_tasks.blocked_tasks_needing_attention.length, truth.blocked);
  same('tasks of a developer', own.my_tasks.total, truth.own.length);
  same('pending tasks of a developer', own.my_tasks.pending, truth.own_pending);
  same(
    'the list of a developer',
    (await get('/api/tasks', developer)).map(({ id }) => id),
    truth.own,
  );
  const unread = await client.query(`SELECT count(*)::int AS n FROM notifications WHERE user_id = 3 AND NOT read`);
  same('unread notifications', (await get('/api/notifications/unread_count', developer)).count, unread.rows[0].n);
  return faults;
}

async function sealed(client, env) {
  const end = Date.now() + SEAL_PATIENCE_MS;
  const waiting = async () =>
    (
      await client.query(
        'SELECT (SELECT count(*) FROM audit_trail)::int - (SELECT count(*) FROM audit_seals)::int AS n',
      )
    ).rows[0].n;
  while ((await waiting()) > 0 && Date.now() < end) await sleep(250);
  const left = await waiting();
  if (left > 0) return [`${left} audit entries are not sealed after ${SEAL_PATIENCE_MS / 1000} s`];
  const file = new URL('../dist/cli/verify-audit.command.js', import.meta.url).pathname;
  return new Promise((resolve) => {
    execFile(process.execPath, [file], { env: { ...process.env, ...env } }, (error, stdout, stderr) =>
      resolve(error || !stdout.startsWith('OK') ? [`audit:verify: ${stdout}${stderr}`] : []),
    );
  });
}
