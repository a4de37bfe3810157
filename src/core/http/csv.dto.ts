import { IsBoolean } from 'class-validator';
import { ParseBoolean, OptionalNotNull } from './field.validators.js';

/** Query parameters of CSV exports. */
export class CsvQuery {
  /** `true` starts the file with a byte order mark, without which spreadsheets misread UTF-8; CSV only. */
  @OptionalNotNull()
  @ParseBoolean()
  @IsBoolean({ message: 'bom must be true or false' })
  bom?: boolean;
}
