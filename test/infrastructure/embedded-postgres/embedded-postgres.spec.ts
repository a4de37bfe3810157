import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { ModuleKind, ScriptTarget, transpileModule } from 'typescript';
import { processIdentity } from '../../../src/infrastructure/embedded-postgres/process-lock.mjs';
import {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from '../../../src/infrastructure/embedded-postgres/embedded-postgres.js';
import { projectRoot } from '../../../src/core/config/project-root.js';

const isRoot = process.getuid?.() === 0;
const settings = { fsync: 'off' };
const base = fs.mkdtempSync(join(tmpdir(), 'ctms-embedded-'));
const dataDir = join(base, 'data');
const children: ChildProcess[] = [];
const servers = new Set<number>();

/** A process of the product that does nothing but hold the server until its standard input ends. */
const HOLDER = `
import { startEmbeddedPostgres } from './infrastructure/embedded-postgres/embedded-postgres.js';
const held = await startEmbeddedPostgres({ dataDir: process.argv[2], settings: { fsync: 'off' } });
console.log(JSON.stringify(held));
process.stdin.once('data', async () => { await held.stop(); process.exit(0); });
`;

interface Holder extends Omit<EmbeddedPostgres, 'stop'> {
  readonly process: ChildProcess;
  stop(): Promise<void>;
}

/** Other processes run the same sources as ES modules. */
function compileSources(): void {
  const compilerOptions = { module: ModuleKind.ESNext, target: ScriptTarget.ES2023 };
  const src = join(projectRoot(), 'src');
  const names = fs.readdirSync(src, { recursive: true }).map(String);
  for (const name of names.filter((path) => /^(?:core|infrastructure)\/.*(?<!\.spec)\.ts$/.test(path))) {
    const { outputText } = transpileModule(fs.readFileSync(join(src, name), 'utf8'), { compilerOptions });
    const file = join(base, name.replace(/\.ts$/, '.js'));
    fs.mkdirSync(dirname(file), { recursive: true });
    fs.writeFileSync(file, outputText);
  }
  const plain = 'infrastructure/embedded-postgres';
  for (const name of names.filter((path) => dirname(path) === plain && path.endsWith('.mjs')))
    fs.copyFileSync(join(src, name), join(base, name));
  fs.writeFileSync(join(base, 'package.json'), '{ "type": "module" }');
  fs.writeFileSync(join(base, 'holder.js'), HOLDER);
  fs.symlinkSync(join(projectRoot(), 'node_modules'), join(base, 'node_modules'));
}

async function startHolder(folder = dataDir): Promise<Holder> {
  const child = spawn(process.execPath, [join(base, 'holder.js'), folder], {
    cwd: projectRoot(),
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  children.push(child);
  for await (const line of createInterface({ input: child.stdout })) {
    const held = JSON.parse(line) as EmbeddedPostgres;
    servers.add(postmaster(held.dataDir));
    const stop = async (): Promise<void> => {
      child.stdin.write('stop\n');
      await once(child, 'exit');
    };
    return { ...held, process: child, stop };
  }
  throw new Error('the holder ended without a server');
}

async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  // A server that is killed under a connection is the point of some tests.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

function postmaster(folder: string): number {
  return parseInt(fs.readFileSync(join(folder, 'cluster', 'postmaster.pid'), 'utf8'), 10);
}

const isUp = (pid: number): boolean => processIdentity(pid) !== undefined;

async function gone(pid: number): Promise<void> {
  for (const deadline = Date.now() + 30_000; isUp(pid); await sleep(20)) {
    if (Date.now() > deadline) throw new Error(`process ${pid} is still there`);
  }
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

const notes = (url: string): Promise<Record<string, unknown>[]> => query(url, 'SELECT text FROM note ORDER BY text');

/** Writes a note. @returns all notes, which a later server of the same data must have as well */
async function write(url: string, text: string): Promise<Record<string, unknown>[]> {
  await query(url, `INSERT INTO note VALUES ('${text}')`);
  return notes(url);
}

beforeAll(async () => {
  // The server's user has to pass through, and temporary folders are private.
  fs.chmodSync(base, 0o755);
  compileSources();
  const held = await startEmbeddedPostgres({ dataDir, settings });
  await query(held.ownerUrl, 'CREATE TABLE note (text text PRIMARY KEY)');
  await held.stop();
});

afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  for (const pid of servers) await gone(pid);
  fs.rmSync(base, { recursive: true, force: true });
});

describe('one process', () => {
  it('keeps data and port over a restart, and leaves nothing running', async () => {
    const first = await startEmbeddedPostgres({ dataDir, settings });
    const written = await write(first.ownerUrl, 'of one process');
    const pid = postmaster(first.dataDir);
    await first.stop();
    await first.stop();
    expect(isUp(pid)).toBe(false);

    const second = await startEmbeddedPostgres({ dataDir, settings });
    expect(second).toMatchObject({ adopted: false, port: first.port, url: first.url });
    expect(await notes(second.ownerUrl)).toEqual(written);
    await second.stop();
    expect(fs.readdirSync(join(first.dataDir, 'holders'))).toEqual([]);
  });

  it('admits no one without the password, and keeps that to its owner', async () => {
    const held = await startEmbeddedPostgres({ dataDir, settings });
    for (const url of [held.url, held.ownerUrl]) {
      const open = url.replace(/:[^:@]+@/, ':guess@');
      await expect(query(open, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
    }
    expect(fs.statSync(join(held.dataDir, 'password')).mode & 0o777).toBe(0o600);
    await held.stop();
  });

  it('has a role that serves and owns nothing, also where the data are older than it', async () => {
    const asked = `SELECT current_user AS name, rolsuper, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = current_user`;
    const serves = [{ name: 'ctms_app', rolsuper: false, rolcreaterole: false, rolcreatedb: false }];
    const held = await startEmbeddedPostgres({ dataDir, settings });
    expect(await query(held.url, asked)).toEqual(serves);
    await expect(query(held.url, 'DROP TABLE note')).rejects.toThrow('must be owner');
    await query(held.ownerUrl, 'DROP ROLE ctms_app');
    const again = await startEmbeddedPostgres({ dataDir, settings });
    expect(again).toMatchObject({ url: held.url, adopted: true });
    expect(await query(again.url, asked)).toEqual(serves);
    await again.stop();
    await held.stop();
  });

  it('creates the database that it is asked for, with Unicode order by code point', async () => {
    const held = await startEmbeddedPostgres({ dataDir, settings, database: 'other "one"' });
    const asked = `SELECT current_database() AS name, datlocale AS locale, pg_encoding_to_char(encoding) AS encoding
                   FROM pg_database WHERE datname = current_database()`;
    expect(await query(held.ownerUrl, asked)).toEqual([{ name: 'other "one"', locale: 'C.UTF-8', encoding: 'UTF8' }]);
    await held.stop();
  });

  it('refuses data of another version of PostgreSQL, with both versions and the ways out', async () => {
    const other = join(base, 'other');
    const held = await startEmbeddedPostgres({ dataDir: other, settings });
    await held.stop();
    const clusters = fs
      .readdirSync(held.dataDir)
      .filter((name) => fs.existsSync(join(held.dataDir, name, 'PG_VERSION')));
    expect(clusters).toHaveLength(1);
    fs.writeFileSync(join(held.dataDir, String(clusters[0]), 'PG_VERSION'), '15\n');
    await expect(startEmbeddedPostgres({ dataDir: other, settings })).rejects.toThrow(
      /were made by PostgreSQL 15, and this is PostgreSQL 18, .*pg_dump.*move .* away/s,
    );
  });

  it('says why a server does not start, in its own words', async () => {
    const impossible = startEmbeddedPostgres({ dataDir, settings: { shared_buffers: 'plenty' } });
    await expect(impossible).rejects.toThrow(/shared_buffers.*plenty/);
  });

  (isRoot ? it : it.skip)('runs it as another user when it is root', async () => {
    const held = await startEmbeddedPostgres({ dataDir, settings });
    expect(held.dataDir).toBe(fs.realpathSync(dataDir));
    expect(fs.statSync(`/proc/${postmaster(held.dataDir)}`).uid).not.toBe(0);
    await held.stop();
  });

  (isRoot ? it : it.skip)('keeps the data elsewhere when the other user cannot reach the folder', async () => {
    const hidden = fs.mkdtempSync(join(base, 'hidden-'));
    const printed: string[] = [];
    const options = { dataDir: join(hidden, 'data'), settings, log: (line: string) => printed.push(line) };
    const held = await startEmbeddedPostgres(options);
    expect(held.dataDir).toMatch(/^\/var\/lib\/ctms\/[0-9a-f]{12}$/);
    expect(printed.join()).toContain(held.dataDir);
    await query(held.ownerUrl, 'CREATE TABLE kept ()');
    await held.stop();

    const again = await startEmbeddedPostgres(options);
    expect(await query(again.ownerUrl, 'SELECT * FROM kept')).toEqual([]);
    await again.stop();
    fs.rmSync(held.dataDir, { recursive: true });
  });
});

describe('several processes', () => {
  it('share one server, which stays until the last of them stops', async () => {
    const [first, second] = await Promise.all([startHolder(), startHolder()]);
    expect([first.adopted, second.adopted].sort()).toEqual([false, true]);
    expect(second.url).toBe(first.url);
    const starter = first.adopted ? second : first;
    const adopter = first.adopted ? first : second;
    const pid = postmaster(starter.dataDir);
    const written = await write(starter.ownerUrl, 'of two processes');

    await starter.stop();
    expect(await notes(adopter.ownerUrl)).toEqual(written);
    const third = await startEmbeddedPostgres({ dataDir, settings });
    expect(third).toMatchObject({ adopted: true, url: first.url });
    await adopter.stop();
    expect(isUp(pid)).toBe(true);
    await third.stop();
    expect(isUp(pid)).toBe(false);
  });

  it('leave no server running when the last of them is killed, and lose nothing that was committed', async () => {
    const killed = await startHolder();
    const other = await startHolder();
    const pid = postmaster(killed.dataDir);
    const written = await write(killed.ownerUrl, 'before the first was killed');
    await kill(killed.process);
    await sleep(300);
    expect(isUp(pid)).toBe(true);
    await kill(other.process);
    await gone(pid);

    const held = await startEmbeddedPostgres({ dataDir, settings });
    expect(await notes(held.ownerUrl)).toEqual(written);
    await held.stop();
  });

  it('start again after everything was killed at once', async () => {
    const killed = await startHolder();
    const written = await write(killed.ownerUrl, 'before all were killed');
    process.kill(postmaster(killed.dataDir), 'SIGKILL');
    await kill(killed.process);
    // In a container that starts again, the old pids soon belong to others; this process stands for one of them.
    const pidFile = join(killed.dataDir, 'cluster', 'postmaster.pid');
    fs.writeFileSync(pidFile, fs.readFileSync(pidFile, 'utf8').replace(/^\d+/, String(process.pid)));
    fs.writeFileSync(join(killed.dataDir, 'lock'), `${process.pid} 1`);
    fs.writeFileSync(join(killed.dataDir, 'holders', `${process.pid}-0`), `${process.pid} 1`);

    const held = await startEmbeddedPostgres({ dataDir, settings });
    const pid = postmaster(held.dataDir);
    expect(held.adopted).toBe(false);
    expect(await notes(held.ownerUrl)).toEqual(written);
    await held.stop();
    expect(isUp(pid)).toBe(false);
  });
});
