import { IsBoolean, IsString, MaxLength } from 'class-validator';
import { IsInteger, ParseBoolean, ParseNumber, OptionalNotNull } from './field.validators.js';

/** Long enough for sort keys that are long texts, and encoded. */
const MAX_CURSOR = 8000;
const LIMIT = '$property must be a whole number from 1 to 1000, given once';
const CURSOR = '$property must be that of the Link of the page before, given once';

/** Query parameters of a paginated list. */
export class PageQuery {
  /** 1 to 1000. A page has a `Link: rel="next"` unless it is the last. */
  @OptionalNotNull()
  @ParseNumber()
  @IsInteger(1, 1000, { message: LIMIT })
  limit?: number;

  /** From the `Link` of the page before. */
  @OptionalNotNull()
  @IsString({ message: CURSOR })
  @MaxLength(MAX_CURSOR, { message: CURSOR })
  cursor?: string;

  /** Adds `X-Total-Count`. */
  @OptionalNotNull()
  @ParseBoolean()
  @IsBoolean({ message: 'include_total must be true or false' })
  include_total?: boolean;
}
