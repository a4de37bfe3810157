import { Injectable } from '@nestjs/common';
import sql, { join, raw, type Sql } from 'sql-template-tag';
import { type Actor } from '../../../core/authorization/actor.js';
import { Clock } from '../../../core/clock.js';
import { VersionedJson } from '../../../core/http/entity-tags.js';
import { type SortKey } from '../../../core/http/keyset-pagination.js';
import { ListResponse } from '../../../core/http/list-response.js';
import { type PageQuery } from '../../../core/http/page.dto.js';
import { type RawRow, type RowSerializer } from '../../../core/http/row-serializer.js';
import { type AuditedTransaction } from '../../../core/persistence/audited-transaction.js';
import { Database } from '../../../infrastructure/database/database.js';
import { keysetReader } from '../../../infrastructure/database/keyset-list.js';
import { StudyProblem } from '../studies.problems.js';
import { accessJoins, visibleTo } from './study-access.sql.js';
import { type RecordKind, type RecordSource, type Sorts, type StudyRecord, type VersionedView } from './record-kind.js';
import { dayOf } from './columns.js';

/** A list of rows `r`, the same for records of every kind. */
interface RowList<V extends object> {
  /** Begins the names of its orders, so that no other list takes its cursors. */
  readonly name: string;
  readonly view: RowSerializer<V>;
  /** FROM clause without the word, with the joins of `accessJoins`. */
  readonly from: Sql;
  readonly sorts: Sorts;
  readonly conditions: readonly Sql[];
}

type SortedQuery = PageQuery & { readonly sort?: string };

/** Reads records of studies within the scope of the actor's policy. */
@Injectable()
export class StudyRecordsQueries {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Day in UTC by which stages and memberships are judged. */
  get today(): string {
    return dayOf(this.clock.now());
  }

  /** Lists records of a study. @throws Problem 404 `study_not_found` where the actor does not see the study */
  async list<E extends StudyRecord, V extends VersionedView>(
    actor: Actor,
    kind: RecordKind<E, V>,
    studyId: number,
    query: SortedQuery,
    conditions: readonly Sql[] = [],
  ): Promise<ListResponse<V[]>> {
    await this.assertStudyVisible(actor, studyId);
    return this.listRows(actor, query, {
      name: `${kind.table} of ${studyId}`,
      view: kind.view,
      sorts: kind.sorts,
      from: recordsFrom(kind, actor.id, this.today),
      conditions: [sql`r.study_id = ${studyId}`, visibleTo(actor), ...conditions],
    });
  }

  /** Answers a list with pages, a total and the whole of it. */
  listRows<V extends object>(actor: Actor, query: SortedQuery, list: RowList<V>): ListResponse<V[]> {
    const { sort = '', cursor } = query;
    const keyset = { cursorScope: `${list.name} ${sort}`, keys: keysOf(list.sorts, sort), view: list.view };
    const where = join(list.conditions, ' AND ');
    const source = { actorId: actor.id, cursor, from: list.from, where, context: undefined };
    return new ListResponse<V[]>(query, keysetReader(this.database, keyset, source));
  }

  /** Reads one record that the actor sees. @throws Problem 404 of the study or of the record */
  async readOrThrow<E extends StudyRecord, V extends VersionedView>(
    actor: Actor,
    kind: RecordKind<E, V>,
    studyId: number,
    id: number,
  ): Promise<VersionedJson<V>> {
    const [row] = await this.database
      .queryRaw(sql`SELECT ${kind.view.columns} FROM ${recordsFrom(kind, actor.id, this.today)}
      WHERE r.id = ${id} AND r.study_id = ${studyId} AND ${visibleTo(actor)}`);
    if (row) return versioned(kind.view, row, true);
    await this.assertStudyVisible(actor, studyId);
    throw kind.notFound(`${kind.label} ${id} not found in study ${studyId}`);
  }

  /** Reads a record in the transaction that wrote it. */
  async readBack<E extends StudyRecord, V extends VersionedView>(
    tx: AuditedTransaction,
    kind: RecordKind<E, V>,
    id: number,
  ): Promise<VersionedJson<V>> {
    const from = recordsFrom(kind, tx.principal.id ?? 0, dayOf(tx.now));
    const [row] = await tx.queryRaw(sql`SELECT ${kind.view.columns} FROM ${from} WHERE r.id = ${id}`);
    return versioned(kind.view, row as RawRow, true);
  }

  /** @throws Problem 404 `study_not_found` */
  async assertStudyVisible(actor: Actor, studyId: number): Promise<void> {
    const found = await this.database.row(sql`SELECT FROM studies s ${accessJoins(actor.id, this.today, undefined)}
      WHERE s.id = ${studyId} AND ${visibleTo(actor)}`);
    if (!found) throw StudyProblem.study_not_found(`Study ${studyId} not found`);
  }
}

/** FROM clause, without the word, of records `r` with what they are judged by. */
export function recordsFrom({ table, site }: RecordSource, userId: number, today: string): Sql {
  return sql`${raw(table)} r JOIN studies s ON s.id = r.study_id ${accessJoins(userId, today, raw(site))}`;
}

/**
 * Writes a row with the version that its view shows.
 *
 * @param varies true for a view with a stage, which the day or a task may change
 */
export const versioned = <V extends VersionedView>(
  view: RowSerializer<V>,
  row: RawRow,
  varies: boolean,
): VersionedJson<V> => new VersionedJson(view.serialize(row), Number(row[view.columnIndex('version')]), varies);

/** The requested order, then the id as tie-break in its direction. */
function keysOf(sorts: Sorts, sort: string): SortKey[] {
  const descending = sort.startsWith('-');
  const key = sorts[sort.replace('-', '')];
  return [...(key && key !== sorts.id ? [{ ...key, descending }] : []), { ...sorts.id, descending }];
}
