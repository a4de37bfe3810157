import { anActor, as, type TestActor } from '../../support/actors.js';
import { sql, TestApp } from '../../support/app.js';
import { intruder, sealer, verified } from '../../support/seals.js';

const UUID = /^[0-9a-f-]{36}$/;

interface Named {
  readonly request_id: string;
  readonly server_request_id: string | null;
}

describe('two users who give their requests the same name', () => {
  const name = { 'X-Request-Id': 'same' };
  let app: TestApp;
  let meera: TestActor;
  let ravi: TestActor;
  let auditor: TestActor;
  let own: string[];

  beforeAll(async () => {
    app = await TestApp.start();
    meera = await anActor(app, 'manager', { username: 'meera' });
    ravi = await anActor(app, 'manager', { username: 'ravi' });
    auditor = await anActor(app, 'auditor');
    const answers = [
      await as(meera).post('/api/tags', { name: 'Of Meera' }, name),
      await as(ravi).post('/api/tags', { name: 'Of Ravi' }, name),
    ];
    own = answers.map(({ headers }) => String(headers['x-server-request-id']));
    expect(answers.map(({ status, headers }) => [status, headers['x-request-id']])).toEqual(
      Array(2).fill([201, 'same']),
    );
    await app.flushed();
  });
  afterAll(() => app.stop());

  it('are distinguished by the ids that the server gave, which their answers have', () => {
    expect(own).toEqual([expect.stringMatching(UUID), expect.stringMatching(UUID)]);
    expect(own[0]).not.toBe(own[1]);
  });

  it('are distinguished in refusals', async () => {
    const { headers, body } = await as(meera).get('/api/tasks/999', name);
    expect(body).toMatchObject({ status: 404, request_id: 'same', server_request_id: headers['x-server-request-id'] });
  });

  it('are distinguished in the audit trail and in the request log, and found by either id', async () => {
    for (const path of ['entries?action=tag.created', 'requests?path=/api/tags']) {
      const found = async (id: string) =>
        (await as(auditor).get(`/api/audit/${path}&request_id=${id}`)).body as Named[];
      expect((await found('same')).map(({ request_id, server_request_id }) => [request_id, server_request_id])).toEqual(
        [
          ['same', own[1]],
          ['same', own[0]],
        ],
      );
      expect(await found(own[0] ?? '')).toMatchObject([{ request_id: 'same', server_request_id: own[0] }]);
    }
  });

  it('lose what is redacted each from their own requests alone', async () => {
    const [entry] = (await as(auditor).get(`/api/audit/entries?action=tag.created&request_id=${own[0]}`)).body as {
      id: number;
    }[];
    const wanted = { fields: ['name.after'], reason: 'Typed by accident' };
    const { body } = await as(auditor).post(`/api/audit/entries/${entry?.id}/redactions`, wanted);
    expect((await as(meera).post(`/api/audit/redactions/${body.id}/approve`)).status).toBe(200);
    const logged = await app.rows(sql`SELECT username, request_body FROM api_audit_logs
      WHERE request_id = 'same' AND request_body IS NOT NULL ORDER BY id`);
    expect(logged).toEqual([
      { username: 'meera', request_body: { name: null } },
      { username: 'ravi', request_body: { name: 'Of Ravi' } },
    ]);
  });

  it('are sealed with both names', async () => {
    await sealer(app).integrate();
    expect((await verified(app)).entries).toBeGreaterThanOrEqual(own.length);
    const thief = await intruder(app);
    await thief.query('UPDATE audit_trail SET server_request_id = gen_random_uuid() WHERE server_request_id = $1', [
      own[1],
    ]);
    await thief.end();
    await expect(verified(app)).rejects.toThrow(/tag\.created/);
  });

  it('and those who give none have the name of the server alone', async () => {
    const { headers, body } = await as(meera).get('/api/tasks/999');
    expect(headers['x-request-id']).toMatch(UUID);
    expect(headers['x-server-request-id']).toBeUndefined();
    expect(body).not.toHaveProperty('server_request_id');
  });
});
