import { IsString, Length } from 'class-validator';
import { AnyOf, GIVEN_ONCE, IsId, Optional, toNumber } from '../core/http/field.validators.js';

/** What a person looks for in the trail. */
export class EntrySearch {
  /** Names of changed fields, such as `deadline`; a change of any of them counts. */
  @Optional()
  @AnyOf()
  @IsString({ each: true })
  @Length(1, 64, { each: true })
  field?: string[];

  /** Text in the reason, without regard to case. */
  @Optional()
  @Length(1, 200, GIVEN_ONCE)
  reason?: string;

  /** Text in the names of record and actor, in the reason or in a changed value, without regard to case. */
  @Optional()
  @Length(1, 200, GIVEN_ONCE)
  q?: string;

  /** Ids of sessions. */
  @Optional()
  @AnyOf(toNumber)
  @IsId({ each: true })
  session?: number[];
}
