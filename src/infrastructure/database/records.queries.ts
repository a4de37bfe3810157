import { Injectable } from '@nestjs/common';
import sql, { join, raw, type Sql } from 'sql-template-tag';
import { DataSource } from 'typeorm';
import { type Actor } from '../../core/authorization/actor.js';
import { VersionedJson } from '../../core/http/entity-tags.js';
import { type ListReader } from '../../core/http/list-response.js';
import { type PageQuery } from '../../core/http/page.dto.js';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { Database, type PlanMode } from './database.js';
import { keysetReader, type KeysetList } from './keyset-list.js';
import { compileList, type CompiledList, type ListDefinition, type ListFilter } from './list-definition.js';
import { ilikeFilter } from './sql-filters.js';

/** Parameters of a list: its page, `sort` (`-` before a field reverses it), and its filters. */
export type ListQuery = PageQuery & { readonly sort?: readonly string[] | undefined };

type Row = { readonly id: number };

/** Reads records of entities by their list definitions, within the scope of their policies. */
@Injectable()
export class RecordsQueries {
  private readonly compiled = new WeakMap<object, CompiledList>();

  constructor(
    private readonly source: DataSource,
    private readonly database: Database,
  ) {}

  /**
   * Returns the list for a `ListResponse`, with the filters of the query.
   *
   * @throws Problem 422 `invalid_cursor` from its reads
   */
  list<E extends Row, V extends object>(definition: ListDefinition<E, V>, actor: Actor, query: ListQuery): ListReader {
    const list = this.compile(definition);
    return keysetReader(this.database, orderOf(list, query), {
      actorId: actor.id,
      cursor: query.cursor,
      from: list.from,
      where: join([list.visibleTo(actor), ...conditions(list, definition, query)], ' AND '),
      context: undefined,
      planned: planModeOf(definition, query),
    });
  }

  /** Reads one record that the actor sees, with its version; undefined where there is none. */
  async find<E extends Row, V extends object>(
    definition: ListDefinition<E, V>,
    actor: Actor,
    id: number,
  ): Promise<VersionedJson<V> | undefined> {
    const list = this.compile(definition);
    return written<V>(list, await this.database.queryRaw(sql`${oneSql(list, id)} AND ${list.visibleTo(actor)}`));
  }

  /**
   * Reads a record within the transaction that wrote it, without a check of who sees it: what the caller of a change gets.
   *
   * @throws Error where it is not there
   */
  async written<E extends Row, V extends object>(
    tx: AuditedTransaction,
    definition: ListDefinition<E, V>,
    id: number,
  ): Promise<VersionedJson<V>> {
    const list = this.compile(definition);
    const answer = written<V>(list, await tx.queryRaw(oneSql(list, id)));
    if (!answer) throw new Error(`${definition.entity.name} ${id} was not written`);
    return answer;
  }

  private compile<E extends Row, V extends object>(definition: ListDefinition<E, V>): CompiledList {
    const list = this.compiled.get(definition) ?? compileList(this.source.getMetadata(definition.entity), definition);
    this.compiled.set(definition, list);
    return list;
  }
}

/** Returns the order of a list, with the id as tie-break. */
function orderOf(
  { name, sortKeys, serializer }: CompiledList,
  { sort = [] }: ListQuery,
): KeysetList<Record<string, unknown>> {
  const fields = sort.some((field) => /^-?id$/.test(field)) ? sort : [...sort, 'id'];
  const keys = fields.flatMap((field) => {
    const key = sortKeys[field.replace(/^-/, '')];
    return key ? [{ ...key, descending: field.startsWith('-') }] : [];
  });
  return { cursorScope: `${name} ${fields.join(',')}`, keys, view: serializer };
}

function oneSql({ serializer, from, version }: CompiledList, id: number): Sql {
  return sql`SELECT ${serializer.columns}, ${raw(version ?? '1')} FROM ${from} WHERE r.id = ${id}`;
}

function written<T>({ serializer }: CompiledList, [row]: readonly (readonly (string | null)[])[]) {
  return row && new VersionedJson<T>(serializer.serialize(row), Number(row[serializer.width]));
}

function conditions<E extends Row, V extends object>(
  list: CompiledList,
  { filters }: ListDefinition<E, V>,
  query: object,
): Sql[] {
  return Object.entries(filters).flatMap(([name, filter]) => {
    const value = (query as Record<string, unknown>)[name];
    return value === undefined ? [] : conditionOf(list, filter, value);
  });
}

function conditionOf<E>({ columns, comparable }: CompiledList, filter: ListFilter<E>, value: unknown): Sql[] {
  if ('search' in filter)
    return ilikeFilter(
      filter.search.map((property) => columns[property] ?? ''),
      String(value),
    );
  const [[kind = '', property = ''] = []] = Object.entries(filter) as [string, string][];
  const [name, typeName] = comparable[property] ?? ['', ''];
  const [column, type] = [raw(name), raw(typeName)];
  if (kind === 'anyOf') {
    const values = [value].flat();
    if (values.length > 1) return [sql`${column} = ANY(${values}::${type}[])`];
    return [sql`${column} = ${values[0]}::${type}`];
  }
  return [sql`${column} ${raw(OPERATORS[kind] ?? '=')} ${value}::${type}`];
}

const OPERATORS: Readonly<Record<string, string>> = { from: '>=', before: '<', to: '<=' };

/** Filters have one plan each: their combinations exceed the names of statements. */
function planModeOf<E extends Row, V extends object>({ filters }: ListDefinition<E, V>, query: object): PlanMode {
  const given = Object.keys(filters).some((name) => (query as Record<string, unknown>)[name] !== undefined);
  return given ? 'custom' : 'generic';
}
