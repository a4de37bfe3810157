import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { circles, FLOORS, importsOf, roomOf, sourcesOf, upwards, type Import } from './imports.mjs';

const SRC = join(__dirname, '../../src');
/** Imports that point upwards all the same, as `from → to`, each with its reason beside it; three at most. */
const EXCEPTIONS: readonly string[] = [];

const line = ({ from, to }: Import) => `${from} → ${to}`;

describe('the rooms of src', () => {
  it('are those of the plan, and each file stands in one of them', () => {
    const names = readdirSync(SRC).filter((name) => !/\.d\.m?ts$/.test(name));
    expect(names.sort()).toEqual(FLOORS.flat().sort());
    expect(new Set(sourcesOf(SRC).map(roomOf))).toEqual(new Set(FLOORS.flat()));
  });

  it('import downwards only', () => {
    const found = upwards(importsOf(SRC)).map(line);
    expect(EXCEPTIONS.length).toBeLessThanOrEqual(3);
    expect(found.filter((each) => !EXCEPTIONS.includes(each))).toEqual([]);
    expect(EXCEPTIONS.filter((each) => !found.includes(each))).toEqual([]);
  });

  it('hold no file that imports itself over others', () => {
    expect(circles(importsOf(SRC))).toEqual([]);
  });
});

describe('the reader of imports', () => {
  it('finds imports of values, of types, of entities, re-exports and import() alike', () => {
    const all = importsOf(SRC).map(line);
    expect(all.length).toBeGreaterThan(1000);
    expect(all).toContain('main.ts → server/serve.ts');
    expect(all).toContain('audit/audit.controller.ts → core/authorization/actor.ts');
    expect(all.some((each) => /^auth\/.* → users\/user\.entity\.ts$/.test(each))).toBe(true);
  });

  it('finds what points upwards, sideways or to a room that is not known', () => {
    const wrong = [
      { from: 'core/clock.ts', to: 'audit/audit-trail.ts' },
      { from: 'tasks/tasks.service.ts', to: 'auth/cookies.ts' },
      { from: 'auth/auth.service.ts', to: 'helpers/text.ts' },
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
