import { raw, type Sql } from 'sql-template-tag';
import { type EntityMetadata } from 'typeorm';
import { type ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js';
import { type Actor } from '../../core/authorization/actor.js';
import { inScope, type Policy } from '../../core/authorization/policy.js';
import { type SortKey } from '../../core/http/keyset-pagination.js';
import {
  jsonString,
  pgBoolean,
  pgIntArray,
  pgTimestamp,
  rawJson,
  RowSerializer,
  unescapedString,
  type ColumnSerializer,
} from '../../core/http/row-serializer.js';
import { type EntityClass } from '../../core/persistence/audited-transaction.js';

type Property<E> = keyof E & string;

/**
 * Filter of a list: one or more values of a property; a bound of it (`from` includes its value, `before` does not, `to`
 * does); or a text that any of some properties contains, ignoring case.
 */
export type ListFilter<E> =
  | { readonly anyOf: Property<E> }
  | { readonly from: Property<E> }
  | { readonly before: Property<E> }
  | { readonly to: Property<E> }
  | { readonly search: readonly Property<E>[] };

/**
 * Declaration of the lists and single reads of an entity. `V` is the DTO of the answer: a field that is missing in `view`, or
 * that the DTO does not have, does not compile.
 */
export interface ListDefinition<E extends { readonly id: number }, V extends object> {
  readonly entity: EntityClass<E>;
  /** Fields of the answer in their order: name → property. */
  readonly view: { readonly [K in keyof V]: Property<E> };
  /** Query parameters by name; a parameter that is undefined filters nothing. */
  readonly filters: Readonly<Record<string, ListFilter<E>>>;
  /** Fields of the view that are never null, for `sort`; the id decides between equals. */
  readonly sorts: readonly (keyof V & string)[];
  /** Rows that an actor sees; it judges by properties. */
  readonly policy: Policy<E>;
}

/**
 * Declares how records of an entity are listed; `RecordsQueries` reads them. Columns are those of TypeORM's metadata.
 */
export function defineList<E extends { readonly id: number }, V extends object>(
  definition: ListDefinition<E, V>,
): ListDefinition<E, V> {
  return Object.freeze(definition);
}

/** A list definition with the SQL of its entity. */
export interface CompiledList {
  /** Begins the names of its orders, so that no other list takes its cursors. */
  readonly name: string;
  readonly from: Sql;
  readonly serializer: RowSerializer<Record<string, unknown>>;
  /** SQL of each property. */
  readonly columns: Readonly<Record<string, string>>;
  /** Condition on the rows that an actor sees. */
  readonly visibleTo: (actor: Actor) => Sql;
  /** SQL of each property as filters compare it, and the type of its values. */
  readonly comparable: Readonly<Record<string, readonly [column: string, type: string]>>;
  readonly sortKeys: Readonly<Record<string, SortKey>>;
  readonly version: string | undefined;
}

const SORTABLE: Readonly<Record<string, SortKey['type']>> = {
  integer: 'int',
  bigint: 'bigint',
  date: 'date',
  timestamptz: 'timestamptz',
  text: 'text',
  varchar: 'text',
  enum: 'text',
};

const SERIALIZERS: Readonly<Record<string, ColumnSerializer>> = {
  integer: rawJson,
  bigint: rawJson,
  'double precision': rawJson,
  json: rawJson,
  jsonb: rawJson,
  boolean: pgBoolean,
  date: unescapedString,
  numeric: unescapedString,
  uuid: unescapedString,
  timestamptz: pgTimestamp,
  text: jsonString,
  varchar: jsonString,
  enum: jsonString,
};

/** @throws Error for a column whose values have no JSON here, or a sort key that may be null */
export function compileList<E extends { readonly id: number }, V extends object>(
  meta: EntityMetadata,
  { view, sorts, policy }: ListDefinition<E, V>,
): CompiledList {
  const byProperty = new Map(meta.columns.map((column) => [column.propertyName, column]));
  const columnOf = (property: string): ColumnMetadata => {
    const column = byProperty.get(property);
    if (!column) throw new Error(`${meta.name} has no column "${property}"`);
    return column;
  };
  const all = [...byProperty.values()];
  const fields = Object.entries<string>(view).map(([name, property]) => [name, fieldOf(columnOf(property))] as const);
  const keys = [...sorts, 'id'].map(
    (name) => [name, sortKeyOf(columnOf((view as Record<string, string>)[name] ?? 'id'))] as const,
  );
  const columns = Object.fromEntries(all.map((column) => [column.propertyName, sqlOf(column)]));
  return {
    name: meta.tableName,
    from: raw(`"${meta.tableName}" r`),
    serializer: new RowSerializer(Object.fromEntries(fields)),
    columns,
    visibleTo: (actor) => inScope(policy(actor), columns as { readonly [K in keyof E]?: string }),
    comparable: Object.fromEntries(all.map((column) => [column.propertyName, comparable(column)])),
    sortKeys: Object.fromEntries(keys),
    version: byProperty.has('version') ? 'r."version"' : undefined,
  };
}

const sqlOf = ({ databaseName }: ColumnMetadata): string => `r."${databaseName}"`;

/** Name of a column's type, of those that PostgreSQL has several names for. */
function typeOf(column: ColumnMetadata): string {
  const type = column.enum ? 'enum' : column.entityMetadata.connection.driver.normalizeType(column);
  const names: Readonly<Record<string, string>> = {
    'character varying': 'varchar',
    'timestamp with time zone': 'timestamptz',
    smallint: 'integer',
  };
  return names[type] ?? type;
}

/** Enumerated values are compared as text, for any name of their type. */
const comparable = (column: ColumnMetadata): readonly [string, string] =>
  typeOf(column) === 'enum' ? [`${sqlOf(column)}::text`, 'text'] : [sqlOf(column), typeOf(column)];

function fieldOf(column: ColumnMetadata): readonly [Sql, ColumnSerializer] {
  const serializer = column.isArray
    ? typeOf(column) === 'integer'
      ? pgIntArray
      : undefined
    : SERIALIZERS[typeOf(column)];
  if (!serializer || column.transformer)
    throw new Error(
      `A list cannot show "${column.propertyName}" of ${column.entityMetadata.name}: its type has no JSON`,
    );
  return [raw(sqlOf(column)), serializer];
}

function sortKeyOf(column: ColumnMetadata): SortKey {
  const type = column.isArray ? undefined : SORTABLE[typeOf(column)];
  if (!type || column.isNullable)
    throw new Error(`A list cannot be sorted by "${column.propertyName}": it may be null, or its type has no order`);
  return { expression: type === 'text' ? `${sqlOf(column)}::text` : sqlOf(column), type };
}
