import { IsString, Length } from 'class-validator';
import {
  CommaSeparated,
  Composed,
  GIVEN_ONCE,
  IsId,
  OptionalNotNull,
  toNumber,
} from '../core/http/field.validators.js';
import { Id } from '../core/http/schema.decorators.js';

/** Criteria of a search of the trail. */
export class EntrySearch {
  /** Names of changed fields, such as `deadline`; a change of any of them counts. */
  @OptionalNotNull()
  @CommaSeparated()
  @IsString({ each: true })
  @Length(1, 64, { each: true })
  field?: string[];

  /** Text in the reason, without regard to case. */
  @OptionalNotNull()
  @Composed()
  @Length(1, 200, GIVEN_ONCE)
  reason?: string;

  /** Text in the names of record and actor, in the reason or in a changed value, without regard to case. */
  @OptionalNotNull()
  @Composed()
  @Length(1, 200, GIVEN_ONCE)
  q?: string;

  /** Ids of sessions. */
  @OptionalNotNull()
  @CommaSeparated(toNumber)
  @Id()
  @IsId({ each: true })
  session?: number[];
}
