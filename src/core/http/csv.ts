import { type StreamableFile } from '@nestjs/common';
import { stringify } from 'csv-stringify/sync';
import { streamText } from './streamed-response.js';
import { type CsvQuery } from './csv.dto.js';

const BYTE_ORDER_MARK = '\ufeff';
/** Start of a cell that a spreadsheet computes, behind the apostrophe that the writer of CSV puts before it. */
const GUARDED_START = /^'(?=[=+\-@\t\r＝＋－＠])/;
/** Start of a formula behind what ends a cell where columns are separated by semicolons or tabs: quotes hold for commas alone. */
const FORMULA_WITHIN = /(?<=[;\t\r\n])(?=[=+\-@＝＋－＠])/g;
const GUARDED_WITHIN = /(?<=[;\t\r\n])'(?=[=+\-@＝＋－＠])/g;

/**
 * Streams rows as CSV (RFC 4180) in constant memory. Every non-empty cell is quoted, numbers too: a spreadsheet that
 * separates columns by semicolons would otherwise end a cell at one within a text. Cells that a spreadsheet would run
 * as formulas get a leading apostrophe; so does what it would run once it divides a cell at a semicolon, tab or line break.
 *
 * @param columns names of the columns, in order; the header is written without rows too
 */
export function streamCsv(
  columns: readonly string[],
  batches: AsyncGenerator<Record<string, unknown>[]>,
  { bom = false }: CsvQuery = {},
): Promise<StreamableFile> {
  const options = {
    columns: [...columns],
    escape_formulas: true,
    record_delimiter: 'windows' as const,
    quoted: true,
    cast: {
      string: withoutFormulas,
      object: (value: object) => withoutFormulas(JSON.stringify(value)),
      boolean: String,
    },
  };
  return streamText(batches, 'text/csv; charset=utf-8', async function* (source) {
    yield (bom ? BYTE_ORDER_MARK : '') + stringify([[...columns]], { ...options, columns: undefined });
    for await (const rows of source) yield stringify(rows, options);
  });
}

const withoutFormulas = (text: string): string => text.replaceAll(FORMULA_WITHIN, "'");

/** Takes the apostrophes off a cell of an export. */
export const restoreFormulas = (cell: string): string => cell.replace(GUARDED_START, '').replaceAll(GUARDED_WITHIN, '');
