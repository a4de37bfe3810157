import { JobQueue } from '../../../src/infrastructure/jobs/job-queue.service.js';
import { as } from '../../support/actors.js';
import { sql, TestApp } from '../../support/app.js';
import { waitFor } from '../../support/wait-for.js';

describe('a change that adds a job after the database was replaced', () => {
  let app: TestApp;
  let jobs: JobQueue;
  let names = 0;

  beforeAll(async () => {
    app = await TestApp.start({ DATABASE_POOL_SIZE: '1', DATABASE_TIMEOUT_SECONDS: '2' });
    jobs = app.nest.get(JobQueue);
  });
  afterAll(() => app.stop());

  /** Its mail is a job. */
  const signUp = async () => {
    const username = `member${++names}x`;
    const body = { username, email: `${username}@example.org`, password: 'a much better phrase' };
    return (await as(app).post('/api/auth/register', body)).status;
  };
  const mails = async () => (await app.rows(sql`SELECT FROM pgboss.job WHERE name = 'mail'`)).length;

  it('needs no second connection', async () => {
    jobs['prepared'] = false;
    expect(await signUp()).toBe(201);
    expect(await mails()).toBe(1);
  });

  it('is refused while the queue does not exist, and has it created', async () => {
    await app.rows(sql`DELETE FROM pgboss.job WHERE name = 'mail'`);
    await app.rows(sql`SELECT pgboss.delete_queue('mail')`);
    jobs['prepared'] = false;
    expect(await signUp()).toBe(503);
    await waitFor(async () => (await signUp()) === 201);
    expect(await mails()).toBe(1);
  });

  it('finds the queue once the schema is there, also where it was not at first', async () => {
    await app.rows(sql`ALTER SCHEMA pgboss RENAME TO away`);
    await jobs['prepareAgain']();
    await app.rows(sql`ALTER SCHEMA away RENAME TO pgboss`);
    await waitFor(() => jobs['prepared']);
  });
});
