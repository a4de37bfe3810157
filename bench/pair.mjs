// npm run bench:pair -- --before FOLDER [--rounds 20 --seconds 2 --size 10000 --connections 16 --only TEXT]
// Compares this build with another one, in turns: both serve the same database, and each round measures every scenario on one
// and then on the other, which of them first by turns. Prints the ratio of medians, this build to the other, and the middle half
// of the ratios of the rounds. FOLDER is another working copy that is built.
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { loadConfig } from '../dist/core/config/load-config.js';
import { migrate } from '../dist/infrastructure/database/data-source.js';
import { startEmbeddedPostgres } from '../dist/infrastructure/embedded-postgres/embedded-postgres.js';
import { fill, signIn } from './dataset.mjs';
import { cpuMicros, load, serverSettings, start } from './processes.mjs';
import { median } from './report.mjs';
import { scenarios, withTasks } from './scenarios.mjs';

const { values } = parseArgs({
  options: {
    before: { type: 'string' },
    rounds: { type: 'string', default: '20' },
    seconds: { type: 'string', default: '2' },
    size: { type: 'string', default: '10000' },
    connections: { type: 'string', default: '16' },
    only: { type: 'string', default: '' },
  },
});
const [rounds, seconds, size, connections] = ['rounds', 'seconds', 'size', 'connections'].map((name) =>
  Number(values[name]),
);
const SECRET_KEY = randomBytes(48).toString('base64');
const folder = mkdtempSync(join(tmpdir(), 'ctms-pair-'));
chmodSync(folder, 0o755);
const postgres = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), database: 'bench' });
await migrate(loadConfig({}), postgres);
const client = new pg.Client({ connectionString: postgres.ownerUrl });
await client.connect();
await fill(client, size);

// With jobs, one of the two would seal and work for both.
const env = { ...serverSettings(postgres, SECRET_KEY), JOBS_ENABLED: 'false' };
const builds = [];
for (const root of [resolve(values.before), resolve('.')])
  builds.push(await start(join(root, 'dist/main.js'), { ...env, DATA_DIR: mkdtempSync(join(folder, 'data-')) }));

async function given() {
  const { rows } = await client.query(
    `SELECT id FROM tasks WHERE status = 'pending' AND assigned_to_id <> 3 ORDER BY id LIMIT 3000`,
  );
  const ids = rows.map(({ id }) => id);
  const own = await client.query('SELECT id FROM tasks WHERE assigned_to_id = 3 ORDER BY id LIMIT 1');
  return {
    manager: await signIn(client, 'manager', SECRET_KEY),
    developer: await signIn(client, 'developer1', SECRET_KEY),
    ids: [ids.slice(0, 1000), ids.slice(1000, 2000), ids.slice(2000)],
    task: own.rows[0].id,
    assignee: 4,
  };
}

async function measure({ url, pid }, scenario) {
  const requests = await Promise.all(scenario.requests.map((request) => withTasks(client, request)));
  const before = cpuMicros(pid);
  const { name, status = 200 } = scenario;
  const result = await load({ name, url, connections: scenario.connections ?? connections, seconds, requests, status });
  return { perSecond: result.perSecond, cpu: (cpuMicros(pid) - before) / result.answered };
}

const round2 = (number) => number.toFixed(3);
try {
  const chosen = scenarios(await given()).filter(({ name }) => name.includes(values.only));
  const ratios = new Map(chosen.map(({ name }) => [name, { runs: [[], []] }]));
  for (let round = 0; round <= rounds; round++)
    for (const scenario of chosen)
      for (const index of round % 2 ? [0, 1] : [1, 0]) {
        const run = await measure(builds[index], scenario);
        // The first round warms up.
        if (round > 0) ratios.get(scenario.name).runs[index].push(run);
      }
  for (const [name, { runs }] of ratios) {
    const [before, after] = runs.map((run) => median(run.map(({ perSecond }) => perSecond)));
    const [cpuBefore, cpuAfter] = runs.map((run) => median(run.map(({ cpu }) => cpu)));
    const each = runs[1].map(({ perSecond }, index) => perSecond / runs[0][index].perSecond).sort((a, b) => a - b);
    const middle = [each[Math.floor(each.length / 4)], each[Math.floor((each.length * 3) / 4)]]
      .map(round2)
      .join(' to ');
    process.stdout.write(
      `${name}: ${round2(after / before)} of requests a second (${middle}), ${round2(cpuAfter / cpuBefore)} of CPU ` +
        `(${Math.round(before)} → ${Math.round(after)} a second, ${Math.round(cpuBefore)} → ${Math.round(cpuAfter)} µs)\n`,
    );
  }
} finally {
  await Promise.all([...builds.map((build) => build.stop()), client.end()]);
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
}
