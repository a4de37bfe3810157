import { type StreamableFile } from '@nestjs/common';
import { stringify } from 'csv-stringify/sync';
import { textStream } from './answer.js';

/**
 * Rows of any number as CSV (RFC 4180), in constant memory. Cells that a spreadsheet would run as formulas are defused.
 *
 * @param columns names of the columns, in order; an empty list of rows has its header still
 */
export function csvStream(
  columns: readonly string[],
  batches: AsyncGenerator<Record<string, unknown>[]>,
): Promise<StreamableFile> {
  const options = {
    columns: [...columns],
    escape_formulas: true,
    record_delimiter: 'windows' as const,
    // Readers end a row at either, not at both together only.
    quoted_match: /[\r\n]/,
    cast: { object: (value: object) => JSON.stringify(value), boolean: String },
  };
  return textStream(batches, 'text/csv; charset=utf-8', async function* (source) {
    yield `${columns.join(',')}\r\n`;
    for await (const rows of source) yield stringify(rows, options);
  });
}
