import sql, { raw, type Sql } from 'sql-template-tag';

/** Replaces a redacted name, as in sentences. */
const REDACTED_NAME = raw(`'[redacted]'`);

/** Selects a name from the entry `g` of a tag; hides a redacted one, independent of the tag's present name. */
const unlessRedacted = (path: string, name: Sql): Sql =>
  sql`CASE WHEN g.openings->'commitments' ? ${raw(`'${path}'`)} THEN ${REDACTED_NAME} ELSE ${name} END`;

/** Selects the name after the entry `g`: `entity_name` is the one before the change. */
const NAME_AFTER_ENTRY = sql`CASE WHEN g.changes->'name'->>1 IS NULL THEN ${unlessRedacted('entity_name', sql`g.entity_name`)}
  ELSE g.changes->'name'->>1 END`;
const NAME_AFTER = unlessRedacted('changes.name.1', NAME_AFTER_ENTRY);
const NAME_BEFORE = unlessRedacted('entity_name', sql`g.entity_name`);

/**
 * Selects the name of a tag as of the entry `a`: as its last entry until then left it, or as the next one found it where
 * the trail does not go back so far. Without either, the tag never had another name than its present one.
 */
const TAG_NAME = sql`coalesce(
  (SELECT ${NAME_AFTER} FROM audit_trail g WHERE g.entity_type = 'tag' AND g.entity_id = tag.id AND g.id <= a.id
    ORDER BY g.id DESC LIMIT 1),
  (SELECT ${NAME_BEFORE} FROM audit_trail g WHERE g.entity_type = 'tag' AND g.entity_id = tag.id AND g.id > a.id
    ORDER BY g.id LIMIT 1),
  (SELECT g.name FROM tags g WHERE g.id = tag.id))`;

/** Selects the names of the ids in an entry `a`, for its sentence; looks them up only where there are such ids. */
export const NAMES = sql`CASE WHEN a.changes ?| ARRAY['assigned_to', 'created_by'] THEN (
    SELECT jsonb_object_agg(u.id, u.username) FROM users u WHERE u.id IN (SELECT (v #>> '{}')::int FROM
      jsonb_path_query(jsonb_build_array(a.changes->'assigned_to', a.changes->'created_by'),
        '$[*][*] ? (@.type() == "number")') v)) END AS users,
  CASE WHEN a.entity_type = 'task' AND a.changes ? 'tags' THEN (SELECT jsonb_object_agg(tag.id, ${TAG_NAME}) FROM
    (SELECT DISTINCT (v #>> '{}')::int AS id
      FROM jsonb_path_query(a.changes, '$.tags[*][*] ? (@.type() == "number")') v) tag) END AS tags`;
