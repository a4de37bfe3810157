import sql, { raw, type Sql } from 'sql-template-tag';
import { type Tx } from '../core/tx.js';
import { type ImportFindings } from '../legacy-reading/import-findings.js';
import { NUMBERED, type Entity, type LegacySource, type Numbered } from '../legacy-reading/legacy-source.js';
import { HIGHEST_KEPT } from './id-map.js';
import { staged } from './staging.js';
import { cycles } from './task-cycles.js';

interface FoundFault {
  readonly entity: Entity;
  readonly pk: number;
  readonly field: string;
  readonly message: string;
}

/** Column of a staging table, and the rows here that would have the same value. Pending accounts reserve none. */
const UNIQUE: readonly (readonly [entity: Numbered, column: string, table: string, rows: Sql])[] = [
  ['user', 'username', 'users', sql`users t WHERE NOT t.pending`],
  ['user', 'email', 'users', sql`users t WHERE NOT t.pending`],
  ['tag', 'name', 'tags', sql`tags t WHERE TRUE`],
];

/** Column of a staging table, the field as it is called there, and what it refers to. */
const REFERENCES: readonly (readonly [entity: Entity, column: string, field: string, to: Numbered])[] = [
  ['task', 'assignee', 'assigned_to', 'user'],
  ['task', 'creator', 'created_by', 'user'],
  ['task', 'parent', 'parent_task', 'task'],
  ['link', 'task', 'task', 'task'],
  ['link', 'tag', 'tags', 'tag'],
  ['history', 'task', 'task', 'task'],
  ['notification', 'user', 'user', 'user'],
  ['notification', 'task', 'task', 'task'],
];

/** Checks what no single record shows. Every fault found goes to the findings. */
export async function checkRecords(tx: Tx, models: LegacySource['models'], findings: ImportFindings): Promise<void> {
  const statements = [
    ...NUMBERED.map(repeatedPks),
    ...UNIQUE.flatMap(([entity, column, table, rows]) => [
      repeated(entity, column),
      taken(entity, column, table, rows),
    ]),
    ...REFERENCES.map(dangling),
  ];
  for (const statement of statements) {
    for (const { entity, ...fault } of await tx.query<FoundFault>(statement)) {
      findings.fault({ model: models[entity], ...fault });
    }
  }
  for (const cycle of await taskCycles(tx)) {
    const path = [...cycle, cycle[0]].join(' → ');
    const message = cycle.length === 1 ? 'parent_task is the task itself' : `parent_task closes a circle: ${path}`;
    cycle.forEach((pk) => findings.fault({ model: models.task, pk, field: 'parent_task', message }));
  }
}

/** What may be, yet should be known. */
export async function noteOddities(
  tx: Tx,
  models: LegacySource['models'],
  findings: ImportFindings,
  keptIds: boolean,
): Promise<void> {
  const oddities = await tx.query<{
    code: 'completed_over_running' | 'changed_since' | 'matched' | 'id_too_high';
    entity: Entity;
    pk: number;
  }>(
    sql`SELECT 'completed_over_running' AS code, 'task' AS entity, p.pk::float8 FROM staged_task p
        WHERE p.status = 'completed' AND EXISTS (
          SELECT FROM staged_task c WHERE c.parent = p.pk AND c.status IN ('in_progress', 'blocked'))
      UNION ALL SELECT 'changed_since', 'user', s.pk FROM staged_user s
        JOIN import_map m ON m.entity = 'user' AND m.pk = s.pk AND m.state = 'known'
        JOIN users u ON u.id = m.id WHERE lower(u.username) <> lower(s.username)
      UNION ALL SELECT 'id_too_high', entity, pk FROM import_map
        WHERE ${keptIds} AND state = 'new' AND pk > ${HIGHEST_KEPT}
      UNION ALL SELECT 'matched', entity, pk FROM import_map WHERE state = 'matched'
      ORDER BY 1, 2, 3`,
  );
  for (const { code, entity, pk } of oddities) findings.see(code, `${models[entity]} ${pk}`);
}

function repeatedPks(entity: Numbered): Sql {
  return sql`SELECT ${entity} AS entity, pk::float8, 'pk' AS field, format('pk is that of %s records', count(*)) AS message
    FROM ${staged(entity)} GROUP BY pk HAVING count(*) > 1 ORDER BY pk`;
}

function repeated(entity: Numbered, column: string): Sql {
  const value = raw(column);
  return sql`SELECT ${entity} AS entity, pk::float8, ${column} AS field,
      format('%s "%s" is also that of record %s', ${column}::text, value, first) AS message
    FROM (SELECT pk, ${value} AS value, min(pk) OVER (PARTITION BY lower(${value})) AS first
      FROM ${staged(entity)} WHERE ${value} IS NOT NULL) s
    WHERE pk <> first ORDER BY pk`;
}

function taken(entity: Numbered, column: string, table: string, rows: Sql): Sql {
  const value = raw(column);
  const option = raw(`--match-${table}`);
  return sql`SELECT ${entity} AS entity, s.pk::float8, ${column} AS field,
      format('%s "%s" is taken here already, by id %s (see ${option})', ${column}::text, s.${value}, t.id) AS message
    FROM ${staged(entity)} s
    JOIN import_map m ON m.entity = ${entity} AND m.pk = s.pk AND m.state = 'new'
    JOIN (SELECT id, ${value} FROM ${rows}) t ON lower(t.${value}) = lower(s.${value}) ORDER BY s.pk`;
}

function dangling([entity, column, field, to]: (typeof REFERENCES)[number]): Sql {
  const reference = raw(`s."${column}"`);
  const pk = raw(entity === 'link' ? 's.task' : 's.pk');
  return sql`SELECT ${entity} AS entity, ${pk}::float8 AS pk, ${field} AS field,
      format('%s refers to %s %s, which is not there', ${field}::text, ${to}::text, ${reference}) AS message
    FROM ${staged(entity)} s WHERE ${reference} IS NOT NULL
      AND NOT EXISTS (SELECT FROM import_map m WHERE m.entity = ${to} AND m.pk = ${reference}) ORDER BY 2`;
}

async function taskCycles(tx: Tx): Promise<number[][]> {
  const [links] = await tx.query<{ children: number[]; parents: number[] }>(sql`SELECT
      coalesce(array_agg(pk::int ORDER BY pk), '{}') AS children,
      coalesce(array_agg(parent::int ORDER BY pk), '{}') AS parents
    FROM staged_task WHERE parent IS NOT NULL`);
  return cycles(links?.children ?? [], links?.parents ?? []);
}
