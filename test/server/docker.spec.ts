import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../src/core/config/project-root.js';
import { newDatabase, type TestDatabase } from '../support/database.js';
import { startProduct, type Product } from '../support/product.js';

const read = (name: string) => readFileSync(join(projectRoot(), name), 'utf8');
const DOCKERFILE = read('Dockerfile');
const SECRETS = ['SECRET_KEY', 'AUDIT_SIGNING_KEY', 'POSTGRES_PASSWORD', 'POSTGRES_APP_PASSWORD'];

/** The last stage of the Dockerfile as a folder: what it copies, with the packages of this checkout. */
function assembleImage(): string {
  const image = mkdtempSync(join(tmpdir(), 'ctms-image-'));
  const stage = DOCKERFILE.split(/^FROM /m).at(-1) ?? '';
  for (const [, from, words = ''] of stage.matchAll(/^COPY (--from=\S+ )?(.+)$/gm)) {
    const sources = words.split(' ');
    const target = sources.pop() ?? '';
    for (const source of sources.map((path) => (from ? path.replace('/app/', '') : path))) {
      const place = join(image, target.endsWith('/') ? join(target, source.replace(/^.*\//, '')) : target);
      mkdirSync(join(place, '..'), { recursive: true });
      if (source === 'node_modules') symlinkSync(join(projectRoot(), source), place);
      else cpSync(join(projectRoot(), source), place, { recursive: true });
    }
  }
  return image;
}

/** Commands that write files of the source tree or fill an empty database, and the one that runs those of any extension. */
const OF_DEVELOPERS = ['docs:permissions', 'extension', 'generate:extension', 'migration:generate', 'openapi', 'seed'];

describe('the image', () => {
  let image: string;
  let database: TestDatabase;
  const npm = (command: string) => {
    const env = {
      PATH: process.env.PATH,
      HOME: tmpdir(),
      DATABASE_URL: database.url,
      DATABASE_OWNER_URL: database.ownerUrl,
    };
    return spawnSync('npm', command.split(' '), { cwd: image, env, encoding: 'utf8' });
  };

  beforeAll(async () => {
    image = assembleImage();
    database = await newDatabase();
  });
  afterAll(async () => {
    rmSync(image, { recursive: true, force: true });
    await database.drop();
  });

  const documented = [
    ...read('docs/docker.md').matchAll(/^\| [^|]+ \| `docker compose run .*?(npm run -s (\S+).*?)`/gm),
  ];

  it('has each command of an installation documented', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const commands = Object.keys(scripts).filter((name) => scripts[name]?.startsWith('node src/run.mjs cli/'));
    const missing = commands.filter((name) => !documented.some(([, , script]) => script === name));
    expect(missing.sort()).toEqual([...OF_DEVELOPERS].sort());
  });

  it.each(documented.map(([, , script = '']) => script))('runs npm run -s %s as it is documented', (script) => {
    const { status, stdout, stderr } = npm(`run -s ${script} -- --help`);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(new RegExp(`npm run (?:--silent )?${script}\\b`));
  });

  it('verifies the audit trail', () => {
    const { status, stderr } = npm('run -s audit:verify');
    expect({ status, stderr: stderr.includes('Cannot find module') }).toEqual({ status: 0, stderr: false });
  });
});

describe('the health check of the image', () => {
  const [, json = '[]'] = /^HEALTHCHECK .*\\\n\s+CMD (\[.+\])$/m.exec(DOCKERFILE) ?? [];
  const [command = '', ...args] = JSON.parse(json) as string[];
  const probe = (port: string) => spawnSync(command, args, { env: { PATH: process.env.PATH, PORT: port } }).status;
  let product: Product;

  beforeAll(async () => {
    product = await startProduct();
  });
  afterAll(() => product.stop());

  it('is content with a live server', () => expect(probe(new URL(product.url).port)).toBe(0));

  it('is not where nothing listens', () => expect(probe('1')).toBe(1));

  it('starts no runtime, and waits as long as a busy host needs', () => {
    expect(command).toBe('bash');
    const [, timeout, start] = /--timeout=(\d+)s --start-period=(\d+)s/.exec(DOCKERFILE) ?? [];
    expect(Number(timeout)).toBeGreaterThanOrEqual(10);
    expect(Number(start)).toBeGreaterThanOrEqual(60);
  });
});

describe('docker-compose.yml', () => {
  it('names every missing secret at once, with the place to read on, whichever is met first', () => {
    const messages = [...read('docker-compose.yml').matchAll(/\$\{(\w+):\?([^}]*)\}/g)];
    expect(new Set(messages.map(([, name]) => name))).toEqual(new Set(SECRETS));
    for (const [, , message = ''] of messages) {
      for (const name of SECRETS) expect(message).toContain(name);
      expect(message).toContain('docs/docker.md');
    }
  });

  it('has its secrets made by the documented lines', () => {
    const [, lines = ''] = /cat >> \.env <<EOF\n([\s\S]*?)EOF/.exec(read('docs/docker.md')) ?? [];
    expect(lines.split('\n').map((line) => line.split('=')[0])).toEqual([...SECRETS, '']);
  });
});
