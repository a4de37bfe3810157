import { type FastifyReply, type FastifyRequest } from 'fastify';
import sql, { join, raw, type Sql } from 'sql-template-tag';
import { type RowSerializer, type RawRow } from './row-serializer.js';
import { CoreProblem } from './problem.js';

/** One key of an order: an SQL expression that is never null, and the type that its text form is cast to. */
export interface SortKey {
  readonly expression: string;
  readonly type: 'int' | 'timestamptz' | 'text' | 'bigint';
  readonly descending?: boolean;
}

/**
 * Where the next page starts: the sort keys of the last row sent, as text, under the list and the order that they belong
 * to, as in `tasks -deadline`.
 */
interface Cursor {
  readonly order: string;
  readonly after: readonly string[];
}

/** A row as JSON text. */
export interface JsonRow {
  readonly json: string;
}

/** A row of a page: with its sort keys as text, for the cursor. */
export interface PageRow extends JsonRow {
  readonly cursor: string[];
}

/** A page: a JSON array, and the cursor of the next page if there is one. */
export interface JsonPage extends JsonRow {
  readonly next?: string;
}

/**
 * A page, from its rows and the one behind it.
 *
 * @param rows one more than `limit`, if there are that many
 * @param order the name of the list and of its order: no other one takes its cursors
 */
export function toPage(rows: readonly PageRow[], limit: number, order: string): JsonPage {
  const page = rows.slice(0, limit);
  const last = rows.length > limit ? page.at(-1) : undefined;
  const json = `[${page.map((row) => row.json).join(',')}]`;
  return last ? { json, next: encodeCursor(order, last.cursor) } : { json };
}

/** The same from rows that are read as text: the keys of a cursor stand behind the columns of their view. */
export function toPageFromRaw<C>(
  rows: readonly RawRow[],
  limit: number,
  order: string,
  view: RowSerializer<C>,
  context: C,
): JsonPage {
  const length = Math.min(rows.length, limit);
  let json = '';
  for (let i = 0; i < length; i++) json += (i === 0 ? '' : ',') + view.serialize(rows[i] as RawRow, context);
  const last = rows.length > limit ? rows[length - 1] : undefined;
  return { json: `[${json}]`, ...(last && { next: encodeCursor(order, last.slice(view.width) as string[]) }) };
}

/** The rows that a page starts from: all of them without a cursor. @throws Problem 422 `invalid_cursor` */
export function cursorCondition(cursor: string | undefined, order: string, keys: readonly SortKey[]): Sql {
  return afterKeyset(keys, decodeCursor(cursor, order, keys));
}

/** The sort keys of the row that a cursor stands behind, as text. @throws Problem 422 `invalid_cursor` */
export function decodeCursor(
  cursor: string | undefined,
  order: string,
  keys: readonly SortKey[],
): readonly string[] | undefined {
  return cursor === undefined ? undefined : parseCursor(cursor, order, keys);
}

/** Opaque to clients. */
function encodeCursor(order: string, after: readonly string[]): string {
  return Buffer.from(JSON.stringify([order, ...after])).toString('base64url');
}

/** @throws Problem 422 `invalid_cursor` for a cursor that is broken or of another order */
function parseCursor(text: string, order: string, keys: readonly SortKey[]): Cursor['after'] {
  const parts = parseParts(text);
  const [given, ...after] = parts;
  const fits =
    given === order && after.length === keys.length && after.every((part, i) => plausible(part, keys[i]?.type));
  if (!fits) throw CoreProblem.invalid_cursor();
  return after;
}

function parseParts(text: string): string[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    return Array.isArray(parts) && parts.every((part) => typeof part === 'string') ? parts : [];
  } catch {
    return [];
  }
}

/** Whether a text can be cast to the key's type, so that a forged cursor is a 422 and no error of the database. */
function plausible(part: string, type: SortKey['type'] | undefined): boolean {
  if (type === 'int') return /^-?\d{1,9}$/.test(part) || (/^\d{10}$/.test(part) && Number(part) <= 2_147_483_647);
  if (type === 'bigint') return /^\d{1,18}$/.test(part);
  if (type === 'timestamptz')
    return /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?\+00$/.test(part) && !Number.isNaN(Date.parse(`${part}:00`));
  return !part.includes('\0') && part.isWellFormed();
}

/** The keys of a row as text, to make the cursor of the page that it ends. Selected as `"cursor"`. */
export function cursorColumns(keys: readonly SortKey[]): Sql {
  const texts = keys.map(({ expression, type }) =>
    type === 'timestamptz'
      ? raw(`to_char(${expression} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US"+00"')`)
      : raw(`(${expression})::text`),
  );
  return sql`ARRAY[${join(texts)}] AS "cursor"`;
}

/** The same keys as columns of a row that is read as text, from which they go into the cursor as they are. */
export function cursorColumnsRaw(keys: readonly SortKey[]): Sql {
  return join(keys.map(({ expression }) => raw(expression)));
}

/**
 * At most so many rows. Written into the text: of a parameter the planner assumes a tenth of all rows, and walks the
 * order of the list where an index on whose rows they are would do.
 */
export const limitSql = (rows: number): Sql => raw(`LIMIT ${Math.trunc(rows)}`);

/** The sizes of pages, and one row more each: a text for every size would use up the names that statements have. */
const FETCHED = [11, 21, 26, 51, 101, 201, 501, 1001];

/** How many rows to fetch for a page, to know whether there is another: some more than needed where the size is unusual. */
export const fetchSize = (limit: number): number => FETCHED.find((rows) => rows > limit) ?? limit + 1;

export function orderBy(keys: readonly SortKey[]): Sql {
  return join(keys.map(({ expression, descending }) => raw(`${expression} ${descending ? 'DESC' : 'ASC'}`)));
}

/**
 * The rows behind one that is given by its keys; all of them where none is. Keys of one direction are compared as a row, which an index answers in one step; mixed
 * directions key by key.
 */
export function afterKeyset(keys: readonly SortKey[], after: readonly string[] | undefined): Sql {
  if (!after) return sql`TRUE`;
  const values = keys.map(({ type }, i) => sql`${after[i]}::${raw(type)}`);
  if (keys.every(({ descending }) => Boolean(descending) === Boolean(keys[0]?.descending))) {
    const row = raw(keys.map(({ expression }) => expression).join(', '));
    return sql`(${row}) ${raw(keys[0]?.descending ? '<' : '>')} (${join(values)})`;
  }
  const steps = keys.map(({ expression, descending }, i) => {
    const equal = keys.slice(0, i).map((key, k) => sql`${raw(key.expression)} = ${values[k]}`);
    return sql`(${join([...equal, sql`${raw(expression)} ${raw(descending ? '<' : '>')} ${values[i]}`], ' AND ')})`;
  });
  // Every step implies it, and an index starts there.
  const from = sql`${raw(keys[0]?.expression ?? '')} ${raw(keys[0]?.descending ? '<=' : '>=')} ${values[0]}`;
  return sql`(${from} AND (${join(steps, ' OR ')}))`;
}

/** Tells the client where the next page is (RFC 8288). */
export function setNextLink(request: FastifyRequest, reply: FastifyReply, cursor: string): void {
  const [path = '/'] = request.url.split('?', 1);
  const parameters = new URLSearchParams(request.url.slice(path.length));
  parameters.set('cursor', cursor);
  void reply.header('Link', `<${path}?${parameters.toString()}>; rel="next"`);
}
