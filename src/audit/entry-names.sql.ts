import sql, { join, raw, type Sql } from 'sql-template-tag';
import { type Actor } from '../core/authorization/actor.js';
import { inScope } from '../core/authorization/policy.js';
import { auditedEntities } from '../core/persistence/audited.decorator.js';
import { readableEntries } from './audit.policy.js';

/** Replaces a redacted name, as in sentences. */
const REDACTED_NAME = raw(`'[redacted]'`);

/** Selects a name from the entry `g` of a tag; hides a redacted one, independent of the tag's present name. */
const unlessRedacted = (path: string, name: Sql): Sql =>
  sql`CASE WHEN g.openings->'commitments' ? ${raw(`'${path}'`)} THEN ${REDACTED_NAME} ELSE ${name} END`;

const NAME_BEFORE = unlessRedacted('entity_name', sql`g.entity_name`);

/** Selects the name after the entry `g`: `entity_name` is the one before the change. @param field that has the name */
function nameAfter(field: string): Sql {
  const changed = raw(`g.changes->'${field}'->>1`);
  const name = sql`CASE WHEN ${changed} IS NULL THEN ${NAME_BEFORE}
  ELSE ${changed} END`;
  return unlessRedacted(`changes.${field}.1`, name);
}

/**
 * Selects the name of a record as of the entry `a`: as its last entry until then left it, or as the next one found it where
 * the trail does not go back so far.
 */
const namesAsOf = (type: string, field: string, id: string): Sql => sql`
  (SELECT ${nameAfter(field)} FROM audit_trail g WHERE g.entity_type = ${raw(`'${type}'`)} AND g.entity_id = ${raw(id)} AND g.id <= a.id
    ORDER BY g.id DESC LIMIT 1),
  (SELECT ${NAME_BEFORE} FROM audit_trail g WHERE g.entity_type = ${raw(`'${type}'`)} AND g.entity_id = ${raw(id)} AND g.id > a.id
    ORDER BY g.id LIMIT 1)`;

/** Selects the name of a tag. Without an entry, it never had another one than at present. */
const TAG_NAME = sql`coalesce(${namesAsOf('tag', 'name', 'tag.id')},
  (SELECT g.name FROM tags g WHERE g.id = tag.id))`;

/** Selects what may be an id, in jsonpath: a field of an extension may have the name of a reference, and any number. */
const IS_ID = '@.type() == "number" && @ == @.floor() && @ > 0 && @ <= 2147483647';

/** Selects the names of the ids in an entry `a` of the product; looks them up only where there are such ids. */
const NAMES_OF_PRODUCT = sql`CASE WHEN a.changes ?| ARRAY['assigned_to', 'created_by'] THEN (
    SELECT jsonb_object_agg(u.id, u.username) FROM users u WHERE u.id IN (SELECT (v #>> '{}')::int FROM
      jsonb_path_query(jsonb_build_array(a.changes->'assigned_to', a.changes->'created_by'),
        ${raw(`'$[*][*] ? (${IS_ID})'`)}) v)) END AS users,
  CASE WHEN a.entity_type = 'task' AND a.changes ? 'tags' THEN (SELECT jsonb_object_agg(tag.id, ${TAG_NAME}) FROM
    (SELECT DISTINCT (v #>> '{}')::int AS id
      FROM jsonb_path_query(a.changes, ${raw(`'$.tags[*][*] ? (${IS_ID})'`)}) v) tag) END AS tags`;

/**
 * Selects the names of the ids in an entry `a`, for its sentence: `users`, `tags`, and `names` where extensions have
 * references. A record of which the actor may read no entries has no name in it: its title would disclose what is hidden. Names
 * of users stay (decision 195).
 */
export function namesSql(actor: Actor): Sql {
  const referring = auditedEntities().filter(({ options }) => options.references);
  if (referring.length === 0) return NAMES_OF_PRODUCT;
  const cases = referring.map(({ type, options: { references = {} } }) => {
    const pairs = Object.entries(references).map(
      ([field, target]) => sql`${raw(`'${field}'`)}, ${namesIn(actor, field, target)}`,
    );
    return sql`WHEN ${raw(`'${type}'`)} THEN jsonb_build_object(${join(pairs)})`;
  });
  return sql`${NAMES_OF_PRODUCT}, CASE a.entity_type ${join(cases, ' ')} END AS names`;
}

/** Selects the names of the records of a type whose ids a field has, as an object by id. */
function namesIn(actor: Actor, field: string, type: string): Sql {
  const path = `$."${field}"[*] ? (${IS_ID})`;
  const ids = sql`(SELECT DISTINCT (v #>> '{}')::int AS id FROM jsonb_path_query(a.changes, ${raw(`'${path}'`)}) v) named`;
  if (type === 'user')
    return sql`(SELECT jsonb_object_agg(u.id, u.username) FROM users u WHERE u.id IN (SELECT id FROM ${ids}))`;
  const isReadable = inScope(readableEntries(actor), { entityType: `'${type}'::text`, entityId: 'named.id' });
  return sql`(SELECT jsonb_object_agg(named.id, coalesce(${namesAsOf(type, nameFieldOf(type), 'named.id')}))
    FROM ${ids} WHERE ${isReadable})`;
}

/** Returns the field that has the names of a type of records. */
export function nameFieldOf(type: string): string {
  const { nameProperty = '', fields } = auditedEntities().find((entity) => entity.type === type) ?? { fields: {} };
  const field = (fields as Record<string, string>)[nameProperty] ?? 'name';
  return /^\w+$/.test(field) ? field : 'name';
}
