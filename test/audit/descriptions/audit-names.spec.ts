import { type Actor } from '../../../src/core/authorization/actor.js';
import sql from 'sql-template-tag';
import { namesSql } from '../../../src/audit/entry-names.sql.js';
import { Database } from '../../../src/infrastructure/database/database.js';
import { anActor, as, type TestActor } from '../../support/actors.js';
import { TestApp } from '../../support/app.js';

interface Entry {
  readonly id: number;
  readonly sentence: string;
}

describe('the sentences of the audit', () => {
  let app: TestApp;
  let manager: TestActor;
  let auditor: TestActor;

  beforeAll(async () => {
    app = await TestApp.start();
    manager = await anActor(app, 'manager', { username: 'meera' });
    auditor = await anActor(app, 'auditor');
  });
  afterAll(() => app.stop());

  const entries = async (query: string) => (await as(auditor).get(`/api/audit/entries?${query}`)).body as Entry[];
  const newTask = async () => {
    const draft = { title: 'Visit 4', estimated_hours: 1, deadline: '2027-03-03T09:30:00Z', assigned_to: manager.id };
    return (await as(manager).post('/api/tasks', draft)).body.id as number;
  };

  it('call a record in its history by the name that it has', async () => {
    const id = await newTask();
    const { id: tag } = (await as(manager).post('/api/tags', { name: 'Early' })).body as { id: number };
    await as(manager).patch(`/api/tasks/${id}`, { title: 'Visit 5' });
    await as(manager).patch(`/api/tags/${tag}`, { name: 'Late' });
    const nameOf = async (path: string) => (await as(auditor).get(`/api/audit/entities/${path}`)).body.name as string;
    expect([await nameOf(`task/${id}`), await nameOf(`tag/${tag}`)]).toEqual(['Visit 5', 'Late']);
    await as(manager).delete(`/api/tags/${tag}`);
    expect(await nameOf(`tag/${tag}`)).toBe('Late');
  });

  describe('calls tags what they were called at the time,', () => {
    const tagNamed = async (name: string) => (await as(manager).post('/api/tags', { name })).body.id as number;
    const renamed = (tag: number, name: string) => as(manager).patch(`/api/tags/${tag}`, { name });
    const sentencesOf = async (task: number) =>
      (await entries(`entity_type=task&entity_id=${task}&field=tags&action=task.updated`))
        .map(({ sentence }) => sentence)
        .reverse();

    it('also after they are renamed', async () => {
      const [tag, task] = [await tagNamed('Urgent 1'), await newTask()];
      const tagged = (tags: number[]) => as(manager).patch(`/api/tasks/${task}`, { tags });
      await tagged([tag]);
      await renamed(tag, 'Cancelled 1');
      await tagged([]);
      await tagged([tag]);
      await renamed(tag, 'Urgent 2');
      await tagged([]);
      const expected = [
        'meera tagged "Visit 4" with "Urgent 1"',
        'meera took the tag "Cancelled 1" off "Visit 4"',
        'meera tagged "Visit 4" with "Cancelled 1"',
        'meera took the tag "Urgent 2" off "Visit 4"',
      ];
      expect(await sentencesOf(task)).toEqual(expected);
      await as(manager).delete(`/api/tags/${tag}`);
      expect(await sentencesOf(task)).toEqual(expected);
      const { body } = await as(auditor).get(`/api/audit/entities/task/${task}`);
      expect((body.entries as Entry[]).slice(1).map(({ sentence }) => sentence)).toEqual(expected);
      const { text } = await as(auditor).get(
        `/api/audit/entries/export?format=csv&entity_type=task&entity_id=${task}&field=tags`,
      );
      for (const sentence of expected) expect(text).toContain(`"${sentence.replaceAll('"', '""')}"`);
    });

    it('also where the trail begins later than the tag', async () => {
      const [row] = await app.rows<{ id: number }>(sql`INSERT INTO tags (name) VALUES ('Old tag') RETURNING id`);
      const [tag, task] = [row?.id ?? 0, await newTask()];
      await as(manager).patch(`/api/tasks/${task}`, { tags: [tag] });
      expect(await sentencesOf(task)).toEqual(['meera tagged "Visit 4" with "Old tag"']);
      await renamed(tag, 'New tag');
      expect(await sentencesOf(task)).toEqual(['meera tagged "Visit 4" with "Old tag"']);
    });

    it('and not at all where a name was taken out of the trail', async () => {
      const [tag, task] = [await tagNamed('Harmless'), await newTask()];
      await renamed(tag, 'Erika Mustermann');
      await as(manager).patch(`/api/tasks/${task}`, { tags: [tag] });
      const [rename] = await entries(`entity_type=tag&entity_id=${tag}&action=tag.updated`);
      const wanted = { fields: ['name.after'], reason: 'Name of a trial subject' };
      const { body } = await as(auditor).post(`/api/audit/entries/${rename?.id}/redactions`, wanted);
      expect((await as(manager).post(`/api/audit/redactions/${body.id}/approve`)).status).toBe(200);
      expect(await sentencesOf(task)).toEqual(['meera tagged "Visit 4" with "[redacted]"']);
    });
  });

  it.each([['3000000000'], ['1.5'], ['-1'], ['[1, 3000000000]'], ['{"a": 1e30}']])(
    'are there where a field of an extension has the name of a reference, and the value %s',
    async (value) => {
      const [, entry] = await app.rows<{ id: string }>(sql`INSERT INTO audit_trail
          (actor_name, actor_role, action, entity_type, entity_id, changes, entity_name)
        SELECT 'meera', 'manager', type || '.updated', type, 1,
          jsonb_build_object('assigned_to', jsonb_build_array(1, ${value}::jsonb), 'tags', jsonb_build_array(${value}::jsonb)), 'A'
        FROM unnest(ARRAY['sample', 'task']) type RETURNING id`);
      const { status, body } = await as(auditor).get('/api/audit/entries?limit=2');
      expect([status, (body as Entry[])[0]?.id]).toEqual([200, Number(entry?.id)]);
      for (const { sentence } of body as Entry[]) expect(sentence).toMatch(/^meera /);
    },
  );

  it('looks up the names of a page in indexes', async () => {
    await app.rows(sql`INSERT INTO audit_trail (actor_name, actor_role, action, entity_type, entity_id, changes, entity_name)
      SELECT 'many', 'manager', 'tag.updated', 'tag', 1000 + n % 50, '{"name": ["a", "b"]}'::jsonb, 'a' FROM generate_series(1, 20000) n
      UNION ALL SELECT 'many', 'manager', 'task.updated', 'task', 9000, '{"tags": [[], [1001, 1002, 1003]]}', 'x' FROM generate_series(1, 60)`);
    await app.rows(sql`ANALYZE audit_trail`);
    const text = `EXPLAIN (ANALYZE, FORMAT JSON) SELECT ${namesSql({ role: 'auditor' } as Actor).text} FROM audit_trail a
      WHERE a.entity_type = 'task' AND a.entity_id = 9000 ORDER BY a.id DESC LIMIT 51`;
    const plan = JSON.stringify((await app.nest.get(Database).pool.query(text)).rows);
    expect(plan).toContain('audit_trail_entity_idx');
    const read = [...plan.matchAll(/"Actual Rows":([\d.]+),"Actual Loops":(\d+)/g)];
    expect(read.length).toBeGreaterThan(5);
    for (const [, rows, loops] of read) expect(Number(rows) * Number(loops)).toBeLessThan(500);
  });
});
