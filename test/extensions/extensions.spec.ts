/** @jest-environment node */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { raw } from 'sql-template-tag';
import { Clock } from '../../src/core/clock.js';
import { Database } from '../../src/infrastructure/database/database.js';
import { ExtensionPointsModule } from '../../src/extensions/extension-points.module.js';
import { anActor, as, type TestActor } from '../support/actors.js';
import { TestApp } from '../support/app.js';
import { aTask } from '../support/factories.js';

const SHIPMENTS = join(__dirname, '../support/shipments');

describe('an extension', () => {
  let app: TestApp;
  let manager: TestActor;
  let developer: TestActor;
  let auditor: TestActor;

  beforeAll(async () => {
    app = await TestApp.start({}, undefined, [SHIPMENTS]);
    const migration = readFileSync(join(SHIPMENTS, 'migrations/1770000000000-shipments.up.sql'), 'utf8');
    await app.rows(raw(migration));
    await app.grant();
    manager = await anActor(app, 'manager', { username: 'meera' });
    developer = await anActor(app, 'developer', { username: 'asha' });
    auditor = await anActor(app, 'auditor');
  });
  afterAll(() => app.stop());

  const newShipment = async (values: object = { name: 'ASTER-2' }) =>
    (await as(manager).post('/api/shipments', values)).body[0].id as number;

  it('goes through the same guards, validation, retries and audit', async () => {
    const create = () => as(manager).post('/api/shipments', { name: 'ASTER-2' }, { 'Idempotency-Key': 'one' });
    const created = await create();
    expect([created.status, created.body[0].name]).toEqual([201, 'ASTER-2']);
    expect(await create()).toMatchObject({
      status: 201,
      text: created.text,
      headers: { 'idempotency-replayed': 'true' },
    });
    expect((await as(developer).post('/api/shipments', { name: 'x' })).body.detail).toBe(
      'Your role (developer) may not edit shipments',
    );
    expect((await as(manager).post('/api/shipments', { name: 'x', more: 1 })).status).toBe(422);
    expect((await as(auditor).get('/api/audit/entries?entity_type=shipment')).body).toMatchObject([
      {
        action: 'shipment.created',
        entity_id: created.body[0].id,
        changes: { name: [null, 'ASTER-2'] },
        actor_id: manager.id,
      },
    ]);
  });

  it('replaces a seam', async () => {
    // At night, which this calendar does not know.
    app.clock.set('2026-03-02T02:00:00Z');
    const { id } = await aTask(app, developer.id);
    expect((await as(developer).patch(`/api/tasks/${id}`, { status: 'in_progress' })).status).toBe(200);
    app.clock.reset();
  });

  it('opens its part of the audit trail to managers, and no other', async () => {
    const id = await newShipment();
    const { body } = await as(manager).get(`/api/audit/entities/shipment/${id}`);
    expect(body).toMatchObject({ type: 'shipment', id, entry_count: 1 });
    const types = (await as(manager).get('/api/audit/entries')).body as { entity_type: string }[];
    expect(new Set(types.map(({ entity_type }) => entity_type))).toEqual(new Set(['task', 'shipment']));
    expect((await as(developer).get(`/api/audit/entities/shipment/${id}`)).status).toBe(403);
  });

  describe('is put into words in the audit:', () => {
    const sentencesOf = async (id: number) =>
      ((await as(auditor).get(`/api/audit/entities/shipment/${id}`)).body.entries as { sentence: string }[]).map(
        ({ sentence }) => sentence,
      );

    it('names stand for the ids of users and other records, as they were at the time', async () => {
      const first = await newShipment({ name: 'Kit 1' });
      const second = await newShipment({ name: 'Kit 2', courier: developer.id, follows: first });
      await as(manager).patch(`/api/shipments/${first}`, { name: 'Kit 9' });
      await as(manager).patch(`/api/shipments/${second}`, { name: 'Kit 2' });
      expect(await sentencesOf(second)).toEqual([
        'meera created shipment "Kit 2": name "Kit 2", follows "Kit 1", courier id asha',
        'meera updated shipment "Kit 2": courier id from asha to nothing',
      ]);
    });

    it('by sentences of its own, or by the fields where a sentence fails', async () => {
      const id = await newShipment({ name: 'Kit 3', courier: developer.id });
      await as(manager).patch(`/api/shipments/${id}`, { name: 'Kit 4', courier: manager.id, verb: 'renamed' });
      await as(manager).patch(`/api/shipments/${id}`, { name: 'Kit 5', courier: manager.id, verb: 'lost' });
      expect((await sentencesOf(id)).slice(1)).toEqual([
        'meera labels shipment "Kit 3" "Kit 4" for meera',
        'meera lost shipment "Kit 4": name from "Kit 4" to "Kit 5"',
      ]);
      const { text } = await as(auditor).get(
        `/api/audit/entries/export?format=csv&entity_type=shipment&entity_id=${id}`,
      );
      expect(text).toContain('meera labels shipment');
      expect(text.split('\n')[0]).not.toContain('names');
    });
  });

  it('has settings that are validated with those of the product', async () => {
    const started = (env: Record<string, string>) => TestApp.start(env, app, [SHIPMENTS]);
    const second = await started({ SHIPMENTS_MAX_PER_NAME: '2' });
    const { body } = await as({ ...manager, app: second }).post('/api/shipments', { name: 'Twins' });
    expect(body).toHaveLength(2);
    await second.stop();
    await expect(started({ SHIPMENTS_MAX_PER_NAME: '0', SHIPMENTS_API_KEY: 'short12', PORT: 'x' })).rejects.toThrow(
      /has 3 fault\(s\):\n {2}- PORT: .*\n {2}- SHIPMENTS_MAX_PER_NAME: .*\n {2}- SHIPMENTS_API_KEY: must have 8 characters or more$/,
    );
  });
});

describe('an extension that is wrong', () => {
  it('because it is broken stops the start and is named', async () => {
    const broken = join(__dirname, '../support/broken');
    await expect(TestApp.start({}, undefined, [broken])).rejects.toThrow(
      /broken\.module\.ts cannot be loaded: it exports no class/,
    );
  });

  it('replaces no more than a seam, and each once', () => {
    expect(() => ExtensionPointsModule.with([{ provide: Database, useValue: {} }])).toThrow(
      'Database, which is no extension point',
    );
    expect(() => ExtensionPointsModule.with([Clock, Clock])).toThrow('Two extensions replace Clock');
  });
});
