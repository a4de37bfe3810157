import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { connected, newDatabase, type TestDatabase } from '../support/database.js';
import { freePort } from '../support/free-port.js';
import { waitFor } from '../support/wait-for.js';

const ROOT = join(__dirname, '../..');
const LEFT_OUT = new Set(['node_modules', '.data', 'coverage', '.git', 'dist']);
const FIELDS = [
  ...['visited_on:date', 'site:text', 'note:text?', 'monitor:user?', 'kind:enum(planned|unplanned)'],
  ...['patients_count:integer', 'score:number?', 'remote:boolean', 'starts_at:timestamp?'],
];
/** Checks the types of the sources, without those of specs elsewhere. */
const TYPES = 'tsconfig.generated.json';
const MINUTES = 60_000;
const STAFF = `import { Entity, PrimaryColumn } from 'typeorm';

@Entity('site_visit_staff')
export class SiteVisitStaff {
  @PrimaryColumn({ type: 'integer', name: 'user_id' })
  userId: number;
}
`;

/** Hashes of all files of a source tree, by their paths. */
function contents(root: string): Record<string, string> {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => !LEFT_OUT.has(path.split('/')[0] ?? '') && statSync(join(root, path)).isFile())
    .sort();
  return Object.fromEntries(
    files.map((path) => [
      path,
      createHash('sha256')
        .update(readFileSync(join(root, path)))
        .digest('hex'),
    ]),
  );
}

async function tablesOf({ ownerUrl }: TestDatabase): Promise<string[]> {
  const query = `SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`;
  const { rows } = await connected(ownerUrl, (owner) => owner.query<{ tablename: string }>(query));
  return rows.map(({ tablename }) => tablename);
}

/** A folder of links, one a package: an `npm ci` in the copy would remove the links, and not the packages. */
function linkPackages(from: string, to: string): void {
  mkdirSync(to);
  for (const name of readdirSync(from).filter((each) => each !== '.package-lock.json'))
    symlinkSync(join(from, name), join(to, name));
  cpSync(join(from, '.package-lock.json'), join(to, '.package-lock.json'), { preserveTimestamps: true });
}

describe('npm run generate:extension', () => {
  let root: string;
  let before: Record<string, string>;
  let database: TestDatabase;
  let server: ChildProcess | undefined;

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'ctms-generated-'));
    const isKept = (path: string) => !LEFT_OUT.has(relative(ROOT, path).split('/')[0] ?? '');
    cpSync(ROOT, root, { recursive: true, preserveTimestamps: true, filter: (path) => isKept(path) });
    cpSync(join(ROOT, 'dist'), join(root, 'dist'), { recursive: true, preserveTimestamps: true });
    linkPackages(join(ROOT, 'node_modules'), join(root, 'node_modules'));
    before = contents(root);
    database = await newDatabase('template1');
  }, 5 * MINUTES);
  afterAll(async () => {
    server?.kill();
    await database?.drop();
    rmSync(root, { recursive: true, force: true });
  });

  /** Runs a command in the copy, on a server of PostgreSQL of its own unless `env` names one. */
  async function run(file: string, args: string[], env: Record<string, string> = {}) {
    const { TEST_DATABASE_URL: _, ...inherited } = process.env;
    const how = { cwd: root, env: { ...inherited, ...env }, maxBuffer: 1e8 };
    const ended = await promisify(execFile)(file, args, how).catch(
      (error: { code: number; stdout: string; stderr: string }) => error,
    );
    return { code: 'code' in ended ? ended.code : 0, text: `${ended.stdout}${ended.stderr}` };
  }
  const node = (...args: string[]) => run(process.execPath, args, { DATABASE_URL: database.ownerUrl });
  const generate = (...args: string[]) =>
    run('npm', ['run', '--silent', 'generate:extension', '--', ...args], { DATABASE_URL: database.ownerUrl });

  it(
    'makes an extension whose files are clean',
    async () => {
      const made = await generate('site-visits', ...FIELDS.flatMap((field) => ['--field', field]));
      expect(made).toEqual({ code: 0, text: expect.stringContaining('Written: src/extensions/site-visits') as string });
      const folder = 'src/extensions/site-visits';
      expect(await node('node_modules/prettier/bin/prettier.cjs', '--check', folder)).toMatchObject({ code: 0 });
      expect(await node('node_modules/eslint/bin/eslint.js', '--max-warnings', '0', folder)).toEqual({
        code: 0,
        text: '',
      });
      writeFileSync(join(root, TYPES), JSON.stringify({ extends: './tsconfig.json', include: ['src/**/*.ts'] }));
      expect(await node('node_modules/typescript/bin/tsc', '--noEmit', '-p', TYPES)).toEqual({ code: 0, text: '' });
      rmSync(join(root, TYPES));
      const part = JSON.parse(readFileSync(join(root, folder, 'openapi.json'), 'utf8')) as { paths: object };
      expect(Object.keys(part.paths)).toEqual(['/api/site-visits', '/api/site-visits/{id}']);
      expect(readFileSync(join(root, folder, 'permissions.md'), 'utf8')).toContain('`PATCH /api/site-visits/{id}`');
    },
    30 * MINUTES,
  );

  it(
    'makes one that passes its specs, and those that walk the product',
    async () => {
      const specs = 'src/extensions/site-visits|architecture/(extension-api|imports|walk)|core/policy-table';
      const jest = ['node_modules/jest/bin/jest.js', '--config', 'test/jest.config.mjs', '--runInBand'];
      const { code, text } = await run(process.execPath, [...jest, '--testPathPatterns', specs]);
      expect([code, /Tests: .*/.exec(text)?.[0], text.match(/^.*●.*$/gm)]).toEqual([
        0,
        expect.stringMatching(/(?:[2-9]\d|\d{3}) passed/),
        null,
      ]);
    },
    30 * MINUTES,
  );

  it(
    'makes one for which the product writes further migrations',
    async () => {
      const folder = join(root, 'src/extensions/site-visits');
      writeFileSync(join(folder, 'site-visit-staff.entity.ts'), STAFF);
      const module = readFileSync(join(folder, 'site-visits.module.ts'), 'utf8')
        .replace('forFeature([SiteVisit])', 'forFeature([SiteVisit, SiteVisitStaff])')
        .replace(/^/, `import { SiteVisitStaff } from './site-visit-staff.entity.js';\n`);
      writeFileSync(join(folder, 'site-visits.module.ts'), module);
      const generated = await node(
        'src/run.mjs',
        'cli/migration.command',
        'generate',
        '--extension',
        'site-visits',
        'staff',
      );
      expect(generated).toEqual({
        code: 0,
        text: expect.stringMatching(/Written: .*-staff\.up\.sql and \.down\.sql\n$/),
      });
      const made = readdirSync(join(folder, 'migrations')).filter((file) => file.endsWith('-staff.up.sql'));
      expect(made).toHaveLength(1);
      expect(readFileSync(join(folder, 'migrations', made[0] ?? ''), 'utf8')).toContain(
        'CREATE TABLE "site_visit_staff" (\n  "user_id" integer NOT NULL',
      );
      // As a build does, of which there have been two: nothing else is new.
      cpSync(join(folder, 'migrations'), join(root, 'dist/extensions/site-visits/migrations'), { recursive: true });
    },
    30 * MINUTES,
  );

  it(
    'makes one that is served and documented',
    async () => {
      const port = await freePort();
      const env = {
        ...process.env,
        DATABASE_URL: database.ownerUrl,
        PORT: String(port),
        DATA_DIR: join(root, '.data'),
      };
      server = spawn(process.execPath, ['dist/main.js'], { cwd: root, env, stdio: 'ignore' });
      const get = (path: string) => fetch(`http://127.0.0.1:${port}${path}`).catch(() => undefined);
      await waitFor(async () => (await get('/health/ready'))?.status === 200, 3 * MINUTES);
      const document = (await (await get('/openapi.json'))?.json()) as { paths: object; tags: { name: string }[] };
      expect(Object.keys(document.paths)).toContain('/api/site-visits');
      expect(document.tags.map(({ name }) => name)).toContain('site-visits');
      expect((await get('/api/site-visits'))?.status).toBe(401);
      server.kill();
    },
    5 * MINUTES,
  );

  it(
    'refuses a second one of the name, and leaves the first as it is',
    async () => {
      const again = await node('dist/cli/generate-extension.command.js', 'site-visits', '--field', 'site:text');
      expect(again).toMatchObject({ code: 1, text: 'There is a folder src/extensions/site-visits already\n' });
    },
    3 * MINUTES,
  );

  it(
    'makes nothing outside of its folder: with that, all of it is gone',
    async () => {
      const reverted = await node('dist/cli/migration.command.js', 'revert', '--extension', 'site-visits');
      expect(reverted).toEqual({
        code: 0,
        text: expect.stringMatching(
          /^Reverted staff_\d+, site_visits_\d+\nDelete src\/extensions\/site-visits /,
        ) as string,
      });
      const plain = await newDatabase();
      expect(await tablesOf(database)).toEqual(await tablesOf(plain).finally(() => plain.drop()));
      rmSync(join(root, 'src/extensions/site-visits'), { recursive: true });
      expect(contents(root)).toEqual(before);
      expect(existsSync(join(root, 'src/extensions'))).toBe(true);
    },
    3 * MINUTES,
  );
});
