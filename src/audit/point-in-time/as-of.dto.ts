import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsMicrosecondTime, OptionalNotNull } from '../../core/http/field.validators.js';

/** Records as they were. */
export class AsOfQuery {
  /** As it was at this time, for managers and auditors; deleted records are there if they existed then. A day alone is its midnight in UTC. */
  @OptionalNotNull()
  @IsMicrosecondTime()
  // Lists it before the other parameters.
  @ApiPropertyOptional()
  as_of?: string;
}
