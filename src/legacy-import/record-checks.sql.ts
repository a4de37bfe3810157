import sql, { raw, type Sql } from 'sql-template-tag';
import { type AuditedTransaction } from '../core/persistence/audited-transaction.js';
import { ENTITIES_WITH_ID, type Entity, type EntityWithId } from './sources/legacy-source.js';
import { HIGHEST_KEPT } from './id-map.sql.js';
import { staged } from './staging.sql.js';

/** A defect of a staged record. */
export interface FoundFault {
  readonly entity: Entity;
  readonly pk: number;
  readonly record: string | null;
  readonly field: string;
  readonly message: string;
  readonly remedy: string;
}

/** Unique columns of staging tables, with the existing rows that may conflict. Pending accounts reserve no value. */
const UNIQUE: readonly (readonly [entity: EntityWithId, column: string, table: string, rows: Sql])[] = [
  ['user', 'username', 'users', sql`users t WHERE NOT t.pending`],
  ['user', 'email', 'users', sql`users t WHERE NOT t.pending`],
  ['tag', 'name', 'tags', sql`tags t WHERE TRUE`],
];

/** Reference columns of staging tables, with the source's name of the field and the referenced entity. */
const REFERENCES: readonly (readonly [entity: Entity, column: string, field: string, to: EntityWithId])[] = [
  ['task', 'assignee', 'assigned_to', 'user'],
  ['task', 'creator', 'created_by', 'user'],
  ['task', 'parent', 'parent_task', 'task'],
  ['link', 'task', 'task', 'task'],
  ['link', 'tag', 'tags', 'tag'],
  ['history', 'task', 'task', 'task'],
  ['notification', 'user', 'user', 'user'],
  ['notification', 'task', 'task', 'task'],
];

/** A valid but conspicuous record. */
export interface ConspicuousRecord {
  readonly code:
    | 'completed_over_running'
    | 'names_alike'
    | 'names_reserved'
    | 'changed_since'
    | 'assignee_inactive'
    | 'matched'
    | 'id_too_high';
  readonly entity: Entity;
  readonly pk: number;
}

/** Finds repeated ids, repeated and taken names and addresses, and references to what is not there; one kind at a time. */
export async function* findFaults(tx: AuditedTransaction): AsyncGenerator<FoundFault[]> {
  const statements = [
    ...ENTITIES_WITH_ID.map(repeatedPks),
    ...UNIQUE.flatMap(([entity, column, table, rows]) => [
      repeated(entity, column),
      taken(entity, column, table, rows),
    ]),
    ...REFERENCES.map(dangling),
  ];
  for (const statement of statements) yield await tx.query<FoundFault>(statement);
}

function repeatedPks(entity: EntityWithId): Sql {
  return sql`SELECT ${entity} AS entity, pk::float8, max(record) AS record, 'pk' AS field,
      format('pk is that of %s records, the first is record %s', count(*), min(record)) AS message,
      'Dump again, each model once; two dumps that are put together must be of one installation' AS remedy
    FROM ${staged(entity)} GROUP BY pk HAVING count(*) > 1 ORDER BY pk`;
}

function repeated(entity: EntityWithId, column: string): Sql {
  const value = raw(column);
  return sql`SELECT ${entity} AS entity, pk::float8, record, ${column} AS field,
      format('%s "%s" is also that of %s', ${column}::text, value,
        CASE WHEN first > 0 THEN ${`${entity} `} || first ELSE ${`another ${entity}`} END) AS message,
      'Give one of them another in the old system (letter case and the form of Unicode make no difference), and dump again' AS remedy
    FROM (SELECT pk, record, ${value} AS value, min(pk) OVER (PARTITION BY lower(${value})) AS first
      FROM ${staged(entity)} WHERE ${value} IS NOT NULL) s
    WHERE pk <> first ORDER BY pk`;
}

function taken(entity: EntityWithId, column: string, table: string, rows: Sql): Sql {
  const value = raw(column);
  const option = `--match-${table}`;
  return sql`SELECT ${entity} AS entity, s.pk::float8, s.record, ${column} AS field,
      format('%s "%s" is taken here already, by id %s (see %s)', ${column}::text, s.${value}, t.id, ${option}::text) AS message,
      ${`Import with ${option} where both are the same, or rename one of them`} AS remedy
    FROM ${staged(entity)} s
    JOIN import_map m ON m.entity = ${entity} AND m.pk = s.pk AND m.state = 'new'
    JOIN (SELECT id, ${value} FROM ${rows}) t ON lower(t.${value}) = lower(s.${value}) ORDER BY s.pk`;
}

const REMEDIES: Readonly<Partial<Record<EntityWithId, string>>> = {
  user: 'Dump the users too, or import them first, or name one who stands in for them: --stand-in USERNAME',
};

function dangling([entity, column, field, to]: (typeof REFERENCES)[number]): Sql {
  const reference = raw(`s."${column}"`);
  const pk = raw(entity === 'link' ? 's.task' : 's.pk');
  const remedy = REMEDIES[to] ?? `Dump the ${to}s too, or correct it in the old system, and dump again`;
  return sql`SELECT ${entity} AS entity, ${pk}::float8 AS pk, s.record, ${field} AS field,
      format('%s refers to %s %s, which is not there', ${field}::text, ${to}::text, coalesce(
        (SELECT format('"%s"', k.name) FROM staged_key k WHERE k.entity = ${to} AND k.pk = ${reference} LIMIT 1),
        ${reference}::text)) AS message, ${remedy} AS remedy
    FROM ${staged(entity)} s WHERE ${reference} IS NOT NULL
      AND NOT EXISTS (SELECT FROM import_map m WHERE m.entity = ${to} AND m.pk = ${reference}) ORDER BY 2`;
}

/** Returns the ids of all tasks with a parent, and the parents at the same indexes. */
export async function parentReferences(tx: AuditedTransaction): Promise<{ children: number[]; parents: number[] }> {
  const [links] = await tx.query<{ children: number[]; parents: number[] }>(sql`SELECT
      coalesce(array_agg(pk::int ORDER BY pk), '{}') AS children,
      coalesce(array_agg(parent::int ORDER BY pk), '{}') AS parents
    FROM staged_task WHERE parent IS NOT NULL`);
  return links ?? { children: [], parents: [] };
}

/** Returns the positions of tasks in the dump, by id. */
export async function positionsOfTasks(tx: AuditedTransaction, pks: readonly number[]): Promise<Map<number, number>> {
  const rows = await tx.query<{ pk: number; record: number }>(sql`SELECT pk::float8, record::float8 FROM staged_task
    WHERE pk = ANY(${pks}::bigint[]) AND record IS NOT NULL`);
  return new Map(rows.map(({ pk, record }) => [pk, record]));
}

/**
 * Similar names are counted by their key: comparing each name with each takes hours for 100,000. `OFFSET 0` computes each key once.
 *
 * @param reservedNames usernames that the audit trail uses for those who have none
 */
export function findConspicuousRecords(
  tx: AuditedTransaction,
  keptIds: boolean,
  reservedNames: readonly string[],
): Promise<ConspicuousRecord[]> {
  return tx.query<ConspicuousRecord>(
    sql`SELECT 'completed_over_running' AS code, 'task' AS entity, p.pk::float8 FROM staged_task p
        WHERE p.status = 'completed' AND EXISTS (
          SELECT FROM staged_task c WHERE c.parent = p.pk AND c.status IN ('in_progress', 'blocked'))
      UNION ALL SELECT 'names_alike', 'user', s.pk FROM (
          SELECT pk, skeleton, count(*) OVER (PARTITION BY skeleton) AS alike
          FROM (SELECT pk, name_skeleton(username) AS skeleton FROM staged_user OFFSET 0) k) s
        JOIN import_map m ON m.entity = 'user' AND m.pk = s.pk AND m.state = 'new'
        WHERE s.alike > 1 OR s.skeleton IN (SELECT name_skeleton(username) FROM users WHERE NOT pending)
      UNION ALL SELECT 'names_reserved', 'user', s.pk FROM staged_user s
        JOIN import_map m ON m.entity = 'user' AND m.pk = s.pk AND m.state = 'new'
        WHERE name_skeleton(lower(s.username)) IN (SELECT name_skeleton(n) FROM unnest(${reservedNames}::text[]) AS n)
      UNION ALL SELECT 'changed_since', 'user', s.pk FROM staged_user s
        JOIN import_map m ON m.entity = 'user' AND m.pk = s.pk AND m.state = 'known'
        JOIN users u ON u.id = m.id WHERE lower(u.username) <> lower(s.username)
      UNION ALL SELECT 'assignee_inactive', 'task', s.pk FROM staged_task s
        JOIN import_map m ON m.entity = 'task' AND m.pk = s.pk AND m.state = 'new'
        JOIN import_map a ON a.entity = 'user' AND a.pk = s.assignee AND a.state <> 'new'
        JOIN users u ON u.id = a.id AND NOT u.is_active
        WHERE s.status <> 'completed' AND NOT EXISTS (SELECT FROM staged_user t WHERE t.pk = s.assignee AND NOT t.is_active)
      UNION ALL SELECT 'id_too_high', entity, pk FROM import_map
        WHERE ${keptIds} AND state = 'new' AND pk > ${HIGHEST_KEPT}
      UNION ALL SELECT 'matched', entity, pk FROM import_map WHERE state = 'matched'
      ORDER BY 1, 2, 3`,
  );
}
