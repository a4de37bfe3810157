import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { raw } from 'sql-template-tag';
import { Clock } from '../../src/core/clock.js';
import { Database } from '../../src/infrastructure/database/database.js';
import { ExtensionPointsModule } from '../../src/extensions/extension-points.module.js';
import { anActor, as } from '../support/actors.js';
import { TestApp } from '../support/app.js';
import { aTask } from '../support/factories.js';

const STUDIES = join(__dirname, '../support/studies');

describe('an extension', () => {
  it('goes through the same guards, validation and audit, and replaces a seam', async () => {
    const app = await TestApp.start({}, undefined, [STUDIES]);
    try {
      const migration = readFileSync(join(STUDIES, 'migrations/1770000000000-studies.up.sql'), 'utf8');
      await app.rows(raw(migration));
      await app.grant();
      const manager = await anActor(app, 'manager');
      const developer = await anActor(app, 'developer');
      const auditor = await anActor(app, 'auditor');
      const create = () => as(manager).post('/api/studies', { name: 'ASTER-2' }, { 'Idempotency-Key': 'one' });
      const created = await create();
      expect([created.status, created.body.name]).toEqual([201, 'ASTER-2']);
      expect(await create()).toMatchObject({
        status: 201,
        text: created.text,
        headers: { 'idempotency-replayed': 'true' },
      });
      expect((await as(developer).post('/api/studies', { name: 'x' })).body.detail).toBe(
        'Your role (developer) may not edit studies',
      );
      expect((await as(manager).post('/api/studies', { name: 'x', more: 1 })).status).toBe(422);
      expect((await as(auditor).get('/api/audit/entries?entity_type=study')).body).toMatchObject([
        {
          action: 'study.created',
          entity_id: created.body.id,
          changes: { name: [null, 'ASTER-2'] },
          actor_id: manager.id,
        },
      ]);
      // At night, which this calendar does not know.
      app.clock.set('2026-03-02T02:00:00Z');
      const { id } = await aTask(app, developer.id);
      expect((await as(developer).patch(`/api/tasks/${id}`, { status: 'in_progress' })).status).toBe(200);
    } finally {
      await app.stop();
    }
  });

  it('that is broken stops the start and is named', async () => {
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
