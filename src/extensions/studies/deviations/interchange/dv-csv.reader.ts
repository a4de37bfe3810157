import { pipeline } from 'node:stream/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { CsvError, parse, type CastingContext, type Parser } from 'csv-parse';
import { restoreFormulas } from '../../../../core/http/csv.js';
import { CoreProblem, validationError, type FieldError, type Problem } from '../../../../core/http/problem.js';
import { StudyProblem } from '../../studies.problems.js';
import { DV_COLUMNS, REQUIRED_COLUMNS } from './dv-columns.js';

const MAX_ROWS = 10_000;
/** Lines with blank ones, which take as long to read as rows; spreadsheets leave thousands of them behind. */
const MAX_LINES = 5 * MAX_ROWS;
/** Characters of one record: the longest texts of a deviation, with room. */
const MAX_RECORD = 64 * 1024;
/** Cells of one record: ten times the columns of the domain. They are counted apart, since empty ones have no characters. */
const MAX_CELLS = 256;
const MAX_SHOWN = 40;
/** Characters that are parsed before other requests have their turn; each may be a line break, and so a record. */
const TURN = 512;

/** Row of a file: its number as a spreadsheet shows it, and its cells by column, trimmed. */
export interface DvRow {
  readonly row: number;
  readonly cells: ReadonlyMap<string, string>;
  /** True where it has more or fewer cells than the header. */
  readonly isRagged: boolean;
}

/**
 * Reads a file of DV records part by part. Columns are separated by commas, or by semicolons or tabs where the header has these.
 *
 * @throws Problem 400 `invalid_csv`, 413; 422 for unknown or missing columns, and for too many rows or cells
 */
export async function readDvCsv(parts: AsyncIterable<Buffer>): Promise<DvRow[]> {
  const texts = decoded(parts);
  const { value: first = '' } = (await texts.next()) as { value?: string };
  const rows: DvRow[] = [];
  try {
    await pipeline(
      async function* () {
        yield* inTurns(first);
        for await (const text of texts) yield* inTurns(text);
      },
      parserFor(first),
      async (records: AsyncIterable<string[]>) => collect(records, rows),
    );
  } catch (error) {
    throw error instanceof CsvError ? unreadable(error) : error;
  }
  return rows;
}

async function* inTurns(text: string): AsyncGenerator<string> {
  for (let start = 0; start < text.length; start += TURN) {
    yield text.slice(start, start + TURN);
    await nextTurn();
  }
}

function parserFor(text: string): Parser {
  const [header = ''] = text.split('\n', 1);
  const delimiter = [',', ';', '\t'].find((separator) => header.includes(separator)) ?? ',';
  const limits = { max_record_size: MAX_RECORD, cast: assertFewCells };
  return parse({ delimiter, bom: true, trim: true, relax_column_count: true, ...limits });
}

/** Bounds a record while it is parsed, cell by cell. @throws Problem 422 */
function assertFewCells(cell: string, { index }: CastingContext): string {
  if (Number(index) < MAX_CELLS) return cell;
  throw fault('body', 'too_many_cells', `A row has more than ${MAX_CELLS} cells: remove those of no known column`);
}

async function collect(records: AsyncIterable<string[]>, rows: DvRow[]): Promise<void> {
  let header: string[] | undefined;
  let row = 0;
  for await (const record of records) {
    row++;
    if (!header) assertHeader((header = record));
    else if (record.some((cell) => cell !== '')) rows.push(rowOf(header, record, row));
    if (rows.length > MAX_ROWS)
      throw fault('body', 'too_many_rows', `The file has more than ${MAX_ROWS} rows: split it`);
    if (row > MAX_LINES)
      throw fault('body', 'too_many_rows', `The file has more than ${MAX_LINES} lines: remove those without cells`);
  }
  if (!header) throw StudyProblem.invalid_csv('The file has no header: begin it with the names of the columns');
}

function rowOf(header: readonly string[], record: readonly string[], row: number): DvRow {
  const cells = header.map((name, index) => [name, restoreFormulas(record[index] ?? '')] as const);
  return { row, cells: new Map(cells), isRagged: record.length !== header.length };
}

/** @throws Problem 422 naming the columns */
function assertHeader(header: readonly string[]): void {
  const known = DV_COLUMNS.map(({ name }) => name);
  const unknown = header.filter((name) => !known.includes(name));
  const missing = REQUIRED_COLUMNS.filter((name) => !header.includes(name));
  const twice = header.filter((name, index) => header.indexOf(name) < index);
  const errors: FieldError[] = [
    ...[...new Set(unknown)].map((name) => ({ name: shown(name), code: 'unknown_column', text: 'is no known column' })),
    ...missing.map((name) => ({ name, code: 'required', text: 'is required' })),
    ...[...new Set(twice)].map((name) => ({ name: shown(name), code: 'duplicate_column', text: 'is there twice' })),
  ].map(({ name, code, text }) => ({ field: name, code, message: `Column ${name} ${text}` }));
  if (errors.length > 0) throw validationError(errors.slice(0, MAX_SHOWN));
}

const shown = (name: string): string =>
  name.toWellFormed().replaceAll('\0', '').slice(0, MAX_SHOWN) || '(without name)';

/** @throws Problem 400 for bytes that are no UTF-8 */
async function* decoded(parts: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const decode = (bytes?: Buffer) => {
    try {
      return decoder.decode(bytes, { stream: bytes !== undefined });
    } catch {
      throw StudyProblem.invalid_csv('The file is not valid UTF-8: save it as CSV UTF-8');
    }
  };
  for await (const part of parts) yield decode(part);
  yield decode();
}

/** The message of the parser may quote cells, so only the place is passed on. */
function unreadable({ code, lines }: CsvError & { lines?: unknown }): Problem {
  if (code === 'CSV_MAX_RECORD_SIZE')
    return CoreProblem.payload_too_large(`A row of the file has more than ${MAX_RECORD} characters`);
  const place = typeof lines === 'number' ? ` in or before line ${lines}` : '';
  return StudyProblem.invalid_csv(`The file is not valid CSV${place}: check the quotes around cells`);
}

const fault = (field: string, code: string, message: string): Problem => validationError([{ field, code, message }]);
