import sql from 'sql-template-tag';
import { anActor, as, type TestActor } from '../../support/actors.js';
import { TestApp } from '../../support/app.js';

const SECRET = 'Subject "0471" is Erika Mustermann';
const WHY = 'Name of a trial subject, typed by accident';

describe('A redaction and the answers that are kept under an Idempotency-Key', () => {
  let app: TestApp;
  let manager: TestActor;
  let auditor: TestActor;
  let developer: TestActor;
  let count = 0;

  beforeAll(async () => {
    app = await TestApp.start();
    manager = await anActor(app, 'manager');
    auditor = await anActor(app, 'auditor');
    developer = await anActor(app, 'developer');
  });
  afterAll(() => app.stop());

  const create = (title: string, key: string) =>
    as(manager).post(
      '/api/tasks',
      { title, estimated_hours: 1, deadline: '2100-01-01T00:00:00Z', assigned_to: developer.id },
      { 'Idempotency-Key': key },
    );
  const patch = (id: number, body: object, key: string) =>
    as(manager).patch(`/api/tasks/${id}`, body, { 'Idempotency-Key': key });
  const newKey = () => `redacted-${++count}`;
  const stored = async (text: string) =>
    (await app.rows(sql`SELECT FROM idempotency_keys k WHERE strpos(body, ${text}) > 0`)).length;
  /** Takes a field out of the newest entry of a task that has one. @returns the answers of the two steps */
  const redact = async (id: number, fields: string[], entry = 0) => {
    const entries = (await as(auditor).get(`/api/audit/entries?entity_type=task&entity_id=${id}`)).body as {
      id: number;
    }[];
    const wanted = entries.reverse()[entry]?.id;
    const ask = () =>
      as(auditor).post(
        `/api/audit/entries/${wanted}/redactions`,
        { fields, reason: WHY },
        { 'Idempotency-Key': `ask-${wanted}` },
      );
    const asked = await ask();
    const approve = () =>
      as(manager).post(`/api/audit/redactions/${asked.body.id}/approve`, undefined, {
        'Idempotency-Key': `approve-${wanted}`,
      });
    return { asked, askedAgain: await ask(), approved: await approve(), approvedAgain: await approve() };
  };

  it('takes away those of its record, and nothing is done twice or shown again', async () => {
    const [made, typed, mended] = [newKey(), newKey(), newKey()];
    const { body } = await create('Visit', made);
    const id = body.id as number;
    await patch(id, { description: SECRET }, typed);
    await patch(id, { description: 'Subject 0471' }, mended);
    expect(await stored('Erika Mustermann')).toBe(1);
    expect((await redact(id, ['description.after'], 1)).approved.status).toBe(200);
    expect(await stored('Erika Mustermann')).toBe(0);
    for (const again of [await create('Visit', made), await patch(id, { description: SECRET }, typed)]) {
      expect([again.status, again.body.code]).toEqual([409, 'answer_not_kept']);
      expect(again.text).not.toContain('Erika');
    }
    const rows = await app.rows(sql`SELECT version FROM tasks WHERE id = ${id}`);
    expect(rows).toEqual([{ version: 3 }]);
    const other = await patch(id, { description: 'Another' }, typed);
    expect([other.status, other.body.code]).toEqual([422, 'idempotency_key_reused']);
  });

  it('takes away those of other records that show the text, and leaves the others', async () => {
    const unrelated = newKey();
    const kept = await create('Unrelated', unrelated);
    const { body } = await create(SECRET, newKey());
    const id = body.id as number;
    const [key, change] = [newKey(), { is_active: false, reason: 'Left us' }];
    const disable = () => as(manager).patch(`/api/auth/users/${developer.id}`, change, { 'Idempotency-Key': key });
    expect((await disable()).text).toContain('Erika Mustermann');
    await as(manager).patch(`/api/tasks/${id}`, { title: 'Mended' });
    const { asked, askedAgain, approved, approvedAgain } = await redact(id, ['title.after', 'entity_name']);
    expect([asked.status, approved.status]).toEqual([201, 200]);
    expect([askedAgain.text, approvedAgain.text]).toEqual([asked.text, approved.text]);
    expect(await stored('Erika Mustermann')).toBe(0);
    expect((await disable()).body.code).toBe('answer_not_kept');
    const again = await create('Unrelated', unrelated);
    expect([again.status, again.text, again.headers['idempotency-replayed']]).toEqual([201, kept.text, 'true']);
  });
});
