import { isPgText } from '../../../../core/http/json-body.parser.js';
import { Problem, type FieldError } from '../../../../core/http/problem.js';
import { DtoValidationPipe } from '../../../../core/http/validation.pipe.js';
import { DeviationPatch, type NewDeviation } from '../deviations.dto.js';
import { isParticipantCode } from '../participant-code.validator.js';
import { columnOf, KEPT_COLUMNS, VALUE_COLUMNS } from './dv-columns.js';
import { type DvRow } from './dv-csv.reader.js';
import { participantCodeOf } from './participant-code.js';

/** Error of a cell. */
export interface CellError {
  readonly column: string;
  readonly code: string;
  readonly message: string;
}

/** Row that can be read: the values of its fields, before its site and record are looked up. */
export interface ReadableRow {
  readonly row: number;
  readonly identifier: string;
  /** Number of the site; undefined where the file does not give it. */
  readonly siteNumber: string | undefined;
  /** Those of the columns of the file; null for an empty cell. */
  readonly values: Partial<NewDeviation>;
  /** Cells that no field has, and times of days. */
  readonly kept: Readonly<Record<string, string>>;
}

export interface UnreadableRow {
  readonly row: number;
  readonly identifier: string | null;
  readonly errors: readonly CellError[];
}

export const isUnreadable = (row: ReadableRow | UnreadableRow): row is UnreadableRow => 'errors' in row;

const DATE_TIME = /^(\d{4}-\d{2}-\d{2})T[\d:.,Z+-]+$/;
const TIMES = new Set(['DVSTDTC', 'DVENDTC']);
const FLAGS: Readonly<Record<string, boolean>> = { Y: true, N: false };
/** Rows that are validated before other requests have their turn. */
const TURN = 50;
const pipe = new DtoValidationPipe();

/** Validates rows by the rules of `PATCH /deviations/{id}`. @param protocol identifier of the study, as STUDYID */
export async function readRows(rows: readonly DvRow[], protocol: string): Promise<(ReadableRow | UnreadableRow)[]> {
  const read: (ReadableRow | UnreadableRow)[] = [];
  const rowsByIdentifier = new Map<string, number>();
  for (const [index, row] of rows.entries()) {
    if (index % TURN === 0) await new Promise(setImmediate);
    const result = await readRow(row, protocol);
    const first = isUnreadable(result) ? undefined : rowsByIdentifier.get(result.identifier);
    if (!isUnreadable(result) && first === undefined) rowsByIdentifier.set(result.identifier, result.row);
    read.push(first === undefined ? result : duplicate(result as ReadableRow, first));
  }
  return read;
}

async function readRow(row: DvRow, protocol: string): Promise<ReadableRow | UnreadableRow> {
  const cell = (name: string) => row.cells.get(name) ?? '';
  const identifier = cell('DVSPID') || fallbackIdentifier(cell('USUBJID'), cell('DVSEQ'));
  const errors = addressErrors(row, protocol, identifier);
  const code = participantCodeOf(cell('USUBJID'), protocol);
  const given = Object.fromEntries(
    VALUE_COLUMNS.filter(({ name }) => row.cells.has(name)).map(({ name, field, type }) => [
      field,
      valueOf(cell(name), type),
    ]),
  );
  const body = { ...given, participant_code: code || null, sponsor_defined_identifier: identifier ?? 'missing' };
  const values = errors.length === 0 ? await validated(body, errors) : undefined;
  if (!values) return { row: row.row, identifier: identifier ?? null, errors };
  return {
    row: row.row,
    identifier: values.sponsor_defined_identifier as string,
    siteNumber: cell('SITEID') || undefined,
    values,
    kept: keptCells(row),
  };
}

/** Cells that no field has, and times of days. */
function keptCells({ cells }: DvRow): Record<string, string> {
  const isKept = ([name, cell]: readonly [string, string]) =>
    cell !== '' && ((KEPT_COLUMNS as readonly string[]).includes(name) || (TIMES.has(name) && DATE_TIME.test(cell)));
  return Object.fromEntries([...cells].filter(isKept));
}

/** DVSEQ is unique within a participant only; without either nothing identifies the record. */
const fallbackIdentifier = (usubjid: string, sequence: string): string | undefined =>
  usubjid && sequence ? `${usubjid}#${sequence}` : undefined;

function addressErrors(row: DvRow, protocol: string, identifier: string | undefined): CellError[] {
  const cell = (name: string) => row.cells.get(name) ?? '';
  const code = participantCodeOf(cell('USUBJID'), protocol);
  const unstorable = [...row.cells].filter(([, text]) => !isPgText(text)).map(([name]) => name);
  const failed: (CellError | false)[] = [
    row.isRagged && { column: 'row', code: 'cell_count', message: 'The row has not as many cells as the header' },
    cell('STUDYID') !== protocol && {
      column: 'STUDYID',
      code: 'other_study',
      message: `STUDYID must be ${protocol}, the study that the file is imported into`,
    },
    !['', 'DV'].includes(cell('DOMAIN')) && { column: 'DOMAIN', code: 'is_in', message: 'DOMAIN must be DV' },
    !/^(?:[1-9]\d{0,8})?$/.test(cell('DVSEQ')) && {
      column: 'DVSEQ',
      code: 'is_int',
      message: 'DVSEQ must be a whole number from 1',
    },
    identifier === undefined && {
      column: 'DVSPID',
      code: 'required',
      message:
        'DVSPID is required, or USUBJID with DVSEQ: without them the row cannot be told when it is imported again',
    },
    code !== '' &&
      !isParticipantCode(code) && {
        column: 'USUBJID',
        code: 'not_a_code',
        message: 'USUBJID must end with the code of a participant, which has a digit and no blank; no name is taken',
      },
    ...unstorable.map((column) => ({
      column,
      code: 'invalid_text',
      message: `${column} has a character that cannot be stored`,
    })),
  ];
  return failed.filter((error) => error !== false);
}

function valueOf(cell: string, type: 'flag' | 'id' | 'day' | undefined): unknown {
  if (cell === '') return null;
  if (type === 'flag') return FLAGS[cell] ?? cell;
  if (type === 'id') return /^\d+$/.test(cell) ? Number(cell) : cell;
  return type === 'day' ? cell.replace(DATE_TIME, '$1') : cell;
}

/** @returns undefined where a rule fails; its errors are added */
async function validated(body: object, errors: CellError[]): Promise<Partial<NewDeviation> | undefined> {
  try {
    return { ...((await pipe.transform(body, { type: 'body', metatype: DeviationPatch })) as DeviationPatch) };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    errors.push(...(error.extras.errors ?? []).map(cellError));
    return undefined;
  }
}

/** Names the column instead of the field. */
function cellError({ field, code, message }: FieldError): CellError {
  const column = columnOf(field);
  const isFlag = code === 'is_boolean';
  return { column, code, message: isFlag ? `${column} must be Y or N` : message.replace(field, column) };
}

const duplicate = ({ row, identifier }: ReadableRow, first: number): UnreadableRow => ({
  row,
  identifier,
  errors: [{ column: 'DVSPID', code: 'duplicate', message: `Row ${first} has this identifier already` }],
});
