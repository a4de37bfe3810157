// Plain JavaScript over the build: jest maps no imports here.
import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { loadConfig } from '../../dist/config/config.js';
import { dataSourceOptions, migrate } from '../../dist/database/data-source.js';
import { startEmbeddedPostgres } from '../../dist/database/embedded-postgres.js';

const TEMPLATE = 'ctms_test_template';
const FAST = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

/** One server for the run, with one migrated template that each spec file clones. `TEST_DATABASE_URL` names another. */
export default async function setUp() {
  if (!process.env.TEST_DATABASE_URL) {
    const folder = mkdtempSync(join(tmpdir(), 'ctms-test-'));
    chmodSync(folder, 0o755);
    const dataDir = join(folder, 'postgres');
    globalThis.testServer = await startEmbeddedPostgres({ dataDir, database: 'postgres', settings: FAST });
    globalThis.testFolder = folder;
    process.env.TEST_DATABASE_URL = globalThis.testServer.url;
  }
  await makeTemplate(process.env.TEST_DATABASE_URL);
}

async function makeTemplate(server) {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  await client.query(`DROP DATABASE IF EXISTS ${TEMPLATE} WITH (FORCE)`);
  await client.query(`CREATE DATABASE ${TEMPLATE}`);
  await client.end();
  const url = new URL(server);
  url.pathname = `/${TEMPLATE}`;
  const source = await new DataSource(dataSourceOptions(loadConfig({}), url.href)).initialize();
  await migrate(source);
  await source.destroy();
}
