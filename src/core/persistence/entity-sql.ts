import sql, { join, raw, type Sql } from 'sql-template-tag';
import { type EntityMetadata } from 'typeorm';
import { type ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js';
import { ColumnValues, selected } from './column-values.js';
import { anyOfIds } from './prepared-statements.js';

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

  /** Locks in the order of ids, so that two transactions cannot deadlock. */
  lock(where: Sql): Sql {
    return sql`SELECT ${this.columns} FROM ${this.table} WHERE ${where} ORDER BY id FOR UPDATE`;
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
      if (propertyName === 'version') return sql`version = version + 1`;
      const column = raw(`"${databaseName}"`);
      // Two replicas may read the database's clock with a millisecond between them: no record goes back in time.
      if (propertyName === 'updatedAt') return sql`${column} = greatest(${column}, ${now})`;
      return sql`${column} = ${this.valueOf(patch, propertyName)}`;
    });
    return sql`UPDATE ${this.table} SET ${join(sets)} WHERE id ${anyOfIds(ids)} RETURNING id, ${quotedList(changing)}${also(more)}`;
  }

  remove(ids: readonly number[]): Sql {
    return sql`DELETE FROM ${this.table} WHERE id ${anyOfIds(ids)}`;
  }

  private valueOf(row: object, property: string): unknown {
    return this.values.toDriver(valueIn(row, property), property);
  }
}

const also = (more: Sql | undefined): Sql => (more ? sql`, ${more}` : sql``);

/** Selects columns under the names of their properties. */
function quotedList(columns: readonly ColumnMetadata[]): Sql {
  return raw(columns.map((column) => `${selected(column)} AS "${column.propertyName}"`).join(', '));
}

export function valueIn(row: object, property: string): unknown {
  return (row as Record<string, unknown>)[property];
}
