import sql, { raw, type Sql } from 'sql-template-tag';

/** What stands for a name that was taken out of the trail, as in sentences. */
const GONE = raw(`'[redacted]'`);

/** A name in the entry `g` of a tag; hidden where it was taken out, whatever the tag is called now. */
const unlessTakenOut = (path: string, name: Sql): Sql =>
  sql`CASE WHEN g.openings->'commitments' ? ${raw(`'${path}'`)} THEN ${GONE} ELSE ${name} END`;

/** `entity_name` is the name before the change; a change of the name says what it became. */
const GIVEN = sql`CASE WHEN g.changes->'name'->>1 IS NULL THEN ${unlessTakenOut('entity_name', sql`g.entity_name`)}
  ELSE g.changes->'name'->>1 END`;
const NAME_AFTER = unlessTakenOut('changes.name.1', GIVEN);
const NAME_BEFORE = unlessTakenOut('entity_name', sql`g.entity_name`);

/**
 * What a tag was called at the entry `a`: as the last entry of the tag until then left it, or as the next one found it
 * where the trail does not go back so far. Without either it has had no other name than its present one.
 */
const TAG_NAME = sql`coalesce(
  (SELECT ${NAME_AFTER} FROM audit_trail g WHERE g.entity_type = 'tag' AND g.entity_id = tag.id AND g.id <= a.id
    ORDER BY g.id DESC LIMIT 1),
  (SELECT ${NAME_BEFORE} FROM audit_trail g WHERE g.entity_type = 'tag' AND g.entity_id = tag.id AND g.id > a.id
    ORDER BY g.id LIMIT 1),
  (SELECT g.name FROM tags g WHERE g.id = tag.id))`;

/** The names behind the ids in an entry `a`, for its sentence: looked up only where there are such ids. */
export const NAMES = sql`CASE WHEN a.changes ?| ARRAY['assigned_to', 'created_by'] THEN (
    SELECT jsonb_object_agg(u.id, u.username) FROM users u WHERE u.id IN (SELECT (v #>> '{}')::int FROM
      jsonb_path_query(jsonb_build_array(a.changes->'assigned_to', a.changes->'created_by'),
        '$[*][*] ? (@.type() == "number")') v)) END AS users,
  CASE WHEN a.entity_type = 'task' AND a.changes ? 'tags' THEN (SELECT jsonb_object_agg(tag.id, ${TAG_NAME}) FROM
    (SELECT DISTINCT (v #>> '{}')::int AS id
      FROM jsonb_path_query(a.changes, '$.tags[*][*] ? (@.type() == "number")') v) tag) END AS tags`;
