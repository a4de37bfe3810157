import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { type Type } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { ModulesContainer } from '@nestjs/core';
import { DataSource } from 'typeorm';
import { variables } from '../../src/core/config/config.schema.js';
import { extensionFolders } from '../../src/core/config/extension-folders.js';
import { loadSettings } from '../../src/core/config/extension-settings.js';
import { loadConfig } from '../../src/core/config/load-config.js';
import { ROUTE_POLICY } from '../../src/core/authorization/can.decorator.js';
import { declaredInputOf } from '../../src/core/http/input.decorators.js';
import { allProblems } from '../../src/core/http/problem.js';
import { dataSourceOptions } from '../../src/infrastructure/database/data-source.js';
import { entityDrift } from '../../src/infrastructure/database/entity-drift.js';
import { TestApp } from '../support/app.js';
import { newDatabase } from '../support/database.js';

const ROOT = join(__dirname, '../..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const readOfExtensions = (name: string) =>
  extensionFolders()
    .map((folder) => join(folder, name))
    .filter(existsSync)
    .map((file) => readFileSync(file, 'utf8'));

function sources(folder = join(ROOT, 'src')): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? sources(path) : path.endsWith('.ts') && !path.endsWith('.spec.ts') ? [path] : [];
  });
}

interface Route {
  readonly controller: Type;
  readonly handler: object;
  readonly name: string;
}

function routesOf(app: TestApp): Route[] {
  const modules = [...app.nest.get(ModulesContainer).values()];
  return modules
    .flatMap((module) => [...module.controllers.values()])
    .flatMap(({ metatype }) => {
      const controller = metatype as Type<Record<string, object>>;
      return Object.getOwnPropertyNames(controller.prototype)
        .filter((name) => name !== 'constructor')
        .map((name) => ({ controller, name, handler: controller.prototype[name] as object }))
        .filter(({ handler }) => Reflect.hasMetadata('path', handler));
    });
}

/** Arguments that Nest injects into a handler, by `kind:index`. */
function injectedInto({ controller, name }: Route, kind: RouteParamtypes): unknown[] {
  const injected = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, name) ?? {}) as object;
  return Object.keys(injected).filter((key) => key.startsWith(`${kind}:`));
}

describe('the whole product', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.stop());

  it('declares for every route who may call it', () => {
    const routes = routesOf(app).map(({ controller, handler, name }) => ({
      route: `${controller.name}.${name}`,
      access: Reflect.getMetadata(ROUTE_POLICY, handler) ?? Reflect.getMetadata(ROUTE_POLICY, controller),
    }));
    expect(routes.length).toBeGreaterThan(30);
    expect(routes.filter(({ access }) => access === undefined).map(({ route }) => route)).toEqual([]);
  });

  it('validates every body and query that a handler reads by a class with rules, and refuses all others', () => {
    const undeclared = routesOf(app).filter((route) => {
      const { body, query } = declaredInputOf(route.handler);
      const reads = [
        { injected: injectedInto(route, RouteParamtypes.BODY), fields: body },
        { injected: injectedInto(route, RouteParamtypes.QUERY), fields: query },
      ];
      return reads.some(({ injected, fields }) => injected.length !== (fields ? 1 : 0) || fields?.length === 0);
    });
    expect(undeclared.map(({ controller, name }) => `${controller.name}.${name}`)).toEqual([]);
  });

  it('documents every problem code, those of extensions in their own problems.md', () => {
    const documents = [read('docs/problems.md'), ...readOfExtensions('problems.md')].join('\n');
    const codes = allProblems().map(({ code, status }) => `| \`${code}\` | ${status} |`);
    expect(codes.filter((row) => !documents.includes(row))).toEqual([]);
  });

  it('names every variable in .env.example, those of extensions in their own, and no other', async () => {
    const namedIn = (text: string) =>
      [...new Set([...text.matchAll(/^#? ?([A-Z][A-Z0-9_]+)=/gm)].map(([, name]) => name))].sort();
    expect(namedIn(read('.env.example'))).toEqual(Object.keys(variables.shape).sort());
    for (const folder of extensionFolders()) {
      const settings = (await loadSettings([folder])).flatMap(({ schema }) => Object.keys(schema.shape));
      const file = join(folder, '.env.example');
      expect([folder, namedIn(existsSync(file) ? readFileSync(file, 'utf8') : '')]).toEqual([folder, settings.sort()]);
    }
  });

  it('reads the environment in one place', () => {
    const readers = sources().filter((file) => /process\.env|from 'node:process'/.test(readFileSync(file, 'utf8')));
    const allowed = readers
      .map((file) => relative(ROOT, file))
      .filter((file) => !file.startsWith('src/infrastructure/embedded-postgres/'));
    expect(allowed).toEqual(['src/core/config/environment.ts']);
  });

  it('migrates up, down and up again, and the entities agree with the schema', async () => {
    const empty = await newDatabase('template1');
    const { entities } = app.nest.get(DataSource).options;
    const source = await new DataSource({
      ...dataSourceOptions(loadConfig({}), empty.ownerUrl),
      entities: entities as never[],
    }).initialize();
    const tables = async () =>
      (await source.query(
        `SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1`,
      )) as unknown[];
    const uncommented = () =>
      source.query(`SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
        AND obj_description(oid, 'pg_class') IS NULL
      UNION ALL SELECT p.oid::regprocedure::text FROM pg_proc p
        LEFT JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
        WHERE pronamespace = 'public'::regnamespace AND d.objid IS NULL AND obj_description(p.oid, 'pg_proc') IS NULL`);
    try {
      await source.runMigrations();
      const before = await tables();
      for (const _ of source.migrations) await source.undoLastMigration();
      expect(await tables()).toEqual([{ table_name: 'migrations' }]);
      await source.runMigrations();
      expect(await tables()).toEqual(before);
      expect((await entityDrift(source)).up).toEqual([]);
      expect(await uncommented()).toEqual([]);
    } finally {
      await source.destroy();
      await empty.drop();
    }
  });

  it('serves the API that test/openapi.json and openapi.json of each extension show; `npm run openapi` renews them', () => {
    const root = mkdtempSync(join(tmpdir(), 'ctms-openapi-'));
    const env = { ...process.env, DATABASE_URL: app.url, ENVIRONMENT: 'test' };
    const command = join(ROOT, 'dist/cli/write-openapi.command.js');
    execFileSync(process.execPath, [command, '--root', root], { env, stdio: 'pipe' });
    const parts = extensionFolders().map((folder) => relative(ROOT, join(folder, 'openapi.json')));
    for (const file of ['test/openapi.json', ...parts])
      expect([file, JSON.parse(readFileSync(join(root, file), 'utf8'))]).toEqual([file, JSON.parse(read(file))]);
  }, 60_000);

  it('has its rooms drawn as they are; `npm run docs:rooms` redraws them', () => {
    const draw = join(ROOT, 'test/architecture/draw-rooms.mjs');
    execFileSync(process.execPath, [draw, '--check'], { stdio: 'pipe' });
  });
});
