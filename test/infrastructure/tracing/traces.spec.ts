import { JobQueue } from '../../../src/infrastructure/jobs/job-queue.service.js';
import { anActor, as, type TestActor } from '../../support/actors.js';
import { AT_ONCE, sql, TestApp } from '../../support/app.js';
import { Collector, type ReceivedSpan } from '../../support/collector.js';
import { aTask } from '../../support/factories.js';
import { Mailbox } from '../../support/mailbox.js';

const SERVER = 2;
const CLIENT = 3;
const ERROR = 2;
const TRACE = 'a3ce929d0e0e47364bf92f3577b34da6';
const SPAN = '00f067aa0ba902b7';

const named =
  (name: string) =>
  (span: ReceivedSpan): boolean =>
    span.name === name;
const ofRequest = (id: string) => (span: ReceivedSpan) => span.attributes['ctms.request_id'] === id;

describe('traces', () => {
  let collector: Collector;
  let mailbox: Mailbox;
  let app: TestApp;
  let manager: TestActor;

  beforeAll(async () => {
    collector = await Collector.open();
    mailbox = await Mailbox.open();
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/`,
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20of-the-collector,x-tenant=trials',
      OTEL_RESOURCE_ATTRIBUTES: 'service.namespace=trials',
      ...mailbox.env,
      ...AT_ONCE,
    };
    app = await TestApp.start(env);
    manager = await anActor(app, 'manager', { username: 'margaret.secretname' });
  }, 60_000);
  afterAll(async () => {
    await app.stop();
    await mailbox.close();
    await collector.close();
  });

  /** @returns the span of a request by its own id */
  const spanOf = (headers: object) =>
    collector.span(ofRequest((headers as Record<string, string>)['x-request-id'] ?? ''));

  describe('of a PATCH', () => {
    let task: { id: number };
    let span: ReceivedSpan;
    let sqlSpans: ReceivedSpan[];

    beforeAll(async () => {
      task = await aTask(app, manager.id);
      const body = { title: 'Confidential title of a task', description: 'Confidential words' };
      const answer = await as(manager).patch(`/api/tasks/${task.id}?q=confidential-query`, body, {
        'User-Agent': 'confidential-agent',
        tracestate: 'vendor=confidential-state',
      });
      expect(answer.status).toBe(422);
      const done = await as(manager).patch(`/api/tasks/${task.id}`, body, { 'User-Agent': 'confidential-agent' });
      expect(done.status).toBe(200);
      span = await spanOf(done.headers);
      sqlSpans = collector.othersOf(span);
    });

    it('have one span of the server, named by the route', () => {
      expect(span).toMatchObject({ name: 'PATCH /api/tasks/:id', kind: SERVER, parentId: '', status: 0 });
      expect(span.attributes).toEqual({
        'http.request.method': 'PATCH',
        'http.route': '/api/tasks/:id',
        'http.response.status_code': 200,
        'url.scheme': 'http',
        'ctms.request_id': expect.any(String),
      });
    });

    it('have the statements as its children, named by operation and tables', () => {
      expect(sqlSpans.every(({ parentId, kind }) => parentId === span.spanId && kind === CLIENT)).toBe(true);
      const names = sqlSpans.map(({ name }) => name);
      expect(names.filter((name) => name === 'BEGIN')).toHaveLength(1);
      expect(names.filter((name) => name === 'COMMIT')).toHaveLength(1);
      expect(names).toContainEqual(expect.stringMatching(/^SELECT tasks\b/));
      expect(names).toContain('UPDATE tasks');
      expect(names).toContain('INSERT audit_trail');
      const update = sqlSpans.find(named('UPDATE tasks'));
      expect(update?.attributes).toEqual({
        'db.system.name': 'postgresql',
        'db.namespace': new URL(app.url).pathname.slice(1),
        'db.operation.name': 'UPDATE',
        'db.collection.name': 'tasks',
        'db.query.summary': 'UPDATE tasks',
        'ctms.statement': expect.stringMatching(/^write_\d+$/),
      });
    });

    it('lie within its time', () => {
      expect(span.durationMs).toBeGreaterThan(0);
      expect(sqlSpans.every(({ durationMs }) => durationMs <= span.durationMs)).toBe(true);
    });

    it('name the process', () => {
      expect(span.resource).toMatchObject({
        'service.name': 'CTMS',
        'service.namespace': 'trials',
        'service.version': '1.0.0',
        'deployment.environment.name': 'test',
        'process.pid': process.pid,
      });
    });

    it('reach the collector with the configured headers', () => {
      expect(collector.headers[0]).toMatchObject({
        authorization: 'Bearer of-the-collector',
        'x-tenant': 'trials',
        'content-type': 'application/x-protobuf',
      });
    });

    it('hold no value of the request', () => {
      const bytes = Buffer.concat(collector.raw).toString('latin1');
      expect(bytes).toContain('PATCH /api/tasks/:id');
      for (const value of [
        'onfidential',
        manager.username,
        'example.org',
        manager.token.slice(-20),
        '127.0.0.1',
        '::1',
      ])
        expect([value, bytes.includes(value)]).toEqual([value, false]);
    });
  });

  it('continue the trace of the client', async () => {
    const { headers } = await as(manager).get('/api/tasks', { traceparent: `00-${TRACE}-${SPAN}-01` });
    const span = await spanOf(headers);
    expect(span).toMatchObject({ name: 'GET /api/tasks', traceId: TRACE, parentId: SPAN });
    expect(collector.othersOf(span).every(({ parentId }) => parentId === span.spanId)).toBe(true);
  });

  it('begin a new trace where the traceparent is not valid', async () => {
    const { headers } = await as(manager).get('/api/tasks', { traceparent: `00-${'0'.repeat(32)}-${SPAN}-01` });
    expect((await spanOf(headers)).parentId).toBe('');
  });

  it('are not recorded where the client has not sampled its trace', async () => {
    const unsampled = `00-${'b'.repeat(32)}-${SPAN}-00`;
    await as(manager).get('/api/tasks', { traceparent: unsampled });
    const later = await as(manager).get('/api/tags');
    await spanOf(later.headers);
    expect(collector.spans.filter(({ traceId }) => traceId === 'b'.repeat(32))).toEqual([]);
  });

  it('mark failures of the server as errors, and rejected requests not', async () => {
    const missing = await spanOf((await as(manager).get('/api/tasks/999999')).headers);
    expect(missing).toMatchObject({ status: 0, attributes: { 'http.response.status_code': 404 } });
    const unknown = await spanOf((await as(manager).get('/api/nothing-here/secret-id')).headers);
    expect(unknown).toMatchObject({ name: 'GET', status: 0, attributes: { 'http.response.status_code': 404 } });
    await app.rows(sql`ALTER TABLE tags RENAME TO tags_away`);
    const answer = await as(manager).get('/api/tags');
    await app.rows(sql`ALTER TABLE tags_away RENAME TO tags`);
    expect(answer.status).toBeGreaterThanOrEqual(500);
    const failed = await spanOf(answer.headers);
    expect(failed).toMatchObject({ status: ERROR, attributes: { 'error.type': String(answer.status) } });
    const [statement] = collector.othersOf(failed).filter(({ status }) => status === ERROR);
    expect(statement?.attributes).toMatchObject({ 'error.type': '42P01', 'db.response.status_code': '42P01' });
  });

  it('leave out probes and scrapes', async () => {
    await as(app).get('/health');
    await as(app).get('/metrics');
    await spanOf((await as(manager).get('/api/tasks')).headers);
    expect(collector.spans.filter(({ name }) => /health|metrics/.test(name))).toEqual([]);
  });

  it('keep the statements of requests that wait for a connection apart', async () => {
    const get = () => as(manager).get('/api/tasks?limit=5');
    // After a pause of this process, sessions and facts are read again.
    const ofSessions = /user_sessions|clock_timestamp/;
    const namesIn = async (id: object) =>
      collector
        .othersOf(await spanOf(id))
        .map(({ name }) => name)
        .filter((name) => !ofSessions.test(name));
    await get();
    const alone = await namesIn((await get()).headers);
    expect(alone).toContainEqual(expect.stringMatching(/^SELECT .*\btasks\b/));
    const answers = await Promise.all(Array.from({ length: 40 }, get));
    const names = await Promise.all(answers.map(({ headers }) => namesIn(headers)));
    expect(names).toEqual(answers.map(() => alone));
  });

  it('begin with each run of a job, and show the mails that it sends', async () => {
    const user = await anActor(app, 'developer');
    await as(app).post('/api/auth/password/forgot', { email: `${user.username}@example.org` });
    await app.nest.get(JobQueue).start();
    await mailbox.to(`${user.username}@example.org`);
    const job = await collector.span(named('job mail'));
    expect(job).toMatchObject({
      parentId: '',
      status: 0,
      attributes: { 'ctms.job.name': 'mail', 'ctms.job.attempt': 1 },
    });
    const mail = collector.othersOf(job).find(({ name }) => name.startsWith('send mail '));
    expect(mail).toMatchObject({ kind: CLIENT, parentId: job.spanId });
    expect(Buffer.concat(collector.raw).includes(user.username)).toBe(false);
  }, 60_000);

  it('mark a job that fails', async () => {
    const jobs = app.nest.get(JobQueue);
    jobs.schedule('test_failing', '0 0 1 1 *', () => Promise.reject(new RangeError('a confidential number')));
    await expect(jobs.runNow('test_failing')).rejects.toThrow();
    const job = await collector.span(named('job test_failing'));
    expect(job).toMatchObject({ status: ERROR, attributes: { 'error.type': 'RangeError' } });
  });
});
