import { ArrayMaxSize, IsInt, Matches, Max, Min } from 'class-validator';
import { CommaSeparated, OptionalNotNull, toNumber } from '../../core/http/field.validators.js';
import { Integer } from '../../core/http/schema.decorators.js';
import { IsDayOrInstant, type DayOrInstant } from '../../core/http/span.js';

const MAX_RECORDS = 200;
const MAX_SIZES = 50;

export class EvidenceFilter {
  /** Of entries at this time or later; a date alone is that whole day in your time zone. */
  @OptionalNotNull()
  @IsDayOrInstant()
  from?: DayOrInstant;

  /** Of entries before this time; a date alone is that whole day in your time zone, included. */
  @OptionalNotNull()
  @IsDayOrInstant()
  to?: DayOrInstant;

  /** Of these records only, such as `task:7`. Without it the bundle has every entry between its first and its last. */
  @OptionalNotNull()
  @CommaSeparated()
  @Matches(/^[a-z][a-z0-9_]{0,31}:[1-9][0-9]{0,9}$/, { each: true, message: 'entity must be records like task:7' })
  @ArrayMaxSize(MAX_RECORDS)
  entity?: string[];

  /**
   * Sizes of trees whose checkpoint another party holds, such as one that was mailed: the bundle proves that its tree began as
   * each of them. Those of the last thousand bundles, and of the last one of each day, are there anyway.
   */
  @OptionalNotNull()
  @CommaSeparated(toNumber)
  @Integer({ maximum: Number.MAX_SAFE_INTEGER })
  @IsInt({ each: true, message: 'extends must be sizes of earlier trees' })
  @Min(1, { each: true })
  @Max(Number.MAX_SAFE_INTEGER, { each: true })
  @ArrayMaxSize(MAX_SIZES)
  extends?: number[];
}
