import { DatabaseTime } from '../../../src/core/persistence/database-time.js';
import { UnitOfWork } from '../../../src/core/persistence/unit-of-work.js';
import { systemPrincipal } from '../../../src/core/authorization/actor.js';
import { JobQueue } from '../../../src/infrastructure/jobs/job-queue.service.js';
import { as } from '../../support/actors.js';
import { sql, TestApp } from '../../support/app.js';

let app: TestApp;
let jobs: JobQueue;
const seen: { n: number; attempt: number }[] = [];
/** Record of an attempt that ends while the database is away. */
const attempts: number[] = [];
let release: () => void;
const released = new Promise<void>((resolve) => (release = resolve));
const author = systemPrincipal('test');

beforeAll(async () => {
  app = await TestApp.start({ JOBS_ENABLED: 'true', JOB_TIMEOUT_SECONDS: '2' }, undefined, undefined, (nest) => {
    jobs = nest.get(JobQueue);
    jobs.process<{ n: number }>(
      'test-queue',
      async ({ n }, { attempt }) => {
        seen.push({ n, attempt });
        if (n === 13 && attempt < 3) throw new Error('not yet');
        if (n === 99) throw new Error('never');
      },
      { retries: 2, retryDelay: 1 },
    );
    jobs.process<object>('test-away', async (_, { attempt }) => {
      attempts.push(attempt);
      if (attempt === 1) await released;
    });
    jobs.schedule('test-periodic', '0 0 1 1 *', async () => 7);
    // Half an hour from now, so that it is not due while the spec runs: one run a minute is kept.
    jobs.schedule('test-hourly', `${(new Date().getUTCMinutes() + 30) % 60} * * * *`, async () => 0);
  });
  await jobs.start();
});
afterAll(() => app.stop());

const add = (...numbers: number[]) =>
  app.nest.get(UnitOfWork).run(author, (tx) =>
    jobs.enqueue(
      tx,
      'test-queue',
      numbers.map((n) => ({ n })),
    ),
  );

async function until<T>(what: () => Promise<T> | T, fits: (value: T) => boolean, seconds = 15): Promise<T> {
  for (const end = Date.now() + seconds * 1000; ;) {
    const value = await what();
    if (fits(value) || Date.now() > end) return value;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe('the job queue', () => {
  it('runs a job soon after the commit that added it', async () => {
    await add(1, 2);
    await until(
      () => seen.filter(({ n }) => n < 3).length,
      (n) => n === 2,
    );
    expect(seen.filter(({ n }) => n < 3).sort((a, b) => a.n - b.n)).toEqual([
      { n: 1, attempt: 1 },
      { n: 2, attempt: 1 },
    ]);
  });

  it('runs no job of a rolled-back transaction', async () => {
    const failing = app.nest.get(UnitOfWork).run(author, async (tx) => {
      await jobs.enqueue(tx, 'test-queue', [{ n: 5 }]);
      throw new Error('rolled back');
    });
    await expect(failing).rejects.toThrow('rolled back');
    expect(await app.rows(sql`SELECT id FROM pgboss.job WHERE data = '{"n":5}'`)).toEqual([]);
  });

  it('retries a failing job, and shows the one it gives up', async () => {
    await add(13, 99);
    const state = () =>
      app.rows<{ n: number; state: string }>(
        sql`SELECT (data->>'n')::int AS n, state::text FROM pgboss.job WHERE (data->>'n')::int > 9 ORDER BY 1`,
      );
    const ends = [
      { n: 13, state: 'completed' },
      { n: 99, state: 'failed' },
    ];
    expect(await until(state, (rows) => JSON.stringify(rows) === JSON.stringify(ends), 25)).toEqual(ends);
    expect(seen.filter(({ n }) => n === 13).map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    const { text } = await as(app).get('/metrics');
    expect(text).toContain('ctms_jobs{job="test-queue",state="failed"} 1');
    expect(text).toMatch(/ctms_job_runs_total\{job="test-queue",outcome="failed"\} 5/);
  }, 40_000);

  it('takes over the job of a dead replica', async () => {
    await app.rows(sql`INSERT INTO pgboss.job (name, data, state, started_on, expire_in, retry_limit)
    VALUES ('test-queue', '{"n": 4}', 'active', now() - interval '1 minute', interval '2 s', 3)`);
    const runs = () => seen.filter(({ n }) => n === 4);
    expect(await until(runs, ({ length }) => length > 0)).toEqual([{ n: 4, attempt: 2 }]);
  }, 30_000);

  it('runs each periodic job once at the start, and on demand', async () => {
    const done = () =>
      app.rows<{ n: string }>(
        sql`SELECT count(*) AS n FROM pgboss.job WHERE name = 'test-periodic' AND state = 'completed'`,
      );
    expect(await until(done, ([row]) => row?.n === '1')).toEqual([{ n: '1' }]);
    expect(await jobs.runNow('test-periodic')).toBe(7);
    await expect(jobs.runNow('unknown')).rejects.toThrow('no periodic job');
  });

  it('runs periodic jobs when they are due by the clock of the database', async () => {
    const runs = () => app.rows<{ name: string }>(sql`SELECT name FROM pgboss.job WHERE name = 'test-hourly'`);
    const before = (await until(runs, ({ length }) => length > 0)).length;
    expect(before).toBeGreaterThan(0);
    const time = app.nest.get(DatabaseTime);
    const [sent, real] = [performance.now(), time.now()];
    const runsAnHourLater = () => {
      // Again and again, since the server samples that clock too.
      time.sample(real + 3_600_000, sent, sent);
      return runs();
    };
    try {
      expect((await until(runsAnHourLater, ({ length }) => length > before)).length).toBeGreaterThan(before);
    } finally {
      time.sample(real, sent, sent);
    }
  }, 40_000);

  it('deletes old jobs', async () => {
    await app.rows(sql`INSERT INTO pgboss.job (name, data, state, completed_on, created_on) VALUES
    ('test-queue', '{}', 'completed', now() - interval '2 hours', '2020-01-01')`);
    await app.rows(sql`INSERT INTO pgboss.archive (id, name, priority, state, retry_limit, retry_count, retry_delay, retry_backoff,
      start_after, expire_in, created_on, keep_until, archived_on)
    SELECT gen_random_uuid(), name, 0, state, 0, 0, 0, false, now(), expire_in, '2019-01-01', now(), now() - interval '8 days'
    FROM pgboss.job WHERE created_on = '2020-01-01'`);
    const archived = async () =>
      (
        await app.rows<{ years: number[] }>(sql`SELECT ARRAY(SELECT extract(year FROM created_on)::int
          FROM pgboss.archive WHERE created_on < '2021-01-01') AS years`)
      )[0]?.years;
    expect(await until(archived, (years) => years?.join() === '2020', 20)).toEqual([2020]);
  }, 30_000);

  it('gives a lock to one transaction at a time', async () => {
    const change = app.nest.get(UnitOfWork);
    await change.run(author, async (outer) => {
      expect(await jobs.tryExclusive(outer, 'a')).toBe(true);
      await change.run(author, async (inner) => {
        expect(await jobs.tryExclusive(inner, 'a')).toBe(false);
        expect(await jobs.tryExclusive(inner, 'b')).toBe(true);
      });
    });
    expect(await change.run(author, (tx) => jobs.tryExclusive(tx, 'a'))).toBe(true);
  });

  it('repeats a job that completed while the database was down, without ending the process', async () => {
    await app.nest.get(UnitOfWork).run(author, (tx) => jobs.enqueue(tx, 'test-away', [{}]));
    expect(
      await until(
        () => attempts,
        ({ length }) => length > 0,
      ),
    ).toEqual([1]);
    await app.database.away(async () => {
      release();
      await new Promise((resolve) => setTimeout(resolve, 1000));
    });
    expect(
      await until(
        () => attempts,
        ({ length }) => length > 1,
        25,
      ),
    ).toEqual([1, 2]);
  }, 40_000);

  it('runs jobs once after a partly failed start', async () => {
    let [atOnce, most, done] = [0, 0, 0];
    const own = await TestApp.start({ JOBS_ENABLED: 'true' }, undefined, undefined, (nest) => {
      const halfway = nest.get(JobQueue);
      halfway.process<object>('test-once', async () => {
        most = Math.max(most, ++atOnce);
        // Longer than from one look for jobs to the next.
        await new Promise((resolve) => setTimeout(resolve, 1500));
        atOnce--;
        done++;
      });
      halfway.schedule('test-refused', '0 0 1 1 *', async () => 0);
    });
    const halfway = own.nest.get(JobQueue);
    try {
      await own.rows(sql`ALTER TABLE pgboss.job ADD CONSTRAINT refused CHECK (name <> 'test-refused')`);
      await halfway.start();
      expect(own.log.join()).toContain('The job queue is not available');
      await own.rows(sql`ALTER TABLE pgboss.job DROP CONSTRAINT refused`);
      await until(
        () => own.rows(sql`SELECT FROM pgboss.job WHERE name = 'test-refused'`),
        ({ length }) => length > 0,
      );
      await own.nest.get(UnitOfWork).run(author, async (tx) => halfway.enqueue(tx, 'test-once', [{}, {}, {}]));
      await until(
        () => done,
        (n) => n === 3,
      );
      expect({ done, most }).toEqual({ done: 3, most: 1 });
    } finally {
      await own.stop();
    }
  }, 40_000);
});
