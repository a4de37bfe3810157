import sql, { join, raw, type Sql } from 'sql-template-tag';
import { type EntityMetadata } from 'typeorm';
import { type ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js';
import { ColumnValues, selected } from './column-values.js';
import { anyOfIds } from './prepared-statements.js';

/** New values of a row. */
export interface RowPatch {
  readonly id: number;
  readonly patch: object;
}

/** Columns that every update maintains, where a table has them. */
const MAINTAINED_BY_UPDATE = new Set(['updatedAt', 'version']);

/**
 * Builds the statements that lock and write rows of one entity. Where possible, their text does not depend on the
 * number of rows, so that each is prepared once.
 */
export class EntitySql {
  private readonly table: Sql;
  private readonly columns: Sql;
  readonly values: ColumnValues;

  constructor(private readonly meta: EntityMetadata) {
    this.table = raw(`"${meta.tableName}"`);
    this.columns = quotedList(meta.columns);
    this.values = new ColumnValues(meta);
  }

  /** Locks in the order of ids, so that two transactions cannot deadlock. @param omitted properties that are left out */
  lock(where: Sql, omitted: readonly string[] = []): Sql {
    const read = this.meta.columns.filter(({ propertyName }) => !omitted.includes(propertyName));
    return sql`SELECT ${omitted.length > 0 ? quotedList(read) : this.columns} FROM ${this.table} WHERE ${where} ORDER BY id FOR UPDATE`;
  }

  /** @param more further columns to return */
  insert(rows: readonly object[], more?: Sql): Sql {
    const given = this.meta.columns.filter(({ propertyName }) => rows.some((row) => propertyName in row));
    const values = rows.map(
      (row) =>
        sql`(${join(given.map(({ propertyName }) => (propertyName in row ? sql`${this.valueOf(row, propertyName)}` : sql`DEFAULT`)))})`,
    );
    const names = raw(given.map(({ databaseName }) => `"${databaseName}"`).join(', '));
    return sql`INSERT INTO ${this.table} (${names}) VALUES ${join(values)} RETURNING ${this.columns}${also(more)}`;
  }

  /** Returns the columns that it sets. */
  update(ids: readonly number[], patch: object, now: Date, more?: Sql): Sql {
    const changing = this.meta.columns.filter(
      ({ propertyName }) => propertyName in patch || MAINTAINED_BY_UPDATE.has(propertyName),
    );
    const sets = changing.map(({ databaseName, propertyName }) => {
      if (MAINTAINED_BY_UPDATE.has(propertyName)) return maintenance({ propertyName, databaseName }, now);
      return sql`${raw(`"${databaseName}"`)} = ${this.valueOf(patch, propertyName)}`;
    });
    return sql`UPDATE ${this.table} t SET ${join(sets)} WHERE id ${anyOfIds(ids)} RETURNING id, ${quotedList(changing)}${also(more)}`;
  }

  /**
   * Sets values of their own on rows, all those of `properties` on each. The text depends on the properties alone: the values
   * travel as one JSON parameter.
   */
  updateEach(rows: readonly RowPatch[], properties: readonly string[], now: Date, more?: Sql): Sql {
    const changing = this.meta.columns.filter(({ propertyName }) => properties.includes(propertyName));
    const types = changing.map((column, index) => raw(`c${index} ${this.typeOf(column)}`));
    const sets = changing.map(({ databaseName }, index) => raw(`"${databaseName}" = v.c${index}`));
    const values = rows.map(({ id, patch }) => ({
      id,
      ...Object.fromEntries(changing.map((column, index) => [`c${index}`, this.jsonOf(patch, column)])),
    }));
    const maintained = this.meta.columns.filter(({ propertyName }) => MAINTAINED_BY_UPDATE.has(propertyName));
    return sql`UPDATE ${this.table} t SET ${join([...sets, ...maintained.map((column) => maintenance(column, now))])}
      FROM json_to_recordset(${JSON.stringify(values)}::json) AS v(id integer, ${join(types)})
      WHERE t.id = v.id RETURNING t.id, ${quotedList([...changing, ...maintained])}${also(more)}`;
  }

  remove(ids: readonly number[]): Sql {
    return sql`DELETE FROM ${this.table} WHERE id ${anyOfIds(ids)}`;
  }

  private typeOf(column: ColumnMetadata): string {
    const name = column.enumName ? `"${column.enumName}"` : this.meta.connection.driver.normalizeType(column);
    return column.isArray ? `${name}[]` : name;
  }

  /** The value as `json_to_recordset` reads it: JSON as it is, since its text would be a string there. */
  private jsonOf(row: object, column: ColumnMetadata): unknown {
    const type = this.meta.connection.driver.normalizeType(column);
    if (/^jsonb?$/.test(type)) return valueIn(row, column.propertyName) ?? null;
    const given = this.valueOf(row, column.propertyName) ?? null;
    const value = type === 'timestamp without time zone' ? localTimes(given) : given;
    return Buffer.isBuffer(value) ? `\\x${value.toString('hex')}` : isInterval(value) ? value.toPostgres() : value;
  }

  private valueOf(row: object, property: string): unknown {
    return this.values.toDriver(valueIn(row, property), property);
  }
}

function maintenance(
  { propertyName, databaseName }: Pick<ColumnMetadata, 'propertyName' | 'databaseName'>,
  now: Date,
): Sql {
  const column = raw(`"${databaseName}"`);
  // Two replicas may read the database's clock with a millisecond between them: no record goes back in time.
  return propertyName === 'version' ? sql`${column} = t.${column} + 1` : sql`${column} = greatest(t.${column}, ${now})`;
}

/** Dates, also those of arrays, as the driver writes them where the type has no zone: in the local time of the process. */
function localTimes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(localTimes);
  if (!(value instanceof Date)) return value;
  return new Date(value.getTime() - value.getTimezoneOffset() * 60_000).toISOString().replace('Z', '');
}

/** An interval as the driver reads it, which has a text of its own. */
const isInterval = (value: unknown): value is { toPostgres(): string } =>
  typeof value === 'object' && value !== null && 'toPostgres' in value;

const also = (more: Sql | undefined): Sql => (more ? sql`, ${more}` : sql``);

/** Selects columns under the names of their properties. */
function quotedList(columns: readonly ColumnMetadata[]): Sql {
  return raw(columns.map((column) => `${selected(column)} AS "${column.propertyName}"`).join(', '));
}

export function valueIn(row: object, property: string): unknown {
  return (row as Record<string, unknown>)[property];
}
