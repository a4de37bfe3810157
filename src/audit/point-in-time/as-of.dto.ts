import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsMoment, Optional } from '../../core/http/field.validators.js';

/** Records as they were. */
export class PastQuery {
  /** As it was at this time, for managers and auditors; deleted records are there if they existed then. */
  @Optional()
  @IsMoment()
  @ApiPropertyOptional({ format: 'date-time' })
  as_of?: string;
}
