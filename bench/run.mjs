// npm run bench [-- --size 10000 --rounds 5 --seconds 4 --connections 16 --workers 1 --only TEXT --compare FILE]
// Starts a PostgreSQL of its own with production settings, fills it, and measures the product and the floor in turns. At its
// end it counts again what the load wrote; where lists, counters, audit trail or seals do not agree, or where one
// process alone needs more memory than it should, it exits with 1.
import { deepStrictEqual } from 'node:assert';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync, chmodSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { loadConfig } from '../dist/core/config/load-config.js';
import { migrate } from '../dist/infrastructure/database/data-source.js';
import { startEmbeddedPostgres } from '../dist/infrastructure/embedded-postgres/embedded-postgres.js';
import { fill, signIn } from './dataset.mjs';
import { measureLogins } from './logins.mjs';
import { cpuMicros, load, residentMb, serverSettings, start } from './processes.mjs';
import { recount, standing } from './recount.mjs';
import { markdown, median, picture } from './report.mjs';
import { scenarios, withTasks } from './scenarios.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const { values } = parseArgs({
  options: {
    size: { type: 'string', default: '10000' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '4' },
    connections: { type: 'string', default: '16' },
    workers: { type: 'string', default: '1' },
    only: { type: 'string' },
    compare: { type: 'string' },
  },
});
const [size, rounds, seconds, connections, workers] = ['size', 'rounds', 'seconds', 'connections', 'workers'].map(
  (name) => Number(values[name]),
);
const log = (line) => process.stderr.write(`${line}\n`);
/** What a process alone may hold: when the load has just ended, so that a container of 256 MB has room for it, and at rest. */
const LIMITS_MB = { resident: 240, rested: 200 };
/** Within 70 s after a load, V8 has given back what it can. */
const REST_SECONDS = 90;
const SECRET_KEY = randomBytes(48).toString('base64');

async function database(folder) {
  const postgres = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), database: 'bench' });
  await migrate(loadConfig({}), postgres);
  const client = new pg.Client({ connectionString: postgres.ownerUrl });
  await client.connect();
  log(`Filling in ${size} tasks …`);
  await fill(client, size);
  const { rows } = await client.query('SELECT pid FROM pg_stat_activity WHERE pid = pg_backend_pid()');
  const parent = Number(/^\d+ \(.*?\) \S+ (\d+)/.exec(readFileSync(`/proc/${rows[0].pid}/stat`, 'utf8'))?.[1]);
  return { postgres, client, pid: parent };
}

async function context(client) {
  const [manager, developer] = [
    await signIn(client, 'manager', SECRET_KEY),
    await signIn(client, 'developer1', SECRET_KEY),
  ];
  const { rows } = await client.query(
    `SELECT id FROM tasks WHERE status = 'pending' AND assigned_to_id <> 3 ORDER BY id LIMIT 6000`,
  );
  const all = rows.map(({ id }) => id);
  // Three sets, so that no scenario undoes or repeats what another one did; the last is for many at once.
  const shares = all.length >= 2000 ? [0.1, 0.1, 0.8] : [1 / 3, 1 / 3, 1 / 3];
  const ids = shares.map((share) => whole(all.splice(0, Math.floor(rows.length * share))));
  const own = await client.query(`SELECT id FROM tasks WHERE assigned_to_id = 3 ORDER BY id LIMIT 1`);
  // New tasks are another developer's, whose list is not measured.
  return { manager, developer, ids, task: own.rows[0].id, assignee: 4 };
}

/** As many as make whole hundreds, where there is one. */
const whole = (ids) => (ids.length < 100 ? ids : ids.slice(0, ids.length - (ids.length % 100)));

async function measure(url, server, databasePid, scenario) {
  const requests = await Promise.all(scenario.requests.map((request) => withTasks(client, request)));
  const before = [cpuMicros(server.pid, true), cpuMicros(databasePid, true)];
  const { name, status = 200 } = scenario;
  const result = await load({ name, url, connections: scenario.connections ?? connections, seconds, requests, status });
  const after = [cpuMicros(server.pid, true), cpuMicros(databasePid, true)];
  const [serverMicros, databaseMicros] = after.map((value, i) => (value - before[i]) / Math.max(1, result.answered));
  return { ...result, serverMicros, databaseMicros };
}

const overall = (runs) =>
  Object.fromEntries(Object.keys(runs[0]).map((key) => [key, median(runs.map((run) => run[key]))]));

const folder = mkdtempSync(join(tmpdir(), 'ctms-bench-'));
chmodSync(folder, 0o755);
const { postgres, client, pid } = await database(folder);
// As in production, but with limits that no run reaches.
const env = {
  ...serverSettings(postgres, SECRET_KEY),
  DATA_DIR: folder,
  LOG_LEVEL: 'info',
  WORKERS: String(workers),
  RATE_LIMIT_PUBLIC_PER_MINUTE: '1000000',
};
const pageOf20 = (given) => scenarios(given).find(({ name }) => name === 'GET /api/tasks?limit=20').requests[0];

/** The floor is one only if it answers what the product does. */
async function sameAnswer(floor, list) {
  const [bare, whole] = await Promise.all([
    fetch(floorServer.url + floor.path).then((response) => response.json()),
    fetch(product.url + list.path, { headers: list.headers }).then((response) => response.json()),
  ]);
  deepStrictEqual(bare, whole);
}

const product = await start(join(here, '../dist/main.js'), env);
const floorServer = await start(join(here, 'floor.mjs'), { DATABASE_URL: postgres.url });
try {
  const given = await context(client);
  const chosen = scenarios(given).filter(({ name }) => !values.only || name.includes(values.only));
  const page = { name: 'the floor: a page of 20', requests: [{ method: 'GET', path: '/' }] };
  const runs = new Map([page, ...chosen].map(({ name }) => [name, []]));
  const logins = [];
  const before = await standing(client);
  const warm = scenarios(given)[0];
  await load({ ...warm, url: product.url, connections, seconds: 2, status: 200 });
  await load({ ...page, url: floorServer.url, connections, seconds: 2, status: 200 });
  await sameAnswer(page.requests[0], pageOf20(given));
  for (let round = 1; round <= rounds; round++) {
    log(`Round ${round} of ${rounds}`);
    const floor = await measure(floorServer.url, floorServer, pid, page);
    runs.get(page.name).push({ ...floor, ofFloor: 1 });
    for (const scenario of chosen) {
      const run = await measure(product.url, product, pid, scenario);
      runs.get(scenario.name).push({ ...run, ofFloor: run.perSecond / floor.perSecond });
    }
    if (values.only && !'log-ins'.includes(values.only)) continue;
    const asked = { url: product.url, connections, seconds: Math.max(seconds, 3), page: pageOf20(given) };
    logins.push(await measureLogins(asked));
  }
  const compared =
    values.compare &&
    Object.fromEntries(
      JSON.parse(readFileSync(values.compare, 'utf8')).results.map(({ name, perSecond }) => [name, perSecond]),
    );
  const memory = { resident: residentMb(product.pid) };
  if (!values.only) {
    log(`Resting for ${REST_SECONDS} s …`);
    await setTimeout(REST_SECONDS * 1000);
    memory.rested = residentMb(product.pid);
  }
  const reported = ({ name, peer, times, floor, least, under }) => ({ name, peer, times, floor, least, under });
  const summary = {
    machine: `${cpus().length} cores, ${cpus()[0].model}, Node ${process.version}`,
    at: new Date().toISOString(),
    size,
    rounds,
    seconds,
    connections,
    workers,
    floor: overall(runs.get(page.name)).perSecond,
    memory,
    results: [page, ...chosen].map((scenario) => ({ ...reported(scenario), ...overall(runs.get(scenario.name)) })),
    ...(logins.length > 0 && { logins: overall(logins) }),
  };
  mkdirSync(join(here, 'results'), { recursive: true });
  const file = join(here, 'results', workers === 1 ? String(size) : `${size}-workers-${workers}`);
  writeFileSync(`${file}.json`, `${JSON.stringify(summary, null, 2)}\n`);
  writeFileSync(`${file}.md`, markdown({ ...summary, compared }));
  writeFileSync(`${file}.svg`, picture(summary));
  process.stdout.write(markdown({ ...summary, compared }));
  log('Counting again …');
  const wrote = chosen
    .filter(({ each }) => each)
    .map(({ name, each, requests, connections: own = connections }) => {
      const { ids } = requests[0].given;
      const sum = (key) => runs.get(name).reduce((total, run) => total + run[key], 0);
      return {
        name,
        each,
        ids,
        overlaps: ids && ids.length / each < 2 * own,
        answered: sum('answered'),
        sent: sum('sent'),
      };
    });
  const faults = await recount({ client, url: product.url, env, ...given, before, wrote });
  for (const fault of faults) log(`Does not agree: ${fault}`);
  const isMeasured = workers === 1 && !values.only;
  const heavy = Object.entries(LIMITS_MB).filter(([when, limit]) => isMeasured && memory[when] > limit);
  for (const [when, limit] of heavy)
    log(`Too heavy: ${Math.round(memory[when])} MB (${when}) instead of at most ${limit} MB`);
  if (faults.length > 0 || heavy.length > 0) process.exitCode = 1;
  if (faults.length === 0)
    log('Lists, counters, history, notifications, audit trail and seals agree with what was written.');
} finally {
  await Promise.all([product.stop(), floorServer.stop(), client.end()]);
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
}
