import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const SEAL_PATIENCE_MS = 60_000;
const SHOWN = 5;
/** Of a task, as its owner saw it last. */
const FIELDS = ['title', 'description', 'status', 'version', 'assigned_to', 'deleted'];
const ROOT = new URL('../..', import.meta.url);
/** Entries that come with no version of their own. */
const WITHOUT_VERSION = `'task.deadline_warned'`;
const MOVES = `entity_type = 'task' AND action <> 'task.created' AND changes ? 'status'`;

/** Statements whose rows are faults, by what they show. */
const HALF_DONE = {
  'each version of a task has one audit entry': `SELECT t.id, t.version, n.entries, n.versions, n.last FROM tasks t
    LEFT JOIN (SELECT entity_id, count(*) AS entries, count(DISTINCT entity_version) AS versions, max(entity_version) AS last
      FROM audit_trail WHERE entity_type = 'task' AND action <> ${WITHOUT_VERSION} GROUP BY 1) n ON n.entity_id = t.id
    WHERE n.entries IS DISTINCT FROM t.version OR n.versions <> n.entries OR n.last <> t.version`,
  'no audit entry is of a task that is not there': `SELECT entity_id, action, request_id FROM audit_trail a
    WHERE entity_type = 'task' AND NOT EXISTS (SELECT FROM tasks t WHERE t.id = a.entity_id)`,
  'each change of a status has one line of history': perTask(
    `SELECT entity_id AS id FROM audit_trail WHERE ${MOVES}`,
    `SELECT task_id FROM task_history WHERE from_status <> to_status`,
  ),
  'each new assignee has one line of history': perTask(
    `SELECT entity_id FROM audit_trail WHERE action = 'task.updated' AND changes ? 'assigned_to'`,
    `SELECT task_id FROM task_history WHERE action = 'reassigned'`,
  ),
  'each change of a status has one notification': perTask(
    `SELECT entity_id FROM audit_trail WHERE ${MOVES}`,
    `SELECT task_id FROM notifications WHERE notification_type = 'status_change'`,
  ),
  'each assignee, new or first, has one notification': perTask(
    `SELECT entity_id FROM audit_trail WHERE entity_type = 'task'
      AND (action = 'task.created' OR action = 'task.updated' AND changes ? 'assigned_to')`,
    `SELECT task_id FROM notifications WHERE notification_type = 'task_assigned'`,
  ),
  'each former assignee has one notification': perTask(
    `SELECT entity_id FROM audit_trail WHERE action = 'task.updated' AND changes ? 'assigned_to'`,
    `SELECT task_id FROM notifications WHERE notification_type = 'task_unassigned'`,
  ),
  'a task is as its last audit entry of a status says': `SELECT t.id, t.status, last.status AS recorded FROM tasks t,
    LATERAL (SELECT coalesce(changes -> 'status' ->> 1, changes ->> 'status') AS status FROM audit_trail
      WHERE entity_type = 'task' AND entity_id = t.id AND changes ? 'status' ORDER BY entity_version DESC LIMIT 1) last
    WHERE last.status IS NOT NULL AND last.status <> t.status`,
};

/** Tasks for which two statements give different numbers of rows. */
function perTask(left, right) {
  return `SELECT coalesce(a.id, b.id) AS id, a.n AS left, b.n AS right
    FROM (SELECT id, count(*) AS n FROM (${left}) l(id) GROUP BY 1) a
    FULL JOIN (SELECT id, count(*) AS n FROM (${right}) r(id) GROUP BY 1) b ON a.id = b.id
    WHERE a.n IS DISTINCT FROM b.n`;
}

/** @returns one check each: what has to be so, and its faults, of which there must be none */
export async function check(world) {
  const checks = [];
  const say = (what, faults) => checks.push({ what, faults });
  const { journal, postgres, products, readiness } = world;
  say('5xx were 503 with Retry-After, every request came to an end, and no session was refused', journal.unexpected);
  say(
    'clients got something done',
    journal.count('acknowledged') > 10 ? [] : [`${journal.count('acknowledged')} writes`],
  );
  say('each acknowledged write has its audit entries', await acknowledged(postgres, journal));
  say('no refused write was done', await refused(postgres, journal));
  say('each task is as its last acknowledged write left it', await asLeft(postgres, journal));
  for (const [what, statement] of Object.entries(HALF_DONE)) say(what, shown(await postgres.rows(statement)));
  say('figures equal a recount', await figures(world));
  say('every audit entry is sealed', await sealed(postgres));
  say('audit:verify says OK', await command(world, 'audit:verify'));
  say('analytics:rebuild finds nothing to repair', await command(world, 'analytics:rebuild'));
  say('no process died', deaths(products));
  if (readiness) {
    const { count, lies } = await readiness.stop();
    say(`/health/ready was right (${count} times)`, lies);
  }
  return checks;
}

const shown = (rows) => rows.map((row) => JSON.stringify(row));

async function entriesByRequest(postgres, { prefix }) {
  const rows = await postgres.rows(
    `SELECT request_id AS id, array_agg(entity_id) AS tasks FROM audit_trail
      WHERE entity_type = 'task' AND request_id LIKE $1 GROUP BY 1`,
    [`${prefix}-%`],
  );
  return new Map(rows.map(({ id, tasks }) => [id, tasks]));
}

async function acknowledged(postgres, journal) {
  const found = await entriesByRequest(postgres, journal);
  const faults = [];
  for (const { id, kind, outcome, entries, exact, taskIds } of journal.writes) {
    if (outcome !== 'acknowledged') continue;
    const tasks = found.get(id) ?? [];
    if (tasks.length < entries || (exact && tasks.length !== entries))
      faults.push(`${id} ${kind} has ${tasks.length} audit entries instead of ${entries}`);
    else if (entries === 1 && kind !== 'bulk' && !tasks.includes(taskIds[0]))
      faults.push(`${id} ${kind} has entries of ${tasks}, not of ${taskIds}`);
  }
  return faults;
}

async function refused(postgres, journal) {
  const found = await entriesByRequest(postgres, journal);
  return journal.writes
    .filter(({ id, outcome }) => outcome === 'refused' && found.has(id))
    .map(({ id, kind }) => `${id} ${kind} was refused, but has audit entries`);
}

async function asLeft(postgres, journal) {
  const rows = await postgres.rows(`SELECT id, title, description, status, version, assigned_to_id AS assigned_to,
    deleted_at IS NOT NULL AS deleted FROM tasks`);
  const stored = new Map(rows.map((row) => [row.id, row]));
  const faults = [];
  for (const { id, unsure, blurred, ...task } of journal.tasks.values()) {
    const row = stored.get(id);
    if (!row) faults.push(`task ${id} is not there`);
    else if (!unsure && !blurred)
      for (const field of FIELDS)
        if (row[field] !== task[field])
          faults.push(`task ${id}: ${field} is ${row[field]} and was answered as ${task[field]}`);
  }
  return faults;
}

async function figures({ clients, postgres }) {
  const [{ body }, [counted]] = [
    await clients.get('/api/analytics'),
    await postgres.rows(`SELECT count(*)::int AS total, count(*) FILTER (WHERE status = 'completed')::int AS completed,
      count(*) FILTER (WHERE status = 'blocked')::int AS blocked FROM tasks WHERE deleted_at IS NULL`),
  ];
  const { total, completed, blocked_tasks_needing_attention: blocked } = body?.team_tasks ?? {};
  const read = JSON.stringify({ total, completed, blocked: blocked?.length });
  return read === JSON.stringify(counted) ? [] : [`${read} instead of ${JSON.stringify(counted)}`];
}

async function sealed(postgres) {
  const unsealed = `SELECT count(*)::int AS n FROM audit_trail a
    WHERE NOT EXISTS (SELECT FROM audit_seals s WHERE s.entry_id = a.id)`;
  for (const end = Date.now() + SEAL_PATIENCE_MS; ; await sleep(200)) {
    const [{ n }] = await postgres.rows(unsealed);
    if (n === 0) return [];
    if (Date.now() > end) return [`${n} are not, after ${SEAL_PATIENCE_MS / 1000} s`];
  }
}

/** Runs an npm command of the product, which has to print OK. */
export async function command({ environment }, script, args = []) {
  const { scripts } = JSON.parse(readFileSync(new URL('package.json', ROOT), 'utf8'));
  const file = fileURLToPath(new URL(`dist/${scripts[script].split(' ').pop()}.js`, ROOT));
  const { code, output } = await new Promise((resolve) =>
    execFile(process.execPath, [file, ...args], { env: { ...process.env, ...environment } }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, output: stdout + (error ? stderr : '') }),
    ),
  );
  return code === 0 && output.match(/^OK/m) ? [] : [`exit code ${code}: ${output.slice(0, 1000)}`];
}

const FORGOTTEN = /^.*(?:not handled|Unhandled|UnhandledPromise|uncaught).*$/gim;

function deaths(products) {
  return products.flatMap(({ name, output, deaths: ends, expectedWorkerDeaths = 0 }) => {
    const workers = (output.match(/Worker \d+ has ended/g) ?? []).length;
    return [
      ...ends,
      ...(workers > expectedWorkerDeaths
        ? [`${name}: ${workers} workers ended, ${expectedWorkerDeaths} were killed`]
        : []),
      ...(output.match(FORGOTTEN) ?? []).map((line) => `${name}: ${line}`),
    ];
  });
}

/** The first faults of a check. */
export const firstOf = (faults) => [
  ...faults.slice(0, SHOWN),
  ...(faults.length > SHOWN ? [`and ${faults.length - SHOWN} more`] : []),
];
