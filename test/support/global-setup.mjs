// Plain JavaScript over the build: jest maps no imports here.
import { chmodSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { loadConfig } from '../../dist/core/config/load-config.js';
import { migrate } from '../../dist/infrastructure/database/data-source.js';
import { startEmbeddedPostgres } from '../../dist/infrastructure/embedded-postgres/embedded-postgres.js';

const TEMPLATE = 'ctms_test_template';
const APPLICATION_ROLE = 'ctms_test_app';
const FAST = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

/** One server for the run, with one migrated template that each spec file clones. `TEST_DATABASE_URL` names another. */
export default async function setUp() {
  const folder = mkdtempSync(join(tmpdir(), 'ctms-test-'));
  chmodSync(folder, 0o755);
  globalThis.testFolder = folder;
  // Files that specs leave in the temporary folder are removed after the run.
  process.env.TMPDIR = join(folder, 'tmp');
  mkdirSync(process.env.TMPDIR);
  chmodSync(process.env.TMPDIR, 0o1777);
  if (!process.env.TEST_DATABASE_URL) {
    const dataDir = join(folder, 'postgres');
    globalThis.testServer = await startEmbeddedPostgres({ dataDir, database: 'postgres', settings: FAST });
    process.env.TEST_DATABASE_URL = globalThis.testServer.ownerUrl;
  }
  await makeTemplate(process.env.TEST_DATABASE_URL);
}

async function makeTemplate(server) {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  await client.query(`DROP DATABASE IF EXISTS ${TEMPLATE} WITH (FORCE)`);
  await client.query(`CREATE DATABASE ${TEMPLATE}`);
  await client.end();
  const [owner, application] = [new URL(server), new URL(server)];
  owner.pathname = application.pathname = `/${TEMPLATE}`;
  Object.assign(application, { username: APPLICATION_ROLE, password: APPLICATION_ROLE });
  await migrate(loadConfig({}), { ownerUrl: owner.href, url: application.href });
}
