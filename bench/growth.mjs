// npm run bench:growth [-- --sizes 100,1000,10000,100000,1000000 --seconds 1 --rounds 3 --only TEXT --results FOLDER]
// Measures the cost of each request as the data grows: one PostgreSQL, a database for each size, one request at a time.
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { loadConfig } from '../dist/core/config/load-config.js';
import { migrate } from '../dist/infrastructure/database/data-source.js';
import { startEmbeddedPostgres } from '../dist/infrastructure/embedded-postgres/embedded-postgres.js';
import { fill, signIn } from './dataset.mjs';
import { growthMarkdown, growthPicture } from './growth-report.mjs';
import { growthRequests } from './growth-requests.mjs';
import { cpuMicros, serverSettings, start } from './processes.mjs';
import { median } from './report.mjs';
import { streamed } from './streamed.mjs';

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '100,1000,10000,100000,1000000' },
    seconds: { type: 'string', default: '0.5' },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string' },
    results: { type: 'string', default: join(import.meta.dirname, 'results') },
  },
});
const sizes = values.sizes.split(',').map(Number);
const [seconds, rounds] = [Number(values.seconds), Number(values.rounds)];
const SECRET_KEY = randomBytes(48).toString('base64');
const here = import.meta.dirname;
const log = (line) => process.stderr.write(`${line}\n`);

/** One request after the other, for a while: the median time, and what a request costs the server and the database. */
async function measure(send, pids) {
  const times = [];
  const before = pids.map(({ pid, children }) => cpuMicros(pid, children));
  for (const end = performance.now() + seconds * 1000; performance.now() < end || times.length < 5;) {
    const started = performance.now();
    await send();
    times.push(performance.now() - started);
  }
  const micros = pids.map(({ pid, children }, i) => (cpuMicros(pid, children) - before[i]) / times.length);
  return { ms: median(times), serverMicros: micros[0], databaseMicros: micros[1] };
}

async function answered(url, { method = 'GET', path, token, body }) {
  const response = await fetch(url + (typeof path === 'function' ? path() : path), {
    method,
    headers: { Authorization: `Bearer ${token}`, ...(body && { 'Content-Type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body()) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${response.url}: ${response.status} ${text}`);
}

async function overRounds(product, floor, databasePid, requests) {
  const runs = new Map();
  const database = { pid: databasePid, children: true };
  const note = (name, run) => runs.set(name, [...(runs.get(name) ?? []), run]);
  for (const request of requests) for (let i = 0; i < 8; i++) await answered(product.url, request);
  for (let round = 0; round < rounds; round++) {
    note('the floor: a page of 20', await measure(() => answered(floor.url, { path: '/' }), [floor, database]));
    for (const request of requests)
      note(request.name, await measure(() => answered(product.url, request), [product, database]));
  }
  return Object.fromEntries(
    [...runs].map(([name, all]) => {
      const of = (key) => median(all.map((run) => run[key]));
      return [name, { ms: of('ms'), serverMicros: of('serverMicros'), databaseMicros: of('databaseMicros') }];
    }),
  );
}

async function open(folder, size) {
  const postgres = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), database: `growth_${size}` });
  await migrate(loadConfig({}), postgres);
  const client = new pg.Client({ connectionString: postgres.ownerUrl });
  await client.connect();
  log(`Filling in ${size} tasks …`);
  const started = performance.now();
  await fill(client, size);
  log(`… in ${((performance.now() - started) / 1000).toFixed(0)} s`);
  const { rows } = await client.query('SELECT pg_backend_pid() AS pid');
  const pid = Number(/^\d+ \(.*?\) \S+ (\d+)/.exec(readFileSync(`/proc/${rows[0].pid}/stat`, 'utf8'))?.[1]);
  return { postgres, client, pid };
}

async function measureSize(folder, size) {
  const { postgres, client, pid } = await open(folder, size);
  const env = { ...serverSettings(postgres, SECRET_KEY), DATA_DIR: folder, LOG_LEVEL: 'info' };
  const started = performance.now();
  const product = await start(join(here, '../dist/main.js'), env);
  const startMs = performance.now() - started;
  const floor = await start(join(here, 'floor.mjs'), { DATABASE_URL: postgres.url });
  try {
    const [manager, developer] = [
      await signIn(client, 'manager', SECRET_KEY),
      await signIn(client, 'developer1', SECRET_KEY),
    ];
    const all = await growthRequests({ client, url: product.url, size }, { manager, developer });
    const requests = all.filter(({ name }) => !values.only || name.includes(values.only));
    const costs = await overRounds(product, floor, pid, requests);
    const streams = {
      list: await streamed(product, '/api/tasks', manager),
      export: await streamed(product, '/api/tasks/export.csv', manager),
    };
    return { size, startMs, costs, streams };
  } finally {
    await Promise.all([product.stop(), floor.stop(), client.end()]);
    await postgres.stop();
  }
}

const folder = mkdtempSync(join(tmpdir(), 'ctms-growth-'));
// PostgreSQL does not run as root; its own user has to get in.
chmodSync(folder, 0o755);
try {
  const results = [];
  for (const size of sizes) results.push(await measureSize(folder, size));
  const machine = `${cpus().length} cores, ${cpus()[0].model}, Node ${process.version}`;
  const summary = { machine, at: new Date().toISOString(), rounds, seconds, results };
  mkdirSync(values.results, { recursive: true });
  const file = join(values.results, 'growth');
  writeFileSync(`${file}.json`, `${JSON.stringify(summary, null, 2)}\n`);
  writeFileSync(`${file}.md`, growthMarkdown(summary));
  writeFileSync(`${file}.svg`, growthPicture(summary));
  process.stdout.write(growthMarkdown(summary));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
