import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { projectRoot } from '../../src/core/config/project-root.js';

const ROOT = projectRoot();
const run = (file: string, ...given: string[]) => promisify(execFile)(process.execPath, [join(ROOT, file), ...given]);
const json = (path: string) => JSON.parse(readFileSync(join(ROOT, path), 'utf8')) as Record<string, unknown>;

describe('the package @ctms/client', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ctms-client-'));
  const installed = join(folder, 'node_modules/@ctms/client');

  beforeAll(async () => {
    await run('client/build.mjs', join(installed, 'dist'));
    cpSync(join(ROOT, 'client/package.json'), join(installed, 'package.json'));
    for (const name of ['openapi-fetch', 'openapi-typescript-helpers'])
      cpSync(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name), { recursive: true });
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  it('has the types and routes of the OpenAPI document: else run npm run openapi', async () => {
    const generated = join(folder, 'generated');
    mkdirSync(generated);
    await run('client/generate.mjs', generated);
    for (const name of ['schema.ts', 'keyless-routes.ts'])
      expect(readFileSync(join(generated, name), 'utf8') === readFileSync(join(ROOT, 'client/src', name), 'utf8')).toBe(
        true,
      );
  }, 60_000);

  it('is one module of less than 10 kB, gzipped, without built-ins of Node', () => {
    const bundle = readFileSync(join(installed, 'dist/index.js'));
    expect(gzipSync(bundle).length).toBeLessThan(10_000);
    expect(String(bundle)).not.toMatch(/\b(?:from|import)\s*\(?["']/);
  });

  it('types calls, pages and events for a consumer without the types of Node', async () => {
    cpSync(join(__dirname, 'consumer.ts'), join(folder, 'consumer.ts'));
    const compilerOptions = {
      ...{ target: 'es2022', module: 'nodenext', moduleResolution: 'nodenext', lib: ['es2022', 'dom'], types: [] },
      ...{ strict: true, noEmit: true, exactOptionalPropertyTypes: true },
    };
    writeFileSync(join(folder, 'package.json'), '{"type": "module"}');
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['consumer.ts'] }));
    const errors = await run('node_modules/typescript/bin/tsc', '-p', folder).catch(
      ({ stdout }: { stdout: string }) => stdout,
    );
    expect(errors).toMatchObject({ stdout: '' });
  }, 120_000);

  it('needs the version of openapi-fetch that the tests run with', () => {
    const { dependencies } = json('client/package.json');
    const { devDependencies } = json('package.json') as { devDependencies: Record<string, string> };
    expect(dependencies).toEqual({ 'openapi-fetch': devDependencies['openapi-fetch'] });
  });
});
