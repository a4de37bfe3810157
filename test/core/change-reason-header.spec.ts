import request from 'supertest';
import { anActor, as, type TestActor } from '../support/actors.js';
import { sql, TestApp } from '../support/app.js';
import { aTask, aUser } from '../support/factories.js';

describe('a reason for a change', () => {
  let app: TestApp;
  let manager: TestActor;

  beforeAll(async () => {
    app = await TestApp.start();
    manager = await anActor(app, 'manager');
  });
  afterAll(() => app.stop());

  const patched = async (header: string | undefined, body: object = {}) => {
    const { id } = await aTask(app, manager.id);
    // A client sends bytes: node would refuse letters beyond latin1.
    const answer = await app.nest.inject({
      method: 'PATCH',
      url: `/api/tasks/${id}`,
      headers: {
        authorization: `Bearer ${manager.token}`,
        ...(header !== undefined && { 'x-change-reason': Buffer.from(header).toString('latin1') }),
      },
      payload: { description: 'Changed', ...body },
    });
    const [entry] = await app.rows<{ reason: string | null }>(
      sql`SELECT reason FROM audit_trail WHERE entity_type = 'task' AND entity_id = ${id}`,
    );
    return { status: answer.statusCode, body: answer.json<{ detail: string; errors?: object[] }>(), entry };
  };
  const HINDI = 'साइट ने जवाब नहीं दिया';

  it.each([
    'Site didn’t answer',
    'Weight ≥ 50 kg — as agreed',
    'Zażółć gęślą jaźń',
    HINDI,
    'Why? It was wrong (really?)',
  ])('is kept as it is, %s: percent-encoded in the header, by RFC 8187, as UTF-8, and in the body', async (reason) => {
    const encoded = encodeURIComponent(reason);
    for (const header of [encoded, `UTF-8''${encoded}`, `utf-8'en'${encoded}`, reason])
      expect(await patched(header)).toMatchObject({ status: 200, entry: { reason } });
    expect(await patched(undefined, { reason: ` ${reason} ` })).toMatchObject({ status: 200, entry: { reason } });
    expect(await patched('The header', { reason })).toMatchObject({ status: 200, entry: { reason } });
  });

  it.each(['At 50 % of the dose', '100% sure', 'see 50%25 is not it: 5%', 'Dose 20%ff', 'see https://x.org/a?b=c&d=e'])(
    'means itself where its percent signs begin no escapes: %s',
    async (reason) => {
      expect(await patched(reason)).toMatchObject({ status: 200, entry: { reason } });
    },
  );

  it.each([
    'Site didn?t answer',
    'M?nchen was wrong',
    '???? ?? ???? ????',
    'Moved to ??? by the sponsor',
    '?wiadczenie was late',
    'Site didn\ufffdt answer',
    'MÃ¼nchen was wrong',
    'Site didnâ€™t answer',
    'Site didn\u0092t answer',
  ])('that lost letters on its way is rejected, with what to do: %s', async (reason) => {
    const inHeader = await patched(reason);
    expect(inHeader).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'X-Change-Reason', code: 'broken_text' }] },
    });
    expect(inHeader.body.detail).toContain('percent-encode it (encodeURIComponent), or send "reason" in the body');
    expect(inHeader.entry).toBeUndefined();
    const inBody = await patched(undefined, { reason });
    expect(inBody).toMatchObject({ status: 422, body: { errors: [{ field: 'reason', code: 'broken_text' }] } });
    const { id } = await aUser(app, 'developer');
    const ofUser = await as(manager).patch(`/api/auth/users/${id}`, { timezone: 'Asia/Tokyo', reason });
    expect([ofUser.status, ofUser.body.errors[0].code]).toEqual([422, 'broken_text']);
  });

  it('of RFC 8187 that cannot be decoded is rejected', async () => {
    for (const header of ["UTF-8''50%zz", "UTF-8''%ff"]) expect((await patched(header)).status).toBe(422);
  });

  it.each([
    [7, 'is_string'],
    [null, 'is_string'],
    ['x'.repeat(1001), 'is_length'],
    ['x'.repeat(100_000), 'is_length'],
    ['\u200b', 'is_visible'],
    ['a\u0000b', 'invalid_text'],
  ])('in a body that cannot be kept is rejected: %j', async (reason, code) => {
    const { status, body } = await patched(undefined, { reason });
    expect([status, body.errors]).toMatchObject([422, [{ code }]]);
  });

  it('in a body that is blank is none', async () => {
    expect(await patched('The header', { reason: '  ' })).toMatchObject({
      status: 200,
      entry: { reason: 'The header' },
    });
  });

  it('is taken in the body of every change, DELETE included', async () => {
    const send = as(manager);
    const inBody = (method: 'post' | 'put' | 'patch' | 'delete', path: string, body: object, reason: string) =>
      request(app.server)
        [method](path)
        .set('Authorization', `Bearer ${manager.token}`)
        .send({ ...body, reason });
    const { id: tag } = (await inBody('post', '/api/tags', { name: 'a' }, 'r 1')).body as { id: number };
    await inBody('patch', `/api/tags/${tag}`, { name: 'b' }, 'r 2');
    expect((await inBody('delete', `/api/tags/${tag}`, {}, 'r 3')).status).toBe(204);
    const given = { title: 'T', estimated_hours: 1, deadline: '2100-01-01', assigned_to: manager.id };
    const { id } = (await inBody('post', '/api/tasks', given, 'r 4')).body as { id: number };
    await inBody('put', `/api/tasks/${id}`, { ...given, title: 'U' }, 'r 5');
    await inBody('post', '/api/tasks/bulk-update', { task_ids: [id], status: 'completed' }, 'r 6');
    expect((await inBody('delete', `/api/tasks/${id}`, {}, 'r 7')).status).toBe(204);
    await inBody('patch', '/api/auth/users/me', { timezone: 'Asia/Tokyo' }, 'r 8');
    const reasons = await app.rows<{ reason: string }>(
      sql`SELECT reason FROM audit_trail WHERE reason LIKE 'r _' ORDER BY id`,
    );
    expect([...new Set(reasons.map(({ reason }) => reason))]).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((n) => `r ${n}`));
    const other = await aTask(app, manager.id);
    expect((await inBody('delete', `/api/tasks/${other.id}`, { colour: 'red' }, 'r 9')).status).toBe(422);
    expect((await send.get(`/api/tasks/${other.id}`)).status).toBe(200);
  });
});
