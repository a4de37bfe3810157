import { isDeepStrictEqual } from 'node:util';
import { type EntityMetadata } from 'typeorm';
import { type ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js';

/** Types whose values are the same to the driver and to an entity. */
const PLAIN = new Set([
  ...['text', 'character varying', 'varchar', 'character', 'uuid', 'boolean', 'integer', 'smallint', 'bigint'],
  ...['numeric', 'real', 'double precision', 'bytea', 'timestamptz', 'timestamp with time zone'],
]);

/** The SQL that reads a column: arrays of days as text, since the driver would read midnights of the process's own zone. */
export function selected({ databaseName, type, isArray }: ColumnMetadata): string {
  return `"${databaseName}"${type === 'date' && isArray ? '::text[]' : ''}`;
}

/**
 * The values of the columns of an entity as the entity has them, and as the driver takes them: by TypeORM's own rules for
 * types and by the transformers of columns. So what is recorded is what a repository would read.
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

  /** Rows as the driver read them, as entities have them. */
  read<R extends object>(rows: R[]): R[] {
    if (this.converted.size === 0) return rows;
    for (const row of rows as Record<string, unknown>[])
      for (const [property, column] of this.converted)
        if (property in row)
          row[property] = this.meta.connection.driver.prepareHydratedValue(row[property], column) as unknown;
    return rows;
  }

  /** A value as the driver takes it. */
  written(value: unknown, property: string): unknown {
    const column = this.converted.get(property);
    return column ? (this.meta.connection.driver.preparePersistentValue(value, column) as unknown) : value;
  }

  /** Whether a column would have another value afterwards. */
  differs(property: string, before: unknown, after: unknown): boolean {
    if (valuesEqual(before, after)) return false;
    if (!isObject(before) && !isObject(after) && !this.converted.has(property)) return true;
    return !valuesEqual(this.shown(before, property), this.shown(after, property));
  }

  /** As JSON has it: an instant is the same as its text. */
  private shown(value: unknown, property: string): unknown {
    return JSON.parse(JSON.stringify(this.written(value, property) ?? null)) as unknown;
  }
}

const isSimple = ({ type }: ColumnMetadata): boolean => typeof type === 'string' && type.startsWith('simple-');
const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;

/** Whether two values of a column are the same to a reader. */
export function valuesEqual(a: unknown, b: unknown): boolean {
  return a === b || (typeof a === 'object' && typeof b === 'object' && isDeepStrictEqual(a, b));
}
