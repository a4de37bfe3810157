import { isDeepStrictEqual } from 'node:util';
import { type EntityMetadata } from 'typeorm';
import { type ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js';

/** Column types whose values are the same in the driver and in an entity. */
const PLAIN = new Set([
  'text',
  'character varying',
  'varchar',
  'character',
  'uuid',
  'boolean',
  'integer',
  'smallint',
  'bigint',
  'numeric',
  'real',
  'double precision',
  'bytea',
  'timestamptz',
  'timestamp with time zone',
]);

/**
 * Returns the SQL that reads a column. Arrays of dates are read as text, since the driver would parse them as
 * midnights of the process's own zone.
 */
export function selected({ databaseName, type, isArray }: ColumnMetadata): string {
  return `"${databaseName}"${type === 'date' && isArray ? '::text[]' : ''}`;
}

/**
 * Converts column values between entity and driver by TypeORM's own rules for types and by the transformers of
 * columns, so that the trail records what a repository would read.
 */
export class ColumnValues {
  private readonly converted: ReadonlyMap<string, ColumnMetadata>;

  constructor(private readonly meta: EntityMetadata) {
    const { driver } = meta.connection;
    const columns = meta.columns.filter(
      // `simple-array` and `simple-json` are text to PostgreSQL.
      (column) => column.transformer || column.isArray || isSimple(column) || !PLAIN.has(driver.normalizeType(column)),
    );
    this.converted = new Map(columns.map((column) => [column.propertyName, column]));
  }

  /** Converts rows from the driver's values to the entity's, in place. */
  read<R extends object>(rows: R[]): R[] {
    if (this.converted.size === 0) return rows;
    for (const row of rows as Record<string, unknown>[])
      for (const [property, column] of this.converted)
        if (property in row)
          row[property] = this.meta.connection.driver.prepareHydratedValue(row[property], column) as unknown;
    return rows;
  }

  /** Converts a value of the entity to the driver's. */
  toDriver(value: unknown, property: string): unknown {
    const column = this.converted.get(property);
    return column ? (this.meta.connection.driver.preparePersistentValue(value, column) as unknown) : value;
  }

  /** True if the column would change its value. */
  differs(property: string, before: unknown, after: unknown): boolean {
    if (valuesEqual(before, after)) return false;
    if (!isObject(before) && !isObject(after) && !this.converted.has(property)) return true;
    return !valuesEqual(this.comparable(before, property), this.comparable(after, property));
  }

  /** Compares by JSON: an instant equals its text. */
  private comparable(value: unknown, property: string): unknown {
    return JSON.parse(JSON.stringify(this.toDriver(value, property) ?? null)) as unknown;
  }
}

const isSimple = ({ type }: ColumnMetadata): boolean => typeof type === 'string' && type.startsWith('simple-');
const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;

/** True for two values of a column that read the same. */
export function valuesEqual(a: unknown, b: unknown): boolean {
  return a === b || (typeof a === 'object' && typeof b === 'object' && isDeepStrictEqual(a, b));
}
