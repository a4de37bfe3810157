import sql, { type Sql } from 'sql-template-tag';

/** Selects the ids of expired rows, as a job reads them batch by batch. */
export type ExpiredIds = (before: Date) => Sql;

/** Acquires the lock of a job until the end of the transaction. Selects `mine`: false where another one holds it. */
export const tryJobLock = (name: string): Sql =>
  sql`SELECT pg_try_advisory_xact_lock(hashtextextended(${`ctms job ${name}`}, 0)) AS mine`;

/** Selects the next ids above one, in order. */
export const nextIds = (ids: Sql, after: number, limit: number): Sql =>
  sql`SELECT id FROM (${ids}) AS o WHERE id > ${after} ORDER BY id LIMIT ${limit}`;
