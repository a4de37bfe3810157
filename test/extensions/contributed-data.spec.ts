/** @jest-environment node */
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { raw } from 'sql-template-tag';
import { ContributedData, type Contribution } from '../../src/extensions/contributed-data.js';
import { loadExtensions } from '../../src/extensions/extensions.js';
import { seedDemoData } from '../../src/server/demo-data.js';
import { createSampleData } from '../../src/server/sample-data/sample-data.js';
import { sql, TestApp } from '../support/app.js';
import { sealer, verified } from '../support/seals.js';

const SHIPMENTS = join(__dirname, '../support/shipments');
const MIGRATION = readFileSync(join(SHIPMENTS, 'migrations/1770000000000-shipments.up.sql'), 'utf8');
const NOW = new Date('2026-06-17T12:34:56.789Z');
const OPTIONS = { tasks: 300, users: 10, seed: 3, now: NOW, allowProduction: false };

/** The product with the shipments, or alone. */
async function started(folders: string[]): Promise<TestApp> {
  const app = await TestApp.start({}, undefined, folders);
  if (folders.length > 0) await app.rows(raw(MIGRATION));
  await app.grant();
  return app;
}

const contributionsOf = (app: TestApp) => app.nest.get(ContributedData).contributions as Contribution[];

describe('demo data', () => {
  it('has that of an extension, created through its services on behalf of the manager of the demo', async () => {
    const app = await started([SHIPMENTS]);
    await seedDemoData(app.nest);
    expect(
      await app.rows(sql`SELECT name, username AS courier FROM shipments JOIN users ON users.id = courier_id`),
    ).toEqual([{ name: 'Kit for Prepare site 04 for initiation', courier: 'developer' }]);
    expect(
      await app.rows(sql`SELECT action, actor_name, reason FROM audit_trail WHERE entity_type = 'shipment'`),
    ).toEqual([{ action: 'shipment.created', actor_name: 'manager', reason: 'Demo data' }]);
    await app.stop();
  });

  it('is that of the product alone where there is no extension: eight tasks and no more', async () => {
    const app = await started([]);
    await seedDemoData(app.nest);
    expect(await app.rows(sql`SELECT count(*)::int AS n FROM tasks`)).toEqual([{ n: 8 }]);
    const types = await app.rows(sql`SELECT DISTINCT entity_type AS type FROM audit_trail ORDER BY 1`);
    expect(types).toEqual([{ type: 'tag' }, { type: 'task' }, { type: 'user' }]);
    await app.stop();
  });

  it('is complete after a start that was interrupted, and the next one', async () => {
    const app = await started([]);
    await app.rows(sql`CREATE FUNCTION interrupt() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      RAISE EXCEPTION 'interrupted'; END $$`);
    await app.rows(sql`CREATE TRIGGER interrupted BEFORE INSERT ON tasks FOR EACH ROW
      WHEN (NEW.title LIKE 'Code medical%') EXECUTE FUNCTION interrupt()`);
    await expect(seedDemoData(app.nest)).rejects.toThrow('interrupted');
    await app.rows(sql`DROP TRIGGER interrupted ON tasks`);
    const instructions = await seedDemoData(app.nest);
    expect(instructions?.('http://localhost')).toContain('Demo accounts: manager, developer, auditor');
    expect(
      await app.rows(sql`SELECT (SELECT count(*)::int FROM users) AS users, (SELECT count(*)::int FROM tags) AS tags,
        count(*)::int AS tasks, count(parent_task_id)::int AS children FROM tasks`),
    ).toEqual([{ users: 3, tags: 4, tasks: 8, children: 2 }]);
    await app.stop();
  });

  it('stays without that of an extension that fails, which is logged by its name', async () => {
    const app = await started([SHIPMENTS]);
    const demoData = () => Promise.reject(new Error('There are no kits'));
    contributionsOf(app).unshift({ extension: 'kits', demoData });
    await seedDemoData(app.nest);
    expect(await app.rows(sql`SELECT count(*)::int AS n FROM shipments`)).toEqual([{ n: 1 }]);
    expect(app.log.join('\n')).toMatch(/The demo data of the extension kits is not complete.*There are no kits/s);
    await app.stop();
  });
});

describe('sample data', () => {
  const tasksOf = (app: TestApp) => app.rows(sql`SELECT * FROM tasks ORDER BY id`);
  const shipmentsOf = (app: TestApp) => app.rows(sql`SELECT * FROM shipments ORDER BY id`);

  it('has that of an extension, the same for the same seed, and leaves the rows of the product as they are', async () => {
    const [first, second, alone] = [await started([SHIPMENTS]), await started([SHIPMENTS]), await started([SHIPMENTS])];
    contributionsOf(alone).length = 0;
    const created = await createSampleData(first.nest, OPTIONS);
    await createSampleData(second.nest, OPTIONS);
    await createSampleData(alone.nest, OPTIONS);
    const shipments = await shipmentsOf(first);
    expect(created.records).toEqual({ shipment: shipments.length });
    expect(shipments.length).toBeGreaterThan(100);
    expect(await shipmentsOf(second)).toEqual(shipments);
    expect(await tasksOf(first)).toEqual(await tasksOf(alone));
    for (const app of [first, second, alone]) await app.stop();
  }, 120_000);

  it('has the entries of an extension among those of the product, in the order of time, sealed', async () => {
    const app = await started([SHIPMENTS]);
    await createSampleData(app.nest, OPTIONS);
    const ours = sql`entity_type NOT IN ('sample_data', 'key')`;
    expect(
      await app.rows(sql`SELECT id FROM (SELECT id, occurred_at, lag(occurred_at) OVER (ORDER BY id) AS before
        FROM audit_trail WHERE ${ours}) e WHERE occurred_at < before`),
    ).toEqual([]);
    const entries = await app.rows<{ action: string }>(sql`SELECT action, reason, changes FROM audit_trail
      WHERE entity_type = 'shipment' AND entity_id = (SELECT min(id) FROM shipments) ORDER BY id`);
    expect(entries).toMatchObject([
      { action: 'shipment.created', changes: { name: [null, 'First kit'] } },
      { action: 'shipment.updated', reason: 'Mislaid', changes: { name: ['First kit', 'First kit, again'] } },
    ]);
    await sealer(app).integrate();
    expect((await verified(app)).waiting).toBe(0);
    await app.stop();
  });

  it('is refused as a whole where an extension acts after its present or before what is written', async () => {
    const app = await started([SHIPMENTS]);
    const [{ sampleData }] = contributionsOf(app) as [Contribution];
    for (const [days, fault] of [
      [400, 'shipment.created at .*, after its present'],
      [-400, 'shipment.created at .*, before what is written already'],
    ] as const) {
      const shifted: Contribution['sampleData'] = async (context) => {
        const follower = await sampleData?.(context);
        const shift = (at: Date) => new Date(at.getTime() + days * 86_400_000);
        return {
          follow: (tasks) =>
            follower?.follow(
              tasks.map((each) => ({ ...each, task: { ...each.task, createdAt: shift(each.task.createdAt) } })),
            ) ?? Promise.resolve(),
        };
      };
      contributionsOf(app).splice(0, 1, { extension: 'shipments', sampleData: shifted });
      await expect(createSampleData(app.nest, { ...OPTIONS, tasks: 4500 })).rejects.toThrow(new RegExp(fault));
      expect(await app.rows(sql`SELECT FROM users`)).toEqual([]);
    }
    await app.stop();
  }, 60_000);
});

describe('an extension whose demo data is no function', () => {
  it('stops the start and is named', async () => {
    const folder = join(mkdtempSync(join(tmpdir(), 'ctms-contribution-')), 'kits');
    mkdirSync(folder);
    writeFileSync(join(folder, 'kits.module.ts'), 'export class KitsModule {}\nexport const demoData = [1];\n');
    await expect(loadExtensions([folder])).rejects.toThrow(
      /kits\.module\.ts cannot be loaded: its demoData is no function/,
    );
  });
});
