import sql from 'sql-template-tag';
import { Audited } from '../../src/core/persistence/audited.decorator.js';
import { anActor, as, type TestActor } from '../support/actors.js';
import { type TestApp } from '../support/app.js';
import { narrowedApp } from './narrowed-app.js';

// Records of an extension that refer to a task, a user and each other. They have no table: entries of the audit trail are enough.
Audited('parcel', { task: 'task', holder: 'holder', next: 'next' }, undefined, {
  references: { task: 'task', holder: 'user', next: 'secret' },
})(class Parcel {});
Audited('secret', { name: 'name' }, 'name')(class Secret {});

describe('Sentences of the audit trail', () => {
  let app: TestApp;
  let auditor: TestActor;
  let manager: TestActor;
  let developer: TestActor;
  const task = { shown: 0, hidden: 0 };

  beforeAll(async () => {
    app = await narrowedApp();
    auditor = await anActor(app, 'auditor');
    manager = await anActor(app, 'manager');
    developer = await anActor(app, 'developer', { username: 'ravi' });
    for (const name of ['shown', 'hidden'] as const) {
      const body = { title: `Title of ${name}`, estimated_hours: 1, deadline: '2100-01-01T00:00:00Z' };
      const created = await as(manager).post('/api/tasks', { ...body, assigned_to: developer.id });
      task[name] = created.body.id as number;
    }
    await app.rows(sql`INSERT INTO departments_tasks (task_id, unit_id) VALUES (${task.hidden}, 8)`);
    const moved = { task: [task.shown, task.hidden], holder: [null, developer.id], next: [null, 5] };
    await app.rows(sql`INSERT INTO audit_trail (actor_name, actor_role, action, entity_type, entity_id, changes, entity_name)
      VALUES ('asha', 'manager', 'secret.created', 'secret', 5, '{"name": [null, "Vault"]}', 'Vault'),
        ('asha', 'manager', 'parcel.moved', 'parcel', 1, ${JSON.stringify(moved)}::jsonb, NULL)`);
  });
  afterAll(() => app.stop());

  /** The same sentence from the list, the history of the record, CSV and the stream. */
  async function sentences(who: TestActor): Promise<Set<string>> {
    const read = async (path: string) => (await as(who).get(path)).body as unknown;
    const list = (await read('/api/audit/entries?action=parcel.moved')) as { sentence: string }[];
    const page = (await read('/api/audit/entries?action=parcel.moved&limit=1')) as { sentence: string }[];
    const { entries } = (await read('/api/audit/entities/parcel/1')) as { entries: { sentence: string }[] };
    return new Set([...list, ...page, ...entries].map(({ sentence }) => sentence));
  }
  const csv = async (who: TestActor) =>
    (await as(who).get('/api/audit/entries/export?format=csv&action=parcel.moved')).text;

  it('name the tasks and records to which an entry refers', async () => {
    const expected = 'asha moved parcel 1: next "Vault", task from "Title of shown" to "Title of hidden", holder ravi';
    expect([...(await sentences(auditor))]).toEqual([expected]);
    expect(await csv(auditor)).toContain(expected.replaceAll('"', '""'));
  });

  it('have the id alone of a task that is hidden from their reader', async () => {
    const rules = { user_id: auditor.id, conditions: [{ unit: null }] };
    expect((await as(manager).put('/api/departments/rules', rules)).status).toBe(200);
    const expected = `asha moved parcel 1: next "Vault", task from "Title of shown" to task ${task.hidden}, holder ravi`;
    expect([...(await sentences(auditor))]).toEqual([expected]);
    const text = await csv(auditor);
    expect(text).toContain(expected.replaceAll('"', '""'));
    expect(text).not.toContain('Title of hidden');
  });
});
