// npm run bench [-- --size 10000 --rounds 5 --seconds 4 --connections 16 --only TEXT --compare FILE]
// Starts a PostgreSQL of its own with production settings, fills it, and measures the product and the floor in turns.
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync, chmodSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { loadConfig } from '../dist/config/config.js';
import { migrate } from '../dist/database/data-source.js';
import { startEmbeddedPostgres } from '../dist/database/embedded-postgres.js';
import { fill, signIn } from './dataset.mjs';
import { cpuMicros, load, residentMb, start } from './processes.mjs';
import { markdown, median, picture } from './report.mjs';
import { scenarios } from './scenarios.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const { values } = parseArgs({
  options: {
    size: { type: 'string', default: '10000' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '4' },
    connections: { type: 'string', default: '16' },
    only: { type: 'string' },
    compare: { type: 'string' },
  },
});
const [size, rounds, seconds, connections] = ['size', 'rounds', 'seconds', 'connections'].map((name) =>
  Number(values[name]),
);
const log = (line) => process.stderr.write(`${line}\n`);
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
    `SELECT id FROM tasks WHERE status IN ('pending', 'in_progress') ORDER BY id LIMIT 3000`,
  );
  const own = await client.query(
    `SELECT id, assigned_to_id AS who FROM tasks WHERE assigned_to_id = 3 ORDER BY id LIMIT 1`,
  );
  return { manager, developer, ids: rows.map(({ id }) => id), task: own.rows[0].id, assignee: own.rows[0].who };
}

async function measure(url, server, databasePid, scenario) {
  const before = [cpuMicros(server.pid), cpuMicros(databasePid, true)];
  const result = await load({
    url,
    connections: scenario.connections ?? connections,
    seconds,
    requests: scenario.requests,
  });
  if (result.failed > 0) throw new Error(`${scenario.name}: ${result.failed} requests failed`);
  const after = [cpuMicros(server.pid), cpuMicros(databasePid, true)];
  const [serverMicros, databaseMicros] = after.map((value, i) => (value - before[i]) / Math.max(1, result.answered));
  return { ...result, serverMicros, databaseMicros };
}

const overall = (runs) =>
  Object.fromEntries(Object.keys(runs[0]).map((key) => [key, median(runs.map((run) => run[key]))]));

const folder = mkdtempSync(join(tmpdir(), 'ctms-bench-'));
chmodSync(folder, 0o755);
const { postgres, client, pid } = await database(folder);
const env = {
  ...{
    DATABASE_URL: postgres.url,
    SECRET_KEY,
    HOST: '127.0.0.1',
    PORT: '0',
    ENVIRONMENT: 'test',
    DATA_DIR: folder,
    LOG_LEVEL: 'info',
  },
  // As in production, but with limits that nobody reaches.
  ...{ RATE_LIMIT_PER_MINUTE: '1000000', RATE_LIMIT_PUBLIC_PER_MINUTE: '1000000', RATE_LIMIT_ROLES: 'manager=1000000' },
};
const product = await start(join(here, '../dist/main.js'), env);
const floorServer = await start(join(here, 'floor.mjs'), { DATABASE_URL: postgres.url });
try {
  const chosen = scenarios(await context(client)).filter(({ name }) => !values.only || name.includes(values.only));
  const page = { name: 'floor', requests: [{ method: 'GET', path: '/' }] };
  const [runs, floors] = [new Map(chosen.map(({ name }) => [name, []])), []];
  await load({ url: product.url, connections, seconds: 2, requests: chosen[0].requests });
  await load({ url: floorServer.url, connections, seconds: 2, requests: page.requests });
  for (let round = 1; round <= rounds; round++) {
    log(`Round ${round} of ${rounds}`);
    const floor = await measure(floorServer.url, floorServer, pid, page);
    floors.push(floor);
    for (const scenario of chosen) {
      const run = await measure(product.url, product, pid, scenario);
      runs.get(scenario.name).push({ ...run, ofFloor: run.perSecond / floor.perSecond });
    }
  }
  const compared =
    values.compare &&
    Object.fromEntries(
      JSON.parse(readFileSync(values.compare, 'utf8')).results.map(({ name, perSecond }) => [name, perSecond]),
    );
  const summary = {
    ...{ machine: `${cpus().length} cores, ${cpus()[0].model}, Node ${process.version}`, at: new Date().toISOString() },
    ...{ size, rounds, seconds, connections, floor: overall(floors).perSecond, residentMb: residentMb(product.pid) },
    results: chosen.map(({ name, peer, times, floor, least }) => ({
      name,
      peer,
      times,
      floor,
      least,
      ...overall(runs.get(name)),
    })),
  };
  mkdirSync(join(here, 'results'), { recursive: true });
  const file = join(here, 'results', String(size));
  writeFileSync(`${file}.json`, `${JSON.stringify(summary, null, 2)}\n`);
  writeFileSync(`${file}.md`, markdown({ ...summary, compared }));
  writeFileSync(`${file}.svg`, picture(summary));
  process.stdout.write(markdown({ ...summary, compared }));
} finally {
  await Promise.all([product.stop(), floorServer.stop(), client.end()]);
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
}
