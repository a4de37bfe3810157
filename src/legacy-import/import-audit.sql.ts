import sql, { join, raw, type Sql } from 'sql-template-tag';
import { type ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js';
import { auditMetadataOf } from '../core/persistence/audited.decorator.js';
import { type AuditedTransaction } from '../core/persistence/audited-transaction.js';
import { iso } from '../infrastructure/database/database.js';
import { type EntityWithId } from './sources/legacy-source.js';
import { Tag } from '../tasks/tags/tag.entity.js';
import { Task } from '../tasks/task.entity.js';
import { User } from '../users/user.entity.js';

const ENTITY_CLASSES: readonly (readonly [EntityWithId, typeof User | typeof Tag | typeof Task])[] = [
  ['user', User],
  ['tag', Tag],
  ['task', Task],
];

/** Writes one audit entry for each imported user, tag and task, with its audited fields. */
export async function recordImported(tx: AuditedTransaction): Promise<void> {
  for (const [entity, entityClass] of ENTITY_CLASSES) await tx.query(entriesSql(tx, entity, entityClass));
}

function entriesSql(
  tx: AuditedTransaction,
  entity: EntityWithId,
  entityClass: (typeof ENTITY_CLASSES)[number][1],
): Sql {
  const { principal } = tx;
  const { type, nameProperty = '' } = auditMetadataOf(entityClass);
  const meta = tx.metadataOf(entityClass);
  const version = meta.findColumnWithPropertyName('version') ? sql`t.version` : sql`NULL`;
  const updatedAt = meta.findColumnWithPropertyName('updatedAt') ? sql`t.updated_at` : sql`NULL::timestamptz`;
  const tags = entity === 'task' ? taggedWith : sql`'{}'`;
  return sql`INSERT INTO audit_trail (actor_id, actor_name, actor_role, action, entity_type, entity_id, entity_version,
      entity_name, entity_updated_at, changes, reason)
    SELECT ${principal.id}::int, ${principal.username}::text, ${principal.role}::text, ${`${type}.imported`}, ${type}, t.id,
      ${version}, ${raw(`t."${meta.findColumnWithPropertyName(nameProperty)?.databaseName}"`)},
      ${updatedAt}, jsonb_strip_nulls(jsonb_build_object(${recordedFields(tx, entityClass)})) || ${tags},
      ${principal.requestContext.reason}::text
    FROM ${raw(`"${meta.tableName}"`)} t
    JOIN import_map m ON m.entity = ${entity} AND m.state = 'new' AND m.id = t.id ORDER BY t.id`;
}

/** Selects tags in the shape that the creation of a task with tags records. */
const taggedWith = sql`coalesce((SELECT jsonb_build_object('tags', jsonb_build_array('[]'::jsonb,
  jsonb_agg(tt.tag_id ORDER BY tt.tag_id))) FROM task_tags tt WHERE tt.task_id = t.id HAVING count(*) > 0), '{}')`;

function recordedFields(tx: AuditedTransaction, entityClass: (typeof ENTITY_CLASSES)[number][1]): Sql {
  const meta = tx.metadataOf(entityClass);
  const { fields } = auditMetadataOf(entityClass);
  return join(
    Object.entries(fields).flatMap(([property, name]) => {
      const column = meta.findColumnWithPropertyName(property);
      return column ? [sql`${raw(`'${name}'`)}, ${changeSql(column)}`] : [];
    }),
  );
}

/** Selects `[null, value]` in the JSON format of JavaScript; null where there is no value. */
function changeSql({ databaseName, type }: ColumnMetadata): Sql {
  const column = raw(`t."${databaseName}"`);
  const value = type === 'timestamptz' ? iso(column) : type === 'numeric' ? sql`${column}::text` : column;
  return sql`CASE WHEN ${column} IS NOT NULL THEN jsonb_build_array(NULL, ${value}) END`;
}
