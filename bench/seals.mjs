// npm run bench:seals [-- --entries 1000000]
// Fills the audit trail of a PostgreSQL with production settings, seals it, verifies it and proves entries of it.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { NestFactory } from '@nestjs/core';
import { AppModule } from '../dist/app.module.js';
import { inclusionProofs } from '../dist/audit/evidence/proofs.js';
import { loadConfig } from '../dist/core/config/load-config.js';
import { Database } from '../dist/infrastructure/database/database.js';
import { migrate } from '../dist/infrastructure/database/data-source.js';
import { startEmbeddedPostgres } from '../dist/infrastructure/embedded-postgres/embedded-postgres.js';
import { verifyInclusion } from '../dist/transparency-log/format/merkle.js';
import { LogSequencer } from '../dist/transparency-log/sequencing/log-sequencer.worker.js';
import { latestCheckpoint } from '../dist/transparency-log/storage/stored-tree.js';

const { values } = parseArgs({ options: { entries: { type: 'string', default: '1000000' } } });
const entries = Number(values.entries);
const AUDIT_SIGNING_KEY = Buffer.alloc(32, 1).toString('base64');
const PROOFS = 1000;

const say = (what, figure) => process.stdout.write(`${what.padEnd(44)} ${figure}\n`);
const seconds = (from) => (performance.now() - from) / 1000;

// Entries as of tasks: one in ten created, with all of its fields, the others changed, some with a reason.
const FILL = `INSERT INTO audit_trail (actor_id, actor_name, actor_role, action, entity_type, entity_id, entity_version,
    entity_name, changes, reason, request_id, session_id, ip_address)
  SELECT n % 50, 'developer' || n % 50, 'developer', CASE WHEN n % 10 = 0 THEN 'task.created' ELSE 'task.updated' END,
    'task', n % 10000, n % 20, 'Verify informed consent forms, site ' || n % 100,
    CASE WHEN n % 10 = 0 THEN jsonb_build_object('title', jsonb_build_array(NULL, 'Verify informed consent forms'),
      'status', '[null, "pending"]'::jsonb, 'priority', '[null, "high"]'::jsonb, 'estimated_hours', '[null, "8.00"]'::jsonb,
      'deadline', '[null, "2026-03-01T09:30:00.000Z"]'::jsonb, 'assigned_to', jsonb_build_array(NULL, n % 50),
      'created_by', '[null, 1]'::jsonb, 'tags', '[[], [1, 2]]'::jsonb)
    ELSE '{"status": ["pending", "in_progress"]}' END,
    CASE WHEN n % 5 = 0 THEN 'Forms arrived from the site' END, gen_random_uuid()::text, n % 300, '203.0.113.7'
  FROM generate_series(1, $1::int) n`;

async function measure(database, sequencer, url) {
  await database.pool.query({ text: FILL, values: [entries] });
  await database.pool.query('ANALYZE audit_trail');
  let started = performance.now();
  const sealed = await sequencer.integrate();
  say(`sealing ${sealed} entries, one after the other`, `${Math.round(sealed / seconds(started))} entries/s`);
  await sequencer.integrate();
  started = performance.now();
  const env = { ...process.env, DATABASE_URL: url, AUDIT_SIGNING_KEY };
  const { stdout } = spawnSync('npm', ['run', '--silent', 'audit:verify'], { env, encoding: 'utf8' });
  say('npm run audit:verify', `${seconds(started).toFixed(1)} s`);
  process.stdout.write(stdout);
  await prove(database);
  say('load of the machine in the last minute', loadavg()[0].toFixed(1));
}

async function prove(database) {
  const ask = (statement) => database.rows(statement);
  const tree = await latestCheckpoint(ask);
  const times = [];
  for (let i = 0; i < PROOFS; i++) {
    const position = Math.floor(Math.random() * tree.size);
    const started = performance.now();
    const [proof] = await inclusionProofs(ask, [position], tree.size);
    times.push(performance.now() - started);
    const { rows } = await database.pool.query('SELECT leaf_hash AS hash FROM audit_seals WHERE position = $1', [
      position,
    ]);
    const hashes = proof.map((hash) => Buffer.from(hash, 'base64'));
    if (!verifyInclusion(tree, { position, hash: rows[0].hash }, hashes))
      throw new Error(`No proof of position ${position}`);
  }
  times.sort((a, b) => a - b);
  const at = (part) => `${times[Math.floor(PROOFS * part)].toFixed(2)} ms`;
  say('inclusion proof, median and 99th percentile', `${at(0.5)} ${at(0.99)}`);
}

const folder = mkdtempSync(join(tmpdir(), 'ctms-bench-seals-'));
chmodSync(folder, 0o755);
const postgres = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), database: 'bench' });
try {
  const config = loadConfig({ ENVIRONMENT: 'test', AUDIT_SIGNING_KEY, DATABASE_TIMEOUT_SECONDS: '600' });
  await migrate(config, postgres);
  const app = await NestFactory.createApplicationContext(await AppModule.for(config, postgres.url, []), {
    logger: ['error'],
  });
  await measure(app.get(Database), app.get(LogSequencer, { strict: false }), postgres.url);
  await app.close();
} finally {
  await postgres.stop();
  rmSync(folder, { recursive: true });
}
