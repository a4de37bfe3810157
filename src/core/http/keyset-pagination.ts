import { type FastifyReply, type FastifyRequest } from 'fastify';
import sql, { join, raw, type Sql } from 'sql-template-tag';
import { type RowSerializer, type RawRow } from './row-serializer.js';
import { requestedOrigin } from './origin-forms.js';
import { CoreProblem } from './problem.js';

/** Key of a sort order: an SQL expression that is never null, and the type to which its text form is cast. */
export interface SortKey {
  readonly expression: string;
  readonly type: 'int' | 'timestamptz' | 'date' | 'text' | 'bigint';
  readonly descending?: boolean;
}

/**
 * Start of the next page: the sort keys of the last row sent, as text, and the list and order that they belong to,
 * such as `tasks -deadline`.
 */
interface Cursor {
  readonly cursorScope: string;
  readonly after: readonly string[];
}

/** Row as JSON text. */
export interface JsonRow {
  readonly json: string;
}

/** Row of a page: with its sort keys as text, for the cursor. */
export interface PageRow extends JsonRow {
  readonly cursor: string[];
}

/** Page of a list: a JSON array, and the cursor of the next page if there is one. */
export interface JsonPage extends JsonRow {
  readonly next?: string;
}

/**
 * Makes a page from its rows and the first row of the next.
 *
 * @param rows one more than `limit`, if there are that many
 * @param cursorScope name of the list and its order; no other list accepts its cursors
 */
export function toPage(rows: readonly PageRow[], limit: number, cursorScope: string): JsonPage {
  const page = rows.slice(0, limit);
  const last = rows.length > limit ? page.at(-1) : undefined;
  const json = `[${page.map((row) => row.json).join(',')}]`;
  return last ? { json, next: encodeCursor(cursorScope, last.cursor) } : { json };
}

/** Makes a page from raw rows: the keys of the cursor follow the columns of the serializer. */
export function toPageFromRaw<V extends object, C>(
  rows: readonly RawRow[],
  limit: number,
  cursorScope: string,
  serializer: RowSerializer<V, C>,
  context: C,
): JsonPage {
  const length = Math.min(rows.length, limit);
  let json = '';
  for (let i = 0; i < length; i++) json += (i === 0 ? '' : ',') + serializer.serialize(rows[i] as RawRow, context);
  const last = rows.length > limit ? rows[length - 1] : undefined;
  return {
    json: `[${json}]`,
    ...(last && { next: encodeCursor(cursorScope, last.slice(serializer.width) as string[]) }),
  };
}

/** Renders the condition on the rows of a page; all rows without a cursor. @throws Problem 422 `invalid_cursor` */
export function cursorCondition(cursor: string | undefined, cursorScope: string, keys: readonly SortKey[]): Sql {
  return afterKeyset(keys, decodeCursor(cursor, cursorScope, keys));
}

/** Returns the sort keys of the row before the page, as text. @throws Problem 422 `invalid_cursor` */
export function decodeCursor(
  cursor: string | undefined,
  cursorScope: string,
  keys: readonly SortKey[],
): readonly string[] | undefined {
  return cursor === undefined ? undefined : parseCursor(cursor, cursorScope, keys);
}

/** Encodes a cursor, which is opaque to clients. */
function encodeCursor(cursorScope: string, after: readonly string[]): string {
  return Buffer.from(JSON.stringify([cursorScope, ...after])).toString('base64url');
}

/** Parses a cursor. @throws Problem 422 `invalid_cursor` for a malformed cursor or one of another order */
function parseCursor(text: string, cursorScope: string, keys: readonly SortKey[]): Cursor['after'] {
  const parts = parseParts(text);
  const [given, ...after] = parts;
  const fits =
    given === cursorScope && after.length === keys.length && after.every((part, i) => isCastable(part, keys[i]?.type));
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

/** True if a text can be cast to the key's type, so that a forged cursor is a 422 and no database error. */
function isCastable(part: string, type: SortKey['type'] | undefined): boolean {
  if (type === 'int') return /^-?\d{1,9}$/.test(part) || (/^\d{10}$/.test(part) && Number(part) <= 2_147_483_647);
  if (type === 'bigint') return /^\d{1,18}$/.test(part);
  if (type === 'date') return /^\d{4}-\d\d-\d\d$/.test(part) && isCalendarDay(part);
  if (type === 'timestamptz')
    return /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?\+00$/.test(part) && !Number.isNaN(Date.parse(`${part}:00`));
  return !part.includes('\0') && part.isWellFormed();
}

/** False for days that JavaScript would roll over, such as 31 February, and for the year 0. */
function isCalendarDay(day: string): boolean {
  const time = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(time) && !day.startsWith('0000') && new Date(time).toISOString().startsWith(day);
}

/** Selects the keys of a row as text, as `"cursor"`, for the cursor of the page that it ends. */
export function cursorColumns(keys: readonly SortKey[]): Sql {
  const texts = keys.map(({ expression, type }) =>
    type === 'timestamptz'
      ? raw(`to_char(${expression} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US"+00"')`)
      : raw(`(${expression})::text`),
  );
  return sql`ARRAY[${join(texts)}] AS "cursor"`;
}

/** Selects the keys as columns of a raw row, whose text goes into the cursor unchanged. */
export function cursorColumnsRaw(keys: readonly SortKey[]): Sql {
  return join(keys.map(({ expression }) => raw(expression)));
}

/**
 * Renders a LIMIT as a literal: for a parameter the planner assumes a tenth of all rows, and walks the order of the
 * list where an index on the condition would do.
 */
export const limitSql = (rows: number): Sql => raw(`LIMIT ${Math.trunc(rows)}`);

/**
 * Fetch sizes, each a common page size plus one: a statement for every size would use up the names of prepared
 * statements.
 */
const FETCH_SIZES = [11, 21, 26, 51, 101, 201, 501, 1001];

/**
 * Returns the number of rows to fetch for a page and to detect the next one; somewhat more where the size is unusual.
 */
export const fetchSize = (limit: number): number => FETCH_SIZES.find((rows) => rows > limit) ?? limit + 1;

export function orderBy(keys: readonly SortKey[]): Sql {
  return join(keys.map(({ expression, descending }) => raw(`${expression} ${descending ? 'DESC' : 'ASC'}`)));
}

/**
 * Renders the condition on the rows after a given row; `TRUE` without one. Keys of one direction are compared as a
 * row, which an index answers in one step; mixed directions key by key.
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
  // Implied by every step, and gives an index its start.
  const from = sql`${raw(keys[0]?.expression ?? '')} ${raw(keys[0]?.descending ? '<=' : '>=')} ${values[0]}`;
  return sql`(${from} AND (${join(steps, ' OR ')}))`;
}

/** Sets the `Link` header to the next page (RFC 8288). */
export function setNextLink(
  request: FastifyRequest,
  reply: FastifyReply,
  cursor: string,
  publicOrigins: readonly string[],
): void {
  const [path = '/'] = request.url.split('?', 1);
  const parameters = new URLSearchParams(request.url.slice(path.length));
  parameters.set('cursor', cursor);
  const origin = requestedOrigin(request, publicOrigins);
  void reply.header('Link', `<${origin}${path}?${parameters.toString()}>; rel="next"`);
}
