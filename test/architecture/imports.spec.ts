import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  circles,
  filesOf,
  FLOORS,
  importsIn,
  readImports,
  roomOf,
  sourcesOf,
  upwards,
  type Import,
} from './imports.mjs';

const SRC = join(__dirname, '../../src');
/** Imports that point upwards all the same, as `from → to`, each with its reason beside it; three at most. */
const EXCEPTIONS: readonly string[] = [];

/** Files that load modules whose names only running the code tells. */
const COMPUTED: readonly string[] = [
  'auth/passwords/password-rules.ts', // the list of common passwords, by `require`, which can fail and be repeated
  'core/config/extension-folders.ts', // extensions, by their folders
  'run.mjs', // a module of dist, by the argument of a command
];
/** The one file out of src that code in there may import, and only specs of extensions. */
const TEST_KIT = '../test/kit.js';

const loads = readImports(SRC, filesOf(SRC));
const imports = loads.flatMap((file) => file.imports);
const line = ({ from, to }: Import) => `${from} → ${to}`;
const isOfTests = ({ from, to }: Import) => to === TEST_KIT && /^extensions\/.*\.spec(?:-kit)?\.ts$/.test(from);

describe('the rooms of src', () => {
  it('are those of the plan, and each file stands in one of them', () => {
    const names = readdirSync(SRC).filter((name) => !/\.d\.m?ts$/.test(name));
    expect(names.sort()).toEqual(FLOORS.flat().sort());
    expect(new Set(sourcesOf(SRC).map(roomOf))).toEqual(new Set(FLOORS.flat()));
  });

  it('import downwards only, and nothing out of src', () => {
    const found = upwards(imports.filter((each) => !isOfTests(each))).map(line);
    expect(EXCEPTIONS.length).toBeLessThanOrEqual(3);
    expect(found.filter((each) => !EXCEPTIONS.includes(each))).toEqual([]);
    expect(EXCEPTIONS.filter((each) => !found.includes(each))).toEqual([]);
  });

  it('hold no file that imports itself over others', () => {
    expect(circles(imports)).toEqual([]);
  });

  it('load modules by names that stand in the code, but for those listed', () => {
    const shipped = new Set(sourcesOf(SRC));
    const computing = loads.filter(({ path, computed }) => shipped.has(path) && computed.length > 0);
    expect(computing.map(({ path }) => path)).toEqual(COMPUTED);
  });
});

describe('the reader of imports', () => {
  const FILES = new Set(['core/a.ts', 'core/b.mjs', 'tasks/x.ts', 'tasks/y.mjs', 'tasks/z.d.mts']);
  const loadedBy = (from: string, source: string) => {
    const found = importsIn(from, source, FILES);
    return [...found.imports.map(({ to }) => to), ...found.computed];
  };

  it('finds imports of values, of types, of entities, re-exports and import() alike', () => {
    const all = imports.map(line);
    expect(all.length).toBeGreaterThan(1000);
    expect(all).toContain('main.ts → server/serve.ts');
    expect(all).toContain('audit/audit.controller.ts → core/authorization/actor.ts');
    expect(all).toContain('cli/verify-audit.command.ts → transparency-log/storage/leaf-hash.worker.ts');
    expect(all.some((each) => /^auth\/.* → users\/user\.entity\.ts$/.test(each))).toBe(true);
  });

  it.each([
    ["import { x } from '../tasks/x.js';", 'tasks/x.ts'],
    ["import { x } from '../tasks/x';", 'tasks/x.ts'],
    ["import '../tasks/x.js';", 'tasks/x.ts'],
    ["import type { X } from '../tasks/x.js';", 'tasks/x.ts'],
    ["type X = import('../tasks/x.js').X;", 'tasks/x.ts'],
    ["export { x } from '../tasks/x.js';", 'tasks/x.ts'],
    ["export * from '../tasks/y.mjs';", 'tasks/y.mjs'],
    ["export type { Z } from '../tasks/z.mjs';", 'tasks/z.d.mts'],
    ["const x = () => import('../tasks/x.js');", 'tasks/x.ts'],
    ['const x = () => import(`../tasks/x.js`);', 'tasks/x.ts'],
    ["const x = require('../tasks/x.js');", 'tasks/x.ts'],
    ["import x = require('../tasks/x.js');", 'tasks/x.ts'],
    ["const x = new Worker(new URL('../tasks/x.js', import.meta.url));", 'tasks/x.ts'],
    ["import { load } from '../../bench/load.mjs';", '../bench/load.mjs'],
    ["import { x } from '../unknown/x.js';", 'unknown/x.js'],
    ['const x = () => import(name);', 'name'],
    ['const x = createRequire(import.meta.url)(name);', 'createRequire'],
  ])('finds what %s loads', (source, loaded) => {
    expect(loadedBy('core/a.ts', source)).toEqual([loaded]);
  });

  it('finds types that comments of a module in JavaScript import', () => {
    const source = "/** @type {import('../tasks/x.js').X} */ export const x = 1;";
    expect(loadedBy('core/b.mjs', source)).toEqual(['tasks/x.ts']);
  });

  it('finds what points upwards, sideways or to a room that is not known', () => {
    const wrong = [
      { from: 'core/clock.ts', to: 'audit/audit-trail.ts' },
      { from: 'tasks/tasks.service.ts', to: 'auth/cookies.ts' },
      { from: 'auth/auth.service.ts', to: 'helpers/text.ts' },
      { from: 'cli/seed.command.ts', to: '../test/kit.js' },
    ];
    expect(upwards([...wrong, { from: 'auth/a.ts', to: 'auth/b.ts' }, { from: 'cli/a.ts', to: 'core/b.ts' }])).toEqual(
      wrong,
    );
  });

  it('finds a way round', () => {
    const ring = [
      { from: 'a', to: 'b' },
      { from: 'b', to: 'c' },
      { from: 'c', to: 'a' },
    ];
    expect(circles(ring)).toEqual(['a → b → c → a']);
    expect(circles(ring.slice(1))).toEqual([]);
  });
});
