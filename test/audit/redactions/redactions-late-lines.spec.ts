import { RedactionPublisher } from '../../../src/audit/redactions/redaction-publisher.service.js';
import { RequestLog } from '../../../src/audit/request-log/request-log.service.js';
import { insertLinesSql } from '../../../src/audit/request-log/request-log.sql.js';
import { RequestLogRepository } from '../../../src/audit/request-log/request-log.repository.js';
import { anActor, as, type TestActor } from '../../support/actors.js';
import { sql, TestApp } from '../../support/app.js';
import { connected } from '../../support/database.js';
import { aTask } from '../../support/factories.js';
import { waitFor } from '../../support/wait-for.js';

const SECRET = 'Subject 0471 is Erika Mustermann';

describe('a redaction, where the request log is late', () => {
  let app: TestApp;
  let manager: TestActor;
  let auditor: TestActor;
  let log: RequestLog;
  let repository: RequestLogRepository;

  beforeAll(async () => {
    app = await TestApp.start();
    manager = await anActor(app, 'manager');
    auditor = await anActor(app, 'auditor');
    log = app.nest.get(RequestLog);
    repository = app.nest.get(RequestLogRepository, { strict: false });
  });
  afterAll(() => app.stop());

  /** Lets no line into the log. @returns what lets them in */
  const holdLines = (): (() => void) => {
    repository.insert = () => Promise.reject(new Error('Connection terminated unexpectedly'));
    return () => void delete (repository as Partial<RequestLogRepository>).insert;
  };
  /** Sends the secret three times; a redaction of the first entry concerns all of them. */
  const sendSecret = async (name: string) => {
    const { id } = await aTask(app, manager.id);
    const headers = { 'X-Request-Id': name };
    await as(manager).patch(`/api/tasks/${id}`, { description: SECRET }, headers);
    await as(manager).patch(`/api/tasks/${id}`, { description: SECRET }, headers);
    const bulk = { task_ids: [id], changes: { title: SECRET } };
    expect((await as(manager).patch('/api/tasks/bulk', bulk, headers)).status).toBe(200);
    await as(manager).patch('/api/tasks/999999', { description: 'Other' }, headers);
    const { body } = await as(auditor).get(`/api/audit/entries?entity_type=task&entity_id=${id}&field=description`);
    const wanted = { fields: ['description.after'], reason: 'Name of a trial subject' };
    const path = `/api/audit/entries/${body[0].id as number}/redactions`;
    return { task: id, redaction: (await as(auditor).post(path, wanted)).body.id as number };
  };
  const approve = async (redaction: number) =>
    expect((await as(manager).post(`/api/audit/redactions/${redaction}/approve`)).status).toBe(200);
  const linesOf = (name: string) =>
    app.rows<{ path: string; request_body: unknown }>(sql`SELECT path, request_body FROM api_audit_logs
      WHERE request_id = ${name} ORDER BY id`);
  const linesWithSecret = () => app.rows(sql`SELECT path FROM api_audit_logs l WHERE strpos(l::text, ${SECRET}) > 0`);

  it('leaves nothing in lines that are inserted after it', async () => {
    const release = holdLines();
    const { task, redaction } = await sendSecret('late');
    await approve(redaction);
    release();
    await log.flush();
    const lines = await linesOf('late');
    expect(lines).toEqual([
      { path: `/api/tasks/${task}`, request_body: '***' },
      { path: `/api/tasks/${task}`, request_body: '***' },
      { path: '/api/tasks/bulk', request_body: '***' },
      { path: '/api/tasks/999999', request_body: { description: '***' } },
    ]);
    expect(await linesWithSecret()).toEqual([]);
    await as(manager).patch(`/api/tasks/${task}`, { description: 'Later' }, { 'X-Request-Id': 'since' });
    await log.flush();
    expect(await linesOf('since')).toEqual([{ path: `/api/tasks/${task}`, request_body: { description: 'Later' } }]);
  });

  it('leaves nothing in lines that are inserted while it is applied', async () => {
    const release = holdLines();
    const { redaction } = await sendSecret('applied');
    const publisher = app.nest.get(RedactionPublisher, { strict: false });
    let flushed: Promise<void> | undefined;
    // Its values are removed, and it is not committed.
    publisher.enqueue = async () => {
      release();
      flushed = log.flush();
      await waitFor(async () => (await app.lockWaits()) === 1);
    };
    await approve(redaction);
    delete (publisher as Partial<RedactionPublisher>).enqueue;
    await flushed;
    expect(await linesOf('applied')).toHaveLength(4);
    expect(await linesWithSecret()).toEqual([]);
  });

  it('lets no insert read the trail, however many redactions there are', async () => {
    await connected(app.database.ownerUrl, async (owner) => {
      await owner.query(`SET session_replication_role = replica;
        INSERT INTO audit_trail (actor_name, actor_role, action, entity_type, entity_id, changes)
          SELECT 'x', 'system', 'task.updated', 'task', 1000000 + n, '{}' FROM generate_series(1, 20000) n;
        INSERT INTO redactions (entry_id, fields, reason, status, requested_by_id, requested_by, decided_by_id, decided_by, decided_at, applied_at)
          SELECT id, '{reason}', 'x', 'approved', ${auditor.id}, 'x', ${manager.id}, 'x', now(), now() - interval '1 day'
          FROM audit_trail WHERE entity_id > 1000000 ORDER BY id LIMIT 200;
        INSERT INTO redactions (entry_id, fields, reason, requested_by_id, requested_by)
          SELECT max(id), '{reason}', 'x', ${auditor.id}, 'x' FROM audit_trail; ANALYZE audit_trail, redactions`);
      const lines = Array.from({ length: 20 }, (_, n) => ({
        ...{
          timestamp: new Date(),
          method: 'PATCH',
          path: '/api/tasks/7',
          operation: 'x',
          status_code: 200,
          duration_ms: 1,
        },
        ...{ request_id: `r${n}`, request_body: {}, query: {}, ip_address: '::1' },
      }));
      const { text, values } = insertLinesSql(JSON.stringify(lines), false);
      await owner.query('BEGIN');
      const { rows } = await owner.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${text}`, values);
      await owner.query('ROLLBACK');
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
      expect(plan).toContain('audit_trail');
      expect(plan).not.toMatch(/Seq Scan on audit_trail/);
      await owner.query('DELETE FROM redactions WHERE reason = $1', ['x']);
    });
  });

  it('of which nothing was decided takes nothing out', async () => {
    const release = holdLines();
    const { redaction } = await sendSecret('pending');
    release();
    await log.flush();
    expect((await linesWithSecret()).length).toBeGreaterThanOrEqual(2);
    await approve(redaction);
    expect((await linesOf('pending')).slice(0, 2)).toEqual(
      Array(2).fill(expect.objectContaining({ request_body: { description: null } })),
    );
  });
});
