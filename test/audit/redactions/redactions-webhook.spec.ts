import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { Database } from '../../../src/infrastructure/database/database.js';
import { JobQueue } from '../../../src/infrastructure/jobs/job-queue.service.js';
import { listedRedactions, parseRedactions } from '../../../src/transparency-log/storage/redaction-list.js';
import { anActor, as, type TestActor } from '../../support/actors.js';
import { sql, TestApp } from '../../support/app.js';
import { processQueuedJobs } from '../../support/queued-jobs.js';
import { waitFor } from '../../support/wait-for.js';

const SECRET = 'Subject 0471 is Erika Mustermann';

describe('AUDIT_REDACTION_WEBHOOK', () => {
  const requests: { type: string | undefined; body: string; answer: number }[] = [];
  /** Answers of the receiver to the next requests; 204 when none is left. */
  const answers: number[] = [];
  const receiver = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => (body += String(part)));
    request.on('end', () => {
      const answer = answers.shift() ?? 204;
      requests.push({ type: request.headers['content-type'], body, answer });
      response.writeHead(answer).end();
    });
  });
  let app: TestApp;
  let manager: TestActor;
  let auditor: TestActor;

  beforeAll(async () => {
    await once(receiver.listen(0, '127.0.0.1'), 'listening');
    app = await TestApp.start({
      AUDIT_REDACTION_WEBHOOK: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/redactions`,
    });
    await processQueuedJobs(app);
    manager = await anActor(app, 'manager');
    auditor = await anActor(app, 'auditor');
  });
  afterAll(async () => {
    await app.stop();
    receiver.close();
    receiver.closeAllConnections();
  });

  /** Asks for the description of a new task to be redacted. @returns the id of the request */
  const requested = async (): Promise<number> => {
    const draft = { title: 'Visit', estimated_hours: 1, deadline: '2100-01-01', assigned_to: manager.id };
    const { id } = (await as(manager).post('/api/tasks', { ...draft, description: SECRET })).body as { id: number };
    const entries = await as(auditor).get(`/api/audit/entries?entity_type=task&entity_id=${id}`);
    const [{ id: entry }] = entries.body as [{ id: number }];
    const asked = { fields: ['description.after'], reason: 'Name of a trial subject' };
    return (await as(auditor).post(`/api/audit/entries/${entry}/redactions`, asked)).body.id as number;
  };
  const approve = (id: number) => as(manager).post(`/api/audit/redactions/${id}/approve`);
  const received = () => requests.filter(({ answer }) => answer === 204);

  it('receives each redaction once it is applied, again after a failure, as the list has it, without the values', async () => {
    const [first, second] = [await requested(), await requested()];
    // Requested alone: nothing is removed yet.
    expect(requests).toEqual([]);
    answers.push(503);
    expect((await approve(first)).status).toBe(200);
    await waitFor(() => requests.length === 1, 20_000);
    expect((await approve(second)).status).toBe(200);
    await waitFor(() => received().length === 2, 40_000);

    expect(requests.map(({ answer }) => answer).sort()).toEqual([204, 204, 503]);
    expect(new Set(requests.map(({ type }) => type))).toEqual(new Set(['application/x-ndjson; charset=utf-8']));
    const listed = await listedRedactions(app.nest.get(Database).query);
    expect(listed.map(({ redaction }) => redaction)).toEqual([first, second]);
    const outside = received().map(({ body }) => body);
    expect(parseRedactions(outside.join(''), 'what the receiver has')).toEqual(listed);
    expect(requests.map(({ body }) => body).join('')).not.toContain('Erika');
  }, 90_000);

  it('receives again those that were given up, once, and the log names them', async () => {
    const given = await requested();
    const archived = await requested();
    // The next jobs are given up at their first failure.
    await app.rows(sql`UPDATE pgboss.queue SET retry_limit = 0 WHERE name = 'post-redaction'`);
    const failed = (id: number) =>
      app.rows(sql`SELECT FROM pgboss.job WHERE data = ${JSON.stringify({ id })}::jsonb AND state = 'failed'`);
    for (const id of [archived, given]) {
      answers.push(503);
      await approve(id);
      await waitFor(async () => (await failed(id)).length === 1);
      if (id !== archived) continue;
      await app.rows(sql`UPDATE pgboss.job SET completed_on = now() - interval '2 hours' WHERE state = 'failed'`);
      // The archiving of pg-boss, every 10 or 20 s.
      await waitFor(async () => (await failed(id)).length === 0, 60_000);
    }
    const before = received().length;
    const jobs = app.nest.get(JobQueue);
    expect(await jobs.runNow('publish-redactions-again')).toBe(2);
    await waitFor(() => received().length === before + 2);

    const outside = received().map(({ body }) => (JSON.parse(body) as { redaction: number }).redaction);
    expect(outside.slice(before).sort((a, b) => a - b)).toEqual([given, archived]);
    expect(await jobs.runNow('publish-redactions-again')).toBe(0);
    const lines = app.log.filter((line) => line.includes('A redaction could not be published outside'));
    expect(lines).toHaveLength(2);
    expect(lines.join()).toContain(`"redaction":${given}`);
    expect(lines.join()).toContain('npm run --silent redactions:list');
  }, 120_000);
});
