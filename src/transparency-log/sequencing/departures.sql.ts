import sql, { type Sql } from 'sql-template-tag';

/**
 * Records that the newest checkpoint leaves the installation, unless one did within the last minutes or there is none that
 * has not left. Returns its `size`.
 */
export const insertDeparture = (minutes: number): Sql => sql`INSERT INTO audit_departures (tree_size)
  SELECT c.tree_size FROM (SELECT max(tree_size) AS tree_size FROM audit_checkpoints) c
  LEFT JOIN (SELECT max(tree_size) AS tree_size, max(left_at) AS left_at FROM audit_departures) d ON TRUE
  WHERE c.tree_size > coalesce(d.tree_size, 0)
    AND coalesce(d.left_at <= clock_timestamp() - make_interval(mins => ${minutes}), TRUE)
  RETURNING tree_size::float8 AS size`;
