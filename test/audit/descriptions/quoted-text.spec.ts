import * as fc from 'fast-check';
import { quotedText, quotedTextSql } from '../../../src/core/quoted-text.js';
import { anActor, as, type TestActor } from '../../support/actors.js';
import { sql, TestApp } from '../../support/app.js';

/** Would read as a second sentence if it could leave its quotation marks, and turns around what follows. */
const TITLE = 'x" and manager approved "Release of batch 7\u202e\u2066\u200b\u061c';
const SHOWN = String.raw`"x\" and manager approved \"Release of batch 7\u{202e}\u{2066}\u{200b}\u{61c}"`;

describe('a title with quotation marks and marks of direction', () => {
  let app: TestApp;
  let manager: TestActor;
  let asha: TestActor;
  let omar: TestActor;
  let id: number;

  beforeAll(async () => {
    app = await TestApp.start();
    manager = await anActor(app, 'manager', { username: 'meera' });
    asha = await anActor(app, 'developer', { username: 'asha' });
    omar = await anActor(app, 'auditor', { username: 'omar' });
    const draft = { title: TITLE, estimated_hours: 1, deadline: '2027-03-03T09:30:00Z', assigned_to: asha.id };
    const made = await as(manager).post('/api/tasks', draft);
    expect(made.status).toBe(201);
    id = (made.body as { id: number }).id;
  });
  afterAll(() => app.stop());

  it('stays as it was typed', async () => {
    expect((await as(manager).get(`/api/tasks/${id}`)).body).toMatchObject({ title: TITLE });
  });

  it('stays within its quotation marks in the sentences of the trail and in its CSV', async () => {
    const query = `entity_type=task&entity_id=${id}`;
    const sentence = `meera created ${SHOWN} for asha, due 3 March 2027, 09:30 (UTC)`;
    expect((await as(omar).get(`/api/audit/entries?${query}`)).body).toMatchObject([{ sentence }]);
    const csv = (await as(omar).get(`/api/audit/entries/export?format=csv&${query}`)).text;
    expect(csv).toContain(`"${sentence.replaceAll('"', '""')}"`);
  });

  it('stays within them in notifications', async () => {
    const messages = (await as(asha).get('/api/notifications')).body as { message: string }[];
    expect(messages.map(({ message }) => message)).toEqual([`meera gave you the task ${SHOWN}`]);
  });

  it('stays within them in refusals', async () => {
    const child = { title: 'Child', estimated_hours: 1, deadline: '2027-03-03T09:30:00Z', assigned_to: asha.id };
    await as(manager).post('/api/tasks', { ...child, parent_task: id });
    await as(manager).patch(`/api/tasks/${id}`, { status: 'completed' });
    const [{ id: done } = { id: 0 }] = await app.rows<{ id: number }>(
      sql`SELECT id FROM tasks WHERE parent_task_id = ${id}`,
    );
    const { status, body } = await as(manager).patch(`/api/tasks/${done}`, { status: 'blocked' });
    expect([status, (body as { detail: string }).detail]).toEqual([
      409,
      expect.stringContaining(`task ${id} ${SHOWN}`),
    ]);
  });

  it('is quoted by the database as by the product, for any text', async () => {
    const odd = fc.constantFrom(
      '"',
      '\\',
      '\n',
      '\u200d',
      '\u200c',
      '\u202e',
      '\u00ad',
      '\ufe0f',
      '👩',
      'क',
      '\u094d',
      'ا',
      '\u{e0041}',
      'a',
      ' ',
    );
    const texts = fc.array(fc.oneof(odd, fc.string({ unit: 'grapheme', maxLength: 3 })), { maxLength: 12 });
    const samples = fc.sample(texts, 300).map((parts) => parts.join('').replaceAll('\0', '').toWellFormed());
    const rows = await app.rows<{ quoted: string }>(sql`SELECT ${quotedTextSql('t.text')} AS quoted
      FROM unnest(${samples}::text[]) WITH ORDINALITY AS t(text, n) ORDER BY n`);
    expect(rows.map(({ quoted }) => quoted)).toEqual(samples.map(quotedText));
  });
});
