import { connected } from './database.js';

/**
 * The schema `public` as text, one line for each thing in it: columns in their order, constraints, indexes, triggers, functions,
 * settings, statistics, comments, rights. Months of the request log, of which there are as many as have passed, count as one.
 */
export async function schemaOf(ownerUrl: string): Promise<string[]> {
  const rows = await connected(ownerUrl, async (client) => {
    await client.query(`SET search_path = ''`);
    return (await client.query<{ line: string }>(SCHEMA)).rows;
  });
  const lines = rows.map(({ line }) => line.replace(/api_audit_logs_\d{4}_\d\d/g, 'api_audit_logs_month'));
  return [...new Set(lines)]
    .map((line) => line.replace(/(Requests of )\d{4}-\d\d/, '$1a month'))
    .map((line) => (line.includes(' CHECK (') ? withoutCasts(line) : line))
    .sort()
    .filter((line, n, all) => line !== all[n - 1]);
}

/** A restored dump has the casts of `IN` lists elsewhere than the statement that made the constraint. */
const withoutCasts = (line: string) => line.replace(/::(character varying|text)(\[\])?|[()]/g, '');

const SCHEMA = `WITH mine AS (SELECT *, oid::regclass::text AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace)
  SELECT concat_ws(' ', name, relkind, relpersistence, reloptions, relacl, obj_description(oid, 'pg_class')) AS line FROM mine
  UNION ALL SELECT concat_ws(' ', name, attnum, attname, format_type(atttypid, atttypmod), attnotnull, attidentity, attgenerated,
      attstattarget, pg_get_expr(adbin, adrelid))
    FROM mine JOIN pg_attribute a ON attrelid = mine.oid LEFT JOIN pg_attrdef ON adrelid = mine.oid AND adnum = attnum
    WHERE attnum > 0 AND relkind IN ('r', 'p', 'i', 'I')
  UNION ALL SELECT concat_ws(' ', name, conname, convalidated, pg_get_constraintdef(c.oid)) FROM mine JOIN pg_constraint c ON conrelid = mine.oid
    WHERE contype <> 'n'
  UNION ALL SELECT pg_get_indexdef(oid) FROM mine WHERE relkind IN ('i', 'I')
  UNION ALL SELECT concat_ws(' ', name, tgenabled, pg_get_triggerdef(t.oid)) FROM mine JOIN pg_trigger t ON tgrelid = mine.oid
    WHERE NOT tgisinternal
  UNION ALL SELECT concat_ws(' ', oid::regprocedure, prokind, proacl, obj_description(oid, 'pg_proc'), CASE prokind WHEN 'f' THEN pg_get_functiondef(oid) END)
    FROM pg_proc WHERE pronamespace = 'public'::regnamespace
  UNION ALL SELECT pg_get_statisticsobjdef(oid) FROM pg_statistic_ext WHERE stxnamespace = 'public'::regnamespace
  UNION ALL SELECT concat_ws(' ', seqrelid::regclass, seqtypid::regtype, seqstart, seqincrement, seqmax, seqmin, seqcycle)
    FROM mine JOIN pg_sequence ON seqrelid = oid`;
