import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsString, Length } from 'class-validator';
import { ROLES, type Role } from '../core/authorization/actor.js';
import { ApiSchemaHint } from '../core/http/api-docs.decorators.js';
import {
  CommaSeparated,
  Composed,
  ParseBoolean,
  GIVEN_ONCE,
  IsEmailAddress,
  HasVisibleText,
  IsIanaTimeZone,
  oneOf,
  OptionalNotNull,
} from '../core/http/field.validators.js';
import { IntersectionType } from '../core/http/mapped-types.js';
import { PageQuery } from '../core/http/page.dto.js';
import { MAX_REASON } from '../core/http/change-reason.header.js';
import { ReadOnly } from '../core/http/validation.pipe.js';
import { Count, EmailAddress, Id, Instant } from '../core/http/schema.decorators.js';
import { AsOfQuery } from '../audit/point-in-time/as-of.dto.js';

export class UserView {
  /** @example 2 */
  @Id()
  id: number;
  /** @example "developer" */
  username: string;
  /** @example "developer@example.org" */
  @EmailAddress()
  email: string;
  /** @example "developer" */
  @ApiSchemaHint({ enum: [...ROLES] })
  role: Role;
  /** @example "Asia/Kolkata" */
  timezone: string;
  email_verified: boolean;
  is_active: boolean;
  /** @example "2026-11-02T08:00:00.000Z" */
  @Instant()
  last_login: string | null;
  /** @example "2026-01-12T06:30:00.000Z" */
  @Instant()
  date_joined: string;
  /** @example "2026-01-12T06:30:00.000Z" */
  @Instant()
  created_at: string;
}

/** The password of the user who makes the change. */
const CurrentPassword = (): PropertyDecorator => applyDecorators(OptionalNotNull(), IsString(), Length(1, 1000));

/** A time zone given at sign-up that a manager has to confirm. */
export class ZoneRequest {
  /** @example 7 */
  @Id()
  id: number;
  /** @example "asha" */
  username: string;
  /** @example "asha@example.org" */
  @EmailAddress()
  email: string;
  /**
   * The time zone in use.
   * @example "Asia/Kolkata"
   */
  timezone: string;
  /** @example "Europe/Berlin" */
  requested_timezone: string;
  /** @example "2026-01-12T06:30:00.000Z" */
  @Instant()
  created_at: string;
}

const READ_ONLY = ['id', 'username', 'email_verified', 'last_login', 'date_joined', 'created_at'];

@ReadOnly(...READ_ONLY, 'role', 'is_active', 'verification_token')
export class OwnPatch {
  /**
   * A developer's time zone decides their working hours, so only a manager changes it.
   * @example "Europe/Berlin"
   */
  @OptionalNotNull()
  @IsIanaTimeZone()
  timezone?: string;

  /**
   * Replaces the present address once you have verified it.
   * @example "asha@example.org"
   */
  @OptionalNotNull()
  @IsEmailAddress()
  email?: string;

  /**
   * Required for a new address where `PASSWORD_CONFIRMATION_FOR` says so. A wrong one is always rejected.
   * @example "trial-demo-2026"
   */
  @CurrentPassword()
  current_password?: string;
}

export class OwnUser extends UserView {
  /**
   * The verification token of a new address, in development only.
   * @example "pQ3…"
   */
  verification_token?: string;
}

export class OpenTask {
  /** @example 3 */
  @Id()
  id: number;
  /** @example "Verify informed consent forms, site 04" */
  title: string;
  /** @example "in_progress" */
  @ApiProperty({ enum: ['pending', 'in_progress', 'blocked', 'completed'] })
  status: string;
  /** @example "high" */
  @ApiProperty({ enum: ['low', 'medium', 'high', 'critical'] })
  priority: string;
  /** @example "2027-03-01T09:30:00.000Z" */
  @Instant()
  deadline: string;
}

export class ChangedUser extends UserView {
  /** Open tasks of a disabled user to reassign: the first 100 by deadline. `GET /api/tasks?assigned_to=…` lists all. */
  open_tasks?: OpenTask[];
  /**
   * The number of open tasks.
   * @example 1
   */
  @Count()
  open_tasks_total?: number;
}

@ReadOnly(...READ_ONLY, 'email', 'open_tasks', 'open_tasks_total')
export class UserPatch {
  /** @example "auditor" */
  @OptionalNotNull()
  @IsIn(ROLES, { message: oneOf(ROLES) })
  role?: Role;

  @OptionalNotNull()
  @IsBoolean()
  is_active?: boolean;

  /** @example "Europe/Berlin" */
  @OptionalNotNull()
  @IsIanaTimeZone()
  timezone?: string;

  /**
   * The reason, kept in the audit trail. Every change needs one, here or in the header `X-Change-Reason`.
   * @example "Moved to the audit team"
   */
  @OptionalNotNull()
  @HasVisibleText()
  @IsString()
  @Length(1, MAX_REASON)
  reason?: string;

  /**
   * Your own password. Required where `PASSWORD_CONFIRMATION_FOR` says so. A wrong one is always rejected.
   * @example "trial-demo-2026"
   */
  @CurrentPassword()
  current_password?: string;
}

export class UserFilter extends IntersectionType(PageQuery, AsOfQuery) {
  /** Roles, any of which matches. */
  @OptionalNotNull()
  @CommaSeparated()
  @IsIn(ROLES, { each: true, message: oneOf(ROLES) })
  role?: Role[];

  /** Text in username or e-mail address, ignoring case. */
  @OptionalNotNull()
  @Composed()
  @Length(1, 200, GIVEN_ONCE)
  q?: string;

  @OptionalNotNull()
  @ParseBoolean()
  @IsBoolean({ message: 'is_active must be true or false' })
  is_active?: boolean;
}
