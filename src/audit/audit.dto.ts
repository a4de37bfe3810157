import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsString, Length } from 'class-validator';
import { CsvQuery } from '../core/http/csv.dto.js';
import {
  CommaSeparated,
  GIVEN_ONCE,
  IsId,
  IsInteger,
  OptionalNotNull,
  toNumber,
} from '../core/http/field.validators.js';
import { IntersectionType } from '../core/http/mapped-types.js';
import { PageQuery } from '../core/http/page.dto.js';
import { IsDayOrInstant, type DayOrInstant } from '../core/http/span.js';
import { BigIntId, Count, Id, Instant, Integer, VersionNumber } from '../core/http/schema.decorators.js';
import { EntrySearch } from './entry-search.dto.js';

export class RedactedField {
  /** @example "description.after" */
  field: string;
  /** @example "auditor" */
  by: string;
  /** @example "manager" */
  approved_by: string;
  /** @example "Name of a trial subject, typed by accident" */
  reason: string;
  /** @example "2026-11-03T10:00:00.123456Z" */
  @Instant()
  at: string;
}

export class EntryView {
  /** @example 3000000042 */
  @BigIntId()
  id: number;
  /**
   * With microseconds.
   * @example "2026-11-02T08:15:00.123456Z"
   */
  @Instant()
  occurred_at: string;
  /** @example 2 */
  @Id()
  actor_id: number | null;
  /**
   * As it was at the time.
   * @example "developer"
   */
  actor_name: string;
  /** @example "developer" */
  actor_role: string;
  /** @example "task.updated" */
  action: string;
  /** @example "task" */
  entity_type: string;
  /** @example 3 */
  @Id()
  entity_id: number | null;
  /** @example 2 */
  @VersionNumber()
  entity_version: number | null;
  /**
   * The name that people knew it by at the time.
   * @example "Verify informed consent forms, site 04"
   */
  entity_name: string | null;
  /**
   * By field: `[before, after]`.
   * @example { "status": ["pending", "in_progress"] }
   */
  changes: Record<string, unknown[]>;
  /** @example "Forms arrived from the site" */
  reason: string | null;
  /** @example "7e0a7a1e-3b3f-4c53-9d0a-5f0f6f0b8c11" */
  request_id: string | null;
  /**
   * The server's own, where the client named the request: others may have given the same name.
   * @example "0b0f6f0c-3d0a-4b53-8d0a-7e0a7a1e5f11"
   */
  server_request_id: string | null;
  /** @example 7 */
  @Id()
  session_id: number | null;
  /** @example "203.0.113.7" */
  ip_address: string | null;
  /**
   * The last change as the record itself named it at that time.
   * @example "2026-11-02T08:15:00.120Z"
   */
  @Instant()
  entity_updated_at: string | null;
  /**
   * The same for people; times are in UTC.
   * @example "asha started \"Verify informed consent forms, site 04\""
   */
  sentence: string;
  /** Values that were taken out and show as null, and on whose word. */
  redacted: RedactedField[];
}

export class RequestView {
  /** @example 3000001042 */
  @BigIntId()
  id: number;
  /** @example "2026-11-02T08:15:00.120Z" */
  @Instant()
  timestamp: string;
  /** @example 2 */
  @Id()
  user_id: number | null;
  /** @example "developer" */
  username: string | null;
  /** @example "PATCH" */
  method: string;
  /** @example "/api/tasks/3" */
  path: string;
  /** @example "TasksController.update" */
  operation: string | null;
  /** @example 200 */
  @Integer({ minimum: 100, maximum: 599 })
  status_code: number;
  /** @example 4.213 */
  duration_ms: number;
  /** @example "203.0.113.7" */
  ip_address: string | null;
  /** @example "Mozilla/5.0" */
  user_agent: string | null;
  /** @example "7e0a7a1e-3b3f-4c53-9d0a-5f0f6f0b8c11" */
  request_id: string;
  /**
   * The server's own, where the client named the request: others may have given the same name.
   * @example "0b0f6f0c-3d0a-4b53-8d0a-7e0a7a1e5f11"
   */
  server_request_id: string | null;
  /** Parameters; values that are not known to be harmless, and texts that were looked for, show as `***`. */
  query: Record<string, unknown> | null;
  /** Fields, or `***` for a body that was no object; values that are not known to be harmless show as `***`, and so do texts where the request was refused. */
  @ApiProperty({ oneOf: [{ type: 'object', nullable: true, additionalProperties: true }, { type: 'string' }] })
  request_body: Record<string, unknown> | string | null;
  /** Body of an error answer; values that its detail quoted show as `"…"`. */
  response_body: Record<string, unknown> | null;
  /**
   * Number of requests in this line: those beyond a rate limit are counted by user or address, status and code, for a minute.
   * @example 1
   */
  @Count()
  request_count: number;
  /**
   * Number of bytes that were left out, since the user or address had filled its share of the log in that hour.
   * @example 0
   */
  @Count()
  omitted_bytes: number;
}

class Span {
  /** At this time or later; a date alone is that whole day in your time zone. */
  @OptionalNotNull()
  @IsDayOrInstant()
  from?: DayOrInstant;

  /** Before this time; a date alone is that whole day in your time zone, included. */
  @OptionalNotNull()
  @IsDayOrInstant()
  to?: DayOrInstant;
}

export class EntryFilter extends IntersectionType(Span, EntrySearch) {
  /** Ids of users. */
  @OptionalNotNull()
  @CommaSeparated(toNumber)
  @IsId({ each: true })
  actor?: number[];

  /** Such as `task.updated`. */
  @OptionalNotNull()
  @CommaSeparated()
  @IsString({ each: true })
  @Length(1, 64, { each: true })
  action?: string[];

  /** Such as `task`, `user`, `session`, `tag`. */
  @OptionalNotNull()
  @CommaSeparated()
  @IsString({ each: true })
  @Length(1, 32, { each: true })
  entity_type?: string[];

  @OptionalNotNull()
  @CommaSeparated(toNumber)
  @IsId({ each: true })
  entity_id?: number[];

  /** The name that the client gave the request, or the server's own. */
  @OptionalNotNull()
  @Length(1, 128, GIVEN_ONCE)
  request_id?: string;
}

export class RequestFilter extends Span {
  /** Ids of users. */
  @OptionalNotNull()
  @CommaSeparated(toNumber)
  @IsId({ each: true })
  actor?: number[];

  /** Such as `POST`. */
  @OptionalNotNull()
  @CommaSeparated((text) => text.toUpperCase())
  @IsString({ each: true })
  @Length(1, 16, { each: true })
  method?: string[];

  /** Addresses that start so. */
  @OptionalNotNull()
  @Length(1, 500, GIVEN_ONCE)
  path?: string;

  @OptionalNotNull()
  @CommaSeparated(toNumber)
  @IsInteger(100, 599, { each: true })
  status_code?: number[];

  /** The name that the client gave the request, or the server's own. */
  @OptionalNotNull()
  @Length(1, 128, GIVEN_ONCE)
  request_id?: string;
}

export const FORMATS = ['ndjson', 'csv'] as const;

export class EntryPage extends IntersectionType(EntryFilter, PageQuery) {}

export class RequestPage extends IntersectionType(RequestFilter, PageQuery) {}

export class EntryExport extends IntersectionType(EntryFilter, CsvQuery) {
  @OptionalNotNull()
  @IsIn(FORMATS, { message: 'format must be ndjson or csv' })
  format?: (typeof FORMATS)[number];
}

export class RequestExport extends IntersectionType(RequestFilter, CsvQuery) {
  @OptionalNotNull()
  @IsIn(FORMATS, { message: 'format must be ndjson or csv' })
  format?: (typeof FORMATS)[number];
}
