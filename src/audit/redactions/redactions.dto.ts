import { ArrayMaxSize, ArrayNotEmpty, IsArray, IsIn, IsString, Length, Matches, MaxLength } from 'class-validator';
import { ApiSchemaHint } from '../../core/http/api-docs.decorators.js';
import { CommaSeparated, HasVisibleText, oneOf, OptionalNotNull, Trimmed } from '../../core/http/field.validators.js';
import { PageQuery } from '../../core/http/page.dto.js';
import { BigIntId, Id, Instant } from '../../core/http/schema.decorators.js';
import { REDACTION_STATUSES, type RedactionStatus } from './redaction.entity.js';

const MAX_FIELDS = 100;
const MAX_FIELD = 100 + '.before'.length;
const FIELDS = 'fields must be reason, entity_name, or fields like description.before and description.after';

export class NewRedaction {
  /**
   * Fields to redact: `reason`, `entity_name`, or a changed field with `.before` or `.after`.
   * @example ["description.before", "description.after"]
   */
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(MAX_FIELDS)
  @IsString({ each: true })
  @Matches(/^(?:reason|entity_name)$|[^.]\.(?:before|after)$/, {
    each: true,
    message: FIELDS,
  })
  @MaxLength(MAX_FIELD, { each: true, message: FIELDS })
  fields: string[];

  /**
   * Why; it stays for everybody to read, so it does not repeat what is to go.
   * @example "Name of a trial subject, typed by accident"
   */
  @Trimmed()
  @HasVisibleText()
  @IsString()
  @Length(3, 1000)
  reason: string;
}

export class RedactionPage extends PageQuery {
  /** Any of them. */
  @OptionalNotNull()
  @CommaSeparated()
  @IsIn(REDACTION_STATUSES, { each: true, message: oneOf(REDACTION_STATUSES) })
  status?: RedactionStatus[];
}

export class RedactionView {
  /** @example 1 */
  @Id()
  id: number;
  /** @example 3000000042 */
  @BigIntId()
  entry_id: number;
  /** @example ["description.before", "description.after"] */
  fields: string[];
  /** @example "Name of a trial subject, typed by accident" */
  reason: string;
  /** @example "pending" */
  @ApiSchemaHint({ enum: [...REDACTION_STATUSES] })
  status: RedactionStatus;
  /** @example 3 */
  @Id()
  requested_by_id: number;
  /**
   * As it was at the time.
   * @example "auditor"
   */
  requested_by: string;
  /** @example "2026-11-02T08:15:00.123Z" */
  @Instant()
  requested_at: string;
  /**
   * Null until the decision.
   * @example 4
   */
  @Id()
  decided_by_id: number | null;
  /** @example "manager" */
  decided_by: string | null;
  /** @example "2026-11-02T09:05:00.456Z" */
  @Instant()
  decided_at: string | null;
  /**
   * When the values went; null as long as they are there.
   * @example "2026-11-02T09:05:00.457Z"
   */
  @Instant()
  applied_at: string | null;
}
