// npm run bench:audit [-- --size 10000 --rounds 7 --seconds 2 --connections 16]
// Measures the cost of the audit trail: the product as it is, the same without sealing, and the same with an audit trail that keeps
// nothing, each on a database of its own, in short turns. A ratio is that of two turns of one round.
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { loadConfig } from '../dist/core/config/load-config.js';
import { migrate } from '../dist/infrastructure/database/data-source.js';
import { startEmbeddedPostgres } from '../dist/infrastructure/embedded-postgres/embedded-postgres.js';
import { fill, signIn } from './dataset.mjs';
import { cpuMicros, load, start } from './processes.mjs';
import { median } from './report.mjs';
import { scenarios, withTasks } from './scenarios.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const { values } = parseArgs({
  options: {
    size: { type: 'string', default: '10000' },
    rounds: { type: 'string', default: '7' },
    seconds: { type: 'string', default: '2' },
    connections: { type: 'string', default: '16' },
  },
});
const [size, rounds, seconds, connections] = ['size', 'rounds', 'seconds', 'connections'].map((name) =>
  Number(values[name]),
);
const WANTED = 0.85;
const MEASURED = ['POST /api/tasks', 'PATCH /api/tasks/{id} status'];
const log = (line) => process.stderr.write(`${line}\n`);
const SECRET_KEY = randomBytes(48).toString('base64');
const PRODUCTS = {
  whole: {},
  unsealed: { AUDIT_SEAL_SECONDS: '3600' },
  silent: { EXTENSIONS: join(here, 'silent-trail') },
};

/** A product of its own on a database of its own, of the same server. */
async function prepare(folder, name, settings) {
  const postgres = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), database: `audit_${name}` });
  await migrate(loadConfig({}), postgres);
  const client = new pg.Client({ connectionString: postgres.ownerUrl });
  await client.connect();
  await fill(client, size);
  const manager = await signIn(client, 'manager', SECRET_KEY);
  const { rows } = await client.query(
    `SELECT id FROM tasks WHERE status IN ('pending', 'in_progress') ORDER BY id LIMIT 3000`,
  );
  const own = await client.query('SELECT pg_backend_pid() AS pid');
  const parent = Number(/^\d+ \(.*?\) \S+ (\d+)/.exec(readFileSync(`/proc/${own.rows[0].pid}/stat`, 'utf8'))?.[1]);
  const server = await start(join(here, 'serve.mjs'), {
    DATABASE_URL: postgres.url,
    SECRET_KEY,
    HOST: '127.0.0.1',
    PORT: '0',
    ENVIRONMENT: 'test',
    LOG_LEVEL: 'warn',
    DATA_DIR: join(folder, name),
    RATE_LIMIT_PER_MINUTE: '1000000',
    RATE_LIMIT_ROLES: 'manager=1000000',
    ...settings,
  });
  const known = { manager, developer: manager, ids: Array(3).fill(rows.map(({ id }) => id)), assignee: 3, task: 1 };
  const chosen = scenarios(known).filter((scenario) => MEASURED.includes(scenario.name));
  return { name, postgres, client, server, chosen, parent };
}

async function turn({ server, client, chosen, parent }, scenario) {
  const { name, requests: plain, status = 200 } = chosen.find((one) => one.name === scenario);
  const requests = await Promise.all(plain.map((request) => withTasks(client, request)));
  await client.query('CHECKPOINT');
  const spent = () => cpuMicros(server.pid) + cpuMicros(parent, true);
  const before = spent();
  const result = await load({ name, url: server.url, connections, seconds, requests, status });
  return { perSecond: result.perSecond, micros: (spent() - before) / result.answered };
}

/** Each product has its turn in each round, and another one goes first each time. */
async function measure(products) {
  const turns = [];
  for (const product of products) for (const scenario of MEASURED) await turn(product, scenario);
  for (let round = 0; round < rounds; round++) {
    log(`Round ${round + 1} of ${rounds}`);
    for (const scenario of MEASURED) {
      const order = products.map((_, i) => products[(i + round) % products.length]);
      for (const product of order) {
        turns.push({ round, scenario, product: product.name, ...(await turn(product, scenario)) });
      }
    }
  }
  return turns;
}

function summary(turns) {
  return MEASURED.map((scenario) => {
    const of = (product) => turns.filter((turn) => turn.scenario === scenario && turn.product === product);
    const ratio = (product) => median(of(product).map(({ perSecond }, i) => perSecond / of('silent')[i].perSecond));
    const figures = Object.keys(PRODUCTS).map((product) => [
      product,
      {
        perSecond: median(of(product).map(({ perSecond }) => perSecond)),
        micros: median(of(product).map(({ micros }) => micros)),
        ratio: ratio(product),
      },
    ]);
    return { scenario, ...Object.fromEntries(figures) };
  });
}

function markdown({ machine, results }) {
  const lines = results.map(({ scenario, whole, unsealed, silent }) =>
    [
      ...[scenario, silent.perSecond.toFixed(0), unsealed.perSecond.toFixed(0), whole.perSecond.toFixed(0)],
      ...[unsealed.ratio.toFixed(2), `${whole.ratio.toFixed(2)} ${whole.ratio >= WANTED ? '✓' : '✗'}`],
      ...[silent, unsealed, whole].map(({ micros }) => micros.toFixed(0)),
    ].join(' | '),
  );
  return `# What the audit trail costs

${machine}, PostgreSQL, products and load tool on it together. ${size.toLocaleString('en')} tasks, ${connections} connections,
${rounds} rounds of ${seconds} s each, in turns; medians. "Without" is the same product with an \`AuditSink\` that keeps nothing;
"unsealed" writes its entries and never seals them. Ratios are of turns of one round; at least ${WANTED} is wanted of the whole.
CPU time is that of server and database, a request.

| request | without, a second | unsealed | whole | unsealed / without | whole / without | µs CPU, without | unsealed | whole |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
${lines.map((line) => `| ${line} |`).join('\n')}
`;
}

const folder = mkdtempSync(join(tmpdir(), 'ctms-bench-audit-'));
chmodSync(folder, 0o755);
const products = [];
try {
  for (const [name, settings] of Object.entries(PRODUCTS)) {
    log(`Filling in ${size} tasks for the product "${name}" …`);
    products.push(await prepare(folder, name, settings));
  }
  const turns = await measure(products);
  const machine = `${cpus().length} cores, ${cpus()[0].model}, Node ${process.version}`;
  const report = { machine, at: new Date().toISOString(), size, rounds, seconds, connections, results: summary(turns) };
  mkdirSync(join(here, 'results'), { recursive: true });
  writeFileSync(join(here, 'results', 'audit.json'), `${JSON.stringify({ ...report, turns }, null, 2)}\n`);
  writeFileSync(join(here, 'results', 'audit.md'), markdown(report));
  process.stdout.write(markdown(report));
} finally {
  await Promise.all(products.flatMap(({ server, client }) => [server.stop(), client.end()]));
  for (const { postgres } of products) await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
}
