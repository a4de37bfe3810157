import { IsBoolean } from 'class-validator';
import { ParseBoolean, OptionalNotNull } from './field.validators.js';

/** What makes a CSV export fit for who opens it. */
export class CsvQuery {
  /** `true` begins the file with a byte order mark, without which spreadsheets take UTF-8 for another encoding; CSV only. */
  @OptionalNotNull()
  @ParseBoolean()
  @IsBoolean({ message: 'bom must be true or false' })
  bom?: boolean;
}
