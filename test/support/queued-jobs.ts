import { JobQueue } from '../../src/infrastructure/jobs/job-queue.service.js';
import { JobSchedule } from '../../src/infrastructure/jobs/job-schedule.js';
import { sql, type TestApp } from './app.js';
import { waitFor } from './wait-for.js';

/**
 * Starts to process queued jobs. Periodic ones run once, before this returns, and then by `runNow` alone: a run at a
 * full minute or hour would take what a test counts.
 */
export async function processQueuedJobs(app: TestApp): Promise<void> {
  await app.nest.get(JobQueue).start();
  app.nest.get(JobSchedule).stop();
  // Runs of periodic jobs carry no data.
  await waitFor(async () => {
    const left = await app.rows(sql`SELECT FROM pgboss.job WHERE data = '{}' AND state < 'completed'`);
    return left.length === 0;
  });
}
