// npm run bench:import: how long the import of a dump takes against a COPY of the rows that it wrote, in turns on one
// server, so that both meet the same machine. BENCH_SERVER is the address of a PostgreSQL server on which databases may be
// made; TASKS and ROUNDS are numbers. Ends with 1 where the ratio is over 3.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { writeDump } from './legacy-dump.mjs';

const { BENCH_SERVER = 'postgres://postgres@127.0.0.1:5432/postgres', TASKS = '100000', ROUNDS = '3' } = process.env;
const MOST = 3;
const TABLES = ['users', 'tags', 'tasks', 'task_tags', 'task_history', 'notifications', 'legacy_ids', 'audit_trail'];
const names = { template: 'bench_import_template', imported: 'bench_import', copied: 'bench_import_copy' };
const folder = mkdtempSync(join(tmpdir(), 'ctms-bench-import-'));
const dump = join(folder, 'dump.json');
const rowsOf = (table) => join(folder, `${table}.copy`);
const urlOf = (database) => Object.assign(new URL(BENCH_SERVER), { pathname: `/${database}` }).href;
const seconds = (since) => (performance.now() - since) / 1000;

async function on(url, work) {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

const fresh = (database, template) =>
  on(BENCH_SERVER, async (client) => {
    await client.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
    if (template !== null) await client.query(`CREATE DATABASE ${database} ${template ? `TEMPLATE ${template}` : ''}`);
  });

/** @returns the seconds that it took, and the most memory that the process held, in MB */
async function run(database, ...args) {
  const env = { ...process.env, DATABASE_URL: urlOf(database), ENVIRONMENT: 'test' };
  const since = performance.now();
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  let peak = 0;
  child.stderr.on('data', (data) => (stderr += data));
  const watch = setInterval(() => (peak = Math.max(peak, residentPeak(child.pid))), 100);
  const [code] = await once(child, 'close');
  clearInterval(watch);
  if (code !== 0) throw new Error(stderr);
  return { took: seconds(since), peak };
}

/** 0 where the system does not report it. */
function residentPeak(pid) {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

const columnsOf = async (client, table) => {
  const { rows } = await client.query(
    `SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) AS names FROM pg_attribute
     WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped`,
    [table],
  );
  return rows[0].names;
};

const unload = () =>
  on(urlOf(names.imported), async (client) => {
    for (const table of TABLES) {
      const text = `COPY (SELECT ${await columnsOf(client, table)} FROM ${table} ORDER BY 1, 2) TO STDOUT`;
      await pipeline(client.query(copyTo(text)), createWriteStream(rowsOf(table)));
    }
  });

/** @param bare into tables with the same columns and indexes, without foreign keys and triggers */
async function copy(bare) {
  await fresh(names.copied, names.template);
  return on(urlOf(names.copied), async (client) => {
    const target = (table) => (bare ? `bare_${table}` : table);
    const columns = new Map();
    for (const table of TABLES) {
      columns.set(table, await columnsOf(client, table));
      if (bare) await client.query(`CREATE TABLE bare_${table} (LIKE ${table} INCLUDING ALL)`);
    }
    const since = performance.now();
    await client.query('BEGIN');
    for (const table of TABLES) {
      const stream = client.query(copyFrom(`COPY ${target(table)} (${columns.get(table)}) FROM STDIN`));
      await pipeline(createReadStream(rowsOf(table)), stream);
    }
    await client.query('COMMIT');
    return seconds(since);
  });
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

try {
  await writeDump(dump, Number(TASKS));
  await fresh(names.template);
  await run(names.template, 'dist/cli/migration.command.js', 'run');
  const rounds = [];
  for (let round = 1; round <= Number(ROUNDS); round++) {
    await fresh(names.imported, names.template);
    const { took, peak } = await run(
      names.imported,
      'dist/cli/import-legacy.command.js',
      '--from',
      'django-json',
      dump,
    );
    if (round === 1) await unload();
    const [same, bare] = [await copy(false), await copy(true)];
    rounds.push({ took, peak, toSame: took / same, toBare: took / bare });
    const figures = `import ${took.toFixed(1)} s, ${peak.toFixed(0)} MB; COPY ${same.toFixed(1)} s`;
    console.log(`${figures}; COPY without foreign keys and triggers ${bare.toFixed(1)} s`);
  }
  const [toSame, toBare] = ['toSame', 'toBare'].map((key) => median(rounds.map((round) => round[key])));
  console.log(`${TASKS} tasks: ${toSame.toFixed(2)} × the COPY of the same rows into the same tables`);
  console.log(`${toBare.toFixed(2)} × that into tables without foreign keys and triggers`);
  if (toSame > MOST) process.exitCode = 1;
} finally {
  for (const database of Object.values(names)) await fresh(database, null);
  rmSync(folder, { recursive: true });
}
