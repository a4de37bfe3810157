import sql, { type Sql } from 'sql-template-tag';

/** Selects the ids of expired rows, as a job reads them batch by batch. */
export type ExpiredIds = (before: Date) => Sql;

/** Acquires the lock of a job until the end of the transaction. Selects `mine`: false where another one holds it. */
export const tryJobLock = (name: string): Sql =>
  sql`SELECT pg_try_advisory_xact_lock(hashtextextended(${`ctms job ${name}`}, 0)) AS mine`;

/**
 * Selects `data` of the jobs of a queue that were given up in the last week and not added again since. pg-boss archives a
 * failed job after an hour, and one that no worker has taken within its retention.
 */
export const givenUpJobs = (queue: string): Sql => sql`WITH jobs AS (
    SELECT data, created_on, state = 'failed' AS given_up FROM pgboss.job WHERE name = ${queue}
    UNION ALL SELECT data, created_on, state <> 'completed' FROM pgboss.archive WHERE name = ${queue})
  SELECT DISTINCT data FROM jobs WHERE given_up
    AND NOT EXISTS (SELECT FROM jobs later WHERE later.data = jobs.data AND later.created_on > jobs.created_on)`;

/** Has a running job wait again, as one that has never started: pg-boss counts a retry where it knows a start. */
export const postponedJob = (queue: string, id: string, seconds: number): Sql => sql`UPDATE pgboss.job
  SET state = 'created', started_on = NULL, start_after = now() + make_interval(secs => ${seconds}),
    keep_until = keep_until + make_interval(secs => ${seconds})
  WHERE name = ${queue} AND id = ${id}::uuid AND state = 'active'`;

/** Selects the next ids above one, in order. */
export const nextIds = (ids: Sql, after: number, limit: number): Sql =>
  sql`SELECT id FROM (${ids}) AS o WHERE id > ${after} ORDER BY id LIMIT ${limit}`;
