// Plain JavaScript over the build: jest maps no imports here.
import { spawnSync } from 'node:child_process';
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { freemem, tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { loadConfig } from '../../dist/core/config/load-config.js';
import { migrate } from '../../dist/infrastructure/database/data-source.js';
import { startEmbeddedPostgres } from '../../dist/infrastructure/embedded-postgres/embedded-postgres.js';
import tearDown from './global-teardown.mjs';

const TEMPLATE = 'ctms_test_template';
const APPLICATION_ROLE = 'ctms_test_app';
const MEMORY = '/dev/shm';
const MEMORY_NEEDED = 6e9;
const FOLDER = `ctms-test-${process.pid}-`;
/** Longer than a run takes: a process of another container cannot be seen. */
const ABANDONED_MS = 2 * 60 * 60 * 1000;
const FAST = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

/** One server for the run, with one migrated template that each spec file clones. `TEST_DATABASE_URL` names another. */
export default async function setUp() {
  const folder = newFolder();
  globalThis.testFolder = folder;
  try {
    await startServer(folder);
  } catch (error) {
    // Jest does not call the teardown after it.
    await tearDown();
    throw error;
  }
}

async function startServer(folder) {
  chmodSync(folder, 0o755);
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

/**
 * In memory where there is enough of it: a database is 1,500 files, and a disk takes ten times as long to make them. A folder that
 * `TMPDIR` names is taken as it is.
 */
function newFolder() {
  if (!process.env.TMPDIR) {
    removeAbandoned();
    const inMemory = folderInMemory();
    if (inMemory && isRunnable(inMemory)) return inMemory;
    if (inMemory) rmSync(inMemory, { recursive: true });
  }
  return mkdtempSync(join(tmpdir(), FOLDER));
}

function folderInMemory() {
  try {
    accessSync(MEMORY, constants.W_OK);
    const { bavail, bsize } = statfsSync(MEMORY);
    // Containers may use less than the machine has; Node knows since 20.13.
    const free = Math.min(bavail * bsize, freemem(), process.availableMemory?.() ?? Infinity);
    return free > MEMORY_NEEDED ? mkdtempSync(join(MEMORY, FOLDER)) : undefined;
  } catch {
    return undefined;
  }
}

/** Containers often let nothing run from memory, which programs of some specs do. */
function isRunnable(folder) {
  const program = join(folder, 'program');
  writeFileSync(program, '#!/bin/sh\n', { mode: 0o755 });
  return spawnSync(program).status === 0;
}

/** Removes what runs that were killed have left in memory. */
function removeAbandoned() {
  if (!existsSync(MEMORY)) return;
  for (const name of readdirSync(MEMORY)) {
    const pid = /^ctms-test-(\d+)-/.exec(name)?.[1];
    const folder = join(MEMORY, name);
    if (pid && !isRunning(Number(pid)) && ageOf(folder) > ABANDONED_MS)
      rmSync(folder, { recursive: true, force: true });
  }
}

const ageOf = (path) => Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
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
